"""Whether families leave the city when their children reach school age."""

from functools import partial
from typing import Any

from mechlin.core.declare import Indicator
from mechlin.core.views import View
from mechlin.statistics.counting import share

_READS = ("city.school_age_families", "city.school_age_families_left")


def _left(view: View, kind: int) -> Any:
    return share(view.city.school_age_families_left[0, kind], view.city.school_age_families[0, kind])


def _card(name: str, title: str, kind: int, who: str) -> Indicator:
    return Indicator(
        name,
        title,
        "share",
        "down",
        _READS,
        partial(_left, kind=kind),
        f"of these, left after looking for another home in the year ({who})",
        f"households with a child of 2 to 6, in September ({who})",
        "Population register: moves by household",
    )


INDICATORS = (
    _card("school_age_families_left.high", "Highly educated families who leave at school age", 1, "higher education"),
    _card("school_age_families_left.other", "Other families who leave at school age", 0, "other"),
)
