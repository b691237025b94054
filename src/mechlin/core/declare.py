"""The declarations everything else is made of: frozen records, no base classes, no registry.

A mechanism, a programme or an indicator is one file with plain functions and one of these records at its end.
Parameters are the fields of a NamedTuple, each with a :class:`Param` beside its default.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from textwrap import fill as fill_words
from typing import Annotated, Any, Literal, NamedTuple, get_args, get_origin, get_type_hints

import numpy as np

from mechlin.core.elsewhere import Elsewhere
from mechlin.core.errors import Problem, nearest

Combine = Literal["add", "multiply", "max", "stack"]
Direction = Literal["up", "down", "neither"]
YES_NO = ("yes/no", "0 or 1")  # units of a number that is a switch: true and false are 1 and 0
_WIDTH = 120  # of a line of text for reading


@dataclass(frozen=True)
class Param:
    """One number: unit, what is possible (``low`` to ``high``), meaning, and the id of its evidence.

    Without evidence the number is an assumption and is listed as one. ``likely`` is what is believed: the range
    that holds nine tenths of it (its prior). ``nil`` marks an effect measured abroad and is the value at which
    there is none: the run moves the number towards it by the shared transport factor. ``structure`` marks a
    switch between declared alternatives.
    """

    unit: str
    low: float
    high: float
    doc: str
    evidence: str = ""
    likely: tuple[float, float] | None = None
    nil: float | None = None
    structure: bool = False

    def problem(self, name: str, value: Any) -> Problem | None:
        """Return what is wrong with ``value``, or None."""
        allowed = f"{self.low:g} to {self.high:g} {self.unit}"
        if isinstance(value, bool) or not isinstance(value, (int, float)) or value != value:
            return Problem(f"{name} = {value!r} is not a number", column=name, allowed=allowed)
        if not self.low <= value <= self.high:
            bound = self.low if value < self.low else self.high
            return Problem(
                f"{name} = {value!r} is outside what is possible",
                column=name,
                allowed=allowed,
                repair=f"write {name} = {bound:g} or a value in between",
            )
        return None


class Declared(NamedTuple):
    """A parameter as declared: name, type, default and its :class:`Param`."""

    name: str
    type: type
    default: Any
    param: Param

    def problem(self, name: str, value: Any) -> Problem | None:
        """Return what is wrong with ``value`` for this parameter, or None; whole numbers must be whole."""
        wrong = self.param.problem(name, value)
        if wrong is None and self.type is int and int(value) != value:
            return Problem(
                f"{name} = {value!r} must be a whole number",
                column=name,
                allowed=f"whole numbers from {self.param.low:g} to {self.param.high:g} {self.param.unit}",
                repair=f"write {name.rpartition('.')[2]} = {int(value)}",
            )
        return wrong


def null_value(d: Declared) -> float:
    """Return the value at which a number has no effect: as declared, or 1 for a ratio and 0 for anything else."""
    if d.param.nil is not None:
        return d.param.nil
    return 1.0 if d.param.unit == "ratio" else 0.0


_DECLARED: dict[type, tuple[Declared, ...]] = {}


def declared(params: type) -> tuple[Declared, ...]:
    """Return every parameter of a NamedTuple of annotated numbers, in order."""
    if params not in _DECLARED:
        _DECLARED[params] = tuple(_read(params))
    return _DECLARED[params]


def _read(params: type) -> Iterator[Declared]:
    for name, hint in get_type_hints(params, include_extras=True).items():
        if get_origin(hint) is not Annotated:
            raise TypeError(f"{params.__module__}.{name} has no Param beside its type")
        kind, param = get_args(hint)[:2]
        yield Declared(name, kind, params._field_defaults[name], param)  # type: ignore[attr-defined]


def fill(params: type, values: dict[str, Any], file: str = "", prefix: str = "") -> tuple[Any, list[Problem]]:
    """Return ``params`` with ``values`` in place of defaults, and every problem with them.

    Whole numbers stay whole and floats become floats, so that compiled code sees one type.
    """
    known = {d.name: d for d in declared(params)}
    problems, good = [], {}
    for name, value in values.items():
        if name not in known:
            problems.append(
                Problem(
                    f"{prefix}{name} is not a known setting",
                    file=file,
                    column=f"{prefix}{name}",
                    allowed=", ".join(known),
                    nearest=nearest(name, known),
                )
            )
            continue
        if isinstance(value, bool) and known[name].param.unit in YES_NO:
            value = int(value)
        wrong = known[name].problem(f"{prefix}{name}", value)
        if wrong is not None:
            problems.append(Problem(**{**wrong.__dict__, "file": file}))
            continue
        good[name] = known[name].type(value)
    defaults = {d.name: d.type(d.default) for d in known.values()}
    return params(**{**defaults, **good}), problems


class Transport(NamedTuple):
    """How much of an effect measured elsewhere is expected here; one visible number for all of them."""

    factor: Annotated[
        float,
        Param("share", 0, 1.5, "Of an effect measured abroad, expected here", "transport.factor", likely=(0.3, 0.9)),
    ] = 0.6


def transported(params: Any, factor: float) -> Any:
    """Return ``params`` with every effect measured abroad moved towards nil by the transport factor."""
    here = {
        d.name: d.type(moved(getattr(params, d.name), d.param.nil, factor))
        for d in declared(type(params))
        if d.param.nil is not None
    }
    return params._replace(**here)


def moved(value: float, nil: float, factor: float) -> float:
    """Return an effect measured abroad as expected here: ``factor`` of its way from ``nil``."""
    return nil + factor * (value - nil)


@dataclass(frozen=True)
class Field:
    """One column of the state: ``table.noun``, its storage type, unit, value when empty, and meaning.

    ``width`` above 1 makes the column two-dimensional (one row of ``width`` numbers per table row); ``flow`` columns
    count what happened this year and are set to zero every January. ``scratch`` names the stage of a step
    ("safety.offences") outside which the column means nothing, because stages share memory. A column that is a list
    may have fewer entries than its table has rows: one for every ``rows_per_entry`` rows, and a thousand more.
    """

    name: str
    dtype: type
    unit: str
    empty: float
    doc: str
    width: int | str = 1
    flow: bool = False
    scratch: str = ""
    rows_per_entry: int = 1

    @property
    def table(self) -> str:
        """The table that the column stands in."""
        return self.name.partition(".")[0]

    @property
    def column(self) -> str:
        """The column's name inside its table."""
        return self.name.partition(".")[2]


@dataclass(frozen=True)
class Lever:
    """A number that a mechanism lets programmes move, and how several pulls combine.

    ``stack`` keeps one row per programme (two-dimensional); the others merge into one array per table row.
    """

    name: str
    table: str
    unit: str
    combine: Combine
    doc: str

    @property
    def neutral(self) -> float:
        """The value that changes nothing."""
        return 1.0 if self.combine == "multiply" else 0.0

    def merge(self, contributions: np.ndarray, out: np.ndarray) -> None:
        """Write the combination of ``contributions`` (programmes x rows) into ``out``, in place."""
        if self.combine == "stack":
            out[...] = contributions
        elif len(contributions) == 0:
            out[...] = self.neutral
        elif self.combine == "add":
            np.sum(contributions, axis=0, out=out)
        elif self.combine == "multiply":
            np.prod(contributions, axis=0, out=out)
        else:
            np.max(contributions, axis=0, out=out)


class _Text:
    """What users read about a measure or mechanism: a sentence, more if need be, and short parts with a label."""

    def said(self, label: str) -> str:
        """Return the part with a label ("Leaves out"), or ''."""
        return str(getattr(self, label.lower().replace(" ", "_"), ""))

    def told(self) -> str:
        """Return the whole for reading: the sentence, what explains it, and a line for each part."""
        parts = {name: text for name, text in vars(self).items() if text and name not in ("summary", "about")}
        margin = max(map(len, parts), default=0) + 2
        paragraphs = self.said("about").split("\n\n") if self.said("about") else []
        opening = [self.said("summary"), *(fill_words(p, _WIDTH) for p in paragraphs)]
        lines = [_labelled(name.capitalize().replace("_", " "), text, margin) for name, text in parts.items()]
        return "\n\n".join([*opening, "\n".join(lines)]).strip()


def _labelled(label: str, text: str, margin: int) -> str:
    """Return ``Label   text``; what does not fit on the line goes on below the text."""
    return fill_words(text, _WIDTH, initial_indent=label.ljust(margin), subsequent_indent=" " * margin)


@dataclass(frozen=True)
class MeasureText(_Text):
    """What users read about a measure; each part is translated as a whole.

    ``lever`` says what it moves, ``costs`` for what and by whom money is spent, ``expect`` what may be hoped for and
    ``doubt`` what somebody who is against it would say.
    """

    summary: str = ""
    about: str = ""
    who: str = ""
    what: str = ""
    lever: str = ""
    costs: str = ""
    expect: str = ""
    doubt: str = ""


@dataclass(frozen=True)
class MechanismText(_Text):
    """What users read about a mechanism; each part is translated as a whole."""

    summary: str = ""
    about: str = ""
    rule: str = ""
    reads: str = ""
    writes: str = ""
    leaves_out: str = ""
    sources: str = ""


@dataclass(frozen=True)
class Mechanism:
    """Something that happens every month.

    ``fields`` are the columns it owns: only the owner may name a column in ``writes``. ``grows`` names the tables whose
    rows it may add and free, ``series`` the outside series it reads. ``start`` sets the owned columns before the first
    month, ``welcome`` those of newcomers, right after they came and before anybody looks; ``step`` advances one month.
    An invariant returns what is wrong. ``matched`` levers mean nothing alone: a programme pulls all of a group or none.
    ``widths`` returns, for a number of areas, the named widths of its own columns.
    """

    name: str
    params: type
    fields: tuple[Field, ...]
    levers: tuple[Lever, ...]
    reads: tuple[str, ...]
    writes: tuple[str, ...]
    step: Callable[..., None]
    start: Callable[..., None] | None = None
    welcome: Callable[..., None] | None = None
    grows: tuple[str, ...] = ()
    series: tuple[str, ...] = ()
    matched: tuple[tuple[str, ...], ...] = ()
    invariants: tuple[Callable[..., str], ...] = ()
    months: tuple[int, ...] = tuple(range(1, 13))
    widths: Callable[[int], Mapping[str, int]] | None = None
    text: MechanismText = MechanismText()


class Costs(NamedTuple):
    """Euros of 2018 spent in one month: once (investment) or running, by who pays."""

    city_investment_eur: float = 0.0
    city_running_eur: float = 0.0
    region_investment_eur: float = 0.0
    region_running_eur: float = 0.0
    residents_investment_eur: float = 0.0
    residents_running_eur: float = 0.0


@dataclass(frozen=True)
class Programme:
    """A measure of the policy package; its name is that of its file.

    ``table`` says who or what can be enrolled. ``eligible`` writes the caseworker's answer for every row into
    ``out``; the engine hands out ``places`` by a persistent lottery. ``effects`` writes this programme's own
    pull on each lever; ``costs`` returns what this month cost. ``inert`` are settings under which nothing
    may change; ``expects`` is the claimed direction for indicators at a large dose (``large``), tested.

    Two functions may be left out. ``check(p, month, city)`` returns what the settings may not be in a month (counted
    from year 0; ``city`` is None where unknown), such as a fine above the legal maximum: every month is asked before
    anything runs. ``year_plan(view, enrolled, p, clock, before)`` works out once a year what need not be thought over
    every month, such as where cameras stand: ``view.year_plan`` to the others, ``before`` (None at first) a year later.
    """

    title: str
    pillar: Literal["safety", "streets", "homes", "schools", "meeting", "city"]
    params: type
    table: str
    reads: tuple[str, ...]
    levers: tuple[str, ...]
    inert: dict[str, float]
    large: dict[str, float]
    expects: dict[str, Direction]
    eligible: Callable[..., None]
    places: Callable[..., float]
    effects: Callable[..., None]
    costs: Callable[..., Costs]
    check: Callable[..., list[Problem]] | None = None
    year_plan: Callable[..., Any] | None = None
    name: str = ""
    evidence: tuple[str, ...] = ()
    text: MeasureText = MeasureText()


class Matters(NamedTuple):
    """The smallest difference that matters: so many units, or so large a ``share`` of the level where that is more."""

    units: float
    share: float
    reason: str

    def at(self, level: float) -> float:
        """Return the smallest difference that matters where the indicator stands at ``level``."""
        return max(self.units, self.share * abs(level))


ANY = Matters(0.0, 0.0, "nothing was said of it")
Role = Literal["outcome", "delivered", "survey error"]


@dataclass(frozen=True)
class Indicator:
    """A number about the city, with its definition card.

    ``measure`` takes the views named in ``reads`` and returns one number (or one per area when ``by_area``).
    ``when`` is "year" for what is counted through a year or measured in December, "january" for a stock that
    the source statistic takes on 1 January (the value then belongs to the following year). ``role`` tells outcomes
    from what measures deliver by themselves (doses, participants) and from errors of a survey: only outcomes are listed
    as effects. ``matters`` is the smallest difference that does, where it is another than for the unit. ``elsewhere`` is
    the largest change found in comparable cities: what a model must be able to reach before it may explain one here.
    """

    name: str
    title: str
    unit: str
    better: Direction
    reads: tuple[str, ...]
    measure: Callable[..., Any]
    numerator: str = ""
    denominator: str = ""
    source: str = ""
    when: Literal["year", "january"] = "year"
    by_area: bool = False
    headline: bool = False
    role: Role = "outcome"
    matters: Matters | None = None
    elsewhere: Elsewhere | None = None


@dataclass(frozen=True)
class Card:
    """What an indicator means; ``adds_up`` when its years may be summed (people who left, hours worked)."""

    name: str
    title: str
    unit: str = ""
    better: Direction = "neither"
    numerator: str = ""
    denominator: str = ""
    source: str = ""
    when: str = "year"
    headline: bool = False
    adds_up: bool = False
    role: Role = "outcome"
    matters: Matters = ANY
    elsewhere: Elsewhere | None = None
