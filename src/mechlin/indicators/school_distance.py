"""How far pupils go to school."""

from functools import partial
from typing import Any

from mechlin.core.declare import Indicator
from mechlin.core.views import View
from mechlin.statistics.counting import share

_SOURCE = "Distance as the crow flies, homes placed at random within their area"


def _metres(view: View, kinds: slice) -> Any:
    return share(view.city.school_metres[0, kinds].sum(), view.city.pupils_by_kind[0, kinds].sum())


def _elsewhere(view: View) -> Any:
    return share(view.city.pupils_not_nearest[0], view.city.pupils_by_kind[0].sum())


def _card(name: str, title: str, kinds: slice, who: str) -> Indicator:
    return Indicator(
        name,
        title,
        "m",
        "down",
        ("city.school_metres", "city.pupils_by_kind"),
        partial(_metres, kinds=kinds),
        f"metres to school of {who}",
        who,
        _SOURCE,
    )


INDICATORS = (
    _card("school_metres", "Metres to school", slice(None), "primary pupils"),
    _card("school_metres.indicator", "Metres to school of indicator pupils", slice(1, 2), "indicator pupils"),
    _card("school_metres.other", "Metres to school of other pupils", slice(0, 1), "other pupils"),
    Indicator(
        "school_not_nearest_share",
        "Pupils who do not attend the nearest school",
        "share",
        "neither",
        ("city.pupils_not_nearest", "city.pupils_by_kind"),
        _elsewhere,
        "pupils for whom another primary school is nearer",
        "primary pupils",
        _SOURCE,
    ),
)
