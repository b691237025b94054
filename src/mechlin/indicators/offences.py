"""How many offences there are, of what kind, and how many are solved."""

from typing import Any

from mechlin.core.codes import Offence, words
from mechlin.core.declare import Indicator
from mechlin.core.views import View
from mechlin.statistics.counting import share

_KINDS = words(Offence)
_TITLES = ("Burglary", "Theft of bicycles, of bags, in shops", "Theft of and from vehicles", "Violence", "Nuisance")
_SOURCE = "Recorded crime by place, as the police count it"
_ALL = "Surveys of victims and recorded crime together: all that happens, known to the police or not"
_SORTS = {  # observed series of single facts: where they stand among the sorts that are counted
    "home_burglary": (0, "Burglaries of homes"),
    "burglary_other_buildings": (1, "Burglaries of other buildings"),
    "bicycle_theft": (2, "Thefts of bicycles"),
    "theft_from_vehicles": (4, "Thefts from vehicles"),
    "theft_with_violence": (6, "Robberies"),
}
_THEFTS = slice(0, 7)  # burglary, theft, vehicle crime and robbery: what the statistic calls theft and extortion


def _rate(name: str, title: str, kinds: slice, column: str = "offences", **more: Any) -> Indicator:
    def measure(view: View) -> Any:
        return 100.0 * share(getattr(view.city, column)[0, kinds].sum(), view.areas.people.sum())

    meaning = "offences in the year, by the place where they happen"
    return Indicator(
        name,
        title,
        "per 100 residents",
        "down",
        (f"city.{column}", "areas.people"),
        measure,
        meaning if column == "offences" else f"{meaning}, that the police record",
        "residents at the end of the year",
        _ALL if column == "offences" else _SOURCE,
        **more,
    )


def _solved(name: str, title: str, kinds: slice) -> Indicator:
    def measure(view: View) -> Any:
        return share(view.city.offences_solved[0, kinds].sum(), view.city.offences_recorded[0, kinds].sum())

    return Indicator(
        name,
        title,
        "share",
        "up",
        ("city.offences_solved", "city.offences_recorded"),
        measure,
        "offences of the year for which somebody was charged",
        "offences of the year that the police recorded",
        "Police: clearance",
    )


def _facts(name: str, title: str, sorts: slice) -> Indicator:
    return Indicator(
        f"facts.{name}",
        title,
        "facts",
        "down",
        ("city.facts",),
        lambda view: view.city.facts[0, sorts].sum(),
        f"{title.lower()} in the year, as the police record them",
        source=_SOURCE,
    )


def _of_young(view: View) -> Any:
    return share(view.city.offences_by_age[0, :4].sum(), view.city.offences_by_age[0].sum())


INDICATORS = (
    _rate("offences", "Offences", slice(None), headline=True),
    *(_rate(f"offences.{k}", t, slice(i, i + 1)) for i, (k, t) in enumerate(zip(_KINDS, _TITLES, strict=True))),
    _rate("offences_recorded", "Offences recorded by the police", slice(None), "offences_recorded"),
    _solved("solved_share", "Offences solved", slice(None)),
    *(_solved(f"solved_share.{k}", f"{_TITLES[i]}: solved", slice(i, i + 1)) for i, k in enumerate(_KINDS)),
    *(_facts(name, title, slice(at, at + 1)) for name, (at, title) in _SORTS.items()),
    _facts("theft_and_extortion", "Thefts of all sorts, burglary and robbery included", _THEFTS),
    Indicator(
        "offences_by_young_share",
        "Offences by residents under 20",
        "share",
        "neither",
        ("city.offences_by_age",),
        _of_young,
        "offences of the year by residents under 20",
        "offences of the year by residents",
        "Not known to the police in real life",
    ),
    Indicator(
        "offences_from_elsewhere_share",
        "Offences by people who live elsewhere",
        "share",
        "neither",
        ("city.offences_from_elsewhere", "city.offences"),
        lambda view: share(view.city.offences_from_elsewhere.sum(), view.city.offences.sum()),
        "offences of the year by people who live elsewhere",
        "offences of the year",
        "Police: suspects by place of residence",
    ),
    Indicator(
        "areas.offences",
        "Offences by area",
        "per 100 residents and year",
        "down",
        ("areas.offence_rate",),
        lambda view: view.areas.offence_rate.sum(axis=1),
        "offences in the area as usually recorded, smoothed over a year",
        "residents of the area; fewer than 100 count as 100",
        _SOURCE,
        by_area=True,
    ),
)
