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

import math
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
    return float(_dissimilarity(_table(counts)))


def theil_h(counts: Counts) -> float:
    """Return Theil's information theory index: how much less mixed areas are than the city, on average."""
    return float(_theil_h(_table(counts)))


def hutchens(counts: Counts) -> float:
    """Return Hutchens' square root index of two groups: the sum over areas of b - sqrt(a b).

    a and b are the shares of either group's people who live in the area.
    """
    return float(_hutchens(_table(counts)))


def exposure(counts: Counts, of: int, to: int) -> float:
    """Return the share of group ``to`` in the area of the average person of group ``of``."""
    return float(_exposure(_table(counts), of, to))


def isolation(counts: Counts, of: int) -> float:
    """Return the share of their own group in the area of the average person of group ``of``."""
    return exposure(counts, of, of)


def dissimilarity_by_chance(counts: Counts, together: Together = 1.0) -> float:
    """Return the dissimilarity expected if people were spread at random."""
    unlike, total = _unlike(_table(counts))
    if unlike == 0.0:
        return float("nan")
    found: float = _expected_excess(counts, together, _DISTANCE) / (2.0 * total * unlike)
    return found


def theil_h_by_chance(counts: Counts, together: Together = 1.0) -> float:
    """Return Theil's H expected if people were spread at random."""
    entropy, total = _entropy(_table(counts))
    if entropy == 0.0:
        return float("nan")
    found: float = _expected_excess(counts, together, _INFORMATION) / (total * entropy)
    return found


def hutchens_by_chance(counts: Counts, together: Together = 1.0) -> float:
    """Return Hutchens' square root index of two groups expected if people were spread at random."""
    totals = counts.sum(axis=0)
    if counts.shape[1] != 2 or not totals.all():
        return float("nan")
    missing = _expected_excess(counts, together, _ROOT, groups=1)
    return missing / math.sqrt(float(totals[0]) * float(totals[1]))


def exposure_by_chance(counts: Counts, of: int, to: int, together: Together = 1.0) -> float:
    """Return the exposure of group ``of`` to group ``to`` expected if people were spread at random."""
    size, totals = counts.sum(axis=1), counts.sum(axis=0)
    total = float(totals.sum())
    draws = total / max(_of_group(together, of), 1.0)
    if totals[of] == 0 or draws <= 1.0:
        return float("nan")
    others = max(draws - np.count_nonzero(size), 0.0) / (draws - 1.0)  # of those met, outside one's household
    own = 1.0 - others if of == to else 0.0
    return float(totals[to] / total * others + own)


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
    found: np.ndarray = np.maximum(spread / np.where(alone > 0.0, alone, np.inf), 1.0)
    return found


def beyond_chance(index: float, chance: float) -> float:
    """Return how far an index lies beyond chance: 0 at chance, 1 at complete segregation, -1 at evenness.

    Source: the systematic indices of Carrington & Troske 1997.
    """
    room = 1.0 - chance if index >= chance else chance
    return 0.0 if room == 0.0 else (index - chance) / room


def _table(counts: Counts) -> NDArray[np.float64]:
    """Return the counts as the loops below take them."""
    return np.ascontiguousarray(counts, dtype=np.float64)


@compiled
def _unlike(counts):
    """Return the sum over groups of share x (1 - share): how likely two people differ; and everybody."""
    total, unlike = counts.sum(), 0.0
    for group in range(counts.shape[1]):
        share = counts[:, group].sum() / max(total, 1.0)
        unlike += share * (1.0 - share)
    return unlike, total


@compiled
def _dissimilarity(counts):
    """See :func:`dissimilarity`."""
    unlike, total = _unlike(counts)
    if unlike == 0.0:
        return np.nan
    apart = 0.0
    for group in range(counts.shape[1]):
        share = counts[:, group].sum() / total
        for area in range(counts.shape[0]):
            apart += abs(counts[area, group] - counts[area].sum() * share)
    return apart / (2.0 * total * unlike)


@compiled
def _entropy(counts):
    """Return how mixed the groups are (natural logarithm), and everybody."""
    total, entropy = counts.sum(), 0.0
    for group in range(counts.shape[1]):
        share = counts[:, group].sum() / max(total, 1.0)
        entropy -= share * np.log(share) if share > 0.0 else 0.0
    return entropy, total


@compiled
def _theil_h(counts):
    """See :func:`theil_h`."""
    entropy, total = _entropy(counts)
    if entropy == 0.0:
        return np.nan
    mixed = 0.0
    for area in range(counts.shape[0]):
        size = counts[area].sum()
        mixed -= size * np.log(max(size, 1.0))
        for group in range(counts.shape[1]):
            mixed += counts[area, group] * np.log(max(counts[area, group], 1.0))
    return mixed / (total * entropy) + 1.0


@compiled
def _hutchens(counts):
    """See :func:`hutchens`."""
    if counts.shape[1] != 2:
        return np.nan
    one, other, root = counts[:, 0].sum(), counts[:, 1].sum(), 0.0
    if one == 0.0 or other == 0.0:
        return np.nan
    for area in range(counts.shape[0]):
        root += np.sqrt(counts[area, 0] / one * (counts[area, 1] / other))
    return 1.0 - root


@compiled
def _exposure(counts, of, to):
    """See :func:`exposure`."""
    met = total = 0.0
    for area in range(counts.shape[0]):
        total += counts[area, of]
        met += counts[area, of] * (counts[area, to] / max(counts[area].sum(), 1.0))
    return met / total if total > 0.0 else np.nan


def _of_group(together: Together, group: int) -> float:
    """Return how many people of a group count as one draw: one number for all, or one for each."""
    return float(together) if np.ndim(together) == 0 else float(np.asarray(together)[group])


def _expected_excess(counts: Counts, together: Together, measure: int, groups: int | None = None) -> float:
    """Return by how much, added up over areas and groups, chance makes counts differ from an even spread.

    Differ in what ``measure`` says: see :func:`_of_count`.
    """
    sizes, totals = counts.sum(axis=1).astype(np.float64).tobytes(), counts.sum(axis=0).tolist()
    return sum(
        _excess_of_group(sizes, float(n), max(_of_group(together, g), 1.0), measure == _ROOT)[measure]
        for g, n in enumerate(totals[:groups])
    )


@lru_cache(maxsize=256)
def _excess_of_group(sizes: bytes, total: float, together: float, roots: bool) -> list[float]:
    """Return, for each measure, what :func:`_excess` finds; several indices ask for the same table."""
    size, found = np.frombuffer(sizes), np.zeros(3)
    out = np.zeros((3, size.size))
    _excess(size, total, together, _logs(int(size.max(initial=0))), roots, out, found)
    return found.tolist()


@lru_cache(maxsize=8)
def _logs(most: int) -> NDArray[np.float64]:
    """Return x ln x for all counts up to ``most``, which is 0 at 0."""
    x = np.arange(most + 1)
    return np.asarray(x * np.log(np.maximum(x, 1)))


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
def _excess(sizes, total, together, x_log_x, roots, out, found):
    """Add up in ``found``, by measure, the mean over chance less the even spread, in people (``out``: by area)."""
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
                found[measure] += together * (out[measure, a] - _when_even(size, mean, measure))
