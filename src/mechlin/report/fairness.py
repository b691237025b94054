"""Who gains and who pays: by income, age, home and area, and by background, in both worlds.

Background is counted here and nowhere used: that is how unfairness is seen.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from mechlin.indicators.shared.backgrounds import called
from mechlin.report import wording
from mechlin.report.markup import table
from mechlin.report.texts import ENGLISH, Language
from mechlin.study.comparison import Comparison


class Counted(NamedTuple):
    """Something done to people: its heading, and how the indicators by income, age and background are called."""

    heading: str
    income: str = ""
    age: str = ""
    background: str = ""


COUNTED = (
    Counted("stopped by the police, per 100", "stops.fifth_{}", "stops.age_{}", "stops.background_{}"),
    Counted("found under the parental procedure", "", "procedure.findings.age_{}", "procedure.findings.background_{}"),
    Counted("parents offered help who took it", "procedure.plans.fifth_{}", "", "procedure.plans.background_{}"),
    Counted("parents who refused", "procedure.refusals.fifth_{}", "", "procedure.refusals.background_{}"),
    Counted("parents fined", "procedure.fines.fifth_{}", "", "procedure.fines.background_{}"),
    Counted("displaced by rents", "displaced.fifth_{}", "displaced.age_{}", "displaced.{}"),
    Counted(
        "given a social home, per 100",
        "social_home_given_per_100.income_fifth_{}",
        "social_home_given_per_100.age_{}",
        "social_home_given_per_100.background_{}",
    ),
    Counted(
        "hit by an offence, per 100",
        "victims_per_100.income_fifth_{}",
        "victims_per_100.age_{}",
        "victims_per_100.background_{}",
    ),
    Counted(
        "often feeling unsafe", "unsafe_share.income_fifth_{}", "unsafe_share.age_{}", "unsafe_share.background_{}"
    ),
    Counted("proud of the city", "pride_share.income_fifth_{}", "pride_share.age_{}", "pride_share.background_{}"),
    Counted(
        "got the first wish at school, per 100",
        "first_wish_per_100.income_fifth_{}",
        "first_wish_per_100.age_{}",
        "first_wish_per_100.background_{}",
    ),
    Counted("much trust in the city", "trust_share.income_fifth_{}", "trust_share.age_{}", "trust_share.background_{}"),
    Counted("took part in joint activities", background="participants.{}"),
)
_FIFTHS = {
    "1": "lowest fifth of incomes",
    "2": "second fifth of incomes",
    "3": "middle fifth of incomes",
    "4": "fourth fifth of incomes",
    "5": "highest fifth of incomes",
}
_AGES = {
    "under_18": "under 18",
    "0_17": "under 18",
    "under_20": "under 20",
    "12_13": "12 and 13",
    "14_15": "14 and 15",
    "16_17": "16 and 17",
    "18_34": "18 to 34",
    "20_29": "20 to 29",
    "30_49": "30 to 49",
    "35_64": "35 to 64",
    "50_up": "50 and over",
    "65_up": "65 and over",
}
HOMES = {
    "owners": ("tenure.owner_share", "price_index"),
    "private renters": ("tenure.private_rent_share", "rent_burden", "rent_burden.over_40_share", "displaced"),
    "social tenants, and who waits": ("tenure.social_share", "social_waiting_list", "social_waiting_months"),
    "service tenants": ("service_homes",),
    "without a home of their own": ("tenure.lodging_share", "turned_away"),
}
_NAMED = 3  # areas named on either side
_BETTER, _WORSE = "better", "worse"


def gains(c: Comparison, say: Language = ENGLISH) -> str:
    """Return who gains and who pays: for each group of incomes, ages and homes what gets better and worse; '' if unknown.

    Only what has a better direction and a verdict of its own is told; the rest is counted as what cannot be told.
    """
    rows = []
    for by, groups in (("income", _FIFTHS), ("age", _AGES)):
        for label in dict.fromkeys(groups.values()):
            alike = [group for group in groups if groups[group] == label]
            counted = [(k, getattr(k, by).format(group)) for group in alike for k in COUNTED]
            rows += _gain(c, say(label), [(say(k.heading), n) for k, n in counted if n in c.indicators], say)
    for who, names in HOMES.items():
        rows += _gain(c, say(who), [(_lower(c, n, say), n) for n in names if n in c.indicators], say)
    head = [say("Who"), say("gets better"), say("gets worse"), say("cannot be told")]
    return table(say("Who gains, who pays: what has a direction, by income, age and home."), head, rows) if rows else ""


def _gain(c: Comparison, who: str, told: Sequence[tuple[str, str]], say: Language) -> list[list[str]]:
    """Return the row of a group, or none where nothing that could be better or worse was counted of it."""
    sides: dict[str, list[str]] = {_BETTER: [], _WORSE: [], "": []}
    for heading, name in told:
        e, better = c.effect(name), c.card(name).better
        if e is not None and better != "neither":
            side = "" if e.verdict not in ("up", "down") else _BETTER if e.verdict == better else _WORSE
            sides[side].append(heading)
    if not any(sides.values()):
        return []
    return [[who, *(say.joined(sides[side]) or "–" for side in (_BETTER, _WORSE)), str(len(sides[""]))]]


def _lower(c: Comparison, name: str, say: Language) -> str:
    title = wording.name_of(c.card(name).title, say)
    return title[:1].lower() + title[1:]


def tables(c: Comparison, backgrounds: Sequence[str], say: Language = ENGLISH, area_names: Sequence[str] = ()) -> str:
    """Return tables by income, age, home, area and background; '' when nothing of it was counted."""
    groups = {name.replace(" ", "_"): called(name) for name in backgrounds}
    parts = [
        _table(c, "income", _FIFTHS, say("By income of the household."), say),
        _table(c, "age", _AGES, say("By age."), say),
        _homes(c, say),
        _areas(c, area_names, say),
        _table(c, "background", groups, say("By background, as the source counts it."), say),
    ]
    return "".join(part for part in parts if part)


def _homes(c: Comparison, say: Language) -> str:
    rows = [
        _row(c, f"{say(who)}: {_lower(c, name, say)}", name, say)
        for who, names in HOMES.items()
        for name in names
        if name in c.indicators and c.effect(name) is not None
    ]
    return table(say("By the home that a household has."), _head(say), rows) if rows else ""


def _areas(c: Comparison, names: Sequence[str], say: Language) -> str:
    """Return of each number by area how many areas gain and lose in the last year, and the areas that do most."""
    known = c.pairs[0][0].areas
    rows = []
    for name in known:
        better = c.card(name).better
        if better == "neither" or known[name].shape[1] != len(names):
            continue
        found = {key: values[-1] for key, values in c.area_effect(name).items()}
        gain = found["difference"] * (1.0 if better == "up" else -1.0)
        clear = found["clear"].astype(bool)
        sides = [np.flatnonzero(clear & (gain > 0.0)), np.flatnonzero(clear & (gain < 0.0))]
        told = [_most(side[np.argsort(-np.abs(gain[side]))].tolist(), names) for side in sides]
        unknown = int(np.isfinite(gain).sum()) - sum(side.size for side in sides)
        rows.append([wording.name_of(c.card(name).title, say), *told, str(unknown)])
    head = [say("Number"), say("gets better"), say("gets worse"), say("cannot be told")]
    caption = say("By area, in the last year: how many areas, and those that change most.")
    return table(caption, head, rows) if rows else ""


def _most(rows: Sequence[int], names: Sequence[str]) -> str:
    """Return how many areas, and the first of them by name."""
    named = ", ".join(names[i] for i in rows[:_NAMED])
    return f"{len(rows)}: {named}{', …' if len(rows) > _NAMED else ''}" if len(rows) else "0"


def _head(say: Language) -> list[str]:
    return [say("Who"), say("when"), say("without"), say("with"), say("difference"), say("verdict")]


def _row(c: Comparison, label: str, name: str, say: Language) -> list[str]:
    e = c.effect(name)
    assert e is not None  # looked at by the caller
    numbers = [wording.level(e.without, e.unit, say), wording.level(e.with_, e.unit, say), wording.gap(e, say)]
    return [label, wording.span_of(e.span, say), *numbers, say(e.verdict)]


def _table(c: Comparison, by: str, groups: dict[str, str], title: str, say: Language) -> str:
    rows = []
    for counted in COUNTED:
        pattern = getattr(counted, by)
        for group, label in groups.items():
            name = pattern.format(group)
            if pattern and name in c.indicators and c.effect(name) is not None:
                rows.append(_row(c, f"{say(counted.heading)}: {say(label)}", name, say))
    return table(title, _head(say), rows) if rows else ""
