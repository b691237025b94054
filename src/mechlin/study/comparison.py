"""The same city with and without a package: paired differences, their interval, and a verdict in a word.

Each pair of runs shares its residents, every random number and every belief; only the package differs. So a
difference is the package's doing, in that pair. How it varies over pairs is chance, and, where the pairs vary in
them too, what nobody knows about people and which of the disputed alternatives holds.
"""

import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import polars as pl

from mechlin.core.declare import Card
from mechlin.core.errors import Problem, UsageError, nearest
from mechlin.core.spec import RunResult
from mechlin.statistics.effects import level
from mechlin.statistics.intervals import FULL_PAIRS, Verdict, by_luck, held, interval, luck_limit, verdict
from mechlin.study import pages
from mechlin.study.pairs import Effect, paired, some
from mechlin.study.results import Result, frame
from mechlin.study.worlds import CHANCE, KINDS, shares, together

if TYPE_CHECKING:
    import altair

Side = Literal["with", "without"]


@dataclass(frozen=True, repr=False)
class Comparison(Result):
    """Runs with and without a package, pair by pair. Build it with :meth:`of`.

    ``asked`` is how many pairs are to come in all, where these are the first of them; ``among`` the limit of luck where
    these indicators are some of those shown.
    """

    pairs: tuple[tuple[RunResult, RunResult], ...]
    cards: Mapping[str, Card] = field(default_factory=dict)
    varied: tuple[str, ...] = (CHANCE,)
    asked: int = 0
    among: float | None = None

    @classmethod
    def of(
        cls,
        with_runs: Iterable[RunResult],
        without_runs: Iterable[RunResult],
        cards: Mapping[str, Card] | None = None,
        varied: tuple[str, ...] = (CHANCE,),
        asked: int = 0,
    ) -> "Comparison":
        """Pair the runs; ``cards`` say what the indicators mean, ``varied`` what differs from pair to pair."""
        return cls(tuple(paired(with_runs, without_runs)), cards or {}, varied, asked)

    def only(self, names: Iterable[str]) -> "Comparison":
        """Return the comparison of these indicators alone; their verdicts are those that they have among all."""
        wanted = set(names)
        pairs = tuple((some(one, wanted), some(other, wanted)) for one, other in self.pairs)
        return replace(self, pairs=pairs, among=0.0 if self.provisional else self.luck)

    @property
    def full(self) -> int:
        """How many pairs there must be before a verdict is given."""
        return max(FULL_PAIRS, self.asked)

    @property
    def provisional(self) -> bool:
        """Whether pairs are missing for a verdict."""
        return len(self.pairs) < self.full

    @property
    def years(self) -> np.ndarray:
        """The calendar years, in order."""
        return self.pairs[0][0].years

    @property
    def indicators(self) -> tuple[str, ...]:
        """The names of all numbers about the city as a whole."""
        return tuple(self.pairs[0][0].series)

    @cached_property
    def headlines(self) -> tuple[str, ...]:
        """The indicators that stand on the first page; all of them when none is marked."""
        return tuple(n for n in self.indicators if self.card(n).headline) or self.indicators

    def card(self, indicator: str) -> Card:
        """Return the definition card of an indicator."""
        return self.cards.get(indicator) or Card(indicator, indicator)

    def values(self, indicator: str, side: Side) -> np.ndarray:
        """Return one number per pair and year, shape (pairs, years)."""
        self._known(indicator)
        at = 0 if side == "with" else 1
        return np.stack([pair[at].series[indicator] for pair in self.pairs])

    def _known(self, indicator: str) -> None:
        if indicator not in self.pairs[0][0].series:
            close = nearest(str(indicator), self.indicators)
            raise UsageError(str(Problem(f"there is no indicator {indicator!r}", nearest=close)))

    def line(self) -> str:
        """Return the comparison in one line."""
        spec, n = self.pairs[0][0].spec, len(self.pairs)
        return f"{spec.city}, {n} pair{'s' if n > 1 else ''} of runs, {self.years[0]} to {self.years[-1]}"

    def records(self) -> list[dict[str, Any]]:
        """Return every effect as a row."""
        return [{k: v for k, v in row.items() if k != "parts"} for row in self.to_rows()]

    def series_frame(self, *indicators: str) -> pl.DataFrame:
        """Return the series of each run as a Polars frame: world, pair, seed, run, year, indicator, value."""
        names = indicators or self.indicators
        for name in names:
            self._known(name)
        return frame(
            [
                {
                    "world": world,
                    "pair": n,
                    "seed": run.spec.seed,
                    "run": run.spec.id(),
                    "year": int(year),
                    "indicator": name,
                    "value": float(value),
                }
                for n, pair in enumerate(self.pairs, 1)
                for world, run in zip(("with", "without"), pair, strict=True)
                for name in names
                for year, value in zip(run.years, run.series[name], strict=True)
            ]
        )

    def _repr_html_(self) -> str:
        """Return the line and the findings, as a notebook shows them."""
        said = "".join(f"<li>{escape(self.sentence(name))}</li>" for name in self.headlines)
        return f"<p>{escape(self.line())}</p><ul>{said}</ul>"

    def band(self, indicator: str, side: Side) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return low, median and high over the runs of one world, each of shape (years,)."""
        values = self.values(indicator, side)
        low, high = interval(values)
        return low, np.median(values, axis=0), high

    def area_effect(self, indicator: str) -> dict[str, np.ndarray]:
        """Return medians with and without, and difference, low, high, each of shape (years, areas).

        ``clear`` is True where a direction can be told: the interval excludes zero, luck does not explain it among all
        areas and years of the map, and it is large enough to matter.
        """
        with_, without = (np.stack([pair[at].areas[indicator] for pair in self.pairs]) for at in (0, 1))
        differences, alike = with_ - without, together(self.varied)
        low, high = interval(differences, alike)
        middle = np.median(differences, axis=0)
        clear = np.zeros(low.shape, bool)
        if not self.provisional:
            odds = by_luck(differences, alike)
            moved = differences.any(axis=0) & np.isfinite(odds)
            least = self.card(indicator).matters
            matter = np.maximum(least.units, least.share * np.abs(np.median(without, axis=0)))
            clear = ((low > 0) | (high < 0)) & (odds <= luck_limit(odds[moved])) & (np.abs(middle) >= matter)
        return {
            "with": np.median(with_, axis=0),
            "without": np.median(without, axis=0),
            "difference": middle,
            "low": low,
            "high": high,
            "clear": clear,
        }

    @cached_property
    def effects(self) -> tuple[Effect, ...]:
        """Every indicator in every year in which it has a value."""
        return tuple(e for name in self.indicators for e in self._by_year(name).values())

    def effect(self, indicator: str, year: int | None = None) -> Effect | None:
        """Return what is to be said about an indicator, or None where it has no value.

        Without a ``year``: what adds up over years is summed over all of them; anything else is taken in
        the last year that has a value.
        """
        self._known(indicator)
        if year is None and self.card(indicator).adds_up:
            span = f"over {self.years[0]} to {self.years[-1]}"
            with_, without = (values[:, None] for values in self.levels(indicator))
            return next(iter(self._told(indicator, [(int(self.years[-1]), span)], with_, without)), None)
        found = self._by_year(indicator)
        return found.get(max(found, default=0) if year is None else year)

    def _by_year(self, indicator: str) -> dict[int, Effect]:
        if indicator not in self._kept:
            with_, without = self.values(indicator, "with"), self.values(indicator, "without")
            spans = [(int(year), f"in {year}") for year in self.years]
            self._kept[indicator] = {e.year: e for e in self._told(indicator, spans, with_, without)}
        return self._kept[indicator]

    @cached_property
    def _kept(self) -> dict[str, dict[int, Effect]]:
        return {}

    def levels(self, indicator: str) -> tuple[np.ndarray, np.ndarray]:
        """Return the level of an indicator by pair, with and without: its sum, or its last value that all know."""
        with_, without = self.values(indicator, "with"), self.values(indicator, "without")
        if self.card(indicator).adds_up:
            return level(with_, adds_up=True), level(without, adds_up=True)
        known = np.isfinite(with_ - without).any(axis=0)
        last = int(np.flatnonzero(known)[-1]) if known.any() else -1
        return with_[:, last], without[:, last]

    @cached_property
    def luck(self) -> float:
        """Up to which likelihood by luck a number may be given a direction: that of all outcomes shown together."""
        if self.among is not None:
            return self.among
        odds = []
        for name in dict.fromkeys([*self.headlines, *self.others]):
            with_, without = self.levels(name)
            differences = (with_ - without)[np.isfinite(with_ - without)]
            if differences.any():
                odds.append(float(by_luck(differences, together(self.varied))))
        return luck_limit(odds)

    @cached_property
    def others(self) -> tuple[str, ...]:
        """The outcomes beside the headline ones that are not a part of another ("offences.theft" is of "offences").

        What a measure delivers by itself, and errors of a survey, are no effects and not among them.
        """
        known = set(self.indicators)
        return tuple(
            n
            for n in self.indicators
            if n not in self.headlines and n.rpartition(".")[0] not in known and self.card(n).role == "outcome"
        )

    def clear_others(self) -> list[Effect]:
        """Return the effects with a direction on these others."""
        found = (self.effect(name) for name in self.others)
        return [e for e in found if e is not None and e.verdict in ("up", "down")]

    def _told(
        self, name: str, spans: Sequence[tuple[int, str]], with_: np.ndarray, without: np.ndarray
    ) -> list[Effect]:
        """Return what is to be said of each span, from values of shape (pairs, spans); nothing where none is known.

        Spans that the same pairs know are worked out together.
        """
        known = np.isfinite(with_) & np.isfinite(without)
        alike: dict[bytes, list[int]] = {}
        for at in np.flatnonzero(known.any(axis=0)):
            alike.setdefault(known[:, at].tobytes(), []).append(int(at))
        found: dict[int, Effect] = {}
        for those in alike.values():
            pairs = known[:, those[0]]
            effects = self._effects(name, [spans[at] for at in those], with_[pairs][:, those], without[pairs][:, those])
            found |= zip(those, effects, strict=True)
        return [found[at] for at in sorted(found)]

    def _effects(
        self, name: str, spans: Sequence[tuple[int, str]], with_: np.ndarray, without: np.ndarray
    ) -> Iterator[Effect]:
        card, together_ = self.card(name), together(self.varied)
        differences = with_ - without
        low, high = interval(differences, together_)
        stands, stood = np.median(with_, axis=0), np.median(without, axis=0)
        middle = np.median(differences, axis=0)
        ups, downs = (differences > 0).sum(axis=0), (differences < 0).sum(axis=0)
        other_way = np.where(middle == 0, np.minimum(ups, downs), np.where(middle > 0, downs, ups))
        apart = self.varied == KINDS and len(differences) == len(self.pairs)
        for at, (year, span) in enumerate(spans):
            one, least = differences[:, at], card.matters.at(float(stood[at]))
            ends = float(low[at]), float(high[at])
            word: Verdict = "provisional"
            if not self.provisional or not one.any():
                word = verdict(one, together_, self.luck, least, ends)
            yield Effect(
                name,
                card.unit,
                year,
                span,
                float(stands[at]),
                float(stood[at]),
                float(middle[at]),
                *ends,
                len(one),
                int(other_way[at]),
                word,
                shares(one) if apart else None,
                least,
            )

    def sentence(self, indicator: str, year: int | None = None, language: str = "en") -> str:
        """Return the finding about an indicator as one sentence with its doubt; see :meth:`caption` for languages."""
        e = self.effect(indicator, year)
        title, say = self.card(indicator).title, pages.maker("language")(language)
        if e is None:
            return f"{title}: no value"
        said: str = pages.maker("sentence")(title, e.unit, e.span, e.verdict, e.difference, e.low, e.high, say)
        return said

    def costs(self, *by: str, side: Side = "with") -> list[dict[str, Any]]:
        """Return the ledger summed over everything but ``by`` (programme, year, payer, kind).

        Each row has the median over runs as ``eur``, and ``low`` and ``high``.
        """
        at = 0 if side == "with" else 1
        sums: list[dict[tuple[Any, ...], float]] = []
        for pair in self.pairs:
            one: dict[tuple[Any, ...], float] = {}
            for row in pair[at].ledger:
                key = tuple(row[name] for name in by)
                one[key] = one.get(key, 0.0) + row["eur"]
            sums.append(one)
        rows = []
        for key in sorted({key for one in sums for key in one}):
            amounts = np.array([one.get(key, 0.0) for one in sums])
            low, high = interval(amounts)
            row = dict(zip(by, key, strict=True))
            rows.append({**row, "eur": float(np.median(amounts)), "low": float(low), "high": float(high)})
        return rows

    def reached(self, side: Side = "with") -> dict[str, list[float]]:
        """Return how many each measure held every December, the median over runs."""
        at = 0 if side == "with" else 1
        names = dict.fromkeys(name for pair in self.pairs for name in pair[at].reached)
        return {n: np.median([p[at].reached[n] for p in self.pairs], axis=0).tolist() for n in names}

    def acting(self, side: Side = "with") -> tuple[str, ...]:
        """Return the measures of which it is known where they acted."""
        return tuple(self.pairs[0][0 if side == "with" else 1].acted)

    def acted(self, programme: str, side: Side = "with") -> np.ndarray:
        """Return where a measure acted, by year and area: the median over runs of its mean in a month."""
        if programme not in self.acting(side):
            close = nearest(programme, self.acting(side))
            raise UsageError(str(Problem(f"it is not known where {programme!r} acted", nearest=close)))
        at = 0 if side == "with" else 1
        return np.asarray(np.median([pair[at].acted[programme] for pair in self.pairs], axis=0))

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader should know, each once: a measure that touched nobody says why, and in how many pairs."""
        said: dict[str, int] = {}
        for pair in self.pairs:
            for note in dict.fromkeys(note for run in pair for note in run.notes):
                said[note] = said.get(note, 0) + 1
        n = len(self.pairs)
        return tuple(note if count == n else f"{note} (In {count} of {n} pairs.)" for note, count in said.items())

    def caption(self, language: str = "en") -> str:
        """Return how the comparison was made, in a sentence or two of English ("en"), or in "nl", "fr" or "sv"."""
        said: str = pages.maker("caption")(
            len(self.pairs), self.full, len(self.varied) > 1, pages.maker("language")(language)
        )
        return said

    def to_rows(self) -> list[dict[str, Any]]:
        """Return every effect as a row: indicator, unit, year, with, without, difference, low, high, verdict."""
        return [effect.to_row() for effect in self.effects]

    def headline_rows(self) -> list[dict[str, Any]]:
        """Return the effect on each headline number as a row, with its span."""
        return [e.to_row() | {"span": e.span} for n in self.headlines if (e := self.effect(n)) is not None]

    def to_json(self) -> str:
        """Return everything as JSON; the names of the runs say where each number comes from."""
        return json.dumps(
            {
                "runs": [{"with": w.spec.id(), "without": wo.spec.id()} for w, wo in self.pairs],
                "interval_holds": held(len(self.pairs)),
                "provisional": self.provisional,
                "pairs": len(self.pairs),
                "pairs_for_a_verdict": self.full,
                "caption": self.caption(),
                "summary": self.headline_rows(),
                "rows": self.to_rows(),
                "costs": [
                    {k: _no_nan(v) for k, v in r.items()} for r in self.costs("programme", "payer", "kind", "year")
                ],
                "reached": self.reached(),
                "notes": list(self.notes),
            },
            indent=1,
            allow_nan=False,
        )

    def summary(self, indicators: Sequence[str] | None = None) -> None:
        """Print the findings: a table on a terminal, plain text in a pipe."""
        pages.maker("summary")(self, indicators)

    def plot(self, indicator: str) -> "altair.LayerChart":  # type: ignore[override]
        """Return a chart of an indicator with and without the package, as an Altair chart."""
        chart: altair.LayerChart = pages.maker("lines")(self, indicator)
        return chart

    def to_html(self, path: str | Path) -> Path:
        """Write the report as one page that works offline, and return where it is."""
        return pages.write("report", Path(path), self)


def _no_nan(value: Any) -> Any:
    return None if isinstance(value, float) and math.isnan(value) else value
