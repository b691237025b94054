"""How unevenly people are spread over areas, classes or cells, and how uneven chance alone would make it.

Every index takes a table of counts, shape (areas, groups), in whole people. Areas where nobody lives change
nothing; a table without two groups, or without people, has no value (NaN). Two groups are two columns: make
them with :func:`against_rest`. 0 is as even as can be and 1 complete segregation, except for exposure.

Beside each index stands the value expected by chance: everybody spread at random over the places there are,
areas keeping their size and groups their total. Each index is a sum over areas of a function of one group's
count, which is then hypergeometric, so that the expectation is an exact sum and needs no random numbers.
People who move together, as households do, are fewer independent draws than they are people: ``together`` (one
number, or one a group; see :func:`parties`) says how many count as one, and the sum is taken over that many
fewer draws (the design effect of a cluster sample: exact where everybody moves alone, close otherwise).
Small areas and small groups look segregated by chance alone; never compare tables with different numbers of
areas without looking at chance.

Sources
    dissimilarity   Duncan & Duncan 1955, American Sociological Review 20(2); for several groups Sakoda 1981,
                    Demography 18(2), as in Reardon & Firebaugh 2002, Sociological Methodology 32
    Theil's H       Theil & Finizza 1971, Journal of Mathematical Sociology 1(2); Reardon & Firebaugh 2002
    exposure        Bell 1954, Social Forces 32(4); Massey & Denton 1988, Social Forces 67(2)
    square root     Hutchens 2001, Mathematical Social Sciences 42(1); 2004, International Economic Review 45(2),
                    doi:10.1111/j.1468-2354.2004.00136.x
    chance          Cortese, Falk & Cohen 1976, American Sociological Review 41(4); Winship 1977, Social Forces
                    55(4); Carrington & Troske 1997, Journal of Business & Economic Statistics 15(4);
                    design effect: Kish 1965, Survey Sampling
"""

from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mechlin.core.compiled import compiled

Counts = NDArray[np.integer] | NDArray[np.floating]
Together = float | NDArray[np.float64]
_DISTANCE, _INFORMATION, _ROOT = 0, 1, 2
_NEGLIGIBLE = 1e-18  # of the likeliest count's probability


def against_rest(counts: Counts, group: int) -> Counts:
    """Return the two-column table of ``group`` and everybody else."""
    everybody = counts.sum(axis=1)
    two = np.empty((len(counts), 2), dtype=np.result_type(counts, everybody))  # np.stack takes four times as long
    two[:, 0] = counts[:, group]
    two[:, 1] = everybody - two[:, 0]
    return two


def dissimilarity(counts: Counts) -> float:
    """Return the dissimilarity index: the share of people who would have to move for all areas to be alike.

    More exactly, of one of two groups, as a share of those who would have to move were segregation complete.

    >>> dissimilarity(np.array([[10, 0], [0, 10]]))
    1.0
    """
    size, total, share = _margins(counts)
    if not _has_two_groups(share):
        return float("nan")
    apart = np.abs(counts - size[:, None] * share).sum()
    return float(apart / (2.0 * total * (share * (1.0 - share)).sum()))


def theil_h(counts: Counts) -> float:
    """Return Theil's information theory index: how much less mixed areas are than the city, on average."""
    size, total, share = _margins(counts)
    if not _has_two_groups(share):
        return float("nan")
    return float((_x_log_x(counts).sum() - _x_log_x(size).sum()) / (total * _entropy(share)) + 1.0)


def hutchens(counts: Counts) -> float:
    """Return Hutchens' square root index of two groups: the sum over areas of b - sqrt(a b).

    a and b are the shares of either group's people who live in the area.
    """
    totals = counts.sum(axis=0)
    if counts.shape[1] != 2 or not totals.all():
        return float("nan")
    a, b = (counts / totals).T
    return float(1.0 - np.sqrt(a * b).sum())


def exposure(counts: Counts, of: int, to: int) -> float:
    """Return the share of group ``to`` in the area of the average person of group ``of``."""
    size = counts.sum(axis=1)
    total = counts[:, of].sum()
    if total == 0:
        return float("nan")
    return float((counts[:, of] * (counts[:, to] / np.maximum(size, 1))).sum() / total)


def isolation(counts: Counts, of: int) -> float:
    """Return the share of their own group in the area of the average person of group ``of``."""
    return exposure(counts, of, of)


def dissimilarity_by_chance(counts: Counts, together: Together = 1.0) -> float:
    """Return the dissimilarity expected if people were spread at random."""
    size, total, share = _margins(counts)
    if not _has_two_groups(share):
        return float("nan")
    apart = _expected_excess(size, counts.sum(axis=0), together, _DISTANCE)
    return float(apart / (2.0 * total * (share * (1.0 - share)).sum()))


def theil_h_by_chance(counts: Counts, together: Together = 1.0) -> float:
    """Return Theil's H expected if people were spread at random."""
    size, total, share = _margins(counts)
    if not _has_two_groups(share):
        return float("nan")
    return float(_expected_excess(size, counts.sum(axis=0), together, _INFORMATION) / (total * _entropy(share)))


def hutchens_by_chance(counts: Counts, together: Together = 1.0) -> float:
    """Return Hutchens' square root index of two groups expected if people were spread at random."""
    totals = counts.sum(axis=0)
    if counts.shape[1] != 2 or not totals.all():
        return float("nan")
    one = np.broadcast_to(together, 2)[0]
    missing = _expected_excess(counts.sum(axis=1), totals[:1], one, _ROOT)
    return float(missing / np.sqrt(float(totals[0]) * float(totals[1])))


def exposure_by_chance(counts: Counts, of: int, to: int, together: Together = 1.0) -> float:
    """Return the exposure of group ``of`` to group ``to`` expected if people were spread at random."""
    size, total, share = _margins(counts)
    draws = total / max(float(np.broadcast_to(together, share.size)[of]), 1.0)
    if share[of] == 0 or draws <= 1.0:
        return float("nan")
    others = max(draws - np.count_nonzero(size), 0.0) / (draws - 1.0)  # of those met, outside one's household
    own = 1.0 - others if of == to else 0.0
    return float(share[to] * others + own)


def isolation_by_chance(counts: Counts, of: int, together: Together = 1.0) -> float:
    """Return the isolation of group ``of`` expected if people were spread at random."""
    return exposure_by_chance(counts, of, of, together)


def parties(squares: ArrayLike, products: ArrayLike, sizes_squared: float, totals: ArrayLike) -> NDArray[np.float64]:
    """Return, for each group, how many people count as one draw because they live and move together.

    With n people of a group among the m of each household: the sums over households of n n (``squares``), of
    n m (``products``), of m m (``sizes_squared``), and of n (``totals``). 1 where everybody lives alone, the
    size of the resident's household where its members are alike, never below 1.
    """
    n = np.asarray(totals, dtype=float)
    share = n / max(n.sum(), 1.0)
    spread = np.asarray(squares) - 2.0 * share * np.asarray(products) + share**2 * sizes_squared
    alone = n * (1.0 - share)
    return np.maximum(spread / np.where(alone > 0.0, alone, np.inf), 1.0)


def beyond_chance(index: float, chance: float) -> float:
    """Return how far an index lies beyond chance: 0 at chance, 1 at complete segregation, -1 at evenness.

    Source: the systematic indices of Carrington & Troske 1997.
    """
    room = 1.0 - chance if index >= chance else chance
    return 0.0 if room == 0.0 else (index - chance) / room


def _margins(counts: Counts) -> tuple[Counts, float, NDArray[np.float64]]:
    """Return the areas' sizes, everybody, and the groups' shares of everybody."""
    size = counts.sum(axis=1)
    total = float(size.sum())
    return size, total, counts.sum(axis=0) / max(total, 1.0)


def _has_two_groups(share: NDArray[np.float64]) -> bool:
    """Whether there are people of at least two groups."""
    return bool(np.count_nonzero(share) > 1)


def _entropy(share: NDArray[np.float64]) -> float:
    """Return how mixed the groups are (natural logarithm)."""
    present = share[share > 0.0]
    return float(-(present * np.log(present)).sum())


def _x_log_x(x: Counts) -> NDArray[np.float64]:
    """Return x ln x, which is 0 at 0."""
    return np.asarray(x * np.log(np.maximum(x, 1)))


def _expected_excess(size: Counts, totals: Counts, together: Together, measure: int) -> float:
    """Return by how much, added up over areas and groups, chance makes counts differ from an even spread.

    Differ in what ``measure`` says: see :func:`_of_count`.
    """
    parts = np.maximum(np.broadcast_to(np.asarray(together, dtype=float), totals.shape), 1.0)
    sizes = size.astype(np.float64).tobytes()
    roots = measure == _ROOT
    terms = [
        _excess_of_group(sizes, float(n), float(part), roots)[measure] for n, part in zip(totals, parts, strict=True)
    ]
    return float(np.cumsum(np.concatenate(terms))[-1])  # added up one after the other, whoever else is summed


@lru_cache(maxsize=256)
def _excess_of_group(sizes: bytes, total: float, together: float, roots: bool) -> NDArray[np.float64]:
    """Return, for each measure and area, what :func:`_excess` finds; several indices ask for the same table."""
    size = np.frombuffer(sizes)
    out = np.zeros((3, size.size))
    _excess(size, total, together, _logs(int(size.max(initial=0))), roots, out)
    return out


@lru_cache(maxsize=8)
def _logs(most: int) -> NDArray[np.float64]:
    """Return x ln x for all counts up to ``most``."""
    return _x_log_x(np.arange(most + 1))


@compiled
def _of_count(x, size, mean, x_log_x, measure):
    """Return what an index adds up over areas, for ``x`` of a group among ``size`` people."""
    if measure == _DISTANCE:
        return abs(x - mean)
    if measure == _INFORMATION:
        return x_log_x[x]
    return -np.sqrt(np.float64(x) * (size - x))


@compiled
def _when_even(size, mean, measure):
    """Return the same for the even spread itself."""
    if measure == _DISTANCE:
        return 0.0
    if measure == _INFORMATION:
        return mean * np.log(mean)
    return -np.sqrt(mean * (size - mean))


@compiled
def _mean_of_count(size, group, everybody, x_log_x, roots, found):
    """Write into ``found`` the means of :func:`_of_count` when ``size`` of ``everybody`` are drawn and ``group`` belong.

    The sums start at the likeliest count and walk both ways by the ratio of neighbouring probabilities. Roots take
    as long as all the rest and are left out unless asked for.
    """
    mean = np.float64(size) * group / everybody
    low, high = max(0, size + group - everybody), min(size, group)
    mode = min(max(((size + 1) * (group + 1)) // (everybody + 2), low), high)
    weights, distance = 1.0, _of_count(mode, size, mean, x_log_x, _DISTANCE)
    information = _of_count(mode, size, mean, x_log_x, _INFORMATION)
    root = _of_count(mode, size, mean, x_log_x, _ROOT) if roots else 0.0
    weight, x = 1.0, mode
    while x < high and weight > _NEGLIGIBLE:
        weight *= np.float64((group - x) * (size - x)) / ((x + 1) * (everybody - group - size + x + 1))
        x += 1
        weights += weight
        distance += weight * _of_count(x, size, mean, x_log_x, _DISTANCE)
        information += weight * _of_count(x, size, mean, x_log_x, _INFORMATION)
        if roots:
            root += weight * _of_count(x, size, mean, x_log_x, _ROOT)
    weight, x = 1.0, mode
    while x > low and weight > _NEGLIGIBLE:
        weight *= np.float64(x * (everybody - group - size + x)) / ((group - x + 1) * (size - x + 1))
        x -= 1
        weights += weight
        distance += weight * _of_count(x, size, mean, x_log_x, _DISTANCE)
        information += weight * _of_count(x, size, mean, x_log_x, _INFORMATION)
        if roots:
            root += weight * _of_count(x, size, mean, x_log_x, _ROOT)
    found[_DISTANCE], found[_INFORMATION], found[_ROOT] = distance / weights, information / weights, root / weights


@compiled
def _draws(people, together):
    """Return how many draws so many people are: at least one where there is anybody."""
    return np.int64(max(np.rint(people / together), min(people, 1.0)))


@compiled
def _excess(sizes, total, together, x_log_x, roots, out):
    """Write into ``out`` (measures, areas) the mean over chance less the even spread, in people."""
    everybody = 0
    for size in sizes:
        everybody += _draws(size, together)
    group = min(_draws(total, together), everybody)
    if group == 0:
        return
    for a in range(sizes.size):
        size = _draws(sizes[a], together)
        if size > 0:
            mean = np.float64(size) * group / everybody
            _mean_of_count(size, group, everybody, x_log_x, roots, out[:, a])
            for measure in range(out.shape[0]):
                out[measure, a] = together * (out[measure, a] - _when_even(size, mean, measure))
