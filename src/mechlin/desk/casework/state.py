"""A case as it stands: folded from its events, and from nothing else."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from mechlin.desk.ground.log import Event
from mechlin.law import deadlines

OPENED, PREPARED, SENT_BACK = "opened", "prepared", "sent back"
STOPPED, STARTED, READ, CORRECTED = "clock stopped", "clock started", "read", "person corrected"
OBJECTED, OBJECTION_DECIDED, LETTER_SENT = "objection", "objection decided", "letter sent"
_NO_CHANGE = (READ, LETTER_SENT)  # what somebody may do meanwhile without being in another's way


@dataclass(frozen=True)
class State:
    """Everything that the events of a case say together."""

    id: str = ""
    procedure: str = ""
    parent: str = ""
    area: str = ""
    form: str = ""
    stage: str = ""
    version: int = 0  # of the last event
    changed: int = 0  # of the last event that changed anything
    due: str = ""
    stopped: str = ""  # the day since when the clock stands
    officer: str = ""
    opened: str = ""
    closed: str = ""
    waiting: Event | None = None  # what was prepared and waits for a second hand
    objection: Event | None = None  # what is not yet answered
    objection_until: str = ""
    answers: dict[str, Any] = field(default_factory=dict)
    events: tuple[Event, ...] = ()

    @property
    def decisions(self) -> list[Event]:
        """The events that decided something, oldest first."""
        return [e for e in self.events if "decision" in e.body and e.kind != PREPARED]

    @property
    def persons(self) -> list[str]:
        """Everybody whose data the case holds, by their numbers."""
        return sorted(set(persons_in([e.body.get("answers", {}) for e in self.events])))


def fold(events: Iterable[Event]) -> State:
    """Return the case that these events make."""
    state = State()
    for event in events:
        state = step(state, event)
    return state


def step(state: State, event: Event) -> State:
    """Return the case after one event more."""
    body = event.body
    state = replace(state, version=event.version, events=(*state.events, event))
    if event.kind in _NO_CHANGE:
        return state
    state = replace(state, changed=event.version)
    if not state.id:
        state = replace(
            state,
            id=event.case,
            procedure=body["procedure"],
            parent=body.get("parent", ""),
            area=body.get("area", ""),
            form=event.form,
            opened=body["day"],
        )
    if event.kind == PREPARED:
        return replace(state, waiting=event)
    if event.kind == STOPPED:
        return replace(state, stopped=body["day"])
    if event.kind == STARTED:
        return replace(state, stopped="", due=body["due"])
    if event.kind == CORRECTED:
        return state
    if event.kind == OBJECTED:
        return replace(state, objection=event, waiting=None)
    return replace(
        state,
        waiting=None,
        objection=None if event.kind == OBJECTION_DECIDED else state.objection,
        stage=body.get("stage", state.stage),
        due=body.get("due", state.due),
        closed=body.get("closed", state.closed),
        officer=body.get("officer", state.officer),
        objection_until=body.get("objection_until", state.objection_until),
        answers={**state.answers, **body.get("answers", {})},
    )


def due_on(day: str, days: int) -> str:
    """Return the last day of a term that begins on ``day``, as law counts it."""
    begins = date.fromisoformat(day)
    years = tuple(range(begins.year, begins.year + days // 365 + 2))
    return date.fromordinal(deadlines.due(begins.toordinal(), days, years)).isoformat()


def after_stop(due: str, stopped: str, started: str) -> str:
    """Return a deadline moved by the days that the clock stood."""
    if not due:
        return ""
    stood = date.fromisoformat(started).toordinal() - date.fromisoformat(stopped).toordinal()
    return due_on(due, max(stood, 0)) if stood > 0 else due


def persons_in(value: Any) -> Iterable[str]:
    """Yield the numbers of all persons in what a log holds of answers."""
    if isinstance(value, dict):
        if "person" in value and "sealed" in value:
            yield value["person"]
        else:
            for inner in value.values():
                yield from persons_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from persons_in(inner)


def row_of(state: State) -> dict[str, Any]:
    """Return what the table of cases holds of a case."""
    return {
        "id": state.id,
        "procedure": state.procedure,
        "parent": state.parent,
        "area": state.area,
        "stage": state.stage,
        "form": state.form,
        "version": state.version,
        "changed": state.changed,
        "due": state.due,
        "waiting": state.waiting.actor if state.waiting else "",
        "officer": state.officer,
        "opened": state.opened,
        "closed": state.closed,
        "objected": state.objection.body["day"] if state.objection else "",
    }
