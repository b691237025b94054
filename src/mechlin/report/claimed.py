"""What of an effect hangs on doses that a city claims: their ranges, and the effects that follow them from world to world."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from mechlin import measures
from mechlin.core.declare import declared
from mechlin.report import wording
from mechlin.report.markup import esc, table
from mechlin.report.parts import Page
from mechlin.report.texts import Language
from mechlin.statistics.intervals import luck_limit
from mechlin.study.comparison import Comparison
from mechlin.study.worlds import LUCKS

_DOUBT = "doubt"


class Claimed(NamedTuple):
    """A dose in doubt: measure, number, believed multiples of what is written, and those of each pair."""

    measure: str
    number: str
    low: float
    high: float
    times: np.ndarray


def claimed(c: Comparison) -> list[Claimed]:
    """Return every dose of the package that has a range, with what each world drew."""
    specs = [pair[0].spec for pair in c.pairs]
    written = specs[0].asked.get("package", {})
    return [
        Claimed(
            name,
            number,
            *_believed(ends, table_[number]),
            np.array([_times(s.package[name], table_, at, number) for s in specs]),
        )
        for name, values in written.items()
        for at, table_ in enumerate(values if isinstance(values, list) else [values])
        for number, ends in table_.get(_DOUBT, {}).items()
    ]


def _believed(ends: Any, written: Any) -> tuple[float, float]:
    """Return the least and the most as multiples of what is written: of all months together, where ranges are by month."""
    if not isinstance(ends, Mapping):
        return float(ends[0]), float(ends[1])
    whole = sum(_numbers(written))
    low, high = (sum(_numbers({**written, **{m: pair[end] for m, pair in ends.items()}})) for end in (0, 1))
    return (low / whole, high / whole) if whole else (float("nan"), float("nan"))


def _times(drawn: Any, written: dict[str, Any], at: int, number: str) -> float:
    """Return how many times what is written a world's dose is; NaN where nothing but zero is written."""
    here = (drawn if isinstance(drawn, list) else [drawn])[at]
    if isinstance(written[_DOUBT][number], Mapping):
        whole = sum(_numbers(written[number]))
        return sum(_numbers(here[number])) / whole if whole else float("nan")
    pairs = zip(_numbers(here[number]), _numbers(written[number]), strict=True)
    largest = max(pairs, key=lambda pair: pair[1], default=(0.0, 0.0))
    return largest[0] / largest[1] if largest[1] else float("nan")


def _numbers(value: Any) -> list[float]:
    return [float(v) for v in value.values()] if isinstance(value, dict) else [float(value)]


def hanging(c: Comparison, found: list[Claimed]) -> list[tuple[str, Claimed, float]]:
    """Return headline, dose and rank correlation wherever an effect follows a dose further than luck would.

    Pairs that share what is believed share the doses too: their mean counts once. Luck is held over all doses and
    headlines together, as it is for verdicts.
    """
    from scipy.stats import spearmanr

    told = []
    for name in c.headlines:
        with_, without = c.levels(name)
        for dose in found:
            times, moved = (_by_belief(values) for values in (dose.times, with_ - without))
            known = np.isfinite(moved) & np.isfinite(times)
            if len(c.pairs) < c.full or np.ptp(moved[known]) == 0 or np.ptp(times[known]) == 0:
                continue
            follows = spearmanr(times[known], moved[known])
            told.append((name, dose, float(follows.statistic), float(follows.pvalue)))
    limit = luck_limit([odds for *_, odds in told])
    return [(name, dose, r) for name, dose, r, odds in told if odds <= limit]


def _by_belief(values: np.ndarray) -> np.ndarray:
    """Return the means of pairs in a row that share what is believed."""
    whole = len(values) // LUCKS * LUCKS
    return np.asarray(values[:whole].reshape(-1, LUCKS).mean(axis=1))


def _dose(d: Claimed, say: Language) -> str:
    """Return what a dose is, as the measure declares it; never the name of its parameter."""
    known = measures.catalogue()[d.measure].params
    meaning = next(n.param.doc for n in declared(known) if n.name == d.number)
    told = say(meaning)
    return told[:1].lower() + told[1:]


def doses_in_doubt(page: Page) -> str:
    """Return the doses that the package is in doubt about, and which headline effects hang on them."""
    c, say = page.comparison, page.say
    found = claimed(c)
    if not found:
        return ""
    rows = [
        [
            f"{_title(page, d)}: {_dose(d, say)}",
            say("{low} to {high} times", low=wording.figure(d.low, say), high=wording.figure(d.high, say)),
            say(
                "{low} to {high}",
                low=wording.plain(np.nanmin(d.times), 2, say),
                high=wording.plain(np.nanmax(d.times), 2, say),
            ),
        ]
        for d in found
    ]
    lines = [
        say(
            "{title} (by how large “{dose}” of “{measure}” really was)",
            title=page.title(name),
            dose=_dose(d, say),
            measure=_title(page, d),
        )
        for name, d, r in hanging(c, found)
    ]
    if lines:
        said = say(
            "Effects that visibly hang on a claimed dose, over these worlds: {effects}.", effects=say.joined(lines)
        )
    else:
        said = say(
            "No headline effect visibly hangs on a claimed dose. {pairs} pairs draw each dose {draws} times, so that only a very "
            "strong dependence could show.",
            pairs=len(c.pairs),
            draws=len(c.pairs) // LUCKS,
        )
    head = [say("Measure"), say("believed"), say("in these worlds")]
    told = table(say("Of what is written in the package."), head, rows)
    return f"<h3>{say('Doses that are claims')}</h3><p>{esc(said)}</p>{told}"


def _title(page: Page, dose: Claimed) -> str:
    return page.titles.get(dose.measure, dose.measure)
