"""What the procedure that involves parents does, and to whom."""

from functools import partial
from typing import Any

from mechlin.core.declare import Indicator
from mechlin.core.views import View
from mechlin.indicators.shared.backgrounds import called

_SOURCE = "The city's files of the procedure"
_STEPS = (
    ("findings", "Minors found"),
    ("warnings", "Warnings"),
    ("offers", "Plans offered"),
    ("plans", "Plans agreed"),
    ("closed", "Cases closed without a fine"),
    ("fines", "Fines on parents"),
    ("refusals", "Offers refused"),
)
_ROWS = {name: row for row, (name, _) in enumerate(_STEPS)}
_MEASURED = ("plans", "fines", "refusals")  # told by income and background
_AGES = ("12_13", "14_15", "16_17")


def _card(name: str, title: str, column: str, measure: Any, unit: str = "cases") -> Indicator:
    return Indicator(
        f"procedure.{name}",
        title,
        unit,
        "neither",
        (f"city.{column}",),
        measure,
        f"{title[:1].lower()}{title[1:]} in the year",
        source=_SOURCE,
        role="delivered",
    )


def _place(view: View, column: str, place: int) -> Any:
    return getattr(view.city, column)[0, place]


def _only(view: View, column: str) -> Any:
    return getattr(view.city, column)[0]


INDICATORS = (
    *(
        _card(name, title, "procedure", partial(_place, column="procedure", place=_ROWS[name]))
        for name, title in _STEPS
    ),
    *(
        _card(
            f"{name}.fifth_{fifth + 1}",
            f"{dict(_STEPS)[name]}, income fifth {fifth + 1}",
            "procedure_by_fifth",
            partial(_place, column="procedure_by_fifth", place=5 * _ROWS[name] + fifth),
        )
        for name in _MEASURED
        for fifth in range(5)
    ),
    *(
        _card(
            f"findings.age_{age}",
            f"Minors found, {age.replace('_', ' and ')} years",
            "procedure_by_age",
            partial(_place, column="procedure_by_age", place=place),
        )
        for place, age in enumerate(_AGES)
    ),
    _card("fines_eur", "Fines and taxes imposed on parents", "fines_eur", partial(_only, column="fines_eur"), "EUR"),
    _card("therapies", "Families that began therapy", "therapies", partial(_only, column="therapies"), "families"),
)


def of_backgrounds(names: tuple[str, ...]) -> tuple[Indicator, ...]:
    """Return findings, plans, fines and refusals of each background, so that unequal treatment can be seen."""
    return tuple(
        _card(
            f"{step}.background_{name}",
            f"{dict(_STEPS)[step]}, background {called(name)}",
            f"{step}_by_background",
            partial(_place, column=f"{step}_by_background", place=group),
        )
        for step in ("findings", *_MEASURED)
        for group, name in enumerate(names)
    )
