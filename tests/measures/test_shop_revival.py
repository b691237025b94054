"""Revival of shops, worked by hand."""

import numpy as np
import pytest

from mechlin.measures import shop_revival
from tests.measures.conftest import areas, asked

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
