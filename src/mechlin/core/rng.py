"""Random numbers with an address instead of a memory.

Every draw is a pure function of (seed, stream, step, key, draw). Nothing is consumed, so who else drew, in
which order or how often cannot matter: two runs that differ in one programme share every draw that the
programme does not touch (common random numbers).

In a loop the first three parts are folded once a month into a salt; a draw is then one mix of a person's key:

    salt = rng.salt(seed, STREAM, t)        once
    u = rng.draw(salt, key, 0)              per person, in [0, 1)

Source: the finaliser and the increment are those of SplitMix64 (Steele, Lea & Flood 2014, OOPSLA,
doi:10.1145/2660193.2660195); its published outputs are known-answer tests. A person's draws within one
decision are the SplitMix64 sequence that starts at ``salt ^ key``.
"""

import hashlib

import numpy as np

from mechlin.core.compiled import allocating, compiled, typed

_STREAMS: dict[int, str] = {}
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)
_TO_UNIT = 1.0 / 9007199254740992.0  # 2**-53


def stream(name: str) -> np.uint64:
    """Reserve the stream called ``name`` ("mechanism.decision"); raise ValueError on a collision."""
    code = int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "little")
    if _STREAMS.setdefault(code, name) != name:
        raise ValueError(f"stream {name!r} collides with {_STREAMS[code]!r}")
    return np.uint64(code)


@typed("uint64(uint64)")
def mix(x):
    """Scramble 64 bits (the SplitMix64 finaliser)."""
    x = np.uint64(x)
    x = (x ^ (x >> np.uint64(30))) * _FIRST
    x = (x ^ (x >> np.uint64(27))) * _SECOND
    return x ^ (x >> np.uint64(31))


@typed("uint64(uint64, uint64, uint64)")
def salt(seed, stream_code, step):
    """Fold seed, stream and step into the 64 bits that address one decision in one month."""
    x = mix(np.uint64(seed) + _GOLDEN)
    x = mix(x ^ np.uint64(stream_code))
    return mix(x + np.uint64(step) * _GOLDEN)


def salted(seed: int, stream_code: np.uint64, step: int) -> np.uint64:
    """Return :func:`salt` as 64 unsigned bits, for handing to a compiled loop from plain Python."""
    return np.uint64(salt(seed, stream_code, step))


@typed("uint64(uint64, uint64, uint64)")
def bits(salted, key, n):
    """Return the 64 random bits of draw number ``n`` of ``key``."""
    return mix((np.uint64(salted) ^ np.uint64(key)) + np.uint64(n + 1) * _GOLDEN)


@typed("float64(uint64, uint64, uint64)")
def draw(salted, key, n):
    """Return the number in [0, 1) of draw number ``n`` of ``key``."""
    return np.float64(bits(salted, key, n) >> np.uint64(11)) * _TO_UNIT


@compiled
def uniform(seed, stream_code, step, key, n):
    """Return the number in [0, 1) that lives at this full address."""
    return draw(salt(seed, stream_code, step), key, n)


@allocating
def uniforms(seed, stream_code, step, keys):
    """Return one draw per key (draw number 0)."""
    salted = salt(seed, stream_code, step)
    out = np.empty(keys.size)
    for i in range(keys.size):
        out[i] = draw(salted, keys[i], 0)
    return out


@typed("uint64(uint64, uint64)")
def join(first, second):
    """Return the key of a pair, for draws that belong to two identities; the order matters."""
    return mix(np.uint64(first) + _GOLDEN) ^ mix(np.uint64(second) * _SECOND + _FIRST)


@allocating
def mixed(keys):
    """Return :func:`mix` of every key."""
    out = np.empty_like(keys)
    for i in range(keys.size):
        out[i] = mix(keys[i])
    return out


@allocating
def joined(keys, second):
    """Return :func:`join` of every key with ``second``."""
    out = np.empty_like(keys)
    for i in range(keys.size):
        out[i] = join(keys[i], second)
    return out


@typed("uint64(uint64, uint64)")
def child_key(mother, birth_order):
    """Return the key of a newborn: identity by descent."""
    return join(mother, np.uint64(birth_order) + np.uint64(1))


@typed("float64(float64)")
def gumbel(u):
    """Return a standard Gumbel number from a draw in [0, 1): the noise of a logit choice."""
    return -np.log(-np.log(u + (0.5 - u) * 1e-15))


@typed("float64(float64)")
def exponential(u):
    """Return a standard exponential number from a draw in [0, 1): the noise of a logit choice told by odds."""
    return -np.log(u + (0.5 - u) * 1e-15)


def normals(u: np.ndarray) -> np.ndarray:
    """Return a standard normal number for each draw in [0, 1): for whole columns, outside the months."""
    from scipy.special import ndtri

    return np.asarray(ndtri(np.clip(u, 1e-9, 1 - 1e-9)))


@typed("float64(float64)")
def normal(u):
    """Return a standard normal number from a draw in [0, 1).

    Acklam's rational approximation of the inverse normal distribution (relative error below 1.2e-9).
    """
    # Polynomials read best as they are printed.

    u = min(max(u, 1e-12), 1.0 - 1e-12)
    if u < 0.02425 or u > 0.97575:
        q = np.sqrt(-2.0 * np.log(min(u, 1.0 - u)))
        tail = (
            (
                (((-7.784894002430293e-03 * q - 3.223964580411365e-01) * q - 2.400758277161838) * q - 2.549732539343734)
                * q
                + 4.374664141464968
            )
            * q
            + 2.938163982698783
        ) / (
            (((7.784695709041462e-03 * q + 3.224671290700398e-01) * q + 2.445134137142996) * q + 3.754408661907416) * q
            + 1.0
        )
        return tail if u < 0.5 else -tail
    q = u - 0.5
    r = q * q
    return (
        (
            (
                (
                    ((-3.969683028665376e01 * r + 2.209460984245205e02) * r - 2.759285104469687e02) * r
                    + 1.383577518672690e02
                )
                * r
                - 3.066479806614716e01
            )
            * r
            + 2.506628277459239
        )
        * q
    ) / (
        (
            (((-5.447609879822406e01 * r + 1.615858368580409e02) * r - 1.556989798598866e02) * r + 6.680131188771972e01)
            * r
            - 1.328068155288572e01
        )
        * r
        + 1.0
    )


@typed("void(uint64[::1], int32[::1], int64, int64)")
def _sift(priority, rows, root, end):
    """Let the entry at ``root`` sink to its place in the heap."""
    while True:
        child = 2 * root + 1
        if child >= end:
            return
        if child + 1 < end and priority[child] < priority[child + 1]:
            child += 1
        if priority[root] >= priority[child]:
            return
        priority[root], priority[child] = priority[child], priority[root]
        rows[root], rows[child] = rows[child], rows[root]
        root = child


@typed("void(uint64[::1], int32[::1], int64)")
def sort_by_priority(priority, rows, n):
    """Sort the first ``n`` of ``rows`` in place by ``priority`` (rising); both arrays move together.

    A heap sort: no memory of its own, and quick to compile.
    """
    for start in range(n // 2 - 1, -1, -1):
        _sift(priority, rows, start, n)
    for end in range(n - 1, 0, -1):
        priority[0], priority[end] = priority[end], priority[0]
        rows[0], rows[end] = rows[end], rows[0]
        _sift(priority, rows, 0, end)


@typed("void(uint64[::1], int32[::1], int64)")
def make_heap(priority, rows, n):
    """Arrange the first ``n`` of ``rows`` so that :func:`next_in_heap` finds the smallest priority at once.

    ``priority`` is turned over (its bits inverted), so that the smallest stands first in the heap.
    """
    for i in range(n):
        priority[i] = ~priority[i]
    for start in range(n // 2 - 1, -1, -1):
        _sift(priority, rows, start, n)


@typed("int32(uint64[::1], int32[::1], int64)")
def next_in_heap(priority, rows, n):
    """Take the row with the smallest priority out of a heap of ``n``, which has ``n - 1`` from then on."""
    row = rows[0]
    priority[0], rows[0] = priority[n - 1], rows[n - 1]
    _sift(priority, rows, 0, n - 1)
    return row
