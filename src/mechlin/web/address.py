"""Scenarios in an address: only what differs from the package that a page opens with, readable by a person.

    ?base=nothing&off=cameras&school_tours.families_per_year=40&home_renovation.start=2005-01&until=2012-12

A measure in phases has their number behind its name, all of them written: `street_renewal.2.start=2004-01`. What an
address says is checked like a package file: what is impossible is refused with a sentence, never passed on.
"""

import copy
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote, urlencode

from mechlin.city.tables.model import City
from mechlin.core.clock import MONTHS, month_number, month_text
from mechlin.core.errors import InputError, Problem, UsageError, nearest
from mechlin.study.scenario import NOTHING, Package, checked, still_in_doubt, usual, within_dates

RUNS, RUNS_MAX = 16, 256
MONTHS_MAX = 600
LENGTH_MAX = 16_000  # characters
GONE = "-"  # the value of a setting that the base has and this scenario has not
_OWN = ("base", "against", "off", "on", "until", "runs", "title", "show", "map")
_BESIDE = ("lang", "v", "c", "page", "token", "projector", "guess", "look", "indicator")  # change no number
AS_JSON = ("areas", "doubt")  # settings that are neither a number nor numbers by month
_DATED = re.compile(r"[0-9]{4}-[0-9]{2}:[^,:]+(,[0-9]{4}-[0-9]{2}:[^,:]+)*")
_MONTH = re.compile(r"[0-9]{4}-[0-9]{2}")
_PHASE = re.compile(r"([1-9][0-9]?)\.(\w+)")
_TRIED = 60  # settings of one measure that are tried one by one where together they are not possible


@dataclass(frozen=True)
class Scenario:
    """What a page rehearses: the settings of a package, until when, in how many pairs, and which numbers it shows."""

    base: str
    settings: dict[str, dict[str, Any]]
    until: str
    against: str = NOTHING
    runs: int = RUNS
    title: str = ""
    show: tuple[str, ...] = ()
    map: str = ""


@dataclass(frozen=True)
class Ground:
    """What an address is read against: the packages to start from, the first month, and the names that may be shown."""

    presets: Mapping[str, Package]
    start: str
    until: str
    indicators: tuple[str, ...] = ()
    maps: tuple[str, ...] = ()

    @property
    def opens_with(self) -> Scenario:
        """What a page without anything in its address shows."""
        base = usual(self.presets)
        return Scenario(base, dict(self.presets[base].settings), self.until)


@dataclass
class _Reading:
    """An address while it is read: what is known so far, and every problem."""

    ground: Ground
    city: City | None
    wrong: list[Problem] = field(default_factory=list)


def read(pairs: Iterable[tuple[str, str]], ground: Ground, city: City | None = None) -> Scenario:
    """Return the scenario of an address; raise InputError with every problem found."""
    scenario, wrong = read_kept(pairs, ground, city)
    if wrong:
        raise InputError(wrong)
    return scenario


def read_kept(
    pairs: Iterable[tuple[str, str]], ground: Ground, city: City | None = None
) -> tuple[Scenario, list[Problem]]:
    """Return the scenario that what is possible in an address makes, and a problem for everything left out."""
    given = dict(pairs)
    if sum(len(k) + len(v) for k, v in given.items()) > LENGTH_MAX:
        return ground.opens_with, [Problem("the address is too long", allowed=f"{LENGTH_MAX} characters")]
    here = _Reading(ground, city)
    first, wrong = ground.opens_with, here.wrong
    base = _preset("base", given.get("base", first.base), first.base, ground, wrong)
    against = _preset("against", given.get("against", NOTHING), NOTHING, ground, wrong)
    settings = _settings(given, ground.presets[base].settings, here)
    until = _until(given.get("until", first.until), ground, wrong)
    runs = _runs(given.get("runs", str(RUNS)), wrong)
    show = [name for name in _names(given.get("show", "")) if _shown("show", name, ground.indicators, wrong)]
    drawn = given.get("map", "")
    drawn = drawn if not drawn or _shown("map", drawn, ground.maps, wrong) else ""
    return Scenario(base, settings, until, against, runs, given.get("title", "")[:200], tuple(show), drawn), wrong


def _shown(column: str, word: str, among: Iterable[str], wrong: list[Problem]) -> bool:
    if word in among:
        return True
    wrong.append(Problem(f"there is no number {word!r} to show", column=column, nearest=nearest(word, among)))
    return False


def _settings(given: Mapping[str, str], base: Mapping[str, Any], here: _Reading) -> dict[str, Any]:
    """Return the settings of the measures: those of the base, changed by what is possible of an address."""
    settings = {name: copy.deepcopy(values) for name, values in base.items()}
    for name in _names(given.get("off", "")):
        settings.pop(name, None)
    for name in _names(given.get("on", "")):
        settings.setdefault(name, {})
    changes: dict[str, dict[str, str]] = {}
    for key, value in given.items():
        name, dot, setting = key.partition(".")
        if dot:
            changes.setdefault(name, {})[setting] = value
        elif key not in _OWN and key not in _BESIDE:
            said = f"the address says {key!r}, which means nothing here"
            here.wrong.append(Problem(said, nearest=nearest(key, _OWN)))
    for name in dict.fromkeys([*settings, *changes]):
        if name in changes or name not in base:
            kept = _kept(name, settings.get(name, {}), changes.get(name, {}), here)
            settings.pop(name, None)
            settings |= kept
    return _lawful(settings, base, here)


def _kept(name: str, was: Any, changes: Mapping[str, str], here: _Reading) -> dict[str, Any]:
    """Return a measure with the changes that are possible; the problems of those that are not are noted."""
    try:
        return checked({name: _changed(was, changes)}, city=here.city).settings
    except InputError as error:
        here.wrong.extend(error.problems)
    left: dict[str, str] = {}
    for setting, value in list(changes.items())[:_TRIED]:
        if _is_possible(name, was, {**left, setting: value}, here):
            left[setting] = value
    if _is_possible(name, was, left, here):
        return checked({name: _changed(was, left)}, city=here.city).settings
    return {}


def _is_possible(name: str, was: Any, changes: Mapping[str, str], here: _Reading) -> bool:
    try:
        checked({name: _changed(was, changes)}, city=here.city)
    except InputError:
        return False
    return True


def _changed(was: Any, changes: Mapping[str, str]) -> Any:
    """Return a measure's settings with what an address says of it: numbered phases whole, else single settings."""
    phases: dict[int, dict[str, Any]] = {}
    single: dict[str, str] = {}
    for setting, value in changes.items():
        if found := _PHASE.fullmatch(setting):
            _set(phases.setdefault(int(found[1]), {}), found[2], value)
        else:
            single[setting] = value
    if phases:
        return [phases[n] for n in sorted(phases)]
    if not single:
        return was
    first = was[0] if isinstance(was, list) else was  # moved by hand, a measure in phases has one
    values = dict(first)
    for setting, value in single.items():
        _set(values, setting, value)
    if {"start", "end"} & single.keys():
        values = within_dates(values, set(single))
    return values if "doubt" in single else still_in_doubt(first, values)


def _lawful(settings: dict[str, Any], base: Mapping[str, Any], here: _Reading) -> dict[str, Any]:
    """Return the settings as one package in one form; those of the base where they cannot stand together."""
    try:
        return checked(settings, city=here.city).settings
    except InputError as error:
        here.wrong.extend(error.problems)
        return {name: copy.deepcopy(values) for name, values in base.items()}


def write(scenario: Scenario, ground: Ground) -> str:
    """Return the query that :func:`read` reads back to this scenario: only what differs from the page's first one."""
    first = ground.opens_with
    base = ground.presets[scenario.base].settings
    out: dict[str, str] = {}
    if scenario.base != first.base:
        out["base"] = scenario.base
    if scenario.against != NOTHING:
        out["against"] = scenario.against
    if off := [name for name in base if name not in scenario.settings]:
        out["off"] = ",".join(off)
    if on := [name for name, values in scenario.settings.items() if name not in base and not values]:
        out["on"] = ",".join(on)
    for name, values in scenario.settings.items():
        was = base.get(name, {})
        if values == was:
            continue
        if isinstance(values, list):
            out |= {f"{name}.{n}.{k}": _text(v, k) for n, phase in enumerate(values, 1) for k, v in phase.items()}
            continue
        was = was[0] if isinstance(was, list) else was
        out |= {f"{name}.{k}": _text(v, k) for k, v in values.items() if k not in was or was[k] != v}
        out |= {f"{name}.{k}": GONE for k in was if k not in values}
    for key, value, usual_value in (
        ("until", scenario.until, first.until),
        ("runs", str(scenario.runs), str(RUNS)),
        ("title", scenario.title, ""),
        ("show", ",".join(scenario.show), ""),
        ("map", scenario.map, ""),
    ):
        if value != usual_value:
            out[key] = value
    return urlencode(out, quote_via=quote, safe=",:")


def same_numbers(scenario: Scenario) -> Scenario:
    """Return the scenario without what only says how it is shown."""
    return replace(scenario, show=(), map="", title="")


def _preset(column: str, name: str, instead: str, ground: Ground, wrong: list[Problem]) -> str:
    if name in ground.presets:
        return name
    wrong.append(
        Problem(
            f"there is no package {name!r}",
            column=column,
            allowed=", ".join(ground.presets),
            nearest=nearest(name, ground.presets),
        )
    )
    return instead


def _names(text: str) -> list[str]:
    return [name for part in text.split(",") if (name := part.strip())]


def _set(values: dict[str, Any], setting: str, text: str) -> None:
    if text == GONE:
        values.pop(setting, None)
    elif setting in AS_JSON:
        values[setting] = _json(text)
    elif _DATED.fullmatch(text):
        values[setting] = {month: _number(value) for month, _, value in (p.partition(":") for p in text.split(","))}
    else:
        values[setting] = text if setting in ("start", "end") else _number(text)


def _number(text: str) -> Any:
    """Return a number, or the text itself, which the checks then refuse with a sentence."""
    if _MONTH.fullmatch(text):
        return text
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text


def _json(text: str) -> Any:
    """Return what the text says, or the text itself, which the checks then refuse with a sentence."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _text(value: Any, setting: str = "") -> str:
    if setting in AS_JSON:
        return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    if isinstance(value, Mapping):
        return ",".join(f"{month}:{_text(v)}" for month, v in value.items())
    if isinstance(value, bool):
        return str(int(value))
    return str(int(value)) if isinstance(value, float) and value.is_integer() and abs(value) < 1e15 else str(value)


def _until(text: str, ground: Ground, wrong: list[Problem]) -> str:
    first = month_number(ground.start)
    try:
        if MONTHS <= month_number(text) - first + 1 <= MONTHS_MAX:
            return month_text(month_number(text))
    except UsageError:
        pass
    allowed = f"{month_text(first + MONTHS - 1)} to {month_text(first + MONTHS_MAX - 1)}"
    wrong.append(Problem(f"until {text!r} is not possible", column="until", allowed=allowed))
    return ground.until


def _runs(text: str, wrong: list[Problem]) -> int:
    if text.isascii() and text.isdigit() and len(text) < 6 and 1 <= int(text) <= RUNS_MAX:
        return int(text)
    wrong.append(Problem(f"{text!r} pairs of runs are not possible", column="runs", allowed=f"1 to {RUNS_MAX}"))
    return RUNS
