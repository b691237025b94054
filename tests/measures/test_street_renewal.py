"""Renewal of streets, worked by hand."""

import numpy as np
import pytest

from mechlin.core.spec import RunSpec
from mechlin.engine.simulation import run
from mechlin.measures import street_renewal
from tests.measures.conftest import areas, asked

STREETS = areas(
    disorder=[0.7, 0.2, 0.6, 0.9, 0.3], public_space=[0.5, 0.5, 0.7, 0.4, 0.5],
    area_km2=[0.4, 0.4, 0.4, 0.4, 0.4], people=[500, 900, 1000, 0, 800],
)  # fmt: skip


def test_streets_are_renewed_where_disorder_is_worst_and_people_live():
    p = street_renewal.Params(areas_share=0.4)
    out, pulls = asked(street_renewal, STREETS, p, street_renewal.PROGRAMME.levers)
    assert out.tolist() == [True, False, True, False, False]
    # Worn: 0.5 and 0.3 of 0.8. Each area has 0.4 km2 = 40 ha, a quarter of it public: 10 ha. A square is 0.8 ha.
    squares = np.array([0.5, 0, 0.3, 0, 0]) / 0.8 * 2 / 12
    assert pulls["upkeep.public_space"] == pytest.approx(squares * 0.8 / 10)
    assert pulls["upkeep.cleaning_hours"] == pytest.approx(np.array([500, 0, 1000, 0, 0]) / 1500 * 1600)
    assert pulls["safety.lighting"] == pytest.approx([0, 0, (0.7 - 0.55) / 0.45, 0, 0])


def test_cleaning_alone_renews_nothing_and_lights_nothing():
    p = street_renewal.Params(squares_per_year=0.0, areas_share=0.4)
    _, pulls = asked(street_renewal, STREETS, p, street_renewal.PROGRAMME.levers)
    assert not pulls["upkeep.public_space"].any()
    assert not pulls["safety.lighting"].any()
    assert pulls["upkeep.cleaning_hours"].sum() == pytest.approx(1600)
    assert street_renewal.places(p) > 0
    assert street_renewal.places(p._replace(cleaning_hours=0.0)) == 0


@pytest.mark.slow
def test_a_square_is_paid_by_city_and_region(toy):
    result = run(RunSpec(city="toy", months=12, package={"street_renewal": {"cleaning_hours": 100.0}}), toy)
    paid = {(row["payer"], row["kind"]): row["eur"] for row in result.ledger}
    assert paid["city", "investment"] == pytest.approx(2 * 2.5e6 * 0.7)
    assert paid["region", "investment"] == pytest.approx(2 * 2.5e6 * 0.3)
    assert paid["city", "running"] == pytest.approx(12 * 100 * 40)
