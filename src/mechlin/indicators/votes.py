"""How the city votes in the years of elections, and what the change since the base election is made of.

The parts add up to the change. Only the local one can be the city's, and of that only what differs between two
worlds: the mood of the country and the luck of attitudes at the start are in it too.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from mechlin.core.declare import Direction, Indicator
from mechlin.core.elsewhere import Elsewhere
from mechlin.core.views import View
from mechlin.statistics.counting import percent

_LISTS: dict[str, tuple[str, int, str, Direction]] = {
    "radical_right": ("Votes for the radical right", 1, "right_parts", "neither"),
    "mayor_list": ("Votes for the mayor's list", 2, "mayor_parts", "neither"),
}
_KINDS = {"municipal": "municipal election", "regional_federal": "last regional or federal election of the year"}
_PARTS = {
    "tide": "the swing of the whole region, and the drift of places towards it: not the city's doing",
    "electorate": "who votes (origin, education, looking for work, turnout): not the city's doing",
    "rivals": "which lists stand, who heads them and with whom they join: not a result of policy",
    "local": "attitudes, areas and what the city is seen to have done: only this is the city's, and only what differs "
    "between two worlds",
    "chance": "the luck of so many separate choices, and what the place does by itself for no reason known here",
}
# How far the radical right moved in comparable cities: regional votes, for lack of municipal ones.
_OTHERS = Elsewhere(8.5, 5, "twelve other Flemish cities, from 23.7 to 15.2 % of regional votes between 2004 and 2009")
# Municipal elections are six years apart; of mayors' lists no such figure was found.
_ELSEWHERE = {"radical_right.regional_federal": _OTHERS, "radical_right.municipal": _OTHERS._replace(years=6)}
_SOURCE = "Official counts of valid votes (history.csv); the base is the last election before the start"


def _share(view: View, kind: str, choice: int) -> Any:
    votes = getattr(view.city, f"votes_{kind}")[0]
    return percent(votes[choice], votes.sum())


def _part(view: View, kind: str, column: str, at: int) -> Any:
    held = getattr(view.city, f"votes_{kind}")[0].sum() > 0
    return getattr(view.city, column)[0, at] if held else np.nan


def _cards(name: str, kind: str) -> tuple[Indicator, ...]:
    title, choice, column, better = _LISTS[name]
    votes, parts = f"city.votes_{kind}", list(_PARTS)
    first = list(_KINDS).index(kind) * len(parts)
    measure: Callable[..., Any] = partial(_share, kind=kind, choice=choice)
    label = name if name == "mayor_list" else f"{name}.{kind}"
    told = title if name == "mayor_list" else f"{title}, {kind.replace('_', ' or ')}"
    return (
        Indicator(
            f"votes.{label}",
            told,
            "%",
            better,
            (votes,),
            measure,
            "valid votes for the list",
            f"valid votes at the {_KINDS[kind]}; no value without one",
            _SOURCE,
            headline=label == "radical_right.municipal",
            elsewhere=_ELSEWHERE.get(label),
        ),
        *(
            Indicator(
                f"votes.{label}.{part}",
                f"{told}: part of {part}",
                "%",
                "neither",
                (votes, f"city.{column}"),
                partial(_part, kind=kind, column=column, at=first + n),
                f"points of the change since the base election: {why}",
                "",
                _SOURCE,
            )
            for n, (part, why) in enumerate(_PARTS.items())
        ),
    )


def _foreign(view: View) -> Any:
    return percent(view.city.electorate[0, 1], view.city.electorate[0, 0])


INDICATORS = (
    *_cards("radical_right", "municipal"),
    *_cards("radical_right", "regional_federal"),
    *_cards("mayor_list", "municipal"),
    Indicator(
        "votes.electorate_foreign_origin",
        "Voters of foreign origin",
        "%",
        "neither",
        ("city.electorate",),
        _foreign,
        "those who may vote and whose own or a parent's first nationality is another than the country's",
        "those who may vote at the year's last election; no value without one",
        "npdata.be BuG 36, estimates",
    ),
)
