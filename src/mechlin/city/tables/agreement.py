"""Whether a city's tables speak of one city: of one size, of the same years, and with sums that come out.

Each table may be sound in itself and yet belong to another town, another year or another level of areas. What is far
off is refused, with what each table says; what is only unusual is noted (:func:`unusual`).
"""

import re
from collections.abc import Iterator

import polars as pl

from mechlin.city.tables.countries import country_codes, country_of
from mechlin.city.tables.grouping import listed
from mechlin.city.tables.model import AGE_COLUMNS, HOME_COLUMNS, REQUIRED_SERIES
from mechlin.city.tables.reading import Folder
from mechlin.core.errors import Problem

_SIZE_SLACK = 0.2  # of the city's residents: two dates, two registers, perturbed counts
_RECORD_SLACK = 0.25  # of the residents observed, which may be from another year
_BALANCE_SLACK = 30.0  # per 1,000 residents and year, between growth and what it should be made of
_BUILT_MOST = 0.2  # of all homes, built in one year
_PER_HOME = (0.5, 9.0)  # residents per home over a whole city; towns of second homes have fewest
_AGES_0_17 = 18  # years of age in the youngest band
_SHORT, _MANY = 0.8, 4.0  # places at school for each child of the age at which school starts
_NEAR_YEARS = 2  # of the start, in which an observation is held against the areas
_MONTH = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])")
_FILE = "context.csv"


def check_agreement(folder: Folder, start: int | None, counted: bool = True) -> list[Problem]:
    """Return where the tables contradict one another; ``start`` is the year in which the city begins.

    ``counted`` says whether the areas can be added up: with several levels in their table they cannot.
    """
    areas = folder.table("areas.csv") if counted and folder.readable("areas.csv") else None
    people = None if areas is None else _sum(areas, "people")
    homes = None if areas is None else _homes(areas)
    series = _series(folder)
    out = _reach(series, start)
    if start is not None and people:
        out += _residents(series, people, start)
        out += _recorded(folder, people, start)
    if people and homes and not _PER_HOME[0] <= people / homes <= _PER_HOME[1]:
        out.append(
            Problem(
                f"{people:,.0f} people in {homes:,.0f} homes: {people / homes:.3g} per home",
                file="areas.csv",
                column="homes",
                allowed=f"{_PER_HOME[0]:g} to {_PER_HOME[1]:g} people per home over the city",
                repair="correct people or homes",
            )
        )
    if homes:
        built = series.get("new_dwellings", {})
        out += [_dwellings(row, y, n, homes) for y, (row, n) in built.items() if n > _BUILT_MOST * homes]
        out += _waiting(folder, homes)
    return [*out, *_balance(series), *_voting(folder)]


def _sum(table: pl.DataFrame, column: str) -> float | None:
    """Return the sum of a column, None where it is absent or has a cell without a number."""
    if column not in table.columns or table[column].null_count() or table.is_empty():
        return None
    return float(table[column].sum())


def _homes(areas: pl.DataFrame) -> float | None:
    """Return the city's homes, None where they are not the sum of their tenures: that is said of the row itself."""
    homes, parts = _sum(areas, "homes"), [_sum(areas, c) for c in HOME_COLUMNS]
    return homes if homes is not None and homes == sum(p or 0 for p in parts) else None


def _series(folder: Folder) -> dict[str, dict[int, tuple[int, float]]]:
    """Return each outside series as year -> (row of context.csv, value), leaving out what could not be read."""
    context = folder.table(_FILE)
    if not {"year", "indicator", "value"} <= set(context.columns):
        return {}
    out: dict[str, dict[int, tuple[int, float]]] = {}
    for row, (year, name, value) in enumerate(context.select("year", "indicator", "value").iter_rows(), 2):
        if year is not None and value is not None:
            out.setdefault(name, {}).setdefault(int(year), (row, value))
    return out


def _reach(series: dict[str, dict[int, tuple[int, float]]], start: int | None) -> list[Problem]:
    """Return, as one problem, the series that a run reads and that end before the city starts."""
    if start is None:
        return []
    ended = {name: years for name, years in series.items() if name in REQUIRED_SERIES and max(years) < start}
    if not ended:
        return []
    said = ", ".join(f"{name} ({min(years)} to {max(years)})" for name, years in sorted(ended.items()))
    return [
        Problem(
            f"{len(ended)} series end before the city starts ({start}): {said}",
            file=_FILE,
            row=max(row for years in ended.values() for row, _ in years.values()),
            column="year",
            allowed=f"every year from {start} on",
            repair="add the later years, or start the city in a year that they cover (start in city.toml)",
        )
    ]


def _residents(series: dict[str, dict[int, tuple[int, float]]], people: float, start: int) -> list[Problem]:
    years = series.get("population_1_january", {})
    if start not in years:
        return []
    row, counted = years[start]
    return [
        Problem(
            f"areas.csv has {people:,.0f} residents, population_1_january of {start} says {counted:,.0f}: "
            + _times(people, counted),
            file=_FILE,
            row=row,
            column="value",
            allowed=f"within {_SIZE_SLACK:.0%} of the areas' residents",
            repair="give the series of the city whose areas these are, or correct people in areas.csv",
        )
    ] * (counted > 0 and abs(people - counted) > _SIZE_SLACK * counted)


def _times(one: float, other: float) -> str:
    """Return how far two counts are apart, in words."""
    more, less = max(one, other), min(one, other)
    return f"{more / less:.3g} times as many" if more > 1.5 * less else f"off by {one - other:+,.0f}"


def _recorded(folder: Folder, people: float, start: int) -> list[Problem]:
    """Return observations of the city's residents about the start that are of another size."""
    history, mapping = folder.table("history.csv"), folder.table("indicator_map.csv")
    if not {"indicator", "year", "value"} <= set(history.columns) or not {"observed", "simulated"} <= set(
        mapping.columns
    ):
        return []
    named = mapping.filter(pl.col("simulated") == "population")["observed"].to_list()
    return [
        Problem(
            f"areas.csv has {people:,.0f} residents, {name} of {year:g} says {value:,.0f}: {_times(people, value)}",
            file="history.csv",
            row=row,
            column="value",
            allowed=f"within {_RECORD_SLACK:.0%} of the areas' residents",
            repair="remove the observation of another city, or correct people in areas.csv",
        )
        for row, (name, year, value) in enumerate(history.select("indicator", "year", "value").iter_rows(), 2)
        if name in named
        and year is not None
        and value
        and abs(year - start) <= _NEAR_YEARS
        and abs(people - value) > _RECORD_SLACK * abs(value)
    ]


def _dwellings(row: int, year: int, built: float, homes: float) -> Problem:
    return Problem(
        f"new_dwellings of {year} are {built:,.0f}, the city has {homes:,.0f} homes",
        file=_FILE,
        row=row,
        column="value",
        allowed=f"at most {_BUILT_MOST:.0%} of the homes in one year",
        repair="give the city's own dwellings completed in the year",
    )


def _waiting(folder: Folder, homes: float) -> Iterator[Problem]:
    settings = folder.head.get("settings")
    waiting = settings.get("social_waiting_list") if isinstance(settings, dict) else None
    if isinstance(waiting, int | float) and waiting > homes:
        yield Problem(
            f"social_waiting_list = {waiting:,.0f}, and the city has {homes:,.0f} homes",
            file="city.toml",
            column="settings.social_waiting_list",
            allowed="no more than the city's households",
        )


def _balance(series: dict[str, dict[int, tuple[int, float]]]) -> list[Problem]:
    """Return whether residents grow by what births, deaths, arrivals and leavers add up to, over all years known."""
    signs = {"births_per_1000": 1, "deaths_per_1000": -1, "arrivals_per_1000": 1, "leavers_per_1000": -1}
    people = series.get("population_1_january", {})
    years = [
        y for y in people if y + 1 in people and people[y][1] > 0 and all(y in series.get(name, {}) for name in signs)
    ]
    if not years:
        return []
    grown = sum(people[y + 1][1] / people[y][1] - 1 for y in years) * 1000 / len(years)
    made = sum(sign * series[name][y][1] for y in years for name, sign in signs.items()) / len(years)
    if abs(grown - made) <= _BALANCE_SLACK:
        return []
    return [
        Problem(
            f"population_1_january grows by {grown:+.1f} per 1,000 and year, births, deaths, arrivals and leavers "
            f"add up to {made:+.1f}",
            file=_FILE,
            row=people[years[0]][0],
            column="value",
            allowed=f"within {_BALANCE_SLACK:g} per 1,000 of one another, on average",
            repair="give all five for the same city and as rates per 1,000 residents and year",
        )
    ]


def _voting(folder: Folder) -> Iterator[Problem]:
    """Yield elections that say another rule of voting than their country's."""
    country, elections = country_of(str(folder.head.get("country", ""))), folder.table("elections.csv")
    if country is None or not {"date", "level", "compulsory"} <= set(elections.columns):
        return
    wrong = []
    for row, (date, level, said) in enumerate(elections.select("date", "level", "compulsory").iter_rows(), 2):
        rule = country.voting_at(level)
        if rule is None or said not in (0, 1) or not _MONTH.fullmatch(date or ""):
            continue
        if rule.is_compulsory(date) != bool(said):
            wrong.append((row, said, f"{level} elections of {date}"))
    if wrong:
        row, said, first = wrong[0]
        others = f"; so in rows {listed([str(r) for r, _, _ in wrong[1:]])}" if wrong[1:] else ""
        yield Problem(
            f"compulsory = {said:g}, but in {country.name} voting {'was not' if said else 'was'} compulsory in {first}{others}",
            file="elections.csv",
            row=row,
            column="compulsory",
            allowed="the country's rule at the date: 1 where everybody had to vote, else 0",
            repair="correct it, or the country in city.toml",
        )


def unusual(folder: Folder, start: int | None) -> list[Problem]:
    """Return what is taken in though it is unusual: places at school that are short, series that are held on."""
    out, areas, schools = [], folder.table("areas.csv"), folder.table("schools.csv")
    places = _sum(schools, "entry_places")
    if places is not None and {"people", AGE_COLUMNS[0]} <= set(areas.columns):
        children = float((areas["people"] * areas[AGE_COLUMNS[0]]).sum()) / _AGES_0_17
        ratio = places / children if children > 0 else 1.0
        if not _SHORT <= ratio <= _MANY:
            out.append(
                Problem(
                    f"{places:,.0f} entry places for about {children:,.0f} children of one year: "
                    + ("children will be without a place" if ratio < _SHORT else "most places will stay empty"),
                    file="schools.csv",
                    column="entry_places",
                )
            )
    said = str(folder.head.get("country", ""))
    if said and country_of(said) is None:
        known = ", ".join(country_codes())
        out.append(
            Problem(
                f"there is no profile of {said!r}: its rules of voting are not checked and nothing national can be borrowed",
                file="city.toml",
                column="country",
                allowed=known,
            )
        )
    ends = {name: max(years) for name, years in _series(folder).items() if name in REQUIRED_SERIES}
    last = max(ends.values(), default=0)
    early = {name: year for name, year in ends.items() if year < last}
    if early and start is not None:
        said = ", ".join(f"{name} from {year}" for name, year in sorted(early.items()))
        out.append(
            Problem(
                f"series that end before the others are held at their last value: {said}", file=_FILE, column="year"
            )
        )
    return out
