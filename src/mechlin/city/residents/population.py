"""Residents, households and homes made to fit a city's tables.

Fit      the joint table of age, background and education of each area (`fitting.py`, `ages.py`)
Assemble persons into households (`couples.py`, `families.py`), households into homes of their area
         (`housing_stock.py`), incomes to the area's median (`income.py`)
Judge    every margin against the tables (`fit.py`)

Everything hangs on the population seed through addressed random numbers: another seed is another population
of the same city.
"""

from dataclasses import dataclass, field
from typing import Annotated, NamedTuple

import numpy as np

from mechlin.city.residents.ages import age_months, women_share
from mechlin.city.residents.families import assemble
from mechlin.city.residents.fit import FitReport, Margin, Tolerance, count_margin, income_margin
from mechlin.city.residents.fitting import fitted
from mechlin.city.residents.housing_stock import place_households
from mechlin.city.residents.income import IncomeRule, household_allowance, person_income
from mechlin.city.tables.model import AGE_BANDS, AGE_COLUMNS, BACKGROUND, EDUCATION_COLUMNS, HOMES_BY_TENURE, City
from mechlin.core import rng
from mechlin.core.codes import EDUCATIONS, MAJORITY, Education, Work
from mechlin.core.compiled import compiled
from mechlin.core.declare import Param
from mechlin.core.errors import whole_number
from mechlin.core.spec import SEED_MAX

PERSON, BODY, WORK, TRAIT = (rng.stream(f"population.{s}") for s in ("person", "body", "work", "trait"))
FIT = rng.stream("population.fit")
_EDUCATED = 25  # years: from which the table of education counts
_NO_MONTH = 1 << 32  # households formed in a run are keyed by their month; those of the start must not be


class Params(NamedTuple):
    """What the tables do not say about residents at the start."""

    young_foreign: Annotated[float, Param("ratio", 0.2, 5, "Odds of foreign origin under 18 against all ages")] = 2.0
    old_foreign: Annotated[
        float, Param(unit="ratio", low=0.01, high=5, doc="Odds of foreign origin at 65 and over against all ages")
    ] = 0.3
    work_low: Annotated[float, Param("share", 0, 1, "Working at 25 to 54, low education")] = 0.69
    work_mid: Annotated[float, Param("share", 0, 1, "Working at 25 to 54, middle education")] = 0.84
    work_high: Annotated[float, Param("share", 0, 1, "Working at 25 to 54, high education")] = 0.9
    look_low: Annotated[float, Param("share", 0, 1, "Looking for work at 25 to 54, low education")] = 0.12
    look_mid: Annotated[float, Param("share", 0, 1, "Looking for work at 25 to 54, middle education")] = 0.065
    look_high: Annotated[float, Param("share", 0, 1, "Looking for work at 25 to 54, high education")] = 0.04
    work_55: Annotated[float, Param("ratio", 0, 1, "Working at 55 to 64 against 25 to 54")] = 0.4
    start_gap: Annotated[
        float, Param("share", 0, 1, "Less work and more looking of residents of foreign origin, as measured")
    ] = 0.12
    first_language: Annotated[
        float, Param("share", 0, 1, "Local language of residents of foreign origin, on average")
    ] = 0.75
    parents_attainment: Annotated[
        float, Param("SD", 0, 2, "Attainment of a child for each level of the parents' education")
    ] = 0.3


@dataclass(frozen=True, eq=False)
class Population:
    """Columns of people, households, homes, areas and schools at the start, and how well they fit."""

    columns: dict[str, np.ndarray]
    sizes: dict[str, int]
    fit: FitReport
    notes: dict[str, int] = field(default_factory=dict)


def build_population(city: City, seed: int = 1, p: Params = Params()) -> Population:
    """Return the residents, households and homes of ``city`` for this population seed.

    Raise UsageError for an impossible seed, InputError for tables that no residents can meet.
    """
    seed = whole_number("seed", seed, 0, SEED_MAX)
    columns: dict[str, np.ndarray] = {}
    area = _persons(city, seed, p, columns)
    implausible = _households(city, seed, area, columns)
    _traits(city, seed, p, columns)
    _incomes(city, columns)
    place_households(city, seed, columns)
    _places(city, columns)
    people, households = columns["people.key"].size, columns["households.key"].size
    sizes = {
        "people": people,
        "households": households,
        "homes": columns["homes.key"].size,
        "areas": city.areas.height,
        "schools": city.schools.height,
    }
    income = columns.pop("households.equivalised_eur")
    lodging = int((columns["households.home"] < 0).sum())
    missing = int(np.rint(city.areas["households"].to_numpy()).sum()) - households
    moved = {
        "children placed with parents of an implausible age": implausible,
        "households of the table without an adult left for them": missing,
        "households without a home of their own": lodging,
    }
    return Population(columns, sizes, FitReport(_margins(city, columns, income), moved))


def _counts(city: City, columns: tuple[str, ...], total: np.ndarray) -> np.ndarray:
    """Return whole counts (areas, columns) from shares of ``total``: largest remainders, rows add up."""
    shares = np.stack([city.areas[c].to_numpy() for c in columns], axis=1)
    exact = shares / np.maximum(shares.sum(axis=1, keepdims=True), 1e-12) * total[:, None]
    out = np.floor(exact + 1e-9).astype(np.int64)
    short = total - out.sum(axis=1)
    order = np.argsort(-(exact - out), axis=1, kind="stable")
    ranks = np.argsort(order, axis=1)
    found: np.ndarray = out + (ranks < short[:, None])
    return found


def _persons(city: City, seed: int, p: Params, columns: dict[str, np.ndarray]) -> np.ndarray:
    """Fill age, sex, background and education of everybody; return the area of each (sorted)."""
    people = np.rint(city.areas["people"].to_numpy()).astype(np.int64)
    groups = [f"{BACKGROUND}{b}" for b in city.backgrounds]
    ages, backgrounds = _counts(city, AGE_COLUMNS, people), _counts(city, tuple(groups), people)
    start = np.ones((len(AGE_BANDS), len(groups)))
    start[0, 1:], start[-1, 1:] = p.young_foreign, p.old_foreign
    parts = []
    for a in range(people.size):
        table = fitted(start, ages[a], backgrounds[a], rng.salted(seed, FIT, 0), a)
        band, group = np.nonzero(table)
        parts.append(np.repeat(np.stack([np.full(band.size, a), band, group]), table[band, group], axis=1))
    area, band, group = np.concatenate(parts, axis=1)
    key = rng.mixed(_raw_keys(seed, area.size))
    months, female = _bodies(key, band, seed)
    columns["people.key"], columns["people.background"] = key, group.astype(np.int8)
    columns["people.born_month"] = (-months).astype(np.int16)
    columns["people.female"] = female
    columns["people.education"] = _educations(city, seed, area, months // 12, group)
    found: np.ndarray = area
    return found


def _raw_keys(seed: int, n: int) -> np.ndarray:
    return np.arange(1, n + 1, dtype=np.uint64) + rng.salted(seed, PERSON, 0)


def _bodies(key: np.ndarray, band: np.ndarray, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return age in months and sex for everybody."""
    low, high = (np.array(bounds, dtype=np.int64) for bounds in zip(*AGE_BANDS, strict=True))
    months = age_months(low[band], high[band], rng.uniforms(seed, BODY, 0, key))
    return months, rng.uniforms(seed, BODY, 1, key) < women_share(months)


def _educations(city: City, seed: int, area: np.ndarray, age: np.ndarray, group: np.ndarray) -> np.ndarray:
    """Return education levels: those of 25 and over fit the table, younger adults follow their area's."""
    out = np.full(area.size, Education.NONE, dtype=np.int8)
    adult, young = np.flatnonzero(age >= _EDUCATED), np.flatnonzero((age >= MAJORITY) & (age < _EDUCATED))
    old = np.digitize(age, (35, 50, 65))
    start = np.ones((4, len(city.backgrounds), EDUCATIONS))
    start[0, :, Education.HIGH], start[3, :, Education.HIGH], start[3, :, Education.LOW] = 1.7, 0.5, 1.7
    start[:, 2:, Education.HIGH] *= 0.45
    start[:, 2:, Education.LOW] *= 1.6
    n = city.areas.height
    totals = np.bincount(area[adult], minlength=n)
    wanted = _counts(city, EDUCATION_COLUMNS, totals)
    shuffle = rng.uniforms(seed, WORK, 1, np.arange(area.size, dtype=np.uint64))
    edges = np.searchsorted(area[adult], np.arange(n + 1))
    for a in range(n):
        rows = adult[edges[a] : edges[a + 1]]
        if rows.size == 0:
            continue
        joint = np.zeros((4, len(city.backgrounds)), dtype=np.int64)
        np.add.at(joint, (old[rows], group[rows]), 1)
        table = fitted(start.reshape(-1, 3), joint.reshape(-1), wanted[a], rng.salted(seed, FIT, 1), a)
        order = np.lexsort((shuffle[rows], group[rows], old[rows]))
        levels = np.repeat(np.tile(np.arange(3), joint.size), table.reshape(-1))
        out[rows[order]] = levels
    share = wanted / np.maximum(totals[:, None], 1)
    cut = np.cumsum(share[area[young]], axis=1)
    out[young] = np.minimum((shuffle[young][:, None] > cut).sum(axis=1), 2)
    return out


def _households(city: City, seed: int, area: np.ndarray, columns: dict[str, np.ndarray]) -> int:
    """Put persons into households of their area; return how many children found no plausible parents."""
    n = area.size
    wanted = np.rint(city.areas["households"].to_numpy()).astype(np.int64)
    home, role, partner, implausible = assemble(
        area,
        -columns["people.born_month"].astype(np.int64),
        columns["people.female"],
        columns["people.background"],
        columns["people.education"],
        columns["people.key"],
        wanted,
        city.areas["name"].to_list(),
        seed,
    )
    base = int(home.max(initial=-1)) + 1
    order = np.argsort(home, kind="stable")
    for name in ("key", "background", "born_month", "female", "education"):
        columns[f"people.{name}"] = columns[f"people.{name}"][order]
    new_row = np.argsort(order)
    columns["people.household"], columns["people.role"] = home[order], role[order]
    partner = partner[order]
    columns["people.partner"] = np.where(partner >= 0, new_row[np.maximum(partner, 0)], -1).astype(np.int32)
    first = np.searchsorted(home[order], np.arange(base)).astype(np.int32)
    following = np.arange(1, n + 1, dtype=np.int32)
    following[np.append(first[1:], n) - 1] = -1
    columns["people.next"], columns["households.first"] = following, first
    columns["households.area"] = area[order][first].astype(np.int16)
    keys = columns["people.key"]
    columns["households.key"] = rng.joined(keys[first], _NO_MONTH)
    return implausible


def _out_of_work(city: City, works: float, looks: float) -> float:
    """Return by what to multiply those who look for work so that unemployment starts where the city's series does.

    A city with a calibration starts with what it was fitted with.
    """
    rate = float(city.series_by_month("unemployment_rate_region", city.start, 1)[0]) / 100.0
    return rate / max(1.0 - rate, 0.01) * works / max(looks, 1e-9)


def _traits(city: City, seed: int, p: Params, columns: dict[str, np.ndarray]) -> None:
    """Fill work, language and the lasting differences between persons."""
    key, group, education = columns["people.key"], columns["people.background"], columns["people.education"]
    age = (-columns["people.born_month"].astype(np.int64)) // 12
    u = rng.uniforms(seed, WORK, 0, key)
    level = np.maximum(education, Education.LOW)
    works = np.array([p.work_low, p.work_mid, p.work_high])[level] - p.start_gap * (group > 0)
    looks = np.array([p.look_low, p.look_mid, p.look_high])[level] + 0.5 * p.start_gap * (group > 0)
    senior = np.where(age >= 55, p.work_55, 1.0)
    studying = age < MAJORITY + 2 * level
    works, looks = works * senior, looks * senior
    active = (age >= MAJORITY) & (age < 65) & ~studying
    if not city.calibration:
        looks *= _out_of_work(city, works[active].sum(), looks[active].sum())
    work = np.where(
        active & (u < works), Work.WORKING, np.where(active & (u < works + looks), Work.LOOKING, Work.OUTSIDE)
    )
    columns["people.work"] = work.astype(np.int8)
    normal = [rng.normals(rng.uniforms(seed, TRAIT, k, key)) for k in (1, 2)]
    columns["people.earning_sd"] = normal[0].astype(np.float32)
    best = np.full(columns["households.first"].size, Education.NONE, dtype=np.int64)
    np.maximum.at(best, columns["people.household"], np.where(age >= _EDUCATED, education, Education.NONE))
    parents = np.maximum(best[columns["people.household"]], Education.LOW)
    columns["people.attainment_sd"] = (normal[1] + p.parents_attainment * (parents - Education.MIDDLE)).astype(
        np.float32
    )
    spread = rng.uniforms(seed, TRAIT, 3, key)
    language = np.where(
        group > 0, np.clip(p.first_language + 0.5 * (spread - 0.5) + 0.2 * (age < MAJORITY), 0.1, 1.0), 1.0
    )
    columns["people.local_language_share"] = language.astype(np.float32)


@compiled
def _fill_incomes(work, education, age, earning, shift, household, area, rule, income):
    for i in range(work.size):
        sd = earning[i] + shift[area[household[i]]]
        income[household[i]] += np.rint(person_income(work[i], education[i], age[i], sd, rule))


def _incomes(city: City, columns: dict[str, np.ndarray]) -> None:
    """Shift earnings area by area until the median equivalised income of residents fits the table."""
    rule, household = IncomeRule(), columns["people.household"]
    age = (-columns["people.born_month"].astype(np.int64)) // 12
    area = columns["households.area"]
    size = np.bincount(household).astype(float)
    children = np.bincount(household[age < MAJORITY], minlength=size.size)
    young = np.bincount(household[age < 14], minlength=size.size)
    scale = 1.0 + 0.5 * (size - young - 1) + 0.3 * young
    wanted = city.areas["income_median_eur"].to_numpy()
    shift, n = np.zeros(wanted.size), wanted.size
    allowance = np.array([household_allowance(c, rule) for c in range(int(children.max(initial=0)) + 1)])[children]
    for _ in range(7):
        income = allowance.copy()
        _fill_incomes(
            columns["people.work"],
            columns["people.education"],
            age,
            columns["people.earning_sd"],
            shift,
            household,
            area,
            rule,
            income,
        )
        found = _medians(income / scale, size, area, n)
        shift += np.where(found > 0, np.log(wanted / np.maximum(found, 1.0)) / rule.wage_spread, 0.0)
        shift = np.clip(shift, -4, 4)
    columns["people.earning_sd"] = (columns["people.earning_sd"] + shift[area[household]]).astype(np.float32)
    income = allowance.copy()
    _fill_incomes(
        columns["people.work"],
        columns["people.education"],
        age,
        columns["people.earning_sd"],
        np.zeros(n),
        household,
        area,
        rule,
        income,
    )
    columns["households.income_eur"] = income
    columns["households.equivalised_eur"] = income / scale


def _medians(values: np.ndarray, weights: np.ndarray, area: np.ndarray, areas: int) -> np.ndarray:
    """Return the weighted median in each area of households sorted by area."""
    bounds = np.searchsorted(area, np.arange(areas + 1))
    return np.array([_median(values[s:e], weights[s:e]) for s, e in zip(bounds, bounds[1:], strict=False)])


def _median(values: np.ndarray, weights: np.ndarray) -> float:
    """Return the weighted median, 0 for nobody."""
    if values.size == 0:
        return 0.0
    order = np.argsort(values)
    below = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(below, below[-1] / 2)])


def _places(city: City, columns: dict[str, np.ndarray]) -> None:
    """Fill what is known of areas and schools."""
    kinds = {k: i for i, k in enumerate(sorted(set(city.areas["kind"].to_list())))}
    for name in ("x_km", "y_km", "area_km2"):
        columns[f"areas.{name}"] = city.areas[name].to_numpy().astype(float)
    columns["areas.kind"] = np.array([kinds[k] for k in city.areas["kind"].to_list()], dtype=np.int8)
    rows = {code: i for i, code in enumerate(city.areas["code"].to_list())}
    schools = city.schools
    for name in ("x_km", "y_km", "quality"):
        columns[f"schools.{name}"] = schools[name].to_numpy().astype(float)
    columns["schools.area"] = np.array([rows[c] for c in schools["sector"].to_list()], dtype=np.int16)
    columns["schools.places"] = schools["entry_places"].to_numpy().astype(np.int16)
    columns["schools.class_size"] = schools["class_size"].to_numpy().astype(np.int16)


def _margins(city: City, columns: dict[str, np.ndarray], equivalised: np.ndarray) -> tuple[Margin, ...]:
    """Judge every margin of the finished population against the tables."""
    t, n, names = Tolerance(), city.areas.height, city.areas["name"].to_list()
    area = columns["households.area"][columns["people.household"]].astype(np.int64)
    age = (-columns["people.born_month"].astype(np.int64)) // 12
    people = np.rint(city.areas["people"].to_numpy())

    def count(name: str, wanted: np.ndarray, rows: np.ndarray) -> Margin:
        return count_margin(name, wanted, np.bincount(rows, minlength=n).astype(float), names, t)

    out = [count("people", people, area)]
    homes = columns["households.area"].astype(np.int64)
    out.append(count("households", city.areas["households"].to_numpy(), homes))
    for (low, high), column in zip(AGE_BANDS, AGE_COLUMNS, strict=True):
        share = city.areas[column].to_numpy()
        out.append(count(column.removeprefix("share_"), share * people, area[(age >= low) & (age <= high)]))
    for g, name in enumerate(city.backgrounds):
        wanted = city.areas[f"{BACKGROUND}{name}"].to_numpy() * people
        out.append(count(f"background_{name}", wanted, area[columns["people.background"] == g]))
    adult = age >= _EDUCATED
    total = np.bincount(area[adult], minlength=n)
    for level, column in enumerate(EDUCATION_COLUMNS):
        wanted = city.areas[column].to_numpy() * total
        out.append(count(column.removeprefix("share_"), wanted, area[adult & (columns["people.education"] == level)]))
    stock, there = columns["homes.area"].astype(np.int64), columns["homes.built_month"] < 0
    taken = there & (columns["homes.occupant"] >= 0)
    for tenure, column in HOMES_BY_TENURE.items():
        out.append(count(column, city.areas[column].to_numpy(), stock[taken & (columns["homes.tenure"] == tenure)]))
    out.append(count("homes_vacant", city.areas["homes_vacant"].to_numpy(), stock[there & ~taken]))
    poor = city.areas["homes_poor_quality_share"].to_numpy() * np.rint(city.areas["homes"].to_numpy())
    out.append(count("homes_poor", poor, stock[there & (columns["homes.quality"] < 0.3)]))
    members = np.bincount(columns["people.household"]).astype(float)
    median = _medians(equivalised, members, homes, n)
    out.append(income_margin("income_median_eur", city.areas["income_median_eur"].to_numpy(), median, people, names, t))
    return tuple(out)
