"""A forecast made from a stored rehearsal: its runs read from the store, moved to the last observation, and widened.

Equally likely values come about as in the back-test (`statistics/scores.py`): each run moves from the last observation
before the forecast is sealed, and what the model missed between earlier observations, of this indicator and of others,
widens them. So what was settled before enters the spread of what is sealed next.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np

from mechlin import indicators, measures
from mechlin.city.tables.model import OPTIONAL_SERIES, REQUIRED_SERIES, City
from mechlin.city.tables.sources import list_cities, load_city
from mechlin.core.declare import Card
from mechlin.core.errors import InputError, Problem, UsageError, nearest
from mechlin.core.spec import RunResult, model_version
from mechlin.engine.cards import cards_of
from mechlin.evaluation import cards as card_files
from mechlin.evaluation.cards import Definition, as_date
from mechlin.evaluation.chain import Register
from mechlin.evaluation.doses import by_month, conditions_met, read_doses
from mechlin.evaluation.forecasts import Draft, Forecast, package_digest
from mechlin.evaluation.observations import Measured, Observation, looked_through, read_measured
from mechlin.evaluation.observed import bounds
from mechlin.evaluation.scores import BASELINES, FEWEST_FOR_ONE_SCORE, Tally, ends, tally
from mechlin.runs.store import DamagedRun, Store
from mechlin.statistics.scores import Misfit, Misses, Seen, forecast, misses_of, naive
from mechlin.study.backtesting import spread_among

SIDES = ("with", "without")
_RESULTS, _RUNS = "results.json", "runs"
_DIGITS = 6  # of a sealed value: no forecast is better than that, and a register of thousands stays small
_FEWEST_TOWNS = 3  # fewer tell nothing of other towns


def simulated_cards(folder: str | Path) -> dict[str, Card]:
    """Return the simulated indicators of the city whose names a folder shares; none where it names no city."""
    head = card_files.read_head(Path(folder))
    if not head.city:
        return {}
    own = Path(folder) / head.city
    city = load_city(own if head.city not in list_cities() and own.is_dir() else head.city)
    return cards_of(indicators.catalogue(city.backgrounds), city.backgrounds)


def open_measured(folder: str | Path) -> Measured:
    """Return a folder of what was measured, its names held against the simulation's."""
    return read_measured(folder, simulated_cards(folder))


def observed_names(measured: Measured) -> Mapping[str, tuple[str, str]]:
    """Return under which name each observed one is simulated, as the folder's city maps them; none without a city."""
    city = load_city_of(measured.head.city, measured)
    return city.indicator_map if city else {}


def check_measured(folder: str | Path) -> list[Problem]:
    """Return everything that is wrong with such a folder."""
    try:
        simulated = simulated_cards(folder)
    except InputError as error:
        return list(error.problems)
    return looked_through(folder, simulated)[1]


# -------------------------------------------------------------------------------------------- a stored rehearsal


def stored_runs(place: str | Path, side: str = "with") -> list[RunResult]:
    """Return one world's runs of the rehearsal in a folder (given as --out), or of its results.json.

    Raises UsageError where there is no rehearsal, InputError where runs are gone or damaged.
    """
    if side not in SIDES:
        raise UsageError(f"side = {side!r} is not possible; write with or without")
    given = Path(place)
    file = given / _RESULTS if given.is_dir() else given
    if not file.is_file():
        raise UsageError(
            f"there is no rehearsal in {str(place)!r}; give the folder that was --out of `mechlin rehearse`, "
            f"with its {_RESULTS} and {_RUNS}"
        )
    try:
        names = [str(pair[side]) for pair in json.loads(file.read_text(encoding="utf-8"))["runs"]]
    except (ValueError, KeyError, TypeError):
        raise InputError([Problem("it is no result of a rehearsal", file=file.name)]) from None
    store, found, problems = Store(file.parent / _RUNS), [], []
    for name in names:
        try:
            found.append(store.read(name))
        except KeyError:
            problems.append(Problem(f"the run {name} is no longer in the store", file=str(store.path)))
        except DamagedRun as error:
            problems.append(Problem(str(error)))
    if problems or not found:
        again = Problem("the rehearsal is not whole", repair="run the same `mechlin rehearse` again")
        raise InputError([*problems, again])
    return found


def drafted(
    measured: Measured,
    runs: Sequence[RunResult],
    indicator: str,
    period: int,
    settles: str,
    by: str,
    on: str = "",
    second: str = "",
    side: str = "with",
    similar: Iterable[str] = (),
    question: str = "",
) -> Draft:
    """Return the forecast of an indicator in a year that these runs of one package make; it is not sealed yet.

    Raises UsageError, all reasons at once, where runs, card or period do not go together.
    """
    city = runs[0].spec.city
    card, simulated = _asked(measured, runs, indicator, period, on)
    years, factor = runs[0].years, card_files.factor(card, simulated)
    simulated_runs = np.stack([run.series[indicator] for run in runs]) * factor
    place = measured.head.place
    before = [o for o in measured.current(indicator, place) if o.period < period]
    seen = _as_seen(before)
    misses = {**_misses_of_others(measured, runs, indicator), indicator: misses_of(years, simulated_runs, seen)}
    spread = spread_among(indicator, misses)
    known = max((o.period for o in measured.current(place=place) if o.period < period), default=int(years[0]))
    wide = forecast(years, simulated_runs, seen, period, known, spread, Misfit(), bounds(simulated.unit, card.unit))
    values = [float(f"{v:.{_DIGITS}g}") for v in wide]
    low, middle, high = ends(values)
    towns, mean = _other_towns(measured, indicator, place, before, tuple(similar))
    last, line = naive(seen, period)
    if len(before) < 2:
        line = None  # through one point there is none
    spec = runs[0].spec
    settings = spec.asked.get("package", spec.package)
    context, held = _context(load_city_of(city, measured), period)
    due = on or card.next_release
    return Draft(
        question=question or f"What will “{card.title_en}” be in {place} in {period}?",
        indicator=indicator,
        place=place,
        period=period,
        unit=card.unit,
        definition=card.digest(),
        values=tuple(values),
        middle=middle,
        inside=(low, high),
        baselines=dict(zip(BASELINES, (last, line, mean), strict=True)),
        similar=towns,
        since={"period": before[-1].period, "value": before[-1].value, "edition": before[-1].edition}
        if before
        else None,
        conditions={"side": side, "settings": settings, "context": context, "context_held_from": held},
        made={
            "runs": [run.spec.id() for run in runs],
            "code": spec.version,
            "city": city,
            "city_hash": spec.city_hash,
            "package_digest": package_digest(settings),
        },
        settles={"source": settles.strip(), "on": due},
        by=by.strip(),
        second=second.strip(),
    )


def _asked(
    measured: Measured, runs: Sequence[RunResult], indicator: str, period: int, on: str
) -> tuple[Definition, Card]:
    """Return the card and the simulated indicator; raise UsageError with everything that does not go together."""
    known = sorted(name for name in measured.cards if name in runs[0].series)
    problems = []
    card = measured.cards.get(indicator)
    if card is None:
        repair = f"add its card to {card_files.CARDS}" if indicator in runs[0].series else ""
        what = f"there is no card of {indicator!r} in {measured.folder}"
        problems.append(Problem(what, nearest=nearest(indicator, known), repair=repair))
    elif indicator not in runs[0].series:
        what = f"the runs do not simulate {indicator!r}"
        problems.append(Problem(what, nearest=nearest(indicator, known), allowed=", ".join(known)))
    first, last = int(runs[0].years[0]), int(runs[0].years[-1])
    if not first <= period <= last:
        repair = f"rehearse until {period}-12" if period > last else ""
        problems.append(Problem(f"the rehearsal runs from {first} to {last}, not to {period}", repair=repair))
    elif card is not None and indicator in runs[0].series:
        at = int(np.flatnonzero(runs[0].years == period)[0])
        if not any(np.isfinite(run.series[indicator][at]) for run in runs):
            problems.append(Problem(f"the model gives no number for {indicator} in {period}"))
    due = on or (card.next_release if card else "")
    if as_date(due) is None:
        what = f"{due!r} is no date" if due else "it is not said when the number will be published"
        problems.append(Problem(what, repair="write --on 2028-05-15, or next_release in its card"))
    if problems:
        raise UsageError("\n".join(map(str, problems)))
    assert card is not None
    city = load_city_of(runs[0].spec.city, measured)
    return card, cards_of([indicator], city.backgrounds if city else ())[indicator]


def load_city_of(name: str, measured: Measured) -> City | None:
    """Return the city that was rehearsed: one that comes with Mechlin, or the one that the folder names; else None."""
    if name in list_cities():
        return load_city(name)
    own = measured.folder / measured.head.city
    named = own if measured.head.city and own.is_dir() else Path(measured.head.city)
    return load_city(named) if measured.head.city and named.is_dir() and named.resolve().name == name else None


def _as_seen(observations: Iterable[Observation]) -> list[Seen]:
    return [Seen(o.period, o.value, *o.range) for o in observations]


def _misses_of_others(measured: Measured, runs: Sequence[RunResult], indicator: str) -> dict[str, Misses]:
    """Return what the runs missed of every other indicator that has observations."""
    out: dict[str, Misses] = {}
    for name, card in measured.cards.items():
        if name != indicator and name in runs[0].series:
            simulated = cards_of([name])[name]
            values = np.stack([run.series[name] for run in runs]) * card_files.factor(card, simulated)
            out[name] = misses_of(runs[0].years, values, _as_seen(measured.current(name, measured.head.place)))
    return out


def _other_towns(
    measured: Measured, indicator: str, place: str, before: Sequence[Observation], similar: tuple[str, ...]
) -> tuple[tuple[str, ...], float | None]:
    """Return the towns that were seen in the year of the last observation, and their mean; None where they are few.

    ``similar`` are those meant; all others unless told.
    """
    there = {o.place for o in measured.current(indicator)} - {place}
    problems = [
        Problem(f"there is no observation of {indicator} in {town!r}", nearest=nearest(town, there))
        for town in similar
        if town not in there
    ]
    if problems:
        raise UsageError("\n".join(map(str, problems)))
    if not before:
        return (), None
    year = before[-1].period
    found = {
        o.place: o.value for o in measured.current(indicator) if o.period == year and o.place in (similar or there)
    }
    if len(found) < _FEWEST_TOWNS:
        return (), None
    return tuple(sorted(found)), float(np.mean([found[town] for town in sorted(found)]))


def _context(city: City | None, period: int) -> tuple[dict[str, float], dict[str, int]]:
    """Return the outside series that a run took for a year, and since which year each is only held on."""
    if city is None:
        return {}, {}
    values: dict[str, float] = {}
    held: dict[str, int] = {}
    for series in (*REQUIRED_SERIES, *OPTIONAL_SERIES):
        by_year = city.series.get(series, {})
        past = [year for year in by_year if year <= period]
        if past:
            values[series] = by_year[max(past)]
            if max(past) < period:
                held[series] = max(past)
    return values, held


# ------------------------------------------------------------------------------------------ what became of them


def tallied(settled: Sequence[Forecast]) -> tuple[dict[str, Tally], dict[str, Tally], Tally | None]:
    """Return settled forecasts added up by indicator, by maker, and all together; None below ten of them.

    Where several indicators are added, each score is divided by the size of what was observed first.
    """
    by_indicator: dict[str, list[Forecast]] = {}
    by_maker: dict[str, list[Forecast]] = {}
    for f in settled:
        by_indicator.setdefault(f.question[0], []).append(f)
        by_maker.setdefault(f.sealed["by"], []).append(f)
    return (
        {name: _tally(group, scaled=False) for name, group in sorted(by_indicator.items())},
        {
            name: _tally(group, scaled=True)
            for name, group in sorted(by_maker.items())
            if len(group) >= FEWEST_FOR_ONE_SCORE
        },
        _tally(settled, scaled=True) if len(settled) >= FEWEST_FOR_ONE_SCORE else None,
    )


def met_conditions(forecasts: Iterable[Forecast], doses: Path) -> dict[str, str]:
    """Return by id whether half of what its package planned was delivered, as a table of doses tells it."""
    known = measures.catalogue()
    delivered = by_month(read_doses(doses, known).doses, known)
    return {f.id: conditions_met(f.sealed["conditions"]["settings"], delivered, f.question[2]) for f in forecasts}


def _tally(group: Sequence[Forecast], scaled: bool) -> Tally:
    scores = [f.score for f in group]
    sizes = [abs(f.scored[-1]["value"]) for f in group] if scaled else None
    return tally([s for s in scores if s is not None], sizes)


def made_with(register: Register, runs: Path | None = None) -> list[str]:
    """Return what a reader should know of how forecasts were made: by other code than this, from runs that are gone."""
    here = model_version()
    sealed = [e for e in register.entries if e["kind"] == "sealed"]
    other = [e["id"] for e in sealed if e["made"]["code"] != here]
    notes = [f"{len(other)} of {len(sealed)} were made with other code than this ({here})"] if other else []
    if runs is not None:
        store = Store((runs if (runs / _RUNS).is_dir() else runs.parent) / _RUNS)
        gone = [e["id"] for e in sealed if not all(store.has(run) for run in e["made"]["runs"])]
        if gone:
            notes.append(f"the runs of {', '.join(gone)} are no longer in {store.path}")
        elif sealed:
            notes.append(f"all their runs are in {store.path}")
    return notes
