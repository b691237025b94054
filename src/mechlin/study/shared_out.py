"""How an effect was shared out among measures, as a record: what attribution finds, and pages and files hold."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, get_args, get_type_hints

from mechlin.core.declare import Card
from mechlin.core.errors import InputError, Problem, UsageError
from mechlin.study import pages
from mechlin.study.results import Result, drawn

if TYPE_CHECKING:
    import altair

ATTRIBUTION_FILE = "attribution.json"
_HEAD = ("city", "package", "against", "until", "worlds", "runs", "method", "settings", "version")


class Share(NamedTuple):
    """What one measure carried of one effect: mean over worlds, its 80 % interval, and what it cost."""

    indicator: str
    measure: str
    share: float
    low: float
    high: float
    part: float
    verdict: str
    cost_eur: float
    eur_per_unit: float | None
    dominated_by: str


class Synergy(NamedTuple):
    """How much more (or less) two measures do together than apart."""

    indicator: str
    measures: tuple[str, str]
    synergy: float
    low: float
    high: float
    verdict: str


class Additivity(NamedTuple):
    """Whether the measures alone add up to the package: their sum, the package, the difference with its interval."""

    indicator: str
    alone: float
    together: float
    low: float
    high: float
    verdict: str


@dataclass(frozen=True, repr=False)
class Attribution(Result):
    """Shares, synergies and additivity of a package's effects, and how they were found.

    ``model`` is the stamp of what was believed; shares found under other beliefs are not those of this model.
    """

    city: str
    package: str
    against: str
    until: str
    worlds: int
    runs: int
    method: str
    cards: dict[str, Card]
    titles: dict[str, str]
    shares: tuple[Share, ...]
    synergies: tuple[Synergy, ...]
    additivity: tuple[Additivity, ...]
    settings: dict[str, Any]
    version: str
    model: str = ""

    bars = ("measure", "share")

    def line(self) -> str:
        """Return the result in one line."""
        return f"{self.city}: {self.package} against {self.against} to {self.until}; {self.method}, {self.runs} runs"

    def records(self) -> list[dict[str, Any]]:
        """Return the result as rows."""
        return [s._asdict() for s in self.shares]

    def plot(self, indicator: str = "") -> "altair.Chart":
        """Return a chart of what each measure carried of an indicator's effect, the first unless told."""
        name = indicator or self.indicators[0]
        if name not in self.indicators:
            raise UsageError(f"the effect on {name!r} was not shared out; there is {', '.join(self.indicators)}")
        return drawn([s._asdict() for s in self.of(name)], *self.bars)

    def of(self, indicator: str) -> list[Share]:
        """Return the shares of one indicator, the largest first."""
        return sorted((s for s in self.shares if s.indicator == indicator), key=lambda s: -abs(s.share))

    @property
    def indicators(self) -> tuple[str, ...]:
        """The indicators whose effect was shared out."""
        return tuple(dict.fromkeys(s.indicator for s in self.shares))

    def to_json(self) -> str:
        """Return everything as JSON."""
        parts = {name: [row._asdict() for row in getattr(self, name)] for name in ("shares", "synergies", "additivity")}
        head = {k: getattr(self, k) for k in (*_HEAD, "model")}
        cards = {name: {"title": c.title, "unit": c.unit, "better": c.better} for name, c in self.cards.items()}
        return json.dumps({**head, "indicators": cards, "titles": self.titles, **parts}, indent=1, allow_nan=False)

    def to_html(self, path: str | Path) -> Path:
        """Write a page, and return where it is."""
        return pages.write("attribution", Path(path), self)


def read_attribution(path: Path) -> Attribution | None:
    """Return an attribution written as JSON before, None when there is no such file; InputError says what is wrong."""
    if not path.is_file():
        return None
    try:
        return _read(json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        what = f"{error} is missing" if isinstance(error, KeyError) else str(error)
        raise InputError(
            [
                Problem(
                    f"not an attribution as `mechlin attribute` writes it: {what}",
                    file=path.name,
                    row=getattr(error, "lineno", None),
                    repair="remove it, or have it written again",
                )
            ]
        ) from None


def _read(told: Mapping[str, Any]) -> Attribution:
    cards = {name: Card(name, str(c["title"]), str(c["unit"]), c["better"]) for name, c in told["indicators"].items()}
    titles = {str(name): str(title) for name, title in told["titles"].items()}
    synergies = [{**r, "measures": tuple(r["measures"])} for r in told["synergies"]]
    return Attribution(
        **{k: told[k] for k in _HEAD},
        model=str(told.get("model", "")),
        cards=cards,
        titles=titles,
        shares=tuple(_row(Share, r, cards, titles) for r in told["shares"]),
        synergies=tuple(_row(Synergy, r, cards, titles) for r in synergies),
        additivity=tuple(_row(Additivity, r, cards, titles) for r in told["additivity"]),
    )


def _row(kind: type, row: Mapping[str, Any], cards: Mapping[str, Card], titles: Mapping[str, str]) -> Any:
    """Return a row as a record; raise ValueError for a value of another kind or a name that is nowhere explained."""
    for name, asked in get_type_hints(kind).items():
        value, wanted = row[name], get_args(asked) or (asked,)
        if float in wanted and isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
            continue
        if (value is None and type(None) in wanted) or (str in wanted and isinstance(value, str | tuple)):
            continue
        raise ValueError(f"{name} = {value!r} is not possible")
    if row["indicator"] not in cards:
        raise ValueError(f"the indicator {row['indicator']!r} has no title")
    for measure in (row["measure"],) if "measure" in row else row.get("measures", ()):
        if measure not in titles:
            raise ValueError(f"the measure {measure!r} has no title")
    return kind(**row)
