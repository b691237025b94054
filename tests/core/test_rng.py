"""Addressed random numbers: known answers, and no pattern along any argument.

Every statistical test is a fixed computation on fixed addresses, so it passes or fails for good. The threshold
is a p-value of one in a million; the weak generators below show that it can fail.
"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from mechlin.core import rng

N = 1 << 16
P_MIN = 1e-6
LOOK = rng.stream("test.look")
KEY = 0x5DEECE66D


def along_seed(n):
    return np.array([rng.uniform(i, LOOK, 7, KEY, 0) for i in range(n)])


def along_stream(n):
    codes = [rng.stream(f"test.stream{i}") for i in range(n)]
    return np.array([rng.uniform(1, code, 7, KEY, 0) for code in codes])


def along_step(n):
    return np.array([rng.uniform(1, LOOK, i, KEY, 0) for i in range(n)])


def along_key(n):
    return rng.uniforms(1, LOOK, 7, np.arange(n, dtype=np.uint64))


def along_draw(n):
    salted = rng.salted(1, LOOK, 7)
    return np.array([rng.draw(salted, KEY, i) for i in range(n)])


def along_children(n):
    salted = rng.salted(1, LOOK, 7)
    return np.array([rng.draw(salted, np.uint64(rng.child_key(np.uint64(i), 0)), 0) for i in range(n)])


def along_pairs(n):
    salted = rng.salted(1, LOOK, 7)
    side = int(n**0.5)
    pairs = ((np.uint64(i), np.uint64(j)) for i in range(side) for j in range(side))
    return np.array([rng.draw(salted, np.uint64(rng.join(i, j)), 0) for i, j in pairs])


ALONG = {
    f.__name__: f for f in (along_seed, along_stream, along_step, along_key, along_draw, along_children, along_pairs)
}


def p_values(u):
    """Return the p-values of uniformity, of serial dependence, and of each of the first 20 bits."""
    counts = np.histogram(u, bins=256, range=(0, 1))[0]
    grid = np.histogram2d(u[:-1:2], u[1::2], bins=16, range=((0, 1), (0, 1)))[0]
    pairs = u.size // 2
    out = {
        "chi square": stats.chisquare(counts).pvalue,
        "Kolmogorov-Smirnov": stats.kstest(u, "uniform").pvalue,
        "neighbours in a grid": stats.chisquare(grid.ravel(), np.full(256, pairs / 256)).pvalue,
    }
    for lag in (1, 2, 3, 12):
        z = np.corrcoef(u[:-lag], u[lag:])[0, 1] * np.sqrt(u.size - lag)
        out[f"correlation at lag {lag}"] = 2 * stats.norm.sf(abs(z))
    for bit in range(1, 21):
        ones = int(((u * 2.0**bit).astype(np.int64) & 1).sum())
        out[f"bit {bit}"] = stats.binomtest(ones, u.size).pvalue
    return out


def test_published_outputs_of_splitmix64():
    """Seed 1234567, as in Vigna's reference code and in Rosetta Code."""
    published = (
        6457827717110365317, 3203168211198807973, 9817491932198370423, 4593380528125082431, 16408922859458223821,
    )  # fmt: skip
    key = np.uint64(42)
    salted = np.uint64(1234567) ^ key
    assert tuple(int(np.uint64(rng.bits(salted, key, n))) for n in range(5)) == published


@pytest.mark.slow
@pytest.mark.parametrize("name", ALONG)
def test_no_pattern_along(name):
    u = ALONG[name](N)
    assert u.min() >= 0.0 and u.max() < 1.0
    assert len(np.unique(u)) == u.size
    bad = {what: p for what, p in p_values(u).items() if p < P_MIN}
    assert not bad


@pytest.mark.parametrize(
    "weak",
    [
        lambda n: (np.arange(n) * 0.6180339887498949) % 1.0,  # the increment without the mix
        lambda n: np.random.default_rng(1).random(n) * 0.99,  # never reaches the top
        lambda n: np.repeat(np.random.default_rng(1).random(n // 2), 2),  # neighbours share a draw
        lambda n: np.floor(np.random.default_rng(1).random(n) * 4096) / 4096,  # the low bits are empty
    ],
    ids=["no mix", "short range", "shared draws", "empty bits"],
)
def test_the_tests_can_fail(weak):
    assert min(p_values(weak(N)).values()) < P_MIN


@pytest.mark.parametrize(
    "other", [(2, LOOK, 7), (1, rng.stream("test.other"), 7), (1, LOOK, 8)], ids=["seed", "stream", "step"]
)
def test_worlds_are_unrelated(other):
    """The same people in another seed, decision or month draw numbers that have nothing to do with these."""
    keys = np.arange(N, dtype=np.uint64)
    first, second = rng.uniforms(1, LOOK, 7, keys), rng.uniforms(*other, keys)
    grid = np.histogram2d(first, second, bins=16, range=((0, 1), (0, 1)))[0]
    assert stats.chisquare(grid.ravel()).pvalue > P_MIN
    assert not np.isin(first, second).any()


def test_one_bit_of_an_address_moves_half_of_the_bits():
    salted = rng.salted(1, LOOK, 7)
    for flipped in (*range(0, 64, 7), 63):
        changed = 0
        for key in range(500):
            other = np.uint64(key ^ (1 << flipped))
            changed += int(
                np.uint64(rng.bits(salted, np.uint64(key), 0)) ^ np.uint64(rng.bits(salted, other, 0))
            ).bit_count()
        assert stats.binomtest(changed, 500 * 64).pvalue > P_MIN, f"bit {flipped}"


def test_a_draw_depends_on_its_address_alone():
    salted = rng.salted(3, LOOK, 11)
    first = rng.draw(salted, 99, 2)
    rng.uniforms(3, LOOK, 11, np.arange(1000, dtype=np.uint64))
    assert rng.draw(salted, 99, 2) == first == rng.uniform(3, LOOK, 11, 99, 2)
    assert rng.uniforms(3, LOOK, 11, np.array([99, 5], dtype=np.uint64))[0] == rng.draw(salted, 99, 0)


def test_streams_collide_loudly(monkeypatch):
    assert rng.stream("test.look") == LOOK
    monkeypatch.setitem(rng._STREAMS, int(LOOK), "test.somebody_else")
    with pytest.raises(ValueError, match="collides"):
        rng.stream("test.look")


def test_keys_of_pairs_know_who_is_who():
    a, b = np.uint64(1), np.uint64(2)
    assert rng.join(a, b) != rng.join(b, a)
    assert rng.join(a, a) != rng.join(b, b)
    children = {int(np.uint64(rng.child_key(np.uint64(m), n))) for m in range(300) for n in range(10)}
    assert len(children) == 3000


@given(st.floats(1e-10, 1 - 1e-10))
def test_normal_agrees_with_scipy(u):
    assert rng.normal(u) == pytest.approx(stats.norm.ppf(u), rel=3e-9, abs=3e-9)


@given(st.floats(1e-9, 1 - 1e-9))
def test_gumbel_agrees_with_scipy(u):
    assert rng.gumbel(u) == pytest.approx(stats.gumbel_r.ppf(u), rel=1e-5, abs=1e-9)


@pytest.mark.parametrize("u", [0.0, 1.0 - 2.0**-53])
def test_the_ends_of_the_range_stay_finite(u):
    assert np.isfinite(rng.gumbel(u)) and np.isfinite(rng.normal(u))


def test_gumbel_noise_makes_a_logit_choice():
    """The option with the greatest appeal plus noise is chosen as often as the logit formula says."""
    appeal = np.array([0.0, 1.0, -0.5])
    salted = rng.salted(1, rng.stream("test.choice"), 0)
    n = 20_000
    noise = np.array(
        [
            [rng.gumbel(rng.draw(salted, np.uint64(rng.join(np.uint64(i), np.uint64(k))), 0)) for k in range(3)]
            for i in range(n)
        ]
    )
    chosen = np.bincount(np.argmax(appeal + noise, axis=1), minlength=3)
    expected = n * np.exp(appeal) / np.exp(appeal).sum()
    assert stats.chisquare(chosen, expected).pvalue > P_MIN


@pytest.mark.slow
@given(st.lists(st.integers(0, 2**64 - 1), max_size=60), st.data())
def test_sort_by_priority_sorts_the_first_n_and_leaves_the_rest(values, data):
    n = data.draw(st.integers(0, len(values)))
    priority = np.array(values, dtype=np.uint64)
    rows = np.arange(len(values), dtype=np.int32)
    rng.sort_by_priority(priority, rows, n)
    assert priority[:n].tolist() == sorted(values[:n])
    assert [values[r] for r in rows] == priority.tolist()
    assert rows[n:].tolist() == list(range(n, len(values)))
    assert sorted(rows.tolist()) == list(range(len(values)))
