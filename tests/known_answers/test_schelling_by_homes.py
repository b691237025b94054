"""Schelling's result comes out of the housing market as a special case: only own-group liking, nothing else matters.

The town is closed, half of it of either background and mixed at first. Everybody looks about once a year, everywhere,
prices and places do not matter, and all that anybody asks is that half of the neighbours are of the own background
(the kink of the tipping alternative). What neighbourhoods then become is held against the exact model on a grid.
"""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from benchmarks.schelling import STEPS, Size, counted_afresh, new_world, run_steps
from mechlin.city.tables.model import BACKGROUND
from mechlin.city.toy import toy_city
from mechlin.core.spec import RunSpec
from mechlin.engine.simulation import run

ASKED = 0.5
CLOSED = ("births_per_1000", "deaths_per_1000", "arrivals_per_1000", "leavers_per_1000", "new_dwellings")
ALL_LOOK = {"look_floor": 1.0, "look_peak": 0.0, "look_owner": 1.0, "look_social": 1.0, "look_crowded": 1.0}
ALL_CAN_PAY = {"burden_max": 1.0, "buyer_burden_max": 1.0, "carry_max": 1.0, "price_speed": 0.0, "register_rate": 0.0}
IDLE = (
    "burden_weight", "strain_weight", "quality_weight", "disorder_weight", "distance_weight", "class_weight",
    "crowding_weight", "owning_weight", "safety_weight", "offence_weight", "school_weight", "priced_out_weight",
)  # fmt: skip
NOTHING_ELSE = dict.fromkeys(IDLE, 0.0)
SCHELLING = {
    **ALL_LOOK, **ALL_CAN_PAY, **NOTHING_ELSE, "search_km": 1000.0, "rim_level": -20.0, "rim_majority_share": 0.5,
    "taste_spread": 0.1, "staying_weight": 0.5, "own_weight": 4.0, "tipping": 1, "tipping_share": ASKED,
    "tipping_drop": 2.0,
}  # fmt: skip
QUIET = {"leave_home_rate": 0.0, "couple_rate": 0.0, "separation_rate": 0.0}
INDEX = "segregation.background"


@pytest.fixture(scope="module")
def town():
    """Return a closed town of two backgrounds, half and half, evenly mixed."""
    made = toy_city(6000, 16, vacancy=0.1, seed=5)
    shares = {f"{BACKGROUND}{b}": s for b, s in (("majority", 0.5), ("europe", 0.5), ("other", 0.0))}
    mixed = made.areas.with_columns(**{name: pl.lit(share) for name, share in shares.items()})
    still = {name: dict.fromkeys(made.series[name], 1e-6) for name in CLOSED}
    return replace(made, name="halves", hash="halves", areas=mixed, series={**made.series, **still})


def lived(town, **changed):
    """Return dissimilarity by year, and what part of their area is of their own background, on average at the end."""
    params = {"housing": {**SCHELLING, **changed}, "demography": QUIET}
    series = run(RunSpec(city="toy", months=180, params=params), town).series
    return series[f"{INDEX}.dissimilarity"], series[f"{INDEX}.isolation"][-1]


def test_asking_for_half_ends_far_above_half_as_on_the_grid(town):
    """Schelling 1971: nobody asks for more than half, and most live among many more; so on the grid, so here."""
    path, own_share = lived(town)
    size = Size(100, 8000, 2, 10)  # 10 of the 19 neighbours that there are on average: half of them
    world = new_world(size, 1)
    run_steps(world, size.side, size.radius, size.minimum, 1, STEPS)
    near, others = counted_afresh(size, world.place), world.near[world.place ^ 1]
    on_grid = (near / np.maximum(near + others, 1)).mean()
    assert path[0] < 0.2
    assert path[-1] > 0.5
    assert own_share > ASKED + 0.2
    assert on_grid > ASKED + 0.2
    assert abs(own_share - on_grid) < 0.2


@pytest.mark.slow
def test_it_fails_when_nobody_minds(town):
    path, own_share = lived(town, own_weight=0.0)
    assert path[-1] < 0.15
    assert own_share < ASKED + 0.1
