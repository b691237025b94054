"""A back-test: forecasts dated at the start of a year, held against what was observed afterwards.

The city is run as it really went, the outside world included: these are forecasts of the city given the country,
arrivals and elections around it, not of those. What the record held before that year sets the level.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from mechlin import indicators
from mechlin.city.tables.model import City
from mechlin.city.tables.observations import read_observations
from mechlin.city.tables.sources import load_city
from mechlin.core.declare import Card
from mechlin.core.errors import InputError, MechlinError, UsageError, whole_number
from mechlin.engine.cards import cards_of
from mechlin.engine.package import Source
from mechlin.evaluation.observed import bounds, in_unit, placed
from mechlin.indicators.shared.families import family_of
from mechlin.runs.store import Store
from mechlin.statistics.scores import (
    Misfit,
    Misses,
    Score,
    Seen,
    Spread,
    Summary,
    forecast,
    misses_of,
    score,
    score_shares,
    spread_of,
    summary,
)
from mechlin.study import pages
from mechlin.study.asked import checked, raise_all
from mechlin.study.draws import draws_of
from mechlin.study.rehearsal import one_world
from mechlin.study.results import Result
from mechlin.study.worlds import model_stamp

_LAST_YEAR = 2100
_HORIZONS = (("1 to 2 years ahead", 1, 2), ("3 to 5 years ahead", 3, 5), ("6 years and more", 6, 100))


@dataclass(frozen=True)
class Track:
    """One indicator: its card, what was known before, the forecast by year, the scores, and the verdict."""

    card: Card
    before: tuple[Seen, ...]
    scores: tuple[Score, ...]
    years: np.ndarray
    runs: np.ndarray
    unit: str

    @property
    def summary(self) -> Summary:
        """The scores of this indicator, in its own unit."""
        return summary(self.scores)

    @property
    def family(self) -> str:
        """The family of indicators in which its errors are learnt."""
        return family_of(self.card.name)

    @property
    def scale(self) -> float:
        """What makes its scores comparable with others': the mean size of what was observed."""
        seen = [abs(s.seen.value) for s in self.scores] or [abs(s.value) for s in self.before]
        return float(np.mean(seen)) if seen else 1.0


@dataclass(frozen=True, repr=False)
class Backtest(Result):
    """Every indicator's track, and the rows that are left out, each with the reason."""

    city: City
    since: int
    runs: int
    tracks: tuple[Track, ...]
    left_out: tuple[dict[str, Any], ...]

    bars = ("indicator", "crps")

    def line(self) -> str:
        """Return the result in one line."""
        count = self.overall.observations
        return (
            f"{self.city.name} from {self.since}: {len(self.tracks)} indicators, {count} observations, {self.runs} runs"
        )

    def records(self) -> list[dict[str, Any]]:
        """Return the result as rows."""
        return [
            {
                "indicator": t.card.name,
                "unit": t.unit,
                **s.seen._asdict(),
                "forecast_low": s.low,
                "forecast": s.middle,
                "forecast_high": s.high,
                "inside": s.inside,
                "crps": s.crps,
            }
            for t in self.tracks
            for s in t.scores
        ]

    @property
    def overall(self) -> Summary:
        """All scores together, each divided by the size of its indicator."""
        pairs = [(s, track.scale) for track in self.tracks for s in track.scores]
        return summary([s for s, _ in pairs], [scale for _, scale in pairs])

    @property
    def fitted_until(self) -> int | None:
        """The last year that the city's worlds were held against: scores up to it are in sample. None: never."""
        draws = draws_of(self.city)
        return draws.until if draws is not None and draws.model == model_stamp() else None

    def _together(self, wanted: Callable[[Track, Score], bool]) -> Summary:
        pairs = [(s, t.scale) for t in self.tracks for s in t.scores if wanted(t, s)]
        return summary([s for s, _ in pairs], [scale for _, scale in pairs])

    def by_family(self) -> dict[str, Summary]:
        """Return the scores of each family together, each divided by the size of its indicator."""
        families = sorted({t.family for t in self.tracks if t.scores})
        return {f: self._together(partial(_is_of, f)) for f in families}

    def by_horizon(self) -> dict[str, Summary]:
        """Return the scores by how many years the last observation known before lies back."""
        out = {}
        for title, first, last in _HORIZONS:
            ahead = range(first, last + 1)
            found = self._together(partial(_is_ahead, ahead))
            if found.observations:
                out[title] = found
        return out

    def by_sample(self) -> dict[str, Summary]:
        """Return the scores of years that the worlds were fitted to, and of those that they were not."""
        until = self.fitted_until
        parts = {
            "in sample": self._together(lambda _, s: until is not None and s.seen.year <= until),
            "out of sample": self._together(lambda _, s: until is None or s.seen.year > until),
        }
        return {name: found for name, found in parts.items() if found.observations}

    @property
    def mean_skill(self) -> dict[str, float | None]:
        """The mean over indicators of each one's skill, so that no single one carries it."""
        out: dict[str, float | None] = {}
        for name in ("skill_last_value", "skill_linear_trend"):
            found = [v for t in self.tracks if t.scores and (v := getattr(t.summary, name)) is not None]
            out[name] = float(np.mean(found)) if found else None
        return out

    def hanging(self) -> dict[str, dict[str, float | None]]:
        """Return by indicator how much of the whole score hangs on it, and the skill without it."""
        tracks = [t for t in self.tracks if t.scores]
        return score_shares({t.card.name: t.scores for t in tracks}, {t.card.name: t.scale for t in tracks})

    def to_json(self) -> str:
        """Return scores as JSON: overall, by family, horizon and sample, by indicator, by observation, and what is left out."""
        hanging = self.hanging()
        return json.dumps(
            {
                **self.overall._asdict(),
                "mean_over_indicators": self.mean_skill,
                "fitted_until": self.fitted_until,
                "families": {n: s._asdict() for n, s in self.by_family().items()},
                "horizons": {n: s._asdict() for n, s in self.by_horizon().items()},
                "samples": {n: s._asdict() for n, s in self.by_sample().items()},
                "city": self.city.name,
                "from": self.since,
                "runs": self.runs,
                "indicators": {
                    t.card.name: t.summary._asdict() | {"unit": t.unit, "family": t.family} | hanging[t.card.name]
                    for t in self.tracks
                    if t.scores
                },
                "rows": [
                    {
                        "indicator": t.card.name,
                        **s.seen._asdict(),
                        "forecast_low": s.low,
                        "forecast": s.middle,
                        "forecast_high": s.high,
                        "inside": s.inside,
                        "crps": s.crps,
                    }
                    for t in self.tracks
                    for s in t.scores
                ],
                "left_out": list(self.left_out),
            },
            indent=1,
            allow_nan=False,
        )

    def to_rows(self) -> list[list[str]]:
        """Return a row a person reads for each indicator, and one for all of them."""
        told = [(t.card.title, t.unit, t.summary) for t in self.tracks if t.scores]
        rows = [[title, *_told(s, unit)] for title, unit, s in told]
        groups = [*self.by_family().items(), *self.by_horizon().items(), *self.by_sample().items()]
        rows += [[f"Together: {name}", *_told(s, "of the level")] for name, s in groups]
        return [*rows, ["All together", *_told(self.overall, "of the level")]]

    @property
    def left_out_told(self) -> list[tuple[str, str, str]]:
        """What is left out: rows, indicator and reason, rows of one indicator with one reason together."""
        told: dict[tuple[str, str], list[int]] = {}
        for row in self.left_out:
            told.setdefault((row["indicator"], row["why"]), []).append(row["row"])
        return [(", ".join(map(str, rows)), name, why) for (name, why), rows in told.items()]

    def to_html(self, path: str | Path) -> Path:
        """Write a page with each series and its verdict, and return where it is."""
        return pages.write("backtest", Path(path), self)


HEADINGS = ("indicator", "observed", "inside 80 %", "CRPS", "skill, last value", "skill, trend", "verdict")


def _told(s: Summary, unit: str) -> list[str]:
    def number(value: float | None, decimals: int) -> str:
        return "–" if value is None else f"{value:.{decimals}f}"

    inside = "–" if s.coverage_80 is None else f"{s.coverage_80:.0%}"
    return [
        str(s.observations),
        inside,
        f"{'–' if s.crps is None else f'{s.crps:.3g}'} {unit}".strip(),
        number(s.skill_last_value, 2),
        number(s.skill_linear_trend, 2),
        s.verdict,
    ]


def backtest(
    city: City | str | Path,
    observed: str | Path,
    since: int,
    package: Source | None = None,
    runs: int = 16,
    store: Store | None = None,
    threads: int | None = None,
    progress: Callable[[int, int], None] | None = None,
    cluster: str | None = None,
) -> Backtest:
    r"""Hold forecasts dated 1 January of ``since`` against the table in ``observed``.

    Rows before ``since``, there and in the city's own history, set levels and naive forecasts; those from it on are
    scored. Rows that the model does not simulate, or that only give a direction, are left out and listed. Raises, before
    any run, InputError for impossible values, with row and repair, and UsageError when there is nothing to score.

    >>> from pathlib import Path
    >>> import mechlin
    >>> from mechlin.city.toy import toy_city
    >>> seen = [f"population,{year},{people},,,persons,,," for year, people in ((2001, 598), (2002, 604), (2003, 611))]
    >>> table = "\n".join(["indicator,year,value,low,high,unit,source,tag,note", *seen])
    >>> _ = Path("seen.csv").write_text(table)
    >>> found = mechlin.backtest(toy_city(600), "seen.csv", since=2003, package="nothing", runs=4)
    >>> [(track.card.name, len(track.scores)) for track in found.tracks]
    [('population', 1)]
    """
    place = load_city(city)
    cards = cards_of(indicators.catalogue(place.backgrounds), place.backgrounds)
    wrong: list[MechlinError] = []
    known, left_out, last = _to_score(observed, since, place, cards, wrong)
    until = f"{last}-12"

    def told() -> None:
        if wrong:
            raise_all(wrong)

    checked(place, package, None, runs, until, threads, more=[told])
    history = placed(place.history.with_row_index("row", offset=2), place, cards, "history.csv").rows
    results = one_world(place, package, runs, until, store, threads, progress, cluster=cluster)
    years = results[0].years
    tracks, misses = [], {}
    for name in known:
        simulated = np.stack([r.series[name] for r in results]) if name in results[0].series else None
        if simulated is None or not np.isfinite(simulated).any():
            left_out += [
                {
                    "row": r["row"],
                    "indicator": r["indicator"],
                    "year": r["year"],
                    "why": "the model gives no number for it in these years",
                }
                for r in known[name]
            ]
            continue
        rows = known[name]
        factor = rows[0]["factor"]
        runs_here = simulated * factor
        earlier = [*_seen(in_unit(history.get(name, []), factor)), *_seen(rows)]
        before = tuple(_one_a_year(s for s in earlier if s.year < since))
        misses[name] = misses_of(years, runs_here, before)
        tracks.append((name, rows, before, runs_here))
    out = []
    for name, rows, before, runs_here in tracks:
        spread = spread_among(name, misses)
        card = cards[name]
        scores = []
        for row, seen in zip(rows, _seen(rows), strict=True):
            if seen.year < since:
                continue
            at = np.flatnonzero(years == seen.year)
            if not at.size or not np.isfinite(runs_here[:, int(at[0])]).any():
                left_out.append(
                    {
                        "row": row["row"],
                        "indicator": row["indicator"],
                        "year": row["year"],
                        "why": "the model gives no number for this year",
                    }
                )
                continue
            values = forecast(
                years, runs_here, before, seen.year, since - 1, spread, Misfit(), bounds(card.unit, row["unit"])
            )
            scores.append(score(values, seen, before))
        out.append(Track(card, before, tuple(scores), years, runs_here, rows[0]["unit"]))
    ordered = tuple(sorted(left_out, key=lambda r: r["row"]))
    return Backtest(place, since, runs, tuple(out), ordered)


def _to_score(
    observed: str | Path, since: int, city: City, cards: Mapping[str, Card], wrong: list[MechlinError]
) -> tuple[dict[str, list[dict[str, Any]]], list[dict[str, Any]], int]:
    """Return the rows by indicator, each in one unit, those left out, and the last year; note what is wrong."""
    file, first = Path(observed).name, int(city.start[:4])
    try:
        whole_number("from", since, first, _LAST_YEAR)
    except UsageError as error:
        wrong.append(error)
        since = first
    try:
        table, problems = read_observations(observed)
    except (InputError, UsageError) as error:
        wrong.append(error)
        return {}, [], since
    rows, left_out, impossible = placed(table, city, cards, file)
    if problems or impossible:
        wrong.append(InputError(sorted([*problems, *impossible], key=lambda p: (p.row or 0, p.column))))
    known = {name: in_unit(found, found[0]["factor"]) for name, found in rows.items()}
    years = [row["year"] for found in known.values() for row in found if row["year"] <= _LAST_YEAR]
    if not wrong and not any(year >= since for year in years):
        ends = (
            f"the last that the model simulates is of {max(years)}" if years else "the model simulates none of its rows"
        )
        wrong.append(UsageError(f"nothing in {file} is from {since} on: {ends}; give an earlier year with --from"))
    return known, left_out, max([since, *years])


def _is_of(family: str, track: Track, _: Score) -> bool:
    return track.family == family


def _is_ahead(years: range, track: Track, one: Score) -> bool:
    """Return whether an observation lies so many years after the last one known before."""
    return bool(track.before) and one.seen.year - track.before[-1].year in years


def spread_among(name: str, misses: Mapping[str, Misses]) -> Spread:
    """Return the spread of an indicator's misses, learnt from its own, its family's and all others'."""
    family = family_of(name)
    near = [found for other, found in misses.items() if other != name and family_of(other) == family]
    far = [found for other, found in misses.items() if family_of(other) != family]
    own, p = misses.get(name, Misses([], [])), Misfit()
    change = spread_of(own.changes, [m.changes for m in near], [m.changes for m in far], p, p.change_share)
    return Spread(change, spread_of(own.level, [m.level for m in near], [m.level for m in far], p, p.level_share))


def _seen(rows: Sequence[Mapping[str, Any]]) -> list[Seen]:
    return [
        Seen(
            r["year"],
            r["value"],
            r["value"] if r["low"] is None else r["low"],
            r["value"] if r["high"] is None else r["high"],
        )
        for r in rows
    ]


def _one_a_year(seen: Any) -> list[Seen]:
    """Return observations in the order of years, the last said of each year."""
    return [s for _, s in sorted({s.year: s for s in seen}.items())]
