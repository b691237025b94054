"""What no file of a mapping gives, and whether anybody is there to borrow it from."""

from collections.abc import Iterable

from mechlin.city.importing.draft import Draft
from mechlin.city.tables.columns import AREA_COLUMNS, SERIES, Column
from mechlin.city.tables.countries import country_codes, country_of
from mechlin.city.tables.model import REQUIRED_SERIES
from mechlin.city.tables.price_level import INFLATION, PRICE_LEVEL
from mechlin.city.tables.reading import TABLES
from mechlin.core.errors import Problem


def lacking(draft: Draft | None) -> dict[str, Column]:
    """Return the columns of the areas and the outside series that a city needs and no file gives, each with its meaning."""
    have = set(draft.columns) if draft is not None else set()
    years = set(draft.series) if draft is not None else set()
    if PRICE_LEVEL in years:
        years.add(INFLATION)  # follows from it
    columns = {c: AREA_COLUMNS[c] for c in TABLES["areas.csv"].numbers if c not in have and c in AREA_COLUMNS}
    return columns | {s: SERIES[s] for s in REQUIRED_SERIES if s not in years and s in SERIES}


def is_lent(country: str, neighbour: str) -> bool:
    """Return whether anybody lends what lacks: the city ``neighbour``, or the country by its profile."""
    return bool(neighbour) or country_of(country) is not None


def nobody_lends(country: str, file: str, lacks: Iterable[str] = ()) -> Problem:
    """Return the problem that nobody lends what lacks."""
    named = ", ".join(lacks)
    return Problem(
        f"there is no profile of {country!r} to borrow from what no file gives{f': {named}' if named else ''}",
        file=file,
        column="country",
        allowed=", ".join(country_codes()),
        repair="give what is missing in the mapping, or name a city with --neighbour",
    )
