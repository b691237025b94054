"""Packages to learn from while nobody asks: spread over the measures and their sizes, near the city's own and far from it."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from mechlin.city.tables.model import City
from mechlin.core.errors import InputError
from mechlin.core.spec import RunSpec
from mechlin.study.controls import Control
from mechlin.study.scenario import NOTHING, Package, checked, specs_of

_NEAR = 0.5  # of the packages are the city's own with a few measures moved: there sliders begin
_MOVED = (1, 2, 3)  # measures that are moved in one of these
_ON = 0.4  # of the measures in one of the others
_WORLDS = 16  # those of a whole answer; the lessons go round them, some at a time
_APART = (0, 7)  # worlds of one lesson: they share neither beliefs nor structure
_TRIES = 20  # for one package: some sizes are not allowed together


def lessons(city: City, known: Sequence[Control], went: Mapping[str, Any], count: int) -> list[dict[str, Any]]:
    """Return ``count`` packages that may run in the city, the same ones every time; asking for more only adds."""
    rng = np.random.default_rng(1)
    found: list[dict[str, Any]] = []
    for _ in range(_TRIES * count):
        if len(found) == count:
            break
        near = bool(went) and rng.random() < _NEAR
        settings: dict[str, Any] = dict(went) if near else {}
        of = rng.permutation(len(known))
        moved = of[: rng.choice(_MOVED)] if near else of[rng.random(len(known)) < _ON]
        for n in moved:
            settings.pop(known[n].name, None)
            if not near or rng.random() > 1.0 / (len(_MOVED) + 1):
                settings[known[n].name] = {d.name: _size(d, rng) for d in known[n].doses}
        try:
            found.append(checked(settings, "lesson", city).settings)
        except InputError:
            continue
    return found


def _size(dose: Any, rng: np.random.Generator) -> float:
    """Return a size between none and large, small ones as likely as large ones."""
    ends = [dose.bands[name] for name in ("none", "pilot", "usual", "large")]
    value = float(np.interp(rng.random(), (0.0, 0.25, 0.6, 1.0), ends))
    least, most = dose.least, dose.most
    steps = round((value - dose.low) / dose.step)
    return float(min(max(round(dose.low + steps * dose.step, 9), least), most))


def lesson_specs(city: City, found: Sequence[Mapping[str, Any]], until: str) -> list[tuple[RunSpec, RunSpec]]:
    """Return the pairs of runs of lessons: each in two worlds of a whole answer, which they go round."""
    nothing, pairs = Package(NOTHING), []
    for n, settings in enumerate(found):
        every = specs_of(city, Package("lesson", settings=dict(settings)), nothing, _WORLDS, until)
        pairs += [every[(n + apart) % _WORLDS] for apart in _APART]
    return pairs
