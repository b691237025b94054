"""Controls: what a measure lets a person move, made from its own declaration, so that a new measure appears by itself.

The doses are the settings that a measure names in ``inert``: at those values it does nothing. Four bands give a size a
name: none, a pilot (a quarter of the usual), the usual (as it went, where the city's record says so), and as large as
the measure is tested at. Between the bands any possible number may be chosen.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from mechlin import measures
from mechlin.core.declare import Programme, declared
from mechlin.engine import cards
from mechlin.evidence.registry import evidence

PILLARS = ("safety", "streets", "homes", "schools", "meeting", "city")
_PILOT = 0.25
_STEPS = 60  # a slider has about this many positions
_WORDS = ("Who", "What", "Costs", "Expect", "Doubt")


@dataclass(frozen=True)
class Dose:
    """One number of a measure's size: meaning, unit, what the slider spans, and its value in each band.

    ``least`` and ``most`` are what is possible at all, beyond the slider.
    ``series`` says that the city's record has it year by year; its value in the band is then the mean over the years.
    """

    name: str
    meaning: str
    unit: str
    low: float
    high: float
    step: float
    bands: Mapping[str, float]
    default: float
    series: bool
    least: float
    most: float


@dataclass(frozen=True)
class Finding:
    """What is known about one number of a measure: the finding, its source, and how far it can be leaned on."""

    finding: str
    source: str
    strength: str


@dataclass(frozen=True)
class Control:
    """A measure as a person may move it."""

    name: str
    title: str
    pillar: str
    enrols: str
    said: Mapping[str, str]
    doses: tuple[Dose, ...]
    usual: str
    findings: tuple[Finding, ...]
    guesses: int
    numbers: int

    @property
    def strength(self) -> str:
        """The strongest word that the evidence behind any number of the measure carries."""
        words = {f.strength for f in self.findings}
        return next((w for w in ("firm", "weak") if w in words), "assumption")


def controls(went: Mapping[str, Mapping[str, Any]]) -> tuple[Control, ...]:
    """Return a control for every measure, in the order of the pillars; ``went`` is the package as it really ran."""

    def first(values: Any) -> Mapping[str, Any]:
        found: Mapping[str, Any] = (
            values[0] if isinstance(values, list) else values
        )  # of a measure in phases, the first
        return found

    found = [_control(name, p, first(went.get(name, {}))) for name, p in measures.catalogue().items()]
    return tuple(sorted(found, key=lambda c: (PILLARS.index(c.pillar), c.title)))


def titles() -> dict[str, str]:
    """Return the title of every measure."""
    return {name: p.title for name, p in measures.catalogue().items()}


def of_pillar(pillar: str, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return of a package's settings those of one pillar."""
    known = measures.catalogue()
    return {name: values for name, values in settings.items() if name in known and known[name].pillar == pillar}


def _control(name: str, programme: Programme, went: Mapping[str, Any]) -> Control:
    numbers = declared(programme.params)
    known = evidence()
    ids = dict.fromkeys([*programme.evidence, *(d.param.evidence for d in numbers)])
    found = tuple(Finding(e.finding, e.cite(), e.strength) for i in ids if i in known and (e := known[i]))
    return Control(
        name,
        programme.title,
        programme.pillar,
        programme.table,
        _said(name),
        tuple(_doses(programme, went)),
        "as it went" if went else "usual",
        found,
        sum(not d.param.evidence for d in numbers),
        len(numbers),
    )


@cache
def _said(name: str) -> dict[str, str]:
    return {word: told for word in _WORDS if (told := cards.said(name, word))}


def _doses(programme: Programme, went: Mapping[str, Any]) -> Iterable[Dose]:
    for d in declared(programme.params):
        if d.name not in programme.inert:
            continue
        none = float(programme.inert[d.name])
        given = went.get(d.name, d.default)
        usual = mean_of(given)
        several = 1 if d.param.unit == "code" else 4  # a code names a form, and the next form is not more of it
        large = float(programme.large.get(d.name, several * usual))
        large = min(max(large, d.param.low), d.param.high)
        pilot = none + _PILOT * (usual - none)
        high = min(max(none, usual, large, none + 2 * (usual - none), 2 * float(d.default)), d.param.high)
        low = max(min(none, usual, large), d.param.low)
        step = 1.0 if d.type is int or d.param.unit == "0 or 1" else _nice((high - low) / _STEPS)
        bands = {"none": none, "pilot": _rounded(pilot, step, none), "usual": usual, "large": large}
        if d.type is int:
            bands = {band: float(round(value)) for band, value in bands.items()}
        yield Dose(
            d.name,
            d.param.doc,
            d.param.unit,
            low,
            high,
            step,
            bands,
            float(d.default),
            isinstance(given, Mapping),
            float(d.param.low),
            float(d.param.high),
        )


def mean_of(value: Any) -> float:
    """Return a dose as one number: the mean over its months when it is given month by month."""
    if isinstance(value, Mapping):
        return float(f"{sum(map(float, value.values())) / max(len(value), 1):.3g}")
    return float(value)


def _nice(step: float) -> float:
    """Return the nearest of 1, 2 and 5 times a power of ten."""
    if step <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(step))
    return float(min((1, 2, 5, 10), key=lambda n: abs(n * power - step)) * power)


def _rounded(value: float, step: float, none: float) -> float:
    """Return a value on a step of the slider, but never back at none."""
    steps = round(abs(value - none) / step)
    return round(none + math.copysign(max(steps, 1) * step, value - none), 9) if value != none else none
