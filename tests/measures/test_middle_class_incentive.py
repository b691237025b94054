"""Help to buy in poor areas, worked by hand."""

import pytest

from mechlin.core.spec import RunSpec
from mechlin.engine.simulation import run
from mechlin.measures import middle_class_incentive

# Income, tenure, adults: is the household offered support to buy?
BUYERS = [
    (2400.0, 1, 1, True),  # both limits are inside
    (4800.0, 1, 2, True),
    (2399.9, 1, 1, False),
    (4800.1, 2, 1, False),
    (3000.0, 0, 1, False),
    (3000.0, 1, 0, False),
]


@pytest.mark.parametrize(("income_eur", "tenure", "adults", "answer"), BUYERS)
def test_who_is_offered_support_to_buy(income_eur, tenure, adults, answer):
    assert middle_class_incentive.qualifies(income_eur, tenure, adults, middle_class_incentive.Params()) is answer


def test_support_is_paid_only_for_homes_bought_in_poor_areas(toy):
    none = {"middle_class_incentive": {"support_eur": 300.0, "offers": 500, "areas_share": 0.0}}
    assert run(RunSpec(city="toy", months=24, package=none), toy).ledger == ()
    some = {"middle_class_incentive": {"support_eur": 300.0, "offers": 500, "areas_share": 0.5}}
    rows = run(RunSpec(city="toy", months=24, package=some), toy).ledger
    assert rows and all(row["eur"] % 12000.0 == 0 for row in rows)
