"""What families get of what they wished for at entry to school."""

from collections.abc import Callable
from typing import Any

from mechlin.core.declare import Direction, Indicator
from mechlin.core.views import View
from mechlin.statistics.counting import percent

_SOURCE = "Local consultation platforms: reports on enrolment"
_COHORT = "children who sought a place in the entry year"


def _part(column: str) -> Callable[[Any], Any]:
    return lambda view: percent(getattr(view.city, column)[0], view.city.school_entrants[0])


def _count(column: str) -> Callable[[Any], Any]:
    return lambda view: float(getattr(view.city, column)[0])


def _share(name: str, title: str, better: Direction, column: str, numerator: str) -> Indicator:
    reads = (f"city.{column}", "city.school_entrants")
    return Indicator(name, title, "%", better, reads, _part(column), numerator, _COHORT, _SOURCE)


def _without_place(view: View) -> float:
    """Count those of school age on no list; NaN where the city's tables have no schools, so that nobody could tell."""
    children, pupils = view.city.children_of_school_age[0], view.city.pupils_by_kind[0].sum()
    return float(children - pupils) if children else float("nan")


INDICATORS = (
    _share(
        "school_first_choice_share",
        "Children who got the school of their first wish",
        "up",
        "first_wishes",
        "of these, got the school their parents liked best",
    ),
    _share(
        "school_wish_granted_share",
        "Children who got one of the schools wished for",
        "up",
        "wishes_granted",
        "of these, got a school on their parents' list",
    ),
    _share(
        "school_unplaced_share",
        "Children without a school place in the city",
        "down",
        "unplaced",
        "of these, got no place in the city that year",
    ),
    Indicator(
        "children_without_school",
        "Children without a place at a primary school of the city",
        "children",
        "down",
        ("city.children_of_school_age", "city.pupils_by_kind"),
        _without_place,
        "children of primary school age, as of September, who are on no school's list, in whatever year they sought a place",
        "",
        "Difference of residents of school age and pupils",
    ),
    Indicator(
        "school_entry_cohort",
        "Children who seek a school",
        "children",
        "neither",
        ("city.school_entrants",),
        _count("school_entrants"),
        _COHORT,
        "",
        _SOURCE,
    ),
    Indicator(
        "school_tour_families",
        "Families who chose a school together",
        "families",
        "up",
        ("city.tour_families",),
        _count("tour_families"),
        "families who put a school first because others they visited it with do",
        "",
        "Initiatives of parents",
        role="delivered",
    ),
)
