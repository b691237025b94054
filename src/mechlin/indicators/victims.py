"""Whom offences hit."""

from typing import Any

from mechlin.core.codes import Offence, words
from mechlin.core.declare import Indicator
from mechlin.core.views import View
from mechlin.statistics.counting import share

_KINDS = words(Offence)[: Offence.NUISANCE]  # nuisance, the last, has no victims
_SOURCE = "Surveys of victims; here counted each time somebody is one"


def _of_kinds(name: str, title: str, kinds: slice) -> Indicator:
    def measure(view: View) -> Any:
        return 100.0 * share(view.city.victims[0, kinds].sum(), view.areas.people.sum())

    return Indicator(
        name,
        title,
        "per 100 residents",
        "down",
        ("city.victims", "areas.people"),
        measure,
        "homes broken into and residents harmed in the year, each time counted",
        "residents at the end of the year",
        _SOURCE,
    )


def _of_fifth(fifth: int) -> Indicator:
    def measure(view: View) -> Any:
        return 100.0 * share(view.city.victims_by_fifth[0, fifth], view.areas.income_fifths[:, fifth].sum())

    return Indicator(
        f"victims.fifth_{fifth + 1}",
        f"Victims in income fifth {fifth + 1}",
        "per 100 residents",
        "down",
        ("city.victims_by_fifth", "areas.income_fifths"),
        measure,
        "homes broken into and residents harmed in the year, of this fifth of incomes, 1 the lowest",
        "residents of this fifth at the end of the year",
        _SOURCE,
    )


INDICATORS = (
    _of_kinds("victims", "Victims", slice(None)),
    *(_of_kinds(f"victims.{kind}", f"Victims of {kind}", slice(i, i + 1)) for i, kind in enumerate(_KINDS)),
    *(_of_fifth(fifth) for fifth in range(5)),
)
