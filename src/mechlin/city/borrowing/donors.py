"""Who lends figures: a country's profile, or another city."""

from typing import NamedTuple

import numpy as np

from mechlin.city.tables.countries import Country, Figures
from mechlin.city.tables.model import AGE_COLUMNS, BACKGROUND, EDUCATION_COLUMNS, City

_TENURES = ("homes_owner", "homes_private_rent", "homes_social")
_LEAST, _MOST = 0.05, 0.6  # between which the spread of a neighbour's figure is held, as a share of it
_RATIOS = ("income_by_education", "income_by_tenure")  # what only countries are asked for


class Donor(NamedTuple):
    """One lender: its name as reports say it, and its figures as a country's profile has them."""

    name: str
    tables: dict[str, Figures]
    series: dict[str, Figures]


def lender_name(country: Country) -> str:
    """Return what a country's figures are called where they are lent."""
    return f"national figures ({country.name})"


def country_donor(country: Country) -> Donor:
    """Return a country as a lender."""
    return Donor(lender_name(country), country.tables, country.series)


def city_donor(city: City) -> Donor:
    """Return another city as a lender: its means over residents or homes, and how far its own areas lie from them."""
    areas, name = city.areas, f"the city {city.title}"
    people, homes = areas["people"].to_numpy(), areas["households"].to_numpy()
    groups = [c for c in areas.columns if c.startswith(BACKGROUND)]
    tables = {
        "ages": _means(city, AGE_COLUMNS, people),
        "background": _means(city, groups, people),
        "education": _means(city, EDUCATION_COLUMNS, people),
        "poor_homes": _means(city, ("homes_poor_quality_share",), homes),
        "household_size": _figure(city, {"mean": people.sum() / homes.sum()}, people / np.maximum(homes, 1), people),
        "income": _figure(
            city,
            {"median": float(np.average(areas["income_median_eur"].to_numpy(), weights=people))},
            areas["income_median_eur"].to_numpy(),
            people,
        ),
    }
    tenure = {c: areas[c].sum() / homes.sum() for c in _TENURES}
    owned = areas["homes_owner"].to_numpy() / np.maximum(homes, 1)
    tables["tenure"] = _figure(city, tenure, owned, homes)
    stock = areas["homes"].to_numpy()
    empty = areas["homes_vacant"].to_numpy() / np.maximum(stock, 1)
    tables["vacancy"] = _figure(city, {"homes_vacant": areas["homes_vacant"].sum() / stock.sum()}, empty, stock)
    series = {
        n: Figures({str(y): v for y, v in years.items()}, 0.2, f"{name}, context.csv", "")
        for n, years in city.series.items()
    }
    series.pop("population_1_january", None)
    return Donor(name, tables, series)


def _means(city: City, columns: tuple[str, ...] | list[str], weights: np.ndarray) -> Figures:
    """Return the city's mean of shares; the spread is that of the largest of them over areas."""
    values = np.stack([city.areas[c].to_numpy() for c in columns], axis=1)
    means = np.average(values, axis=0, weights=weights)
    if len(columns) > 1:
        means = means / means.sum()
    largest = values[:, int(np.argmax(means))]
    return _figure(city, dict(zip(columns, map(float, means), strict=True)), largest, weights)


def _figure(city: City, values: dict[str, float], by_area: np.ndarray, weights: np.ndarray) -> Figures:
    mean = float(np.average(by_area, weights=weights))
    spread = float(np.sqrt(np.average((by_area - mean) ** 2, weights=weights))) / max(abs(mean), 1e-9)
    found = {name: float(value) for name, value in values.items()}
    return Figures(found, min(max(spread, _LEAST), _MOST), f"{city.title}, areas.csv", "")


def lent(donors: list[Donor], kind: str, needed: set[str] | None = None) -> tuple[Donor, Figures] | None:
    """Return the first lender that has a table, with all names that are ``needed``; None where nobody has."""
    for donor in donors:
        figures = donor.tables.get(kind)
        if figures is not None and (needed is None or needed <= set(figures.values)):
            return donor, figures
    return None
