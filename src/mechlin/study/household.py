"""One simulated household in two worlds: the same people, month by month, with a package and without.

Many households of a kind in an area are followed in one pair of runs, drawn by lot, never by background. The one told
of is the middle one: as many of the others saw more differ between the worlds as saw less. How many saw what is told of all.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from mechlin import measures
from mechlin.city.tables.model import City
from mechlin.city.tables.sources import load_city
from mechlin.core import rng
from mechlin.core.clock import month_number, month_text
from mechlin.core.codes import MAJORITY_MONTHS, Tenure
from mechlin.core.errors import InputError, MechlinError, Problem, UsageError, nearest, whole_number
from mechlin.core.state import State
from mechlin.engine.package import NOTHING, Source
from mechlin.engine.phases import area_rows
from mechlin.runs.following import Event, Life, Standing, follow_run
from mechlin.study import pages
from mechlin.study.asked import checked
from mechlin.study.results import Result
from mechlin.study.worlds import model_stamp, spec_of, worlds

HOUSEHOLD_FILE = "household.json"
KINDS = ("family", "lone parent", "couple", "one person", "older")
TENURES = ("owner", "private", "social")
FOLLOWED = 32  # households: enough for a middle one and a table, few enough to cost nothing
FOLLOWED_MOST = 500
_WORLDS_MOST = 1000
_YOUNG_MONTHS, _OLD_MONTHS = 12 * 12, 65 * 12  # a family has a child under 12; older: everybody is 65 or over
_LOT = rng.stream("study.household")
_AROUND = ("acts here",)  # what a measure does in the area befalls nobody by itself
_HEAD = (
    "city",
    "title",
    "package",
    "against",
    "settings",
    "until",
    "area",
    "kind",
    "tenure",
    "world",
    "there",
    "followed",
)


class Told(NamedTuple):
    """An event of the household told of: in which world ("with", "without" or "both"), and what the page says of it."""

    month: str
    kind: str
    world: str
    age: int
    area: str
    detail: str


class Seen(NamedTuple):
    """Of all followed, how many households saw a kind of event at least once in each world."""

    kind: str
    with_: int
    without: int


class Now(NamedTuple):
    """How the household stands at one moment; euros of 2018 a month, ``across`` a share of encounters, or None."""

    adults: int
    children: int
    working: int
    area: str
    tenure: str
    income_eur: float
    cost_eur: float
    across: float | None


@dataclass(frozen=True, repr=False)
class HouseholdStory(Result):
    """What befell one simulated household in both worlds, and how many of those like it saw what.

    ``there`` households of the kind lived in the area at the start, ``followed`` of them were followed, ``touched`` saw
    something differ between the worlds. ``end`` and ``end_without`` are None where the household is no longer in the city.
    """

    city: str
    title: str
    package: str
    against: str
    settings: Mapping[str, Any]
    until: str
    area: str
    kind: str
    tenure: str
    world: int
    there: int
    followed: int
    touched: int
    events: tuple[Told, ...]
    seen: tuple[Seen, ...]
    start: Now
    end: Now | None
    end_without: Now | None
    titles: Mapping[str, str] = field(default_factory=dict)
    model: str = ""

    def line(self) -> str:
        """Return the story in one line."""
        where = f" in {self.area}" if self.area else ""
        return (
            f"a simulated household ({self.kind}){where}, {self.title}, to {self.until}: "
            f"{self.package} against {self.against}; of {self.followed} followed {self.touched} saw something differ"
        )

    def records(self) -> list[dict[str, Any]]:
        """Return the events of the household told of as rows."""
        return [event._asdict() for event in self.events]

    def to_json(self) -> str:
        """Return everything as JSON, as :func:`read_household` reads it."""
        rows = {"events": [e._asdict() for e in self.events], "seen": [s._asdict() for s in self.seen]}
        stands = {n: s._asdict() if (s := getattr(self, n)) else None for n in ("start", "end", "end_without")}
        head = {k: getattr(self, k) for k in (*_HEAD, "touched", "model")}
        return json.dumps({**head, "titles": dict(self.titles), **stands, **rows}, indent=1, allow_nan=False)

    def summary(self) -> None:
        """Print the story: a table on a terminal, plain text in a pipe."""
        pages.maker("household summary")(self)

    def to_html(self, path: str | Path, language: str = "en") -> Path:
        """Write the story as one page, in English ("en") or in "nl", "fr" or "sv", and return where it is."""
        return pages.write("household", Path(path), self, language)


def follow(
    city: City | str | Path = "mechelen",
    package: Source | None = None,
    against: Source = NOTHING,
    area: str = "",
    kind: str = "family",
    tenure: str = "",
    until: str | None = None,
    households: int = FOLLOWED,
    world: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> HouseholdStory:
    """Follow simulated households of a kind through both worlds, and tell of the middle one.

    ``area`` is an area or a district by name (the whole city unless told), ``kind`` one of "family" (a child under 12),
    "lone parent", "couple" (no children), "one person" and "older" (all 65 or over), ``tenure`` "owner", "private",
    "social" or any. Up to ``households`` of them, by lot, are followed in the two runs of pair ``world`` of a rehearsal.
    ``progress`` is told how many months of both runs are done. Raises InputError or UsageError with every problem.

    >>> import mechlin
    >>> from mechlin.city.toy import toy_city
    >>> cameras = {"cameras": {"start": "2001-06", "cameras": 4}}
    >>> story = mechlin.follow(toy_city(600), cameras, kind="one person", until="2002-12", households=8)
    >>> story.followed, story.start.adults
    (8, 1)
    """
    own: list[Callable[[], object]] = [
        partial(_among, "kind", kind, KINDS),
        partial(_among, "tenure", tenure, ("", *TENURES)),
        partial(whole_number, "households", households, 1, FOLLOWED_MOST),
        partial(whole_number, "world", world, 1, _WORLDS_MOST),
    ]
    with suppress(MechlinError):  # what is wrong with a city is told below, with all else
        own.append(partial(_areas, load_city(city), area))
    place, one, other, months, until = checked(city, package, against, 1, until, None, more=own)
    rows = _areas(place, area)
    seen = worlds(place, world)[world - 1]
    specs = [spec_of(place, settings, seen, months) for settings in (one.settings, other.settings)]
    there: list[int] = []

    def choose(state: State) -> Sequence[int]:
        wanted = households_like(state, kind, rows, tenure)
        if not wanted.size:
            where = f" in {area}" if area else ""
            raise UsageError(f"no household of this kind ({' '.join(filter(None, (kind, tenure)))}) lives{where}")
        there[:] = [wanted.size]
        lots = rng.uniforms(seen.seed, _LOT, 0, state["households.key"][wanted])
        return [int(row) for row in wanted[np.argsort(lots, kind="stable")[:households]]]

    lives = []
    for n, spec in enumerate(specs):
        told = None if progress is None else lambda done, n=n: progress(n * months + done, 2 * months)
        lives.append(follow_run(spec, place, choose, told))
    pairs = list(zip(*lives, strict=True))
    differ = [_differences(*pair) for pair in pairs]
    chosen = pairs[sorted(range(len(pairs)), key=lambda i: (differ[i], i))[(len(pairs) - 1) // 2]]
    first = month_number(place.start)
    ends = [None if life.end is None else _now(life.end, place) for life in chosen]
    return HouseholdStory(
        place.name,
        place.title,
        one.name,
        other.name,
        one.settings,
        until,
        area,
        kind,
        tenure,
        world,
        there[0],
        len(pairs),
        sum(d > 0 for d in differ),
        tuple(_told(event, where, place, first) for event, where in _both(*chosen)),
        _seen(pairs),
        _now(chosen[0].start, place),
        ends[0],
        ends[1],
        {n: p.title for n, p in measures.catalogue().items()},
        model_stamp(),
    )


def households_like(state: State, kind: str, areas: np.ndarray | None, tenure: str = "") -> np.ndarray:
    """Return the rows of households of a kind in these areas (None: anywhere) before the first month; by age and home alone."""
    size, people = state.sizes["households"], state["people.alive"]
    home = state["people.household"][people]
    months = -state["people.born_month"][people].astype(np.int64)

    def count(which: np.ndarray) -> np.ndarray:
        return np.bincount(home[which], minlength=size)

    adults, minors = count(months >= MAJORITY_MONTHS), count(months < MAJORITY_MONTHS)
    young, old = count(months < _YOUNG_MONTHS), count(months >= _OLD_MONTHS)
    fits = {
        "family": young > 0,
        "lone parent": (adults == 1) & (minors > 0),
        "couple": (adults == 2) & (minors == 0) & (old < 2),
        "one person": (adults == 1) & (minors == 0) & (old == 0),
        "older": (adults > 0) & (old == adults) & (minors == 0),
    }[kind]
    fits &= state["households.alive"]
    if tenure:
        fits &= state["households.tenure"] == Tenure[tenure.upper()]
    if areas is not None:
        fits &= np.isin(state["households.area"], areas)
    return np.flatnonzero(fits)


def read_household(path: Path) -> HouseholdStory | None:
    """Return a story written as JSON before, None when there is no such file; InputError says what is wrong."""
    if not path.is_file():
        return None
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        end, end_without = (Now(**told[n]) if told[n] else None for n in ("end", "end_without"))
        return HouseholdStory(
            **{k: told[k] for k in (*_HEAD, "touched", "model", "titles")},
            events=tuple(Told(**e) for e in told["events"]),
            seen=tuple(Seen(**s) for s in told["seen"]),
            start=Now(**told["start"]),
            end=end,
            end_without=end_without,
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        what = f"{error} is missing" if isinstance(error, KeyError) else str(error)
        problem = Problem(
            f"not a household as `mechlin follow` writes it: {what}",
            file=path.name,
            row=getattr(error, "lineno", None),
            repair="remove it, or have it written again",
        )
        raise InputError([problem]) from None


def _among(name: str, value: str, allowed: Sequence[str]) -> None:
    if value not in allowed:
        told = ", ".join(a for a in allowed if a)
        near = nearest(str(value), allowed)
        raise UsageError(str(Problem(f"{name} = {value!r} is none of these: {told}", nearest=near)))


def _areas(city: City, area: str) -> np.ndarray | None:
    """Return the rows of an area or district; None for the whole city; raise UsageError for one that is not there."""
    if not area:
        return None
    rows = area_rows(city, area)
    if rows.size:
        return rows
    columns = [c for c in ("name", "district") if c in city.areas.columns]
    known = sorted({str(name) for c in columns for name in city.areas[c]})
    raise UsageError(str(Problem(f"{city.name} has no area called {area!r}", nearest=nearest(area, known))))


# ------------------------------------------------------------------------------------------ both worlds beside


def _differences(one: Life, other: Life) -> int:
    """Return how many events befell a household in one world only."""
    return len({e for e in one.events if e.kind not in _AROUND} ^ {e for e in other.events if e.kind not in _AROUND})


def _both(one: Life, other: Life) -> list[tuple[Event, str]]:
    """Return every event of both worlds by month, with where it happened."""
    with_, without = set(one.events), set(other.events)
    found = [(e, "both" if e in without else "with") for e in one.events]
    found += [(e, "without") for e in other.events if e not in with_]
    return sorted(found, key=lambda pair: pair[0].month)


def _seen(pairs: Sequence[tuple[Life, Life]]) -> tuple[Seen, ...]:
    kinds = [[{e.kind for e in life.events} for life in pair] for pair in pairs]
    every = sorted({kind for pair in kinds for side in pair for kind in side} - {*_AROUND})
    found = [Seen(kind, *(sum(kind in pair[side] for pair in kinds) for side in (0, 1))) for kind in every]
    return tuple(sorted(found, key=lambda s: (-max(s.with_, s.without), s.kind)))


def _told(event: Event, where: str, city: City, first: int) -> Told:
    area = city.area_labels[event.area] if event.area >= 0 else ""
    return Told(month_text(first + event.month), event.kind, where, event.age, area, event.detail)


def _now(stand: Standing, city: City) -> Now:
    across = None if stand.across != stand.across else round(stand.across, 3)
    return Now(
        stand.adults,
        stand.children,
        stand.working,
        city.area_labels[stand.area],
        Tenure(stand.tenure).name.lower(),
        round(stand.income_eur),
        round(stand.cost_eur),
        across,
    )
