"""Where offenders go, in a city of any size: near, by what there is to find, and alike however much lies beyond."""

from typing import NamedTuple

import numpy as np
import pytest

from mechlin.core import rng
from mechlin.core.codes import OFFENCES, Offence
from mechlin.core.compiled import compiled
from mechlin.mechanisms.safety.params import Params
from mechlin.mechanisms.safety.reach import NEAREST, choose_area, open_regions, place_at, regions

P = Params()


class Areas(NamedTuple):
    """The columns that are looked at."""

    x_km: np.ndarray
    y_km: np.ndarray
    area_km2: np.ndarray
    region: np.ndarray
    near: np.ndarray
    near_opportunity: np.ndarray
    offences: np.ndarray
    homes: np.ndarray
    people: np.ndarray
    young: np.ndarray
    shops: np.ndarray
    shops_vacant: np.ndarray


def grid(side, people=800):
    """Return a square of side x side areas, 0.7 km from one another, all with as much to find."""
    y, x = np.divmod(np.arange(side * side), side) * np.array(0.7)
    region, near = regions(x, y)
    n, count = x.size, int(region.max()) + 1
    whole = np.full(n, people)
    nothing = np.zeros(n, dtype=np.int64)
    areas = Areas(x, y, np.full(n, 0.49), region, near, np.zeros((count, near.shape[1] * OFFENCES)),
                  np.zeros((n, OFFENCES), dtype=np.int32), whole, whole, whole, nothing, nothing)  # fmt: skip
    open_regions(areas, count, P)
    return areas


@compiled
def go(areas, here, kind, p, salt, out):
    for n in range(out.size):
        out[n] = choose_area(areas, here, kind, -1, p, salt, np.uint64(n), 0)


def gone_km(areas, here, times=4000):
    out = np.zeros(times, dtype=np.int64)
    go(areas, here, Offence.THEFT, P, rng.salted(1, rng.stream("test.reach"), 0), out)
    return np.hypot(areas.x_km[out] - areas.x_km[here], areas.y_km[out] - areas.y_km[here])


def test_in_a_city_like_mechelen_everywhere_can_be_reached():
    x = np.random.default_rng(1).random(97)
    region, near = regions(x, x[::-1])
    assert (region == 0).all() and near.tolist() == [list(range(97))]


def test_in_a_country_each_area_reaches_those_nearest_to_its_region():
    areas = grid(40)
    assert areas.near.shape[1] == NEAREST and np.unique(areas.region).size == len(areas.near)
    assert (np.diff(areas.near, axis=1) > 0).all()  # in order, none twice
    for a in range(0, 1600, 37):
        reached = areas.near[areas.region[a]]
        away = np.hypot(areas.x_km - areas.x_km[a], areas.y_km - areas.y_km[a])
        assert a in reached
        assert away[reached].max() < 0.7 * 40 / 2  # nobody crosses the country
        assert set(np.flatnonzero(away < 0.7 * 3)) <= set(reached)  # what is near is within reach


def test_how_far_they_go_does_not_hang_on_the_size_of_the_country():
    """From the middle of 11 x 11 areas, of which all can be reached, and of 60 x 60, of which the nearest can."""
    town, country = grid(11), grid(60)
    near, far = gone_km(town, 60), gone_km(country, 60 * 30 + 30)
    assert near.mean() == pytest.approx(far.mean(), rel=0.1)
    assert (near == 0).mean() == pytest.approx((far == 0).mean(), abs=0.03)


@compiled
def fall(shares, draws, out):
    for n in range(draws.size):
        out[n] = place_at(shares, draws[n])


def test_a_draw_falls_where_the_shares_added_up_say():
    shares = np.cumsum([0.1, 0.0, 0.4, 0.2, 0.3])
    draws, out = np.random.default_rng(2).random(1000), np.zeros(1000, dtype=np.int64)
    fall(shares, draws, out)
    assert (out == np.searchsorted(shares, draws, side="right")).all()
