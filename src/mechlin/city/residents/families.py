"""Households put together from persons, so that the count of households in every area is met.

Adults who still or again live with relatives are chosen first; of the others enough are paired into couples
(`couples.py`) to leave as many households as the area has. Then every child and adult child finds parents: most
with the same background, at the years between mother and child that were drawn for them, in a family that still has
room for one; parents in old age who live with their children find a household of these in the same way.
"""

from typing import Annotated, NamedTuple

import numpy as np

from mechlin.city.residents.couples import CoupleRule, pair_up, ranks
from mechlin.core import rng
from mechlin.core.codes import MAJORITY
from mechlin.core.compiled import compiled
from mechlin.core.declare import Param
from mechlin.core.errors import InputError, Problem

HOME, PARENTS = (rng.stream(f"population.{s}") for s in ("home", "parents"))
_NO_ONE = -1
_GRANDPARENT = 45  # years
_LOOKED_AT = 16  # families looked at, around the age that was drawn
_YOUNGEST, _OLDEST = 15.0, 48.0  # years between mother and child


class FamilyRule(NamedTuple):
    """Who lives with parents, and what families look like."""

    home_18: Annotated[float, Param("share", 0, 1, "Living with parents at 18 to 20")] = 0.93
    home_21: Annotated[float, Param("share", 0, 1, "Living with parents at 21 to 24")] = 0.72
    home_25: Annotated[float, Param("share", 0, 1, "Living with parents at 25 to 29")] = 0.28
    home_30: Annotated[float, Param("share", 0, 1, "Living with parents at 30 to 44")] = 0.07
    home_75: Annotated[float, Param("share", 0, 1, "Living with their children from 75")] = 0.06
    sons_later: Annotated[float, Param("years", 0, 10, "Sons leave their parents later than daughters")] = 2.5
    mother_years: Annotated[float, Param("years", 15, 48, "Age of mothers at birth")] = 28.8
    mother_spread: Annotated[float, Param("years", 0, 15, "Spread of the age of mothers at birth")] = 4.8
    father_older: Annotated[float, Param("years", 0, 15, "Fathers who raise children alone, older than mothers")] = 2.3
    alike_background: Annotated[
        float, Param(unit="share", low=0, high=1, doc="Children who look for a mother of their background")
    ] = 0.93
    childless: Annotated[float, Param("share", 0, 1, "Couples who have no children by choice or chance")] = 0.13
    one_child: Annotated[float, Param("share", 0, 1, "Couples with room for one child")] = 0.22
    two_children: Annotated[float, Param("share", 0, 1, "Couples with room for two children")] = 0.42
    three_children: Annotated[float, Param("share", 0, 1, "Couples with room for three children")] = 0.16
    lone_mother: Annotated[float, Param("share", 0, 1, "Women without a partner who have room for children")] = 0.4
    lone_father: Annotated[float, Param("share", 0, 1, "Men without a partner who have room for children")] = 0.1


class Families(NamedTuple):
    """Household, role (0 adult of the household, 1 child) and partner of everybody, and children oddly placed."""

    household: np.ndarray
    role: np.ndarray
    partner: np.ndarray
    implausible: int


def assemble(
    area: np.ndarray,
    months: np.ndarray,
    female: np.ndarray,
    background: np.ndarray,
    education: np.ndarray,
    key: np.ndarray,
    households: np.ndarray,
    names: list[str],
    seed: int,
) -> Families:
    """Put everybody into a household of their area.

    ``area`` (sorted), age in ``months`` and the next four have one entry a person; ``households`` one an area, met
    exactly unless fewer adults live there. Raise InputError for areas that have residents and no adult or no
    household.
    """
    rule, n = FamilyRule(), households.size
    age = months / 12.0
    adult = age >= MAJORITY
    adults = np.bincount(area[adult], minlength=n)
    _refuse_areas_without_households(np.bincount(area, minlength=n), adults, households, names)
    wanted = np.minimum(households, adults)
    wish = rng.uniforms(seed, HOME, 0, key) / np.maximum(_with_family_share(age, female, rule), 1e-9)
    stays = adult & (wish < 1.0) & (ranks(np.where(adult, wish, np.inf), area) < (adults - wanted)[area])
    free = adult & ~stays
    women, men = (np.bincount(area[free & (female == w)], minlength=n) for w in (True, False))
    couples = np.minimum(np.minimum(women + men - wanted, np.minimum(women, men)), wanted)
    partner = pair_up(area, age, female, background, education, key, free, couples, seed, CoupleRule())
    heads = free & (
        (partner < 0) | (np.arange(area.size) < partner) & (female == female[partner]) | female & ~female[partner]
    )
    couples_first = np.where(heads, (partner < 0).astype(float), np.inf) + rng.uniforms(seed, HOME, 1, key)
    heads &= ranks(couples_first, area) < wanted[area]  # a rare rest of adults lives with others
    lead = np.flatnonzero(heads).astype(np.int32)
    home = np.full(area.size, _NO_ONE, np.int32)
    home[lead] = np.arange(lead.size, dtype=np.int32)
    both = lead[partner[lead] >= 0]
    home[partner[both]] = home[both]
    odd = _join_families(area, months, female, background, key, home, partner, lead, seed, rule)
    child = ~free & (age < _GRANDPARENT) & ~(odd & adult)  # adults without fitting parents live with others as adults
    return Families(home, child.astype(np.int8), partner, int((odd & ~adult).sum()))


def _refuse_areas_without_households(
    people: np.ndarray, adults: np.ndarray, households: np.ndarray, names: list[str]
) -> None:
    wrong = np.flatnonzero((people > 0) & ((adults == 0) | (households <= 0)))
    if wrong.size:
        raise InputError(
            Problem(
                f"{names[a]} has {people[a]} residents, {adults[a]} adults and {households[a]} households",
                file="areas.csv",
                row=int(a) + 2,
                repair="nobody under 18 can live without an adult",
            )
            for a in wrong
        )


def _with_family_share(age: np.ndarray, female: np.ndarray, rule: FamilyRule) -> np.ndarray:
    """Return the share of adults who live with parents (Belgian census of 2001, rounded) or, old, with children."""
    bounds = (21, 25, 30, _GRANDPARENT, 75)
    alike = age + rule.sons_later * (female - 0.5)
    alike = np.where(age < _GRANDPARENT, np.minimum(alike, _GRANDPARENT - 0.1), age)
    return np.array([*rule[:4], 0.0, rule.home_75])[np.digitize(alike, bounds)]


def _join_families(
    area: np.ndarray,
    months: np.ndarray,
    female: np.ndarray,
    background: np.ndarray,
    key: np.ndarray,
    home: np.ndarray,
    partner: np.ndarray,
    lead: np.ndarray,
    seed: int,
    rule: FamilyRule,
) -> np.ndarray:
    """Let all who live with relatives find their household; return who found none of a plausible age."""
    groups = int(background.max(initial=0)) + 1
    own = area[lead].astype(np.int64) * groups + background[lead]
    alike = np.lexsort((months[lead], own))
    anybody = np.lexsort((months[lead], area[lead]))
    cells = int(area.max(initial=0)) + 1
    starts = np.searchsorted(own[alike], np.arange(cells * groups + 1))
    area_starts = np.searchsorted(area[lead][anybody], np.arange(cells + 1))
    rows = np.flatnonzero(home < 0)
    rows = rows[np.lexsort((key[rows], -months[rows]))]
    alone = partner[lead] < 0
    children, youngest = np.zeros(lead.size, np.int64), np.full(lead.size, 1 << 30, np.int64)
    room = _room_for_children(alone, female[lead], rng.uniforms(seed, PARENTS, 0, key[lead]), rule)
    odd = np.zeros(area.size, np.bool_)
    _find_households(
        rows,
        area,
        months,
        background,
        key,
        home,
        months[lead],
        alone & ~female[lead],
        room,
        children,
        youngest,
        alike,
        starts,
        anybody,
        area_starts,
        groups,
        rng.salted(seed, PARENTS, 1),
        rule,
        odd,
    )
    return odd


def _room_for_children(alone: np.ndarray, female: np.ndarray, u: np.ndarray, rule: FamilyRule) -> np.ndarray:
    """Return how many children each family has room for; more are taken in only where no other has room."""
    bounds = np.cumsum([rule.childless, rule.one_child, rule.two_children, rule.three_children])
    raises = np.where(female, rule.lone_mother, rule.lone_father)
    single = np.where(u < raises, 1 + (u < 0.4 * raises), 0)
    return np.where(alone, single, np.digitize(u, bounds)).astype(np.int64)


@compiled
def _nearest_place(order, months, start, end, wanted):
    """Return the place in ``order[start:end]``, sorted by age, where an age of ``wanted`` months would stand."""
    while start < end:
        middle = (start + end) // 2
        if months[order[middle]] < wanted:
            start = middle + 1
        else:
            end = middle
    return start


@compiled
def _best_family(
    order, start, end, gap, older, own, lead_months, lone_father, room, children, youngest, father_gap, salt, key
):
    """Return (family, fit) of the best of some families around the drawn years between the generations.

    ``older`` is 1 when the family's parents are the older ones, -1 when they are the children of who looks.
    """
    place = _nearest_place(order, lead_months, start, end, own + older * 12.0 * gap)
    best, best_fit = -1, -np.inf
    first = max(start, min(place - _LOOKED_AT // 2, end - _LOOKED_AT))
    for k in range(first, min(first + _LOOKED_AT, end)):
        h = order[k]
        years = older * (lead_months[h] - own) / 12.0 - (father_gap if lone_father[h] else 0.0)
        fit = -(((years - gap) / 3.0) ** 2) - 3.0 * max(children[h] + 1 - room[h], 0) ** 1.2
        if abs(youngest[h] - own) < 10:  # months between brothers and sisters
            fit -= 6.0
        if years < _YOUNGEST or years > _OLDEST:
            fit -= 1000.0 + abs(years - gap)
        fit += rng.draw(salt, key, 3 + k - first)
        if fit > best_fit:
            best, best_fit = h, fit
    return best, best_fit


@compiled
def _find_households(
    rows,
    area,
    months,
    background,
    key,
    home,
    lead_months,
    lone_father,
    room,
    children,
    youngest,
    alike,
    starts,
    anybody,
    area_starts,
    groups,
    salt,
    rule,
    odd,
):
    """Give each of ``rows`` (oldest first) a household; ``odd`` marks those who found none of a plausible age."""
    for i in rows:
        own = months[i]
        gap = rule.mother_years + rule.mother_spread * rng.normal(rng.draw(salt, key[i], 0))
        gap = min(max(gap, _YOUNGEST + 1.0), _OLDEST - 2.0)
        old = own >= 12 * _GRANDPARENT
        older = -1 if old else 1
        cell = np.int64(area[i]) * groups + background[i]
        best, fit = -1, -np.inf
        if rng.draw(salt, key[i], 1) < rule.alike_background:
            best, fit = _best_family(
                alike,
                starts[cell],
                starts[cell + 1],
                gap,
                older,
                own,
                lead_months,
                lone_father,
                room,
                children,
                youngest,
                rule.father_older,
                salt,
                key[i],
            )
        if fit < -14.0:  # nobody of the same background is of a fitting age, or all have many children
            best, fit = _best_family(
                anybody,
                area_starts[area[i]],
                area_starts[area[i] + 1],
                gap,
                older,
                own,
                lead_months,
                lone_father,
                room,
                children,
                youngest,
                rule.father_older,
                salt,
                key[i],
            )
        home[i] = best
        odd[i] = fit < -500.0
        if not old:
            children[best] += 1
            youngest[best] = own
