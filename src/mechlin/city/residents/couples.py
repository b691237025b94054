"""Who lives with whom as a couple at the start: partners of close ages, mostly alike.

Partners are found in rounds. In each, those who most wish for a partner are sorted by age among people alike
(background and education, then background, then anybody of their area), and women and men at the same place of the
two queues meet. Who met nobody of a fitting age leaves the round to others; the last round takes every age.
"""

from typing import Annotated, NamedTuple

import numpy as np

from mechlin.core import rng
from mechlin.core.declare import Param

PARTNER = rng.stream("population.partner")
_NO_ONE = -1
_ROUNDS = 8
_PATIENT = 4  # rounds in which those who look within their background look nowhere else


class CoupleRule(NamedTuple):
    """How alike partners are."""

    older: Annotated[float, Param("years", -10, 10, "Men are older than their partner by, on average")] = 2.3
    apart: Annotated[float, Param("years", 0, 20, "Spread of the years between partners, for each of the two")] = 2.6
    apart_most: Annotated[
        float, Param(unit="years", low=1, high=60, doc="Years beyond the average at which others are first sought")
    ] = 12.0
    alike_background: Annotated[float, Param("share", 0, 1, "Partners found within the same background first")] = 0.96
    alike_education: Annotated[float, Param("share", 0, 1, "Partners found within the same education too")] = 0.4
    same_sex_share: Annotated[float, Param("share", 0, 0.2, "Couples of two women or two men")] = 0.03
    young: Annotated[float, Param("ratio", 0, 1, "Living with a partner below 22, against 30 to 69")] = 0.3
    growing: Annotated[float, Param("ratio", 0, 1, "Living with a partner at 22 to 29, against 30 to 69")] = 0.9
    women_fall: Annotated[
        float, Param(unit="ratio/year", low=0, high=1, doc="Fall for women with each year from 58: they outlive")
    ] = 0.034
    men_fall: Annotated[float, Param("ratio/year", 0, 1, "Fall for men with each year from 68")] = 0.02


def pair_up(
    area: np.ndarray,
    age: np.ndarray,
    female: np.ndarray,
    background: np.ndarray,
    education: np.ndarray,
    key: np.ndarray,
    free: np.ndarray,
    couples: np.ndarray,
    seed: int,
    rule: CoupleRule,
) -> np.ndarray:
    """Return the partner of everybody (-1 none) so that each area has its number of ``couples``.

    ``free`` are the adults who may have a partner; ``couples`` has one number for each area, at most the women and
    at most the men who are free there.
    """
    draws = [rng.uniforms(seed, PARTNER, k, key) for k in range(4)]
    as_woman = age - np.where(female, 0.0, rule.older)  # men stand in the queue beside women some years younger
    wish = -np.log(1.0 - draws[0]) / _weight(as_woman, female, rule)
    place = as_woman + rule.apart * rng.normals(draws[1])
    alike = (background.astype(np.int64), education.astype(np.int64) + 1)
    groups = int(alike[0].max(initial=0)) + 1
    own = draws[2] < rule.alike_background
    circles = (
        ((area * groups + alike[0]) * 4 + alike[1], own & (draws[3] < rule.alike_education)),
        (area * groups + alike[0], own),
        (area, ~own),
    )
    partner = np.full(area.size, _NO_ONE, np.int32)
    for attempt in range(_ROUNDS):
        late = max(attempt - _PATIENT, 0)
        most = rule.apart_most * (1.0 + 0.5 * late) if attempt < _ROUNDS - 1 else np.inf
        wanted = couples - np.bincount(area[female & (partner >= 0)], minlength=couples.size)
        rows = np.flatnonzero(free & (partner < 0))
        chosen = np.zeros(area.size, np.bool_)
        chosen[rows] = ranks(wish[rows], (2 * area + female)[rows]) < wanted[area[rows]]
        for circle, keen in circles:
            looking = np.flatnonzero(chosen & (keen | (late > 0)) & (partner < 0))
            women, men = (looking[female[looking] == w] for w in (True, False))
            ours, theirs = _meet(women, men, circle, place)
            near = np.abs(as_woman[ours] - as_woman[theirs]) <= most
            partner[ours[near]], partner[theirs[near]] = theirs[near], ours[near]
        wish = wish + (attempt + 1) * chosen * (partner < 0)  # others get their turn
    return _some_of_one_sex(partner, female, area, place, key, seed, rule)


def ranks(order: np.ndarray, group: np.ndarray) -> np.ndarray:
    """Return the place of each within its group by rising ``order``, from 0."""
    by = np.lexsort((order, group))
    many = np.bincount(group)
    out = np.empty(by.size, np.int64)
    out[by] = np.arange(by.size) - np.repeat(np.cumsum(many) - many, many)
    return out


def _meet(women: np.ndarray, men: np.ndarray, circle: np.ndarray, place: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return women and men who meet: those at the same place of the queues of one circle, evenly along the longer."""
    women, men = (rows[np.lexsort((place[rows], circle[rows]))] for rows in (women, men))
    n = int(circle.max(initial=0)) + 1
    many = [np.bincount(circle[rows], minlength=n) for rows in (women, men)]
    pairs = np.minimum(*many)
    at = np.repeat(np.arange(n), pairs)
    k = 2 * (np.arange(at.size) - (np.cumsum(pairs) - pairs)[at]) + 1
    ours, theirs = ((np.cumsum(m) - m)[at] + k * m[at] // (2 * pairs[at]) for m in many)
    return women[ours], men[theirs]


def _some_of_one_sex(
    partner: np.ndarray,
    female: np.ndarray,
    area: np.ndarray,
    place: np.ndarray,
    key: np.ndarray,
    seed: int,
    rule: CoupleRule,
) -> np.ndarray:
    """Let some neighbouring pairs of couples in the order of age change partners: two women, two men."""
    women = np.flatnonzero(female & (partner >= 0))
    women = women[np.lexsort((place[women], area[women]))]
    first, second = women[: women.size - 1 : 2], women[1::2]
    change = (area[first] == area[second]) & (rng.uniforms(seed, PARTNER, 4, key[first]) < rule.same_sex_share)
    first, second = first[change], second[change]
    him, other = partner[first], partner[second]
    partner[first], partner[second], partner[him], partner[other] = second, first, other, him
    return partner


def _weight(age: np.ndarray, female: np.ndarray, rule: CoupleRule) -> np.ndarray:
    """Return how likely an adult of this age who has left home is to live with a partner, relative to others."""
    fall = np.where(female, rule.women_fall * np.maximum(age - 58.0, 0.0), rule.men_fall * np.maximum(age - 68.0, 0.0))
    old = np.maximum(1.0 - fall, 0.06)
    return np.where(age < 22, rule.young, np.where(age < 30, rule.growing, old))
