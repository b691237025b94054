"""What a procedure declares: its stages, the steps between them, what is asked at each, and who may take it.

A procedure is data and small functions of a :class:`Look` (the case as it stands, and the
day). It never writes anything: the office does, so that every step passes the same checks. What decides is in ``law``.

Text that a person writes is sealed with that person's or case's key; the log holds codes, numbers, days and names of
schools, streets and the like (``PUBLIC_TEXT``), never a name of somebody.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, select

from mechlin.core.errors import Problem
from mechlin.desk.casework.loading import load, load_several
from mechlin.desk.casework.state import State
from mechlin.desk.ground import vault
from mechlin.desk.ground.home import Home
from mechlin.desk.ground.roles import RESIDENT_ACTOR, Actor
from mechlin.desk.ground.tables import cases

TEXT, LONG_TEXT, PUBLIC_TEXT = "text", "long text", "public text"
NUMBER, WHOLE, DAY, YES_NO, CHOICE, CHOICES, ORDER, TABLE, PERSON = (
    "number",
    "whole number",
    "day",
    "yes or no",
    "choice",
    "choices",
    "order",
    "table",
    "person",
)
SECRET = (TEXT, LONG_TEXT, PERSON)  # sealed; never in the log
KINDS = (TEXT, LONG_TEXT, PUBLIC_TEXT, NUMBER, WHOLE, DAY, YES_NO, CHOICE, CHOICES, ORDER, TABLE, PERSON)
NOT_KNOWN = "not known"
YES, NO = "yes", "no"

Choices = tuple[tuple[str, str], ...]  # (what is stored, what is read)


@dataclass(frozen=True)
class Field:
    """One thing that is asked. ``label`` and ``hint`` are English sentences: keys of the catalogue."""

    name: str
    label: str
    kind: str = TEXT
    required: bool = True
    choices: "Choices | Callable[[Look], Choices]" = ()
    low: float | None = None
    high: float | None = None
    longest: int = 2_000  # characters; 10,000 for a long text
    columns: "tuple[Field, ...]" = ()  # of a table
    not_known: bool = False  # whether "not known" is an answer
    hint: str = ""
    most: "Callable[[Look], int] | None" = None  # of an order: how many this case leaves room for, at most ``high``

    def __post_init__(self) -> None:
        """Refuse a kind that is none."""
        if self.kind not in KINDS:
            raise ValueError(f"{self.name}: {self.kind!r} is no kind of field; there are: {', '.join(KINDS)}")


@dataclass(frozen=True)
class Said:
    """A sentence of the catalogue with what stands in it: it can be said in every language, and years later."""

    text: str
    values: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> list[Any]:
        """Return what the log keeps of it."""
        return [self.text, dict(self.values)]


def say(text: str, /, **values: Any) -> Said:
    """Return a sentence with its values (numbers, codes, days: nothing about a person)."""
    return Said(text, values)


@dataclass(frozen=True)
class Condition:
    """One condition of a decision: its name, whether it is met ("yes", "no" or "not known"), why, and the article."""

    name: str
    met: str
    article: str
    why: Said | None = None

    @classmethod
    def of(cls, name: str, met: bool | None, article: str, why: Said | None = None) -> "Condition":
        """Return a condition from true, false, or None for not known."""
        return cls(name, NOT_KNOWN if met is None else YES if met else NO, article, why)


@dataclass(frozen=True)
class Decision:
    """What a step decides about somebody: outcome, every condition, reasons, the article. Rule and form are added."""

    outcome: str  # an English sentence of the catalogue
    favourable: bool
    article: str
    reasons: tuple[Said, ...]
    conditions: tuple[Condition, ...] = ()


@dataclass(frozen=True)
class Action:
    """A step. ``stages`` are those on which it may follow (none: it opens a case); ``after`` is the stage it leads to."""

    name: str  # the kind of event that it leads to
    label: str
    by: tuple[str, ...]  # roles
    stages: tuple[str, ...] = ()
    after: "str | Callable[[Look, dict[str, Any], Decision | None], str]" = ""  # "" stays where it is
    fields: tuple[Field, ...] = ()
    article: str = ""  # what it rests on; "[GK]" in it: to be confirmed by a lawyer
    consequence: str = ""  # what follows for whoever it is about, in one sentence
    signed_by: tuple[str, ...] = ()  # roles of the second hand; none: one hand is enough
    decides: "Callable[[Look, dict[str, Any]], Decision] | None" = None
    outcomes: Choices = ()  # where a person may decide otherwise than the rule: the outcomes there are
    overrides: Choices = ()  # ... and the reasons, by code, for which that may be
    possible: "Callable[[Look], str] | None" = None  # returns why it cannot follow now
    check: "Callable[[Look, dict[str, Any]], list[Problem]] | None" = None
    then: "Callable[[Look, dict[str, Any]], list[Follow]] | None" = None  # what follows in other cases, by rule
    works_out: "Callable[[Look, dict[str, Any]], dict[str, Any]] | None" = None  # adds what is computed to the answers
    shown: bool = True  # whether it is offered as a button
    renews: bool = False  # whether the term of the stage begins anew where the step stays on it: a yearly review


@dataclass(frozen=True)
class Follow:
    """A step in another case (or a new one) that follows by rule, in the same transaction."""

    case: str  # "" opens one
    action: str
    answers: Mapping[str, Any] = field(default_factory=dict)  # values as they stand in the log
    procedure: str = ""
    parent: str = ""


@dataclass(frozen=True)
class Stage:
    """A stage: its title, the days within which the next step is due, and whether the case ends there."""

    name: str
    title: str = ""
    days: int | None = None
    ends: bool = False

    @property
    def said(self) -> str:
        """What is read."""
        return self.title or self.name


@dataclass(frozen=True)
class Objection:
    """How somebody objects: within how many days, where, by which article, and to which stage the case then returns."""

    days: int
    to: str
    article: str
    reopens: "str | Callable[[Look], str]" = ""  # the stage where an objection is upheld; "" stays


@dataclass(frozen=True)
class Procedure:
    """A whole procedure. ``rule`` is the module of law that decides; ``form`` names the form of the law on a day."""

    name: str
    letter: str  # of the case numbers: S-2026-00417
    title: str
    rule: str
    form: Callable[[str], str]
    stages: tuple[Stage, ...]
    actions: tuple[Action, ...]
    objection: Objection | None = None
    parent: str = ""  # the procedure of the case that a case of this belongs to
    about: str = ""  # the field that holds the person whom letters are for
    minors: bool = False  # whether reading a file is itself an event
    stops: Choices = ()  # reasons for which the clock may stop
    keep_years: int = 10  # after it has ended; then the keys are destroyed
    letter_parts: "Callable[[Look, dict[str, Any]], list[Part]] | None" = None  # what a letter says besides
    public: "Callable[[Look], list[Part]] | None" = None  # what anybody may see of a case; none: nothing
    doses: "Callable[[Look], dict[str, float]] | None" = None  # what it delivered by the day: see doses.py
    form_by: "Callable[[Look, dict[str, Any]], str] | None" = None  # the form, where it hangs on more than the day
    computed: Choices = ()  # what is worked out and shown at the desk: (name, what is read)
    data: "Callable[[Look], dict[str, Any]] | None" = None  # what anybody may have of a case as JSON
    own: "Callable[[Look], list[Part]] | None" = None  # what whoever it is about sees of it: their hours
    row: "Callable[[Look], dict[str, Any]] | None" = None  # a case's line in a public register, and in its open data
    readers: tuple[str, ...] = ()  # the roles that may read a case: follows from the steps, see usual.py

    def action(self, name: str) -> Action | None:
        """Return the step of that name."""
        return next((a for a in self.actions if a.name == name), None)

    def stage(self, name: str) -> Stage:
        """Return the stage of that name."""
        return next((s for s in self.stages if s.name == name), Stage(name))

    def opening(self) -> list[Action]:
        """Return the steps that open a case."""
        return [a for a in self.actions if not a.stages]


@dataclass(frozen=True)
class Part:
    """A part of a page or letter: a heading, sentences, and perhaps a table (headings first)."""

    heading: Said | None = None
    sentences: tuple[Said, ...] = ()
    headings: tuple[str, ...] = ()
    rows: tuple[tuple[Any, ...], ...] = ()  # Said, several of them, text or number

    def __post_init__(self) -> None:
        """Refuse a column without a name: who listens to the page would not know what is told."""
        if not all(self.headings):
            raise ValueError(f"a table has a column without a heading: {self.headings}")


@dataclass(frozen=True)
class Look:
    """One look at one case on one day."""

    home: Home
    conn: Connection
    procedures: Mapping[str, Procedure]
    state: State
    day: str
    actor: Actor = RESIDENT_ACTOR
    opening: str = ""  # the procedure, while a case is being opened
    parent_id: str = ""
    kept: dict[str, State] = field(default_factory=dict)  # parents read before: given on where many are looked at

    @property
    def answers(self) -> dict[str, Any]:
        """What was answered so far: the last answer to each question."""
        return self.state.answers

    @property
    def procedure(self) -> Procedure:
        """The procedure of the case."""
        return self.procedures[self.state.procedure or self.opening]

    @property
    def parent(self) -> State | None:
        """The case that this one belongs to: an application's round."""
        number = self.state.parent or self.parent_id
        if number and number not in self.kept:
            self.kept[number] = load(self.conn, number)
        return self.kept.get(number)

    def children(self, procedure: str = "", case: str = "") -> list[State]:
        """Return the cases that belong to this one, in the order of their numbers."""
        query = select(cases.c.id).where(cases.c.parent == (case or self.state.id))
        if procedure:
            query = query.where(cases.c.procedure == procedure)
        return load_several(self.conn, query)

    def beside(self, procedure: str, still_open: bool = False) -> list[State]:
        """Return every case of a procedure, or those that are not closed."""
        query = select(cases.c.id).where(cases.c.procedure == procedure)
        return load_several(self.conn, query.where(cases.c.closed == "") if still_open else query)

    def told(self, value: Any) -> Any:
        """Return what is sealed in an answer: a text, or a person's data; None where it was erased."""
        if isinstance(value, Mapping) and "sealed" in value:
            return vault.unseal(self.conn, self.home.keys, value["sealed"])
        return value
