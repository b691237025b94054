"""The segregation indices: against PySAL, by hand, by their invariances, and chance against shuffles."""

import importlib
import math
from importlib.resources import files
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from mechlin.statistics.segregation import (
    against_rest,
    beyond_chance,
    dissimilarity,
    dissimilarity_by_chance,
    exposure,
    exposure_by_chance,
    hutchens,
    hutchens_by_chance,
    isolation,
    isolation_by_chance,
    parties,
    theil_h,
    theil_h_by_chance,
)


@pytest.fixture(scope="module")
def pysal():
    """Return PySAL's indices, the yardstick; importing them takes seconds."""
    one, several = (importlib.import_module(f"segregation.{kind}") for kind in ("singlegroup", "multigroup"))
    return SimpleNamespace(**vars(one), **{n: getattr(several, n) for n in ("MultiDissim", "MultiInfoTheory")})


EVENNESS = ((dissimilarity, dissimilarity_by_chance), (theil_h, theil_h_by_chance), (hutchens, hutchens_by_chance))


def tables(groups):
    """Return random tables of counts with empty areas among them, and people in every group."""
    shape = st.tuples(st.integers(2, 30), st.just(groups))
    counts = arrays(np.int32, shape, elements=st.one_of(st.just(0), st.integers(0, 3000)))
    return counts.filter(lambda n: n.sum(axis=0).all() and np.count_nonzero(n.sum(axis=1)) > 1)


def lived_in(counts):
    """Return the table without its empty areas, as a data frame: PySAL divides by the size of each area."""
    return pd.DataFrame(counts[counts.sum(axis=1) > 0].astype(float)).rename(columns=str)


@pytest.mark.slow
@settings(deadline=None)
@given(tables(2))
def test_two_groups_agree_with_pysal(pysal, counts):
    frame = lived_in(counts)
    frame["all"] = frame.sum(axis=1)
    for ours, theirs in (
        (dissimilarity(counts), pysal.Dissim), (theil_h(counts), pysal.Entropy),
        (isolation(counts, 0), pysal.Isolation), (exposure(counts, 0, 1), pysal.Interaction),
    ):  # fmt: skip
        assert ours == pytest.approx(theirs(frame, "0", "all").statistic, abs=1e-9)


@pytest.mark.slow
@settings(deadline=None)
@given(tables(4))
def test_several_groups_agree_with_pysal(pysal, counts):
    frame = lived_in(counts)
    assert dissimilarity(counts) == pytest.approx(pysal.MultiDissim(frame, list("0123")).statistic, abs=1e-9)
    assert theil_h(counts) == pytest.approx(pysal.MultiInfoTheory(frame, list("0123")).statistic, abs=1e-9)


AREAS = files("mechlin.cities") / "mechelen" / "areas.csv"


@pytest.mark.slow
@pytest.mark.skipif(not AREAS.is_file(), reason="the default city is not there yet")
def test_mechelen_agrees_with_pysal_and_lies_beyond_chance(pysal):
    table = pd.read_csv(str(AREAS))
    shares = table.filter(like="share_background_")
    counts = np.rint(shares.to_numpy() * table[["people"]].to_numpy()).astype(np.int32)
    frame = pd.DataFrame(counts.astype(float), columns=list("01234"))
    frame["all"] = frame.sum(axis=1)
    assert theil_h(counts) == pytest.approx(pysal.MultiInfoTheory(frame, list("01234")).statistic, abs=1e-9)
    assert dissimilarity(counts) == pytest.approx(pysal.MultiDissim(frame, list("01234")).statistic, abs=1e-9)
    for group in range(5):
        pair = against_rest(counts, group)
        assert dissimilarity(pair) == pytest.approx(pysal.Dissim(frame, str(group), "all").statistic, abs=1e-9)
        assert isolation(pair, 0) == pytest.approx(pysal.Isolation(frame, str(group), "all").statistic, abs=1e-9)
    assert beyond_chance(theil_h(counts), theil_h_by_chance(counts, 3.0)) > 0.05


def test_hutchens_follows_its_formula():
    # Shares of either group by area: (1/2, 1/10), (1/2, 2/5), (0, 1/2); sum of b - sqrt(a b), by hand:
    # (0.1 - sqrt(0.05)) + (0.4 - sqrt(0.2)) + 0.5 = 1 - 0.2236068 - 0.4472136
    counts = np.array([[5, 10], [5, 40], [0, 50]])
    assert hutchens(counts) == pytest.approx(0.3291796, abs=1e-7)
    assert hutchens(counts) == pytest.approx(1 - math.sqrt(0.05) - math.sqrt(0.2), abs=1e-15)


def test_hutchens_is_symmetric_between_the_groups():
    counts = np.array([[5, 10], [5, 40], [0, 50]])
    assert hutchens(counts[:, ::-1]) == pytest.approx(hutchens(counts), abs=1e-15)


@pytest.mark.parametrize("index", [dissimilarity, theil_h, hutchens])
def test_a_city_is_at_0_or_at_1_by_construction(index):
    even = np.array([[3, 9], [10, 30], [0, 0], [1, 3]])
    apart = np.array([[7, 0], [0, 30], [0, 0], [5, 0]])
    assert index(even) == pytest.approx(0.0, abs=1e-12)
    assert index(apart) == pytest.approx(1.0, abs=1e-12)


def test_isolation_is_1_apart_and_the_group_share_when_even():
    assert isolation(np.array([[7, 0], [0, 30]]), 0) == 1.0
    assert isolation(np.array([[3, 9], [10, 30]]), 0) == pytest.approx(0.25)


def test_a_table_without_two_groups_or_without_people_has_no_value():
    for counts in (np.array([[3, 0], [4, 0]]), np.zeros((3, 2), dtype=int)):
        for index in (f for pair in EVENNESS for f in pair):
            assert math.isnan(index(counts))
    assert math.isnan(exposure(np.zeros((3, 2), dtype=int), 0, 1))
    assert math.isnan(exposure_by_chance(np.zeros((3, 2), dtype=int), 0, 1))


@pytest.mark.slow
@settings(deadline=None)
@given(tables(2), st.integers(2, 9))
def test_more_people_in_the_same_proportions_change_no_index(counts, times):
    for index, _ in EVENNESS:
        assert index(counts * times) == pytest.approx(index(counts), abs=1e-9)


@settings(deadline=None)
@given(tables(2), st.integers(2, 5))
def test_an_area_divided_into_alike_parts_changes_no_index(counts, parts):
    divided = np.concatenate([counts[1:] * parts, *[counts[:1]] * parts])
    for index, _ in EVENNESS:
        assert index(divided) == pytest.approx(index(counts * parts), abs=1e-9)
    assert isolation(divided, 0) == pytest.approx(isolation(counts * parts, 0), abs=1e-9)


@pytest.mark.slow
@settings(deadline=None)
@given(tables(2), st.randoms(use_true_random=False))
def test_order_and_emptiness_of_areas_change_nothing(counts, random):
    order = list(range(len(counts)))
    random.shuffle(order)
    other = np.concatenate([counts[order], np.zeros((2, 2), dtype=counts.dtype)])
    for index, by_chance in EVENNESS:
        assert index(other) == pytest.approx(index(counts), abs=1e-9)
        assert by_chance(other) == pytest.approx(by_chance(counts), abs=1e-9)
    assert exposure_by_chance(other, 0, 1) == pytest.approx(exposure_by_chance(counts, 0, 1), abs=1e-9)


@pytest.mark.slow
@settings(deadline=None)
@given(tables(2), st.integers(2, 5))
def test_hutchens_adds_up_over_groups_of_areas(counts, parts):
    """Its additive decomposability (Hutchens 2004): total = between + sum of weight x within."""
    halves = counts[::2], counts[1::2]
    assume(all(half.sum(axis=0).all() for half in halves))
    sums = np.array([half.sum(axis=0) for half in halves])
    weights = np.sqrt((sums / sums.sum(axis=0)).prod(axis=1))
    inside = sum(weight * hutchens(half) for weight, half in zip(weights, halves, strict=True))
    assert hutchens(sums) + inside == pytest.approx(hutchens(counts), abs=1e-9)


def shuffles(counts, times, seed=1):
    """Yield tables with the same margins, everybody's place drawn at random."""
    rng = np.random.default_rng(seed)
    areas = np.repeat(np.arange(len(counts)), counts.sum(axis=1))
    groups = np.repeat(np.arange(counts.shape[1]), counts.sum(axis=0))
    for _ in range(times):
        made = np.zeros(counts.shape, dtype=int)
        np.add.at(made, (rng.permutation(areas), groups), 1)
        yield made


@pytest.mark.parametrize("groups", [2, 4])
def test_chance_is_the_mean_over_shuffles(groups):
    sizes = np.random.default_rng(7).integers(0, 60, 25) * (np.arange(25) % 6 > 0)
    counts = np.array([np.full(groups, size) // np.arange(1, groups + 1) for size in sizes])
    drawn = list(shuffles(counts, 2000))
    pairs = [*EVENNESS[: 3 if groups == 2 else 2]]
    pairs += [(lambda n: isolation(n, 0), lambda n: isolation_by_chance(n, 0))]
    pairs += [(lambda n: exposure(n, 0, 1), lambda n: exposure_by_chance(n, 0, 1))]
    for index, by_chance in pairs:
        values = np.array([index(n) for n in drawn])
        error = values.std() / math.sqrt(len(values))
        assert abs(values.mean() - by_chance(counts)) < 4 * error + 1e-12
        assert error < 0.002  # tight enough to notice a wrong expectation


def household_table(home, members, areas):
    """Return residents by area and group, from each household's area and members by group."""
    counts = np.zeros((areas, members.shape[1]), dtype=int)
    np.add.at(counts, home, members)
    return counts


def test_chance_for_households_is_the_mean_over_shuffled_households():
    rng = np.random.default_rng(3)
    size = rng.integers(1, 6, 4000)
    alike = rng.random(4000) < 0.8  # whole households of one group, and some where each member is drawn
    group = rng.choice(3, 4000, p=[0.7, 0.25, 0.05])
    members = np.stack([np.where(alike, size * (group == g), 0) for g in range(3)], axis=1)
    members[~alike] = [rng.multinomial(n, [0.5, 0.3, 0.2]) for n in size[~alike]]
    home = np.sort(rng.integers(0, 40, 4000))
    drawn = [household_table(rng.permutation(home), members, 40) for _ in range(400)]
    counts, totals = drawn[0], members.sum(axis=0)
    together = parties((members**2).sum(axis=0), members.T @ size, float((size**2).sum()), totals)
    for index, by_chance in EVENNESS[:2]:
        expected = np.mean([index(n) for n in drawn])
        assert by_chance(counts, together) == pytest.approx(expected, rel=0.04)
        assert by_chance(counts) < 0.75 * expected  # spreading persons would understate chance
    pairs = [against_rest(n, 1) for n in drawn]
    assert hutchens_by_chance(pairs[0], together[1]) == pytest.approx(np.mean([hutchens(n) for n in pairs]), rel=0.06)
    met = np.mean([isolation(n, 1) for n in drawn]) - totals[1] / totals.sum()
    excess = isolation_by_chance(counts, 1, together) - totals[1] / totals.sum()
    assert excess == pytest.approx(met, rel=0.06)


def test_parties_are_persons_alone_and_whole_households_when_alike():
    ones = np.array([30, 70])
    assert parties(ones, ones, 100.0, ones).tolist() == [1.0, 1.0]
    threes = np.array([10, 30])  # households of three, alike: n n = n m = 9 each
    assert parties(9 * threes, 9 * threes, 9.0 * 40, 3 * threes).tolist() == pytest.approx([3.0, 3.0])
    assert parties([0, 9], [0, 9], 9.0, [0, 3]).tolist() == [1.0, 1.0]


def mean_distance(everybody, group, size):
    """Return the mean absolute deviation of a hypergeometric count in closed form (Diaconis & Zabell 1991)."""
    m = size * group // everybody + 1
    if m > min(size, group):
        return 0.0
    likely = math.comb(group, m) * math.comb(everybody - group, size - m) / math.comb(everybody, size)
    return 2.0 * m * (everybody - group - size + m) / everybody * likely


def test_chance_of_dissimilarity_has_its_closed_form():
    counts = np.array([[3, 70], [40, 200], [0, 9], [12, 1], [0, 0], [1, 1000]])
    group, everybody = int(counts[:, 0].sum()), int(counts.sum())
    apart = sum(mean_distance(everybody, group, int(size)) for size in counts.sum(axis=1))
    expected = apart * everybody / (2.0 * group * (everybody - group))
    assert dissimilarity_by_chance(counts) == pytest.approx(expected, rel=1e-12)


@settings(deadline=None)
@given(tables(3))
def test_chance_meets_everybody_once(counts):
    assert sum(exposure_by_chance(counts, 0, g) for g in range(3)) == pytest.approx(1.0, abs=1e-12)
    assert sum(exposure(counts, 0, g) for g in range(3)) == pytest.approx(1.0, abs=1e-12)


def test_beyond_chance_is_0_at_chance_and_1_or_minus_1_at_the_ends():
    assert [beyond_chance(index, 0.2) for index in (0.0, 0.2, 0.6, 1.0)] == pytest.approx([-1, 0, 0.5, 1])
    assert beyond_chance(0.0, 0.0) == 0.0
    assert math.isnan(beyond_chance(math.nan, math.nan))


def test_finer_areas_look_more_segregated_by_chance_alone():
    """The unit-count warning: the same residents, nobody sorted, only more and smaller areas."""
    coarse = np.tile([20, 80], (10, 1)) * 8
    fine = np.tile([20, 80], (80, 1))
    assert dissimilarity_by_chance(fine) > 2.5 * dissimilarity_by_chance(coarse) > 0.0


def test_against_rest_keeps_everybody():
    counts = np.array([[1, 2, 3], [4, 5, 6]])
    assert against_rest(counts, 1).tolist() == [[2, 4], [5, 10]]


def test_large_areas_do_not_overflow():
    counts = np.array([[60_000, 70_000], [80_000, 50_000]], dtype=np.int32)
    assert isolation(counts, 0) == pytest.approx((60 / 140 * 60 + 80 / 140 * 80) / 130)
    assert 0.0 < theil_h_by_chance(counts) < 1e-4
