"""The definition cards of what a city monitor counts, and of whom."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from mechlin.core.declare import Direction, Indicator
from mechlin.core.elsewhere import Elsewhere
from mechlin.core.monitor import AGE_BANDS, FIFTHS, ITEM, ITEMS, PARTS
from mechlin.core.views import View
from mechlin.indicators.shared.backgrounds import called
from mechlin.statistics.counting import percent, share


class Answer(NamedTuple):
    """A question of the monitor: the item that counts it, its place in the survey, and its card."""

    item: int
    surveyed: int
    name: str
    title: str
    unit: str
    better: Direction
    numerator: str
    elsewhere: Elsewhere | None = None


SOURCE = "Stadsmonitor (survey of residents); here the answer that everybody would give"
ANSWERS = (
    Answer(
        ITEM.trusting,
        1,
        "trust",
        "Much trust in the city's government",
        "% much trust",
        "up",
        "adults who would say that they have much or very much trust in the city's government",
        Elsewhere(8.0, 3, "Ghent, from 48 to 40 % between 2014 and 2017, Stadsmonitor in nieuwsblad.be"),
    ),
    Answer(
        ITEM.unsafe,
        2,
        "unsafe",
        "Often feeling unsafe",
        "% often unsafe",
        "down",
        "adults who would say that they often or always feel unsafe",
    ),
    Answer(
        ITEM.proud,
        3,
        "pride",
        "Proud of the city",
        "% proud",
        "up",
        "adults who would say that they are proud of their city",
    ),
)


def whole_city(view: View) -> np.ndarray:
    """Return the counts of all residents together."""
    found: np.ndarray = view.areas.monitor.sum(axis=0)
    return found


def _of_answer(item: int, rows: Callable[[Any], np.ndarray]) -> Callable[[Any], Any]:
    def measure(view: View) -> Any:
        counts = rows(view)
        return percent(counts[..., item] / PARTS, counts[..., ITEM.adults])

    return measure


def _survey(place: int) -> tuple[Callable[[Any], Any], Callable[[Any], Any]]:
    def part(view: View) -> Any:
        answers = view.city.surveyed[0]
        return percent(answers[place], answers[0])

    def error(view: View) -> Any:
        answers = view.city.surveyed[0]
        p = share(answers[place], answers[0])
        return 100.0 * np.sqrt(p * (1.0 - p) / max(answers[0], 1))

    return part, error


def _cells(view: View) -> np.ndarray:
    found: np.ndarray = view.groups.monitor.reshape(-1, FIFTHS, len(AGE_BANDS), ITEMS)
    return found


Group = tuple[str, str, str, Callable[[Any], np.ndarray]]


def groups() -> tuple[Group, ...]:
    """Return name, words, column and row of counts of every fifth of income, then of every age band."""
    fifths = [
        (
            f"income_fifth_{g + 1}",
            f"income fifth {g + 1}",
            "groups.monitor",
            lambda view, g=g: _cells(view)[:, g].sum(axis=(0, 1)),
        )
        for g in range(FIFTHS)
    ]
    ages = [
        (
            f"age_{band}",
            f"age {band.replace('_up', ' and over').replace('_', ' to ')}",
            "groups.monitor",
            lambda view, g=g: _cells(view)[:, :, g].sum(axis=(0, 1)),
        )
        for g, band in enumerate(AGE_BANDS)
    ]
    return (*fifths, *ages)


def backgrounds(names: tuple[str, ...]) -> tuple[Group, ...]:
    """Return the same of every background that the source statistic names."""
    return tuple(
        (
            f"background_{name}",
            f"background {called(name)}",
            "groups.monitor",
            lambda view, g=g: _cells(view)[g].sum(axis=(0, 1)),
        )
        for g, name in enumerate(names)
    )


def answer_cards(answer: Answer) -> tuple[Indicator, ...]:
    """Return the cards of one question: register, survey and its error, areas, fifths of income and ages."""
    part, error = _survey(answer.surveyed)
    item, name, title, better, numerator = answer.item, answer.name, answer.title, answer.better, answer.numerator
    return (
        Indicator(
            f"{name}_share",
            title,
            "%",
            better,
            ("areas.monitor",),
            _of_answer(item, whole_city),
            numerator,
            "all adults",
            SOURCE,
            headline=answer is not ANSWERS[2],
            elsewhere=answer.elsewhere,
        ),
        Indicator(
            f"{name}_survey_share",
            f"{title}, as surveyed",
            answer.unit,
            better,
            ("city.surveyed",),
            part,
            numerator.replace("would say", "say"),
            "adults who answered the simulated survey",
            "Stadsmonitor (survey of residents)",
        ),
        Indicator(
            f"{name}_survey_error",
            f"{title}, standard error of the survey",
            "percentage points",
            "neither",
            ("city.surveyed",),
            error,
            "root of p (1 - p) / n, from the draw of respondents alone",
            "1",
            "Standard error of a share in a simple random sample",
            role="survey error",
        ),
        Indicator(
            f"areas.{name}_share",
            f"{title} by area",
            "%",
            better,
            ("areas.monitor",),
            _of_answer(item, lambda view: view.areas.monitor),
            numerator,
            "adults of the area",
            SOURCE,
            by_area=True,
        ),
        *answers_of(answer, groups()[:FIFTHS]),
        *answers_of(answer, groups()[FIFTHS + 1 :]),
    )


def answers_of(answer: Answer, rows: Any) -> tuple[Indicator, ...]:
    """Return one card for each group of residents: so that it is seen who trusts and who does not."""
    return tuple(
        Indicator(
            f"{answer.name}_share.{name}",
            f"{answer.title}: {words}",
            "%",
            answer.better,
            (column,),
            _of_answer(answer.item, of),
            answer.numerator,
            f"adults of {words}",
            SOURCE,
        )
        for name, words, column, of in rows
    )
