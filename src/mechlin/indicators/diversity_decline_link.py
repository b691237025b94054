"""Whether areas with more residents of minority background are also those that decline: the link said to be broken."""

from functools import lru_cache, partial
from typing import Any

import numpy as np

from mechlin.core.declare import Indicator
from mechlin.core.views import View
from mechlin.statistics.counting import share
from mechlin.statistics.decline import Part, decline_index, link

FEWEST_RESIDENTS = 200  # of an area that counts: in a smaller one a few people move its shares
_READS = (
    "areas.people",
    "areas.backgrounds",
    "areas.disorder",
    "areas.shops",
    "areas.shops_vacant",
    "areas.offence_rate",
    "areas.price_index",
)
_PARTS = "disorder, share of shops vacant, offences per 100 residents, prices fallen since the start"
_SOURCE = "None published; the claim is that of the people who ran the approach"


def _parts(areas: Any) -> list[Part]:
    """Return each part of decline by area, with the spread below which nobody would notice a difference."""
    vacant = share(areas.shops_vacant, areas.shops)
    return [
        (areas.disorder, 0.05),
        (vacant, 0.02),
        (areas.offence_rate.sum(axis=1), 1.0),
        (-np.log(areas.price_index), 0.05),
    ]


def _link(view: View, which: int) -> float:
    areas = view.areas
    columns = np.array(
        [
            areas.people,
            share(areas.people - areas.backgrounds[:, 0], areas.people),
            *(part for part, _ in _parts(areas)),
        ]
    )
    return _links(columns.tobytes(), columns.shape, tuple(least for _, least in _parts(areas)))[which]


@lru_cache(maxsize=4)
def _links(table: bytes, shape: tuple[int, int], least: tuple[float, ...]) -> tuple[float, float, float]:
    """Return the link and both ends of its range; three indicators ask for them one after the other."""
    people, minority, *parts = np.frombuffer(table).reshape(shape)
    return link(minority, list(zip(parts, least, strict=True)), people, FEWEST_RESIDENTS)


def _index(view: View) -> Any:
    counted = view.areas.people * (view.areas.people >= FEWEST_RESIDENTS)
    index = decline_index(_parts(view.areas), counted.astype(float))
    return np.where(counted > 0, index, np.nan)


def _card(name: str, title: str, which: int) -> Indicator:
    return Indicator(
        name,
        title,
        "SD per SD",
        "down",
        _READS,
        partial(_link, which=which),
        f"slope of the decline index (mean of standard scores: {_PARTS}) on the share of minority background, both "
        "in standard deviations",
        f"areas with {FEWEST_RESIDENTS} residents or more, weighted by residents; the range leaves out one area "
        "after the other (jackknife, 95 %)",
        _SOURCE,
    )


INDICATORS = (
    _card("diversity_decline_link", "Link between diversity and decline", 0),
    _card("diversity_decline_link.low", "Link between diversity and decline: lower end", 1),
    _card("diversity_decline_link.high", "Link between diversity and decline: upper end", 2),
    Indicator(
        "areas.decline_index",
        "Decline index by area",
        "SD",
        "down",
        _READS,
        _index,
        f"mean of standard scores over areas: {_PARTS}",
        "",
        _SOURCE,
        by_area=True,
    ),
)
