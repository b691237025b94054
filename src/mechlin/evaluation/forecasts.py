"""The register of forecasts: sealed before the first observation of their period, never edited, scored when it comes.

    draft → sealed → due → scored (provisional) → scored (final) → closed

A forecast may be superseded by a later one of the same question, or void (its source ended, its definition changed:
with a reason and two signatures); both stay in the register and are counted. What has been scored cannot be withdrawn.
A state is never written down: it follows from the entries and the day.

`by` and `second` are offices, such as "data unit" and "audit office"; the register holds nobody's name.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from mechlin.core.errors import MechlinError, Problem, UsageError, nearest
from mechlin.evaluation import chain
from mechlin.evaluation.chain import Entry, Register
from mechlin.evaluation.observations import Measured, Observation
from mechlin.evaluation.scores import Settled, settle

FILE = "forecasts.jsonl"
KNOWN_AFTER = 2  # years; assumption: by then the number of a year has been published somewhere
REVISED_FOR = timedelta(days=365)  # assumption: so long after a final edition a correction still moves a score


class State(StrEnum):
    """Where a forecast stands."""

    draft = "draft"
    sealed = "sealed"
    due = "due"
    provisional = "scored (provisional)"
    final = "scored (final)"
    closed = "closed"
    void = "void"
    superseded = "superseded"


LIVE = (State.sealed, State.due)
SETTLED = (State.provisional, State.final, State.closed)


class Refused(MechlinError):
    """A forecast that cannot be sealed or scored as asked; it says what can be done instead."""

    exit_code = 3


class Forecast(NamedTuple):
    """A forecast and what became of it. ``sealed`` is its entry (a draft's, while it is one), ``scored`` all its scores."""

    id: str
    state: State
    sealed: Entry
    scored: tuple[Entry, ...] = ()
    void: Entry | None = None
    superseded_by: str = ""

    @property
    def question(self) -> tuple[str, str, int]:
        """Of what it is the forecast: indicator, place, period."""
        return self.sealed["indicator"], self.sealed["place"], self.sealed["period"]

    @property
    def sealed_on(self) -> date:
        """The day on which it was sealed."""
        return date.fromisoformat(self.sealed["at"][:10])

    @property
    def score(self) -> Settled | None:
        """Its latest score, or None."""
        return score_of(self.sealed, self.scored[-1]) if self.scored else None


def score_of(sealed: Entry, scored: Entry) -> Settled:
    """Return the score that an entry stands for, computed from the sealed values and the observation."""
    value = scored["value"]
    seen = tuple(value if scored[end] is None else scored[end] for end in ("low", "high"))
    return settle(sealed["values"], value, (seen[0], seen[1]), sealed["baselines"])


def forecasts(register: Register, today: date) -> dict[str, Forecast]:
    """Return every forecast by its id, in the order in which they came, as it stands on a day."""
    found: dict[str, Forecast] = {}
    for e in register.entries:
        one = found.get(e["id"])
        if e["kind"] in ("draft", "sealed"):
            found[e["id"]] = Forecast(e["id"], State(e["kind"]), e)
            if (old := e.get("supersedes")) in found:
                found[old] = found[old]._replace(superseded_by=e["id"])
        elif one is not None and e["kind"] == "scored":
            found[one.id] = one._replace(scored=(*one.scored, e))
        elif one is not None and e["kind"] == "void":
            found[one.id] = one._replace(void=e)
    return {name: f._replace(state=_state(f, today)) for name, f in found.items()}


def _state(f: Forecast, today: date) -> State:
    if f.void is not None:
        return State.void
    if f.superseded_by:
        return State.superseded
    if f.scored:
        last = f.scored[-1]
        if last["status"] == "provisional":
            return State.provisional
        return State.closed if today > date.fromisoformat(last["published_on"]) + REVISED_FOR else State.final
    if f.state is State.draft:
        return State.draft
    return State.due if today >= date.fromisoformat(f.sealed["settles"]["on"]) else State.sealed


def find(register: Register, name: str, today: date) -> Forecast:
    """Return the forecast of that id; raise UsageError where there is none."""
    known = forecasts(register, today)
    if name not in known:
        close = nearest(name, known)
        raise UsageError(f"there is no forecast {name!r}{f'; did you mean {close!r}?' if close else ''}")
    return known[name]


# ------------------------------------------------------------------------------------------------- sealing


class Draft(NamedTuple):
    """A forecast before it is sealed: the question, equally likely values, baselines, conditions, and what settles it.

    ``conditions`` say under what it holds: side, package, settings, and the outside series that were assumed;
    ``made`` from what: run ids, code, city, city_hash, package_digest. ``since`` is the last observation known.
    """

    question: str
    indicator: str
    place: str
    period: int
    unit: str
    definition: str
    values: tuple[float, ...]
    middle: float
    inside: tuple[float, float]
    baselines: Mapping[str, float | None]
    similar: tuple[str, ...]
    since: Mapping[str, Any] | None
    conditions: Mapping[str, Any]
    made: Mapping[str, Any]
    settles: Mapping[str, str]
    by: str
    second: str = ""


def seal(
    measured: Measured, draft: Draft, now: datetime, supersedes: str = "", only_draft: bool = False
) -> tuple[Forecast, Register]:
    """Seal a forecast into the register of a folder and return it; raise Refused, with all reasons and repairs."""
    path, today = measured.folder / FILE, now.date()
    register = chain.read(path)
    known = forecasts(register, today)
    if problems := _refusals(measured, draft, known, today, supersedes):
        raise Refused("\n".join(map(str, problems)))
    name = _name(draft, known)
    entry = {"kind": "draft" if only_draft else "sealed", "id": name, **draft._asdict()}
    if supersedes:
        entry["supersedes"] = supersedes
    after = chain.append(path, [entry], now)
    return find(after, name, today), after


def _name(draft: Draft, known: Mapping[str, Forecast]) -> str:
    """Return the id: that of the maker's draft of this question, or a new one, numbered where several ask the same."""
    town = "_".join(re.findall(r"[^\W_]+", draft.place))  # easy to type
    stem = f"{draft.indicator}-{town}-{draft.period}"
    for f in known.values():
        if f.state is State.draft and f.question == draft[1:4] and f.sealed["by"] == draft.by:
            return f.id
    names = (stem if n == 1 else f"{stem}-{n}" for n in range(1, len(known) + 2))
    return next(name for name in names if name not in known)


def _refusals(
    measured: Measured, draft: Draft, known: Mapping[str, Forecast], today: date, supersedes: str
) -> list[Problem]:
    """Return why a forecast cannot be sealed: late, without a source, of a changed definition, or sealed before."""
    what = f"forecast of {draft.indicator} {draft.period}"
    problems = []
    if not draft.settles.get("source", "").strip():
        problems.append(Problem(f"{what}: nothing settles it", repair='name what will: --settles "Stadsmonitor 2027"'))
    due = date.fromisoformat(draft.settles["on"])
    first = measured.first_published(*draft[1:4])
    if first is not None:
        who = first.source or draft.settles["source"] or "its source"
        problems.append(
            Problem(
                f"{what}: {who} published it on {_day(first.published_on)}, sealed on {_day(today)}",
                repair="hold it against the observation as a back-test instead: `mechlin backtest --help`",
            )
        )
    elif due <= today:
        problems.append(
            Problem(
                f"{what}: it is published on {_day(due)}, and today is {_day(today)}",
                repair="register a later period, or name with --on the day on which the number will be published",
            )
        )
    elif today.year > draft.period + KNOWN_AFTER:
        problems.append(
            Problem(
                f"{what}: {draft.period} is {today.year - draft.period} years ago; its number may be known",
                allowed=f"years from {today.year - KNOWN_AFTER} on",
                repair="hold it against the observation as a back-test instead: `mechlin backtest --help`",
            )
        )
    problems += _other_definition(measured, draft, what)
    for label, office in (("by", draft.by), *((("second", draft.second),) if draft.second else ())):
        if not office.strip():
            problems.append(Problem(f"{what}: nobody signs it", repair=f'name an office: --{label} "data unit"'))
    if draft.second and draft.second.strip().casefold() == draft.by.strip().casefold():
        problems.append(Problem(f"{what}: both signatures are of {draft.by}", repair="the second is another office"))
    return problems + _sealed_before(draft, known, supersedes, what)


def _other_definition(measured: Measured, draft: Draft, what: str) -> list[Problem]:
    card = measured.cards.get(draft.indicator)
    if card is None or card.digest() != draft.definition:
        return [
            Problem(f"{what}: the card of {draft.indicator} is another than when it was made", repair="make it anew")
        ]
    since = draft.since["period"] if draft.since else None
    return [
        Problem(
            f"{what}: from {b.period} on the number is another ({b.what}), and it was last seen in {since}",
            repair=f"register a period before {b.period}, or add an observation of {b.period} or later first",
        )
        for b in (measured.breaks_between(draft.indicator, since, draft.period) if since is not None else ())
    ]


def _sealed_before(draft: Draft, known: Mapping[str, Forecast], supersedes: str, what: str) -> list[Problem]:
    own = [f for f in known.values() if f.question == draft[1:4] and f.sealed["by"] == draft.by and f.state in LIVE]
    if supersedes and supersedes not in known:
        close = nearest(supersedes, known)
        return [Problem(f"there is no forecast {supersedes!r} to supersede", nearest=close)]
    if supersedes and known[supersedes] not in own:
        old = known[supersedes]
        why = f"it is {old.state}" if old.state not in LIVE else "it is of another question, or of another office"
        return [Problem(f"{supersedes} cannot be superseded by this: {why}")]
    if own and not supersedes:
        return [
            Problem(
                f"{what}: {draft.by} has sealed {own[0].id} already",
                repair=f"write --supersedes {own[0].id}; it stays in the register and is counted",
            )
        ]
    return []


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


# ------------------------------------------------------------------------------------------------- scoring


def score_all(
    measured: Measured, now: datetime, met: Mapping[str, str] | None = None
) -> tuple[list[Forecast], list[Problem], Register]:
    """Score what has an observation that it was not yet scored on; return those, and why others cannot be scored.

    ``met`` says by id whether the conditions of a forecast were met, where that was counted.
    """
    path, today = measured.folder / FILE, now.date()
    register = chain.read(path)
    if register.problems:
        raise chain.BrokenRegister("\n".join((f"{path.name} is not whole; nothing is scored", *register.problems)))
    seen = {o.key: o for o in measured.current()}
    entries, problems = [], []
    for f in forecasts(register, today).values():
        observation = seen.get(f.question)
        if observation is None or f.state in (State.draft, State.void, State.superseded, State.closed):
            continue
        if f.scored and f.scored[-1]["edition"] == observation.edition:
            continue
        if wrong := _not_to_score(f, observation, measured):
            problems.append(wrong)
        else:
            entries.append(_scored(f, observation, (met or {}).get(f.id, "not counted")))
    after = chain.append(path, entries, now) if entries else register
    known = forecasts(after, today)
    return [known[e["id"]] for e in entries], problems, after


def _scored(f: Forecast, o: Observation, conditions: str) -> dict[str, Any]:
    facts = {"edition": o.edition, "published_on": str(o.published_on), "status": o.status, "source": o.source}
    entry = {"kind": "scored", "id": f.id, **facts, "value": o.value, "low": o.low, "high": o.high}
    s = score_of(f.sealed, entry)
    return entry | {"crps": s.crps, "interval": s.interval, "pit": s.pit, "inside": s.inside, "conditions": conditions}


def _not_to_score(f: Forecast, o: Observation, measured: Measured) -> Problem | None:
    card = measured.cards[o.indicator]
    first = measured.first_published(*f.question) or o
    if first.published_on <= f.sealed_on:
        return Problem(
            f"{f.id}: {first.source or o.indicator} published it on {_day(first.published_on)}, sealed on {_day(f.sealed_on)}",
            repair=f'it was sealed late: mechlin forecast void {f.id} --reason "sealed late"',
        )
    if card.digest() != f.sealed["definition"]:
        return Problem(
            f"{f.id}: the definition of {o.indicator} is another than the one it was sealed with",
            repair="give what is counted now a card of another name and put the old card back, or "
            f'mechlin forecast void {f.id} --reason "definition changed"',
        )
    since = f.sealed["since"]
    if since and (broken := measured.breaks_between(o.indicator, since["period"], o.period)):
        return Problem(
            f"{f.id}: from {broken[0].period} on the number is another ({broken[0].what})",
            repair=f'mechlin forecast void {f.id} --reason "{broken[0].what}"',
        )
    return None


def void(measured: Measured, name: str, reason: str, by: str, second: str, now: datetime) -> Forecast:
    """Make a sealed forecast void, with a reason and two signatures; raise Refused where that cannot be."""
    path = measured.folder / FILE
    f = find(chain.read(path), name, now.date())
    problems = []
    if f.state not in LIVE:
        more = "; what has been scored cannot be withdrawn" if f.state in SETTLED else ""
        problems.append(Problem(f"{name} is {f.state}{more}"))
    if not reason.strip():
        problems.append(Problem(f"{name}: no reason is given", repair='--reason "the source ended"'))
    if not by.strip() or not second.strip() or by.strip().casefold() == second.strip().casefold():
        problems.append(Problem(f"{name}: two offices must sign", repair='--by "data unit" --second "audit office"'))
    if problems:
        raise Refused("\n".join(map(str, problems)))
    entry = {"kind": "void", "id": name, "reason": reason, "by": by, "second": second}
    return find(chain.append(path, [entry], now), name, now.date())


def package_digest(settings: Mapping[str, Any]) -> str:
    """Return sixteen hexadecimal digits of a package's settings."""
    return hashlib.blake2b(json.dumps(settings, sort_keys=True).encode(), digest_size=8).hexdigest()
