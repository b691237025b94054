"""Language lessons, worked by hand."""

import pytest

from mechlin.core.spec import RunSpec
from mechlin.engine.simulation import run


def test_lessons_are_given_where_learners_live_and_counted(toy):
    result = run(RunSpec(city="toy", months=24, package={"language_lessons": {"hours_per_year": 6000.0}}), toy)
    assert result.series["lesson_hours"][-1] == pytest.approx(0.6 * 6000.0)
    assert sum(row["eur"] for row in result.ledger if row["payer"] == "region") == pytest.approx(2 * 6000 * 6.0)
