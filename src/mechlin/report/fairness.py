"""Who was stopped, fined, refused, displaced and helped: by income, age and background, in both worlds.

Background is counted here and nowhere used: that is how unfairness is seen.
"""

from collections.abc import Sequence
from typing import NamedTuple

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
    Counted("much trust in the city", "trust_share.income_fifth_{}", "trust_share.age_{}", "trust_share.background_{}"),
    Counted("took part in joint activities", background="participants.{}"),
)
_FIFTHS = {"1": "lowest fifth of incomes", "2": "second", "3": "third", "4": "fourth", "5": "highest fifth"}
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


def tables(c: Comparison, backgrounds: Sequence[str], say: Language = ENGLISH) -> str:
    """Return three tables, by income, age and background; '' when nothing of it was counted."""
    groups = {name.replace(" ", "_"): name.replace("_", " ") for name in backgrounds}
    parts = [
        _table(c, "income", _FIFTHS, say("By income of the household."), say),
        _table(c, "age", _AGES, say("By age."), say),
        _table(c, "background", groups, say("By background, as the source counts it."), say),
    ]
    return "".join(part for part in parts if part)


def _table(c: Comparison, by: str, groups: dict[str, str], title: str, say: Language) -> str:
    rows = []
    for counted in COUNTED:
        pattern = getattr(counted, by)
        for group, label in groups.items():
            name = pattern.format(group)
            e = c.effect(name) if pattern and name in c.indicators else None
            if e is not None:
                rows.append(
                    [
                        f"{say(counted.heading)}: {say(label)}",
                        wording.span_of(e.span, say),
                        wording.level(e.without, e.unit, say),
                        wording.level(e.with_, e.unit, say),
                        wording.gap(e, say),
                        say(e.verdict),
                    ]
                )
    head = [say("Who"), say("when"), say("without"), say("with"), say("difference"), say("verdict")]
    return table(title, head, rows) if rows else ""
