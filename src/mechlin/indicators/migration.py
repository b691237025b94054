"""Who comes to live in the city and who leaves it, by education and stage of family life."""

from collections.abc import Callable
from typing import Any

import numpy as np

from mechlin.core.codes import Education, words
from mechlin.core.declare import Direction, Indicator
from mechlin.core.views import View

_STAGES = {
    "young": "without children, nobody of 45 or over",
    "families": "with children under 18",
    "older": "without children, somebody of 45 or over",
}
_SOURCE = "Population register, moves across the city's border; education is not registered there"


def _card(
    name: str,
    title: str,
    unit: str,
    better: Direction,
    reads: tuple[str, ...],
    measure: Callable[[Any], Any],
    numerator: str,
    headline: bool = False,
) -> Indicator:
    return Indicator(name, title, unit, better, reads, measure, numerator, source=_SOURCE, headline=headline)


def _net(groups: slice) -> Callable[[Any], Any]:
    def measure(view: View) -> Any:
        return (view.city.arrivals_by_group - view.city.leavers_by_group)[0, groups].sum()

    return measure


def _sign_for_families(view: View) -> Any:
    return np.sign(_net(slice(1, None, 3))(view))


_GROUPS = ("city.arrivals_by_group", "city.leavers_by_group")

INDICATORS = (
    _card(
        "arrivals",
        "Arrivals in the year",
        "persons",
        "neither",
        ("city.arrivals",),
        lambda view: view.city.arrivals[0],
        "people who came to live in the city",
    ),
    _card(
        "leavers",
        "Leavers in the year",
        "persons",
        "neither",
        ("city.leavers",),
        lambda view: view.city.leavers[0],
        "people who left the city",
    ),
    _card(
        "net_migration",
        "Net migration in the year",
        "persons",
        "neither",
        ("city.arrivals", "city.leavers"),
        lambda view: view.city.arrivals[0] - view.city.leavers[0],
        "arrivals less leavers",
    ),
    _card(
        "young_family_migration_balance_sign",
        "Sign of the migration balance of families",
        "sign",
        "up",
        _GROUPS,
        _sign_for_families,
        "1 more people in families with children came than left, -1 fewer",
    ),
    *(
        _card(
            f"net_migration.{education}_education_{stage}",
            f"Net migration of households of {education} education {meaning}",
            "persons",
            "neither",
            _GROUPS,
            _net(slice(3 * e + s, 3 * e + s + 1)),
            f"arrivals less leavers in households whose highest education is {education}, {meaning}",
            headline=(education, stage) == ("high", "families"),
        )
        for e, education in enumerate(words(Education))
        for s, (stage, meaning) in enumerate(_STAGES.items())
    ),
)
