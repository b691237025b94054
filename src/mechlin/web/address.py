"""Scenarios in an address: only what differs from the package that a page opens with, readable by a person.

    ?base=nothing&off=cameras&school_tours.families_per_year=40&home_renovation.start=2005-01&until=2012-12

What an address says is checked like a package file: what is impossible is refused with a sentence, never passed on.
"""

import copy
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
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


def read(pairs: Iterable[tuple[str, str]], ground: Ground, city: City | None = None) -> Scenario:
    """Return the scenario of an address; raise InputError with every problem found."""
    given = dict(pairs)
    wrong: list[Problem] = []
    if sum(len(k) + len(v) for k, v in given.items()) > LENGTH_MAX:
        raise InputError([Problem("the address is too long", allowed=f"{LENGTH_MAX} characters")])
    first = ground.opens_with
    base = _preset("base", given.get("base", first.base), first.base, ground, wrong)
    against = _preset("against", given.get("against", NOTHING), NOTHING, ground, wrong)
    settings = {name: copy.deepcopy(values) for name, values in ground.presets[base].settings.items()}
    for name in _names(given.get("off", "")):
        settings.pop(name, None)
    for name in _names(given.get("on", "")):
        settings.setdefault(name, {})
    for key, value in given.items():
        name, dot, setting = key.partition(".")
        if dot:
            if isinstance(settings.setdefault(name, {}), list):  # moved by hand, a measure in phases has one
                settings[name] = dict(settings[name][0])
            _set(settings[name], setting, value)
        elif key not in _OWN and key not in _BESIDE:
            wrong.append(Problem(f"the address says {key!r}, which means nothing here", nearest=nearest(key, _OWN)))
    for name in {key.partition(".")[0] for key in given if key.endswith((".start", ".end"))}:
        settings[name] = within_dates(settings[name], {key.partition(".")[2] for key in given})
    by_hand, doubted = ({k.partition(".")[0] for k in given if end in k} for end in (".", ".doubt"))
    for name in by_hand - doubted:
        was = ground.presets[base].settings.get(name, {})
        settings[name] = still_in_doubt(was[0] if isinstance(was, list) else was, settings[name])
    until = _until(given.get("until", first.until), ground, wrong)
    runs = _runs(given.get("runs", str(RUNS)), wrong)
    show = tuple(_names(given.get("show", "")))
    drawn = given.get("map", "")
    asked = [*((word, ground.indicators, "show") for word in show), (drawn, ground.maps, "map")]
    for word, among, column in asked:
        if word and word not in among:
            wrong.append(Problem(f"there is no number {word!r} to show", column=column, nearest=nearest(word, among)))
    try:
        package = checked(settings, given.get("title", "")[:200], city)
    except InputError as error:
        wrong.extend(error.problems)
    if wrong:
        raise InputError(wrong)
    return Scenario(base, package.settings, until, against, runs, package.title, show, drawn)


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
            raise InputError(
                [
                    Problem(
                        f"{name} stands in phases, which an address cannot hold",
                        repair=f"write one [{name}], its numbers as month = value",
                    )
                ]
            )
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
    except ValueError:
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
