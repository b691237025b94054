"""Parents involved, worked by hand."""

import pytest

from mechlin.core.clock import month_number
from mechlin.core.spec import RunSpec
from mechlin.engine.simulation import run
from mechlin.measures import parental_involvement
from tests.measures.conftest import pulled


@pytest.mark.parametrize(
    ("form", "fine", "month", "wrong"),
    [
        (1, 100.0, "2006-09", []),
        (1, 100.5, "2006-09", ["fine_eur"]),
        (1, 100.0, "2019-03", ["procedure"]),
        (2, 175.0, "2013-12", ["procedure"]),
        (2, 175.0, "2014-01", []),
        (2, 175.5, "2020-03", ["fine_eur"]),
        (0, 900.0, "2020-03", []),
    ],
)
def test_forms_and_fines_of_their_date(form, fine, month, wrong):
    p = parental_involvement.Params(procedure=form, fine_eur=fine)
    assert [problem.column for problem in parental_involvement.check(p, month_number(month), None)] == wrong


def test_parents_pay_their_fines_and_the_city_the_places(toy):
    p = parental_involvement.Params()
    sim, levers = pulled(toy, {"parental_involvement": {}})
    assert levers["safety.procedure"].tolist() == [1.0] and levers["safety.fine_eur"].tolist() == [100.0]
    sim.state["city.fines_month_eur"][0] = (0, 100, 350)
    paid = sim.enrolments[0].pay(sim.months[0])
    assert paid.residents_running_eur == 450.0
    assert paid.city_running_eur == pytest.approx((p.plan_places * p.place_eur + p.staff * p.staff_eur) / 12)


@pytest.mark.slow
def test_the_ledger_and_the_count_of_fines_agree(toy):
    """The form of 2006 first, then that of 2013: cases opened under the older form end under the newer one."""
    older = {"start": "2013-01", "end": "2013-12", "procedure": 1, "fine_eur": 100.0}
    package = {"parental_involvement": [older, {"start": "2014-01", "procedure": 2, "fine_eur": 175.0}]}
    given = {"safety": {"nuisance_level": 2.0, "accept_share": 0.3, "service_share": 0.3}}
    result = run(RunSpec(city="toy", package=package, months=36, start="2013-01", params=given), toy)
    paid = {row["year"]: row["eur"] for row in result.ledger if row["payer"] == "residents"}
    imposed = dict(zip(result.years.tolist(), result.series["procedure.fines_eur"].tolist(), strict=True))
    assert sum(paid.values()) > 0 and paid == {year: eur for year, eur in imposed.items() if eur}
