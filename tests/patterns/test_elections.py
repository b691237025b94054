"""P13: the radical-right share follows the tide first, the local residual is smaller, a mayor's own list moves points.

Source: official counts of Flemish cantons 1995 to 2014 (one swing, r 0.85 to 0.96) and of Mechelen to 2014.
"""

import numpy as np
import pytest

from mechlin.city.tables.sources import load_city
from mechlin.core.spec import RunSpec
from mechlin.engine.simulation import Simulation, run

pytestmark = pytest.mark.slow

RIGHT = {k: f"votes.radical_right.{k}" for k in ("municipal", "regional_federal")}
PARTS = ("tide", "electorate", "rivals", "local", "chance")
OBSERVED = {2003: 25.52, 2004: 31.24, 2007: 24.51, 2009: 18.73, 2010: 14.78, 2014: 6.2}
BASE = {"municipal": 25.58, "regional_federal": 23.99}
NO_TIDE = {"tide_regional": 0.0, "tide_municipal": 0.0, "gap_kept": 1.0}


@pytest.fixture(scope="module")
def mechelen():
    """Return the city, and a way to run it to the end of 2014 with other settings of elections."""
    city = load_city("mechelen")
    return lambda **params: run(RunSpec(city="mechelen", months=168, params={"elections": params}), city)


@pytest.fixture(scope="module")
def plain(mechelen):
    return mechelen()


def at_elections(result, name):
    values = result.series[name]
    return {int(y): float(v) for y, v in zip(result.years, values, strict=True) if np.isfinite(v)}


def follows_the_tide(result):
    """Whether the share rises and falls as observed, and the tide moves it more than local change does."""
    found = at_elections(result, RIGHT["regional_federal"])
    years = sorted(OBSERVED)
    steps = np.diff([found[y] for y in years]), np.diff([OBSERVED[y] for y in years])
    same = (np.sign(steps[0]) == np.sign(steps[1])).all() and np.corrcoef(*steps)[0, 1] > 0.9
    parts = [at_elections(result, f"{RIGHT['regional_federal']}.{part}") for part in ("tide", "local")]
    tide, local = (np.abs([part[y] for y in years]).mean() for part in parts)
    return bool(same and tide > 2 * local)


def test_p13_the_share_follows_the_tide_and_local_change_is_smaller(plain):
    assert follows_the_tide(plain)


def test_p13_fails_without_the_tide(mechelen):
    assert not follows_the_tide(mechelen(**NO_TIDE))


def test_p13_a_mayor_with_a_list_of_his_own_takes_several_points(mechelen, plain):
    alone = mechelen(incumbent_pull=0.0)
    for year in (2006, 2012):
        taken = at_elections(alone, RIGHT["municipal"])[year] - at_elections(plain, RIGHT["municipal"])[year]
        added = at_elections(plain, "votes.mayor_list")[year] - at_elections(alone, "votes.mayor_list")[year]
        assert 1 < taken < 8 and 5 < added < 15


def test_parts_add_up_to_the_change_since_the_base_election(plain):
    for kind, name in RIGHT.items():
        parts = [at_elections(plain, f"{name}.{part}") for part in PARTS]
        for year, share in at_elections(plain, name).items():
            assert sum(part[year] for part in parts) == pytest.approx(share - BASE[kind], abs=1e-6)


def test_no_value_in_years_without_an_election(plain):
    assert set(at_elections(plain, RIGHT["municipal"])) == {2006, 2012}
    assert set(at_elections(plain, RIGHT["regional_federal"])) == set(OBSERVED)


@pytest.fixture(scope="module")
def four_years(toy):
    """Return the toy city, and who voted what at the start, in 2004, 2006 and 2009."""

    def votes(**params):
        sim, seen = Simulation(RunSpec(city="toy", months=102, params={"elections": params}), toy), []
        people = {}
        for clock in (None, *sim.months):
            if clock is not None:
                sim.month(clock)
            if clock is None or sim.views["elections"].series.election_level[clock.t]:
                rows = sim.state["people.alive"] & (sim.state["people.last_vote"] >= 0)
                people = dict(zip(sim.state["people.key"][rows], sim.state["people.last_vote"][rows], strict=True))
                seen.append(people)
        return seen

    return votes


def stays(seen):
    """Return how many of those who voted radical right in 2004 do so in 2009, against how many of the others do."""
    then, later = seen[1], seen[3]
    both = [(then[k] == 1, later[k] == 1) for k in then.keys() & later.keys()]
    return [np.mean([b for a, b in both if a == group]) for group in (True, False)]


def test_voters_are_loyal(four_years):
    faithful, newly_won = stays(four_years())
    assert faithful > 0.5 > 3 * newly_won / 2


def test_without_loyal_voters_few_stay(four_years):
    faithful, newly_won = stays(four_years(loyal_share=0.0))
    assert faithful - newly_won < 0.2


def test_rows_do_not_matter_and_arrivals_start_with_an_empty_record(toy):
    spec = RunSpec(city="toy", months=72)
    plain, dirty = Simulation(spec, toy), Simulation(spec, toy)
    columns = ("people.last_vote", "people.has_nationality")
    for clock in plain.months:
        for name in columns:
            dirty.state[name][~dirty.state["people.alive"]] = 1
        plain.month(clock)
        dirty.month(clock)
    for name in columns:
        np.testing.assert_array_equal(*(s.state[name][s.state["people.alive"]] for s in (plain, dirty)))
    np.testing.assert_array_equal(plain.state["city.right_parts"], dirty.state["city.right_parts"])


def test_a_city_without_elections_runs_and_nobody_votes(toy):
    from dataclasses import replace

    quiet = replace(toy, elections=toy.elections.clear(), name="quiet", hash="quiet")
    result = run(RunSpec(city="quiet", months=72), quiet)
    assert not at_elections(result, RIGHT["municipal"]) and not at_elections(result, "votes.mayor_list")


def test_where_nobody_has_to_vote_fewer_do_and_other_people(toy):
    from dataclasses import replace

    free = replace(toy, elections=toy.elections.with_columns(compulsory=toy.elections["compulsory"] * 0), hash="free")
    votes = []
    for city in (toy, free):
        sim = Simulation(RunSpec(city="toy", months=70), city)
        for clock in sim.months:
            sim.month(clock)
        votes.append(sim.state["city.votes_municipal"].sum())
    assert 0.6 < votes[1] / votes[0] < 0.8


@pytest.mark.parametrize(
    ("column", "change", "right", "mayor"),
    [("openness", 0.2, -1, 0), ("trust", 1.0, -1, 1), ("safety", 1.0, -1, 0), ("belonging", 1.0, 0, 1)],
)
def test_a_changed_mood_is_local_change_and_nothing_else(toy, column, change, right, mayor):
    """What attitudes do to a result stands in the local part alone; tide, electorate and rivals stay what they were."""
    found = []
    for added in (0.0, change):
        sim = Simulation(RunSpec(city="toy", months=70), toy)
        for clock in sim.months:
            if sim.views["elections"].series.election_level[clock.t] == 1:
                sim.state[f"people.{column}"][:] += added
            sim.month(clock)
        found.append((sim.state["city.right_parts"][0, :5].copy(), sim.state["city.mayor_parts"][0, :5].copy()))
    for before, after, sign in zip(*found, (right, mayor), strict=True):
        moved = after[3] - before[3]
        assert (sign * moved > 0.5) if sign else abs(moved) < 3.5
        assert np.abs(after[:3] - before[:3]).max() < 1.0


def test_a_declining_area_pushes_its_residents(toy):
    sim = Simulation(RunSpec(city="toy", months=46), toy)
    for clock in sim.months:
        if sim.views["elections"].series.election_level[clock.t]:
            sim.state["areas.disorder"][0] = 1.0
        sim.month(clock)
    push = sim.state["areas.decline_push"]
    assert push[0] - push[1:].max() > 0.1


def test_both_worlds_of_a_seed_share_what_is_not_known_of_the_region_the_place_and_the_list(toy):
    """Drawn by the seed: the tide of a municipal vote, and how far place and list go their own way; a package moves none."""
    found = {}
    for seed, package in ((1, {}), (1, {"street_renewal": {}}), (2, {})):
        sim = Simulation(RunSpec(city="toy", months=144, seed=seed, package=package), toy)
        for clock in sim.months:
            sim.month(clock)
        found[seed, bool(package)] = sim.state["city.own_way"][0].copy(), sim.state["city.right_parts"][0].copy()
    (own, parts), (with_own, with_parts), (other, _) = found[1, False], found[1, True], found[2, False]
    np.testing.assert_array_equal(own, with_own)
    assert (own != 0).all() and (np.abs(own - other) > 1e-3).all()
    assert abs(parts[0] - with_parts[0]) < 0.5 < abs(parts[0])  # the region, felt by about the same voters


def test_a_range_in_the_table_moves_the_tide_of_municipal_elections_only(toy):
    """Without age and range the tide is sharp; a wide range spreads it over seeds; a region's own vote is counted."""
    from dataclasses import replace

    def tides(low, high, **params):
        columns = {"radical_right_low": low, "radical_right_high": high}
        wide = replace(toy, elections=toy.elections.with_columns(**columns), hash=f"{low}")
        out = []
        for seed in (1, 2, 3):
            params_of = {"elections": {"gap_kept": 1.0, **params}}
            sim = Simulation(RunSpec(city="toy", months=70, seed=seed, params=params_of), wide)
            found = []
            for clock in sim.months:
                sim.month(clock)
                if level := int(sim.views["elections"].series.election_level[clock.t]):
                    found.append(sim.state["city.right_parts"][0, (level - 1) * len(PARTS)])
            out.append(found[::-1])  # the municipal one, and the regional one before it
        return np.array(out)

    import polars as pl

    municipal = pl.col("level") == "municipal"
    sharp = tides(pl.lit(None, pl.Float64), pl.lit(None, pl.Float64), tide_drift=0.0)
    wide = tides(pl.when(municipal).then(8.0), pl.when(municipal).then(28.0), tide_drift=0.0)
    assert np.abs(sharp).max() < 0.05
    assert np.ptp(wide[:, 0]) > 2.0 and np.abs(wide[:, 1]).max() < 0.05


def test_what_a_list_adds_is_a_part_of_its_own(toy):
    """A person or joint list moves the part of lists, not the local one; the same in every election of a seed."""
    from dataclasses import replace

    import polars as pl

    later = pl.col("date").str.starts_with("2006")
    columns = {
        "mayor_pull": pl.when(later).then(0.5),
        "mayor_pull_low": pl.when(later).then(0.45),
        "mayor_pull_high": pl.when(later).then(0.55),
    }
    joint = replace(toy, elections=toy.elections.with_columns(**columns), hash="joint")
    parts = []
    for city in (toy, joint):
        sim = Simulation(RunSpec(city="toy", months=70), city)
        for clock in sim.months:
            sim.month(clock)
        parts.append(sim.state["city.mayor_parts"][0, : len(PARTS)].copy())
    moved = parts[1] - parts[0]
    assert 5 < moved[PARTS.index("rivals")] < 15 and abs(moved[PARTS.index("local")]) < 1
