"""Where residents meet, and whom joint activities bring together; measured by the model, asked of nobody."""

from functools import partial
from typing import Any

from mechlin.core.declare import Indicator
from mechlin.core.views import View
from mechlin.indicators.shared.backgrounds import called
from mechlin.statistics.counting import share

_SETTINGS = ("street", "centre", "school", "gate", "association", "activity", "pair")
_TITLES = (
    "in the street",
    "in work and centre",
    "at school",
    "at the school gate",
    "in associations",
    "in joint activities",
    "in pairs of newcomer and resident",
)
_ACROSS = ("background", "school", "area", "age")
_SOURCE = "No official counterpart: a count of the model"


def _across_in(view: View, at: int) -> Any:
    return share(view.city.meetings_across[0, at], view.city.meetings[0, at])


def _per_1000(view: View, at: int) -> Any:
    return 1000.0 * share(view.city.activity_across[0, at], view.areas.people.sum())


def _participants(view: View, group: int) -> Any:
    return 1000.0 * share(view.city.participants[0, group], view.areas.backgrounds[:, group].sum())


INDICATORS = (
    *(
        Indicator(
            f"meetings_across.{setting}",
            f"Encounters across backgrounds {title}",
            "share",
            "up",
            ("city.meetings_across", "city.meetings"),
            partial(_across_in, at=at),
            f"encounters across backgrounds {title} in the year",
            f"encounters {title} in the year",
            _SOURCE,
        )
        for at, (setting, title) in enumerate(zip(_SETTINGS, _TITLES, strict=True))
    ),
    Indicator(
        "activity_meetings",
        "Meetings in joint activities",
        "per 1,000 residents",
        "up",
        ("city.activity_meetings", "areas.people"),
        lambda view: 1000.0 * share(view.city.activity_meetings[0], view.areas.people.sum()),
        "meetings of two in joint activities in the year",
        "residents",
        _SOURCE,
        role="delivered",
    ),
    *(
        Indicator(
            f"activity_meetings.across_{kind}",
            f"Meetings in joint activities across {kind}",
            "per 1,000 residents",
            "up",
            ("city.activity_across", "areas.people"),
            partial(_per_1000, at=at),
            f"meetings of two in joint activities who differ in {kind} in the year",
            "residents",
            _SOURCE,
            role="delivered",
        )
        for at, kind in enumerate(_ACROSS)
    ),
    Indicator(
        "buddy_pairs",
        "Pairs of newcomer and resident begun",
        "pairs",
        "up",
        ("city.pairs_started",),
        lambda view: view.city.pairs_started[0],
        "pairs begun in the year",
        "",
        "City of Mechelen, Samen Inburgeren",
        role="delivered",
    ),
)


def of_backgrounds(names: tuple[str, ...]) -> tuple[Indicator, ...]:
    """Return who takes part in activities, by background."""
    return tuple(
        Indicator(
            f"participants.{name}",
            f"Participants of background {called(name)} in activities",
            "per 1,000 residents",
            "neither",
            ("city.participants", "areas.backgrounds"),
            partial(_participants, group=group),
            f"places taken in activities by residents of background {called(name)} in the year",
            f"residents of background {called(name)}",
            _SOURCE,
            role="delivered",
        )
        for group, name in enumerate(names)
    )
