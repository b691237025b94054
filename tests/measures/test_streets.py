"""The rules of the measures about streets and shops, worked by hand."""

from types import SimpleNamespace

import numpy as np
import pytest

from mechlin.core.spec import RunSpec
from mechlin.engine.run import run
from mechlin.measures import shop_revival, street_renewal


def areas(**columns):
    return SimpleNamespace(areas=SimpleNamespace(**{n: np.array(v) for n, v in columns.items()}))


STREETS = areas(
    disorder=[0.7, 0.2, 0.6, 0.9, 0.3], public_space=[0.5, 0.5, 0.7, 0.4, 0.5],
    area_km2=[0.4, 0.4, 0.4, 0.4, 0.4], people=[500, 900, 1000, 0, 800],
)  # fmt: skip


def asked(programme, view, p, levers):
    out = np.zeros(view.areas.shops_vacant.size if hasattr(view.areas, "shops") else view.areas.disorder.size, bool)
    programme.eligible(view, p, None, out)
    pulls = {name: np.zeros(out.size) for name in levers}
    programme.effects(view, out, p, None, pulls)
    return out, pulls


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


def test_a_square_is_paid_by_city_and_region(toy):
    result = run(RunSpec(city="toy", months=12, package={"street_renewal": {"cleaning_hours": 100.0}}), toy)
    paid = {(row["payer"], row["kind"]): row["eur"] for row in result.ledger}
    assert paid["city", "investment"] == pytest.approx(2 * 2.5e6 * 0.7)
    assert paid["region", "investment"] == pytest.approx(2 * 2.5e6 * 0.3)
    assert paid["city", "running"] == pytest.approx(12 * 100 * 40)


SHOPS = areas(shops=[200, 10, 20, 5], shops_vacant=[30, 2, 0, 4], area_km2=[0.1, 0.5, 0.5, 0.5])


def test_levy_and_help_go_to_vacant_shops_conversion_to_the_edge():
    p = shop_revival.Params(helped_per_year=36.0, converted_per_year=12.0)
    out, pulls = asked(shop_revival, SHOPS, p, shop_revival.PROGRAMME.levers)
    assert out.tolist() == [True, True, False, True]
    assert pulls["upkeep.vacancy_levy_eur"].tolist() == [100, 100, 0, 100]
    assert pulls["upkeep.shop_grants"] == pytest.approx(np.array([30, 2, 0, 4]) / 36 * 1.5)
    assert pulls["upkeep.shops_converted"] == pytest.approx([0, 2 / 6 * 0.5, 0, 4 / 6 * 0.5])


def test_no_more_shops_are_helped_than_stand_vacant():
    p = shop_revival.Params(helped_per_year=1e5, converted_per_year=1e5)
    out, pulls = asked(shop_revival, SHOPS, p, shop_revival.PROGRAMME.levers)
    assert pulls["upkeep.shop_grants"].sum() == pytest.approx(36)
    cost = shop_revival.costs(SHOPS, out, out, p, None)
    assert cost.city_investment_eur == pytest.approx(36 * 5000 + 6 * 15000)


def test_the_levy_is_paid_by_owners_and_pays_the_officer_first():
    out = np.array([True, True, False, True])
    cost = shop_revival.costs(SHOPS, out, out, shop_revival.Params(), None)
    assert cost.residents_running_eur == 3600
    assert cost.city_running_eur == pytest.approx(60000 / 12 - 3600)
    assert shop_revival.costs(SHOPS, out, out, shop_revival.Params(levy_eur=500.0), None).city_running_eur == 0


def test_places_end_when_nothing_is_done():
    assert shop_revival.places(shop_revival.Params()) > 0
    assert shop_revival.places(shop_revival.Params(levy_eur=0.0, additional_share=0.0)) == 0
