"""The homes of a city at the start, who lives in which, and the dwellings planned for later.

Homes stand in an order drawn once; the housing market finds vacant ones by walking that order.
"""

from typing import Annotated, NamedTuple

import numpy as np

from mechlin.city.tables.model import HOMES_BY_TENURE, City
from mechlin.core import rng
from mechlin.core.codes import MAJORITY, Tenure
from mechlin.core.declare import Param

STOCK, SORT, PLAN = (rng.stream(f"population.{s}") for s in ("stock", "sort", "plan"))
NOT_REGISTERED = 32767


class Params(NamedTuple):
    """What the tables do not say about homes and who lives in them."""

    poor_below: Annotated[float, Param("1", 0, 1, "Quality below which a home counts as poor")] = 0.3
    value_eur: Annotated[float, Param("EUR/month", 100, 5000, "Market rent of a middling home of four rooms")] = 640.0
    value_income: Annotated[float, Param("1", 0, 2, "Elasticity of market rents to the area's income")] = 0.9
    value_room: Annotated[float, Param("share", 0, 1, "Added to the market rent by a room")] = 0.13
    value_spread: Annotated[float, Param("1", 0, 1, "Spread of log market rents among homes alike")] = 0.15
    vacant_private: Annotated[float, Param("share", 0, 1, "Of vacant homes, those for private rent")] = 0.55
    vacant_social: Annotated[float, Param("share", 0, 1, "Of vacant homes, those for social rent")] = 0.04
    new_owner: Annotated[float, Param("share", 0, 1, "Of new dwellings, those for owners")] = 0.6
    new_social: Annotated[float, Param("share", 0, 1, "Of new dwellings, those for social rent")] = 0.06
    new_quality: Annotated[float, Param("1", 0, 1, "Quality of a new dwelling")] = 0.95
    sorting: Annotated[float, Param("1", 0, 5, "Chance in who owns and who rents, beside income and age")] = 0.45
    waiting_share: Annotated[
        float, Param("share", 0, 1, "Households on the social waiting list, where the city does not say")
    ] = 0.028
    owner_cost: Annotated[float, Param("share", 0, 2, "Monthly cost of owners with a mortgage, of market rent")] = 0.75
    old_owner_cost: Annotated[
        float, Param(unit="share", low=0, high=2, doc="Monthly cost of owners of 60 and over, of market rent")
    ] = 0.15
    tenant_burden: Annotated[float, Param("share", 0, 1, "Largest share of income that sitting tenants pay")] = 0.36
    owner_burden: Annotated[float, Param("share", 0, 1, "Largest share of income that sitting owners pay")] = 0.33
    social_rent: Annotated[float, Param("share", 0, 1, "Social rent as a share of income")] = 0.2


def place_households(city: City, seed: int, columns: dict[str, np.ndarray], p: Params = Params()) -> None:
    """Fill all columns of homes, and home, tenure, cost and registration of households."""
    area, tenure, vacant = _stock(city, p)
    rooms_draw, quality_draw, value_draw = (rng.uniforms(seed, STOCK, k, _keys(seed, area.size)) for k in (1, 2, 3))
    household = _assign(city, seed, columns, area, tenure, vacant, p)
    members = np.bincount(columns["people.household"])
    lives = np.where(household >= 0, members[np.maximum(household, 0)], 2)
    rooms = np.clip(np.rint(lives + 1.2 + 2.2 * (rooms_draw - 0.4) + (tenure == Tenure.OWNER) * 0.8), 2, 9)
    quality = _quality(city, area, tenure, quality_draw, p)
    income = city.areas["income_median_eur"].to_numpy()[area] / city.areas["income_median_eur"].mean()
    noise = np.exp(p.value_spread * 3.4 * (value_draw - 0.5))
    value = p.value_eur * income**p.value_income * (1 + p.value_room * (rooms - 4)) * (0.8 + 0.4 * quality) * noise
    plan = _planned(city, seed, area, p)
    _write(columns, seed, [(area, tenure, rooms, quality, value, household, np.full(area.size, -1)), plan])
    _costs(city, seed, columns, p)


def _keys(seed: int, n: int) -> np.ndarray:
    return np.arange(1, n + 1, dtype=np.uint64) + rng.salted(seed, STOCK, 0)


def _stock(city: City, p: Params) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return area, tenure and vacancy of every home at the start."""
    areas, tenures, empty = [], [], []
    for a in range(city.areas.height):
        counts = [int(round(city.areas[c][a])) for c in HOMES_BY_TENURE.values()]
        spare = int(round(city.areas["homes_vacant"][a]))
        private, social = int(round(spare * p.vacant_private)), int(round(spare * p.vacant_social))
        if counts[Tenure.SOCIAL] == 0:
            social = 0
        extra = [spare - private - social, private, social]
        for tenure in HOMES_BY_TENURE:
            for count, vacant in ((counts[tenure], False), (extra[tenure], True)):
                areas.append(np.full(count, a))
                tenures.append(np.full(count, tenure))
                empty.append(np.full(count, vacant))
    return np.concatenate(areas), np.concatenate(tenures), np.concatenate(empty)


def _assign(
    city: City,
    seed: int,
    columns: dict[str, np.ndarray],
    area: np.ndarray,
    tenure: np.ndarray,
    vacant: np.ndarray,
    p: Params,
) -> np.ndarray:
    """Return the household of each home (-1 vacant): low incomes to social homes, higher ones and older to own."""
    equivalised, where = columns["households.equivalised_eur"], columns["households.area"].astype(np.int64)
    age = np.zeros(where.size)
    np.maximum.at(age, columns["people.household"], -columns["people.born_month"] / 12.0)
    u = rng.uniforms(seed, SORT, 0, columns["households.key"])
    chance = p.sorting * np.log((u + 1e-9) / (1 - u + 1e-9))
    score = np.log(np.maximum(equivalised, 200.0)) * 2.2 + 0.025 * np.minimum(age, 60.0) + chance
    out = np.full(area.size, -1, dtype=np.int64)
    taken = np.flatnonzero(~vacant)
    rank = np.array([2, 1, 0])[tenure[taken]]  # social first, then private, then owners
    homes = taken[np.lexsort((rank, area[taken]))]
    households = np.lexsort((score, where))
    have, need = np.bincount(area[taken], minlength=city.areas.height), np.bincount(where, minlength=city.areas.height)
    home_at = np.append(0, np.cumsum(have))
    household_at = np.append(0, np.cumsum(need))
    for a in range(city.areas.height):
        both = min(have[a], need[a])
        out[homes[home_at[a] : home_at[a] + both]] = households[household_at[a] : household_at[a] + both]
    return out


def _quality(city: City, area: np.ndarray, tenure: np.ndarray, u: np.ndarray, p: Params) -> np.ndarray:
    """Return quality: the poorest share of each area's homes lies below the line, rented ones more often."""
    share = city.areas["homes_poor_quality_share"].to_numpy()
    score = u ** np.where(tenure == Tenure.PRIVATE, 1.5, 1.0)
    order = np.lexsort((score, area))
    size = np.bincount(area, minlength=share.size)
    at = np.append(0, np.cumsum(size))
    rank = np.empty(area.size)
    rank[order] = np.arange(area.size) - np.repeat(at[:-1], size)
    poor = np.rint(share * size)[area]
    good = (rank - poor) / np.maximum(size[area] - poor, 1)
    low = p.poor_below * (0.15 + 0.84 * rank / np.maximum(poor, 1))
    high: np.ndarray = p.poor_below + 0.001 + (0.95 - p.poor_below) * np.maximum(good, 0) ** 0.7
    quality: np.ndarray = np.where(rank < poor, low, high)
    return quality


def _planned(city: City, seed: int, area: np.ndarray, p: Params) -> tuple[np.ndarray, ...]:
    """Return the dwellings that the city's series plans, year by year, spread over areas as homes are now."""
    start = int(city.start[:4])
    by_year = {y: int(n) for y, n in city.series.get("new_dwellings", {}).items() if y >= start}
    month = np.concatenate(
        [np.zeros(0, int), *(12 * (y - start) + np.arange(n) * 12 // max(n, 1) for y, n in sorted(by_year.items()))]
    )
    u = [rng.uniforms(seed, PLAN, k, np.arange(1, month.size + 1, dtype=np.uint64)) for k in range(4)]
    where = area[(u[0] * area.size).astype(np.int64)] if area.size else np.zeros(0, int)
    tenure = np.where(
        u[1] < p.new_owner, Tenure.OWNER, np.where(u[1] < 1 - p.new_social, Tenure.PRIVATE, Tenure.SOCIAL)
    )
    rooms = np.rint(2.5 + 3.5 * u[2])
    income = city.areas["income_median_eur"].to_numpy()[where] / city.areas["income_median_eur"].mean()
    room = 1 + p.value_room * (rooms - 4)
    value = p.value_eur * income**p.value_income * room * (0.8 + 0.4 * p.new_quality) * (0.85 + 0.3 * u[3])
    none = np.full(month.size, -1)
    return where, tenure, rooms, np.full(month.size, p.new_quality), value, none, month


def _write(columns: dict[str, np.ndarray], seed: int, parts: list[tuple[np.ndarray, ...]]) -> None:
    """Put homes and planned dwellings into one drawn order, and tell households where they live."""
    area, tenure, rooms, quality, value, household, built = (np.concatenate(c) for c in zip(*parts, strict=True))
    key = rng.mixed(_keys(seed, area.size))
    order = np.argsort(key)
    kinds = {
        "area": np.int16,
        "tenure": np.int8,
        "rooms": np.int8,
        "quality": np.float32,
        "value_eur": np.float32,
        "occupant": np.int32,
        "built_month": np.int16,
    }
    for (name, kind), values in zip(
        kinds.items(), (area, tenure, rooms, quality, value, household, built), strict=True
    ):
        columns[f"homes.{name}"] = values[order].astype(kind)
    columns["homes.key"] = key[order]
    occupant = columns["homes.occupant"]
    home = np.full(columns["households.key"].size, -1, dtype=np.int32)
    home[occupant[occupant >= 0]] = np.flatnonzero(occupant >= 0)
    columns["households.home"] = home
    columns["households.tenure"] = np.where(home >= 0, columns["homes.tenure"][home], Tenure.LODGING).astype(np.int8)


def _costs(city: City, seed: int, columns: dict[str, np.ndarray], p: Params) -> None:
    """Fill what households pay, since when they live there, and who waits for a social home."""
    key, tenure, home = columns["households.key"], columns["households.tenure"], columns["households.home"]
    value, income = columns["homes.value_eur"][home], columns["households.income_eur"]
    age = np.zeros(key.size)
    np.maximum.at(age, columns["people.household"], -columns["people.born_month"] / 12.0)
    own = value * np.where(age >= 60, p.old_owner_cost, p.owner_cost)
    own = np.minimum(own, p.owner_burden * np.maximum(income, 400.0))
    rent = np.minimum(value, p.tenant_burden * np.maximum(income, 800.0))
    cost = np.where(tenure == Tenure.OWNER, own, np.where(tenure == Tenure.SOCIAL, p.social_rent * income, rent))
    columns["households.cost_eur"] = columns["households.rent_base_eur"] = cost.astype(np.float32)
    u = rng.uniforms(seed, SORT, 1, key)
    years = np.array([14.0, 4.0, 9.0])[np.maximum(tenure, Tenure.OWNER)]
    since = np.minimum(-np.log(1 - u) * years, np.maximum(age - MAJORITY, 0.1))
    columns["households.moved_month"] = np.clip(-np.ceil(12 * since), -900, -1).astype(np.int16)
    wanted = int(city.settings.get("social_waiting_list", p.waiting_share * key.size))
    scale = np.argsort(
        np.where(tenure == Tenure.PRIVATE, columns["households.equivalised_eur"], np.inf)
        * (0.7 + 0.6 * rng.uniforms(seed, SORT, 2, key))
    )
    chosen = scale[: min(wanted, int((tenure == Tenure.PRIVATE).sum()))]
    registered = np.full(key.size, NOT_REGISTERED, dtype=np.int16)
    registered[chosen] = -1 - (36 * rng.uniforms(seed, SORT, 3, key[chosen])).astype(np.int16)
    columns["households.registered_month"] = registered
