"""In which worlds does a package fail? Scenario discovery: a box of numbers in which failure is common.

Worlds are drawn from the priors; in each the package runs against nothing; a world fails when the effect does not go the
way that is hoped for, or not far enough. PRIM (the patient rule induction method) then peels away worlds until a box
is left in which most fail, described by as few numbers as it can.

Sources: Friedman & Fisher 1999, Stat Comput 9:123; Bryant & Lempert 2010, Technol Forecast Soc Change 77:34.
"""

import json
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from scipy.stats import qmc

from mechlin import indicators
from mechlin.city.tables.model import City
from mechlin.city.toy import scaled_city
from mechlin.core.errors import UsageError, whole_number
from mechlin.core.extras import extra
from mechlin.engine.package import NOTHING, Source
from mechlin.evidence.priors import quantile
from mechlin.runs.cluster import executor_at
from mechlin.runs.store import Store
from mechlin.study.asked import checked, number, smaller
from mechlin.study.results import Result
from mechlin.study.sensitivity import PEOPLE, Numbers, Runner

_SEED = 3
_LIBRARIES = ("pandas", "ema_workbench.analysis.prim")
_COUNT_MAX = 100_000
_PEEL = 0.1
_CHANCE = 0.05  # the quasi-p-value of Bryant & Lempert up to which an edge is told
_DENSITY = 0.6  # a box is worth telling when most worlds in it fail


class Limit(NamedTuple):
    """One side of the box: a number between two values, and how likely such an edge is by chance."""

    number: str
    meaning: str
    low: float
    high: float
    p_value: float


@dataclass(frozen=True, repr=False)
class Failures(Result):
    """How many worlds failed, and the box: of failures the share inside, of the box the share that fails."""

    indicator: str
    worlds: int
    failed: int
    coverage: float
    density: float
    limits: tuple[Limit, ...]

    bars = ("number", "p_value")

    def line(self) -> str:
        """Return the finding in a sentence."""
        return self.sentence()

    def records(self) -> list[dict[str, Any]]:
        """Return the sides of the box as rows."""
        return [limit._asdict() for limit in self.limits]

    def to_json(self) -> str:
        """Return everything as JSON."""
        return json.dumps(
            {
                "indicator": self.indicator,
                "worlds": self.worlds,
                "failed": self.failed,
                "coverage": self.coverage,
                "density": self.density,
                "limits": self.records(),
            },
            indent=1,
        )

    def sentence(self) -> str:
        """Return the finding in a sentence."""
        if not self.failed:
            return f"In none of {self.worlds} worlds does the package fail on {self.indicator}."
        if not self.limits:
            return f"It fails in {self.failed} of {self.worlds} worlds; no few numbers describe where."
        told = "; ".join(f"{x.number} from {x.low:.3g} to {x.high:.3g}" for x in self.limits)
        return (
            f"It fails in {self.failed} of {self.worlds} worlds; {self.coverage:.0%} of the failures lie where {told}, "
            f"and there {self.density:.0%} of worlds fail."
        )


def discover(
    city: City | str | Path,
    indicator: str,
    package: Source | None = None,
    against: Source = NOTHING,
    at_least: float = 0.0,
    count: int = 128,
    people: int | None = PEOPLE,
    until: str | None = None,
    store: Store | None = None,
    threads: int | None = None,
    progress: Callable[[int, int], None] | None = None,
    cluster: str | None = None,
) -> Failures:
    """Return where the package's effect on a headline is not better than ``at_least`` (in the hoped direction).

    ``count`` worlds are looked at, in a copy of the city with ``people`` residents; None keeps it whole.

    >>> import mechlin
    >>> from mechlin.city.toy import toy_city
    >>> cameras = {"cameras": {"start": "2001-01", "cameras": 4}}
    >>> found = mechlin.discover(toy_city(600), "offences", cameras, count=4, people=None, until="2001-12")
    >>> found.worlds
    4
    """
    own: list[Callable[[], object]] = [
        partial(number, "at least", at_least),
        partial(whole_number, "count", count, 2, _COUNT_MAX),
        partial(smaller, people),
        *(partial(extra, library, "study") for library in _LIBRARIES),
    ]
    place, one, other, months, _ = checked(
        city, package, against, 1, until, threads, [indicator], better=True, more=own
    )
    known = indicators.catalogue(place.backgrounds)
    if not known[indicator].headline:
        choices = [n for n, i in known.items() if i.headline and i.better != "neither"]
        raise UsageError(f"{indicator!r} is not a headline; choose one of {', '.join(choices)}")
    small = scaled_city(place, people) if people else place
    numbers = Numbers.behind(sorted({*one.settings, *other.settings}))
    points = qmc.LatinHypercube(len(numbers.names), rng=np.random.default_rng(_SEED)).random(count)
    with executor_at(cluster) as executor:
        runner = Runner(small, one.settings, other.settings, months, store, threads, progress, executor)
        effects, cards = runner.effects(numbers, points)
    found = effects[:, list(cards).index(indicator)] * (1.0 if known[indicator].better == "up" else -1.0)
    return box(indicator, numbers, points, found <= at_least)


def box(indicator: str, numbers: Numbers, points: np.ndarray, fails: np.ndarray) -> Failures:
    """Return the box of worlds in which failure is common; without sides when there is none worth telling."""
    if not fails.any() or fails.all():
        return Failures(indicator, fails.size, int(fails.sum()), 1.0, float(fails.mean()), ())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pd, prim = (extra(library, "study") for library in _LIBRARIES)
        table = pd.DataFrame(points, columns=numbers.names)
        found = prim.Prim(table, fails, threshold=min(_DENSITY, 1.5 * float(fails.mean())), peel_alpha=_PEEL).find_box()
    if found is None:
        return Failures(indicator, fails.size, int(fails.sum()), 0.0, 0.0, ())
    last = found.box_lims[-1]
    chance = found.qp[-1] if isinstance(found.qp[-1], dict) else {}
    limits, inside = [], np.ones(fails.size, dtype=bool)
    for at, (name, (owner, d)) in enumerate(zip(numbers.names, numbers.declared, strict=True)):
        low, high = float(last[name].iloc[0]), float(last[name].iloc[1])
        p = min((v for v in chance.get(name, []) if v >= 0), default=1.0)
        if p <= _CHANCE:  # edges that chance may have drawn describe nothing
            limits.append(Limit(f"{owner}.{d.name}", d.param.doc, float(quantile(d, low)), float(quantile(d, high)), p))
            inside &= (points[:, at] >= low) & (points[:, at] <= high)
    if not limits:
        return Failures(indicator, fails.size, int(fails.sum()), 0.0, 0.0, ())
    coverage, density = float(fails[inside].sum() / fails.sum()), float(fails[inside].mean())
    return Failures(indicator, fails.size, int(fails.sum()), coverage, density, tuple(limits))
