"""Whom crime hit and who was helped in the year, by income, age and background; stops and fines have their own cards.

Nothing here decides anything: unequal treatment has to be counted to be seen.
"""

from collections.abc import Callable
from typing import Any

from mechlin.core.declare import Direction, Indicator
from mechlin.core.monitor import ITEM
from mechlin.core.views import View
from mechlin.indicators.shared.monitor import backgrounds, groups, whole_city
from mechlin.statistics.counting import percent

_ALL, _PUPILS = ITEM.residents, ITEM.placed
_KINDS: tuple[tuple[str, int, int, str, Direction, str], ...] = (
    (
        "victims",
        ITEM.victims,
        _ALL,
        "Hit by an offence",
        "down",
        "residents who were victims or whose home was broken into",
    ),
    (
        "social_home_given",
        ITEM.housed,
        _ALL,
        "Given a social home",
        "neither",
        "residents of households given a social home",
    ),
    (
        "first_wish",
        ITEM.first_wish,
        _PUPILS,
        "Got their first wish at school",
        "up",
        "pupils at the school of their first wish",
    ),
)
_SOURCE = "Registers; counted over the twelve months before the end of the year, pupils as they stand"


def _part(item: int, whole: int, rows: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def measure(view: View) -> Any:
        counts = rows(view)
        return percent(counts[item], counts[whole])

    return measure


def _of(rows: Any) -> tuple[Indicator, ...]:
    return tuple(
        Indicator(
            f"{kind}_per_100.{name}",
            f"{title}: {words}",
            "per 100",
            better,
            (column,),
            _part(item, whole, of),
            numerator,
            f"{'pupils placed' if whole == _PUPILS else 'residents'}, {words}",
            _SOURCE,
        )
        for kind, item, whole, title, better, numerator in _KINDS
        for name, words, column, of in rows
    )


INDICATORS = (
    *(
        Indicator(
            f"{kind}_per_100",
            title,
            "per 100",
            better,
            ("areas.monitor",),
            _part(item, whole, whole_city),
            numerator,
            "pupils placed" if whole == _PUPILS else "residents",
            _SOURCE,
        )
        for kind, item, whole, title, better, numerator in _KINDS
    ),
    *_of(groups()),
)


def of_backgrounds(names: tuple[str, ...]) -> tuple[Indicator, ...]:
    """Return the same of each background that the source statistic names."""
    return _of(backgrounds(names))
