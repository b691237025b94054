"""Outside series and elections that a city lacks, from its country or a neighbour."""

import polars as pl

from mechlin.city.borrowing.donors import Donor, lender_name
from mechlin.city.tables.countries import Country
from mechlin.city.tables.elections import RANGES, SCHEMA
from mechlin.city.tables.model import REQUIRED_SERIES
from mechlin.city.tables.origins import Origin
from mechlin.core.clock import month_number

_PEOPLE = "population_1_january"
_FLOWS = {"births_per_1000": 1, "deaths_per_1000": -1, "arrivals_per_1000": 1, "leavers_per_1000": -1}
_VOTE_SPREAD = 0.4  # of a city's vote for the radical right against its country's (assumption)
_CONTEXT, _ELECTIONS = "context.csv", "elections.csv"
Series = dict[str, dict[int, float]]


def fill_series(
    series: Series, start: int, until: int, people: float, donors: list[Donor]
) -> tuple[Series, list[Origin]]:
    """Return the series that a run needs and the city lacks, from ``start`` to ``until``, and a line for each."""
    out: Series = {}
    lines: list[Origin] = []
    years = range(start - 1, until + 1)
    for name in REQUIRED_SERIES:
        if series.get(name) or name == _PEOPLE:
            continue
        for donor in donors:
            if name in donor.series:
                figures = donor.series[name]
                out[name] = {year: round(figures.at(year), 4) for year in years}
                rule = figures.source
                lines.append(
                    Origin(_CONTEXT, f"{name} *", "value", "borrowed", donor.name, rule=rule, spread=figures.spread)
                )
                break
    if not series.get(_PEOPLE):
        out[_PEOPLE] = _grown({**series, **out}, start, until, people)
        rule = "residents of the areas, carried on by the rates of births, deaths, arrivals and leavers"
        lines.append(Origin(_CONTEXT, f"{_PEOPLE} *", "value", "derived", "areas.csv", rule=rule))
    return out, lines


def _grown(series: Series, start: int, until: int, people: float) -> dict[int, float]:
    """Return residents by year: those of the areas at the start, before and after by the yearly rates."""
    out = {start: float(round(people))}
    for year in range(start, until):
        out[year + 1] = float(round(out[year] * (1 + _rate(series, year) / 1000.0)))
    out[start - 1] = float(round(people / (1 + _rate(series, start - 1) / 1000.0)))
    return dict(sorted(out.items()))


def _rate(series: Series, year: int) -> float:
    total = 0.0
    for name, sign in _FLOWS.items():
        known = series.get(name) or {year: 0.0}
        total += sign * known[min(max(year, min(known)), max(known))]
    return total


def _last_vote(country: Country, date: str) -> int:
    """Return the year of the country's last vote for its parliament by a month: nobody knows the next one."""
    parliament = country.voting_at("national")
    dates = [d for d in parliament.dates if month_number(d) <= month_number(date)] if parliament else []
    return int((dates[-1] if dates else date)[:4])


def national_elections(country: Country, start: str) -> tuple[pl.DataFrame, list[Origin]]:
    """Return the country's elections from the last of each level before ``start`` on, and a line about them.

    The city votes as its country did before the start; nobody has a mayor's list, for no table says so.
    """
    rows, right = [], country.series["radical_right_country"]
    first = month_number(start)
    for voting in country.voting:
        before = [d for d in voting.dates if month_number(d) < first]
        if not before:
            continue
        for date in (before[-1], *(d for d in voting.dates if month_number(d) >= first)):
            national = right.last(_last_vote(country, date))
            own = national if date == before[-1] else None
            rule = float(voting.is_compulsory(date))
            row: dict[str, float | str | None] = {"mayor_list": 0.0, "incumbent": 0.0, "rival_pull": 0.0}
            row |= {"date": date, "level": voting.level, "source": country.name, "tag": "borrowed", "note": ""}
            rows.append(row | {"compulsory": rule, "radical_right_country": national, "radical_right_city": own})
    table = pl.DataFrame(rows, schema={n: t for n, t in SCHEMA.items() if n not in RANGES}).sort("date")
    lender = lender_name(country)
    line = Origin(_ELECTIONS, "*", "radical_right_city", "borrowed", lender, rule=right.source, spread=_VOTE_SPREAD)
    return table, [Origin(_ELECTIONS, "*", "*", "borrowed", lender, rule=right.source), line]
