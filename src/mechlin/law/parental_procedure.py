"""The procedure that involves parents when a minor is found causing nuisance: one state machine of dated rules.

Two forms. In that of 2006 a tax is charged to the parents at the first finding and waived when they take a course
or accompany their child. In that of the law of 24 June 2013 a finding brings a warning; a second within a year, or
a grave fact, leads to a talk with the parents, a lawyer for the minor, a mandatory offer of mediation, community
service, and only then a fine. ``RULES`` is the procedure: the simulation reads it as a table of small numbers
(:func:`next_stage`), a case worker as :class:`Case`, which gives stage, deadline, reason and legal basis. Where a term
ends and nobody has reported, nobody knows whether anything was kept: that is a stage of its own.

Source: the city's own descriptions of both forms; law of 24 June 2013 on municipal administrative sanctions.
Deadlines in days are the city's to set and stand here as assumptions where the law gives none. Six months to decide from
the day of the facts, twelve with mediation or service, a month to appeal to the youth court, a free lawyer before any
talk, and a procedure that is void where mediation was not offered: reports on the law [GK: to be read by a lawyer].
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from mechlin.core.clock import month_number
from mechlin.core.codes import MAJORITY
from mechlin.core.compiled import compiled
from mechlin.core.errors import MechlinError

STAGES = (
    "none",
    "warned",
    "parents asked",
    "plan offered",
    "plan agreed",
    "plan followed",
    "service offered",
    "service done",
    "closed: plan kept",
    "closed: parents' own measures",
    "closed: no place",
    "closed: service kept",
    "fined",
    "closed: no report",
    "fine notified",
    "fine appealed",
    "closed: fine paid",
    "closed: fine annulled",
    "closed: no fine",
    "fine owed",
)
NONE, WARNED, ASKED, OFFERED, AGREED, PLAN, SERVICE_OFFERED, SERVING, KEPT, OWN, NO_PLACE, SERVED, FINED = range(13)
NO_REPORT, NOTIFIED, APPEALED, PAID, ANNULLED, NO_FINE, OWED = range(13, 20)  # no simulated family goes beyond FINED
EVENTS = (
    "finding",
    "own measures enough",
    "procedure started",
    "accepted",
    "refused",
    "place found",
    "kept",
    "broken",
    "deadline passed",
    "no place",
    "notified",
    "appealed",
    "appeal rejected",
    "annulled",
    "paid",
    "no fine",
)
FINDING, ENOUGH, STARTED, ACCEPTED, REFUSED, PLACE, KEEPS, BREAKS, EXPIRES, LACKS_PLACE = range(10)
NOTIFIES, APPEALS, REJECTS, ANNULS, PAYS, SPARES = range(10, 16)
IMPOSSIBLE = -1
_YEAR = 365  # days in which a second finding follows on a warning


class Form(NamedTuple):
    """What one form of the procedure allows, and when: months since year 0, as ``core.clock`` counts them."""

    name: str
    first_month: int
    last_month: int
    fine_max_eur: float
    age_min: int
    basis: str


_OPEN_END = month_number("9999-12")
FORMS = (
    Form("none", 0, _OPEN_END, 0.0, MAJORITY, ""),
    Form(
        "2006",
        0,
        month_number("2019-02"),
        100.0,
        12,
        "municipal tax regulation (the council's own to make; its base ended with the circular of February 2019)",
    ),
    Form(
        "2013",
        month_number("2014-01"),
        _OPEN_END,
        175.0,
        14,
        "law of 24 June 2013 on municipal administrative sanctions; 14 where the council so decides, 16 elsewhere",
    ),
)
FINE_MAX_EUR = np.array([form.fine_max_eur for form in FORMS])
AGE_MIN = np.array([form.age_min for form in FORMS])


def fine_legal_max_eur(year_month: int | str, form: int | None = None) -> float:
    """Return the highest fine on parents that the law allows in a month: of one form, or of any in force.

    >>> fine_legal_max_eur("2010-01"), fine_legal_max_eur("2015-01"), fine_legal_max_eur("2015-01", form=1)
    (100.0, 175.0, 100.0)
    >>> fine_legal_max_eur("2010-01", form=2), fine_legal_max_eur("2020-01", form=1)
    (0.0, 0.0)
    """
    month = month_number(year_month) if isinstance(year_month, str) else year_month
    lawful = fines_lawful_eur(month)
    return max(lawful.values(), default=0.0) if form is None else lawful.get(form, 0.0)


def fines_lawful_eur(month: int) -> dict[int, float]:
    """Return the forms of the procedure that are in force in a month, each with its highest fine."""
    return {n: f.fine_max_eur for n, f in enumerate(FORMS) if n and f.first_month <= month <= f.last_month}


class Rule(NamedTuple):
    """One step of one form: in this stage, this event leads to that stage, for this reason."""

    form: int
    stage: int
    event: int
    after: int
    reason: str
    grave: int = -1  # 1 only for grave facts, 0 only for others, -1 for both


RULES = (
    Rule(
        1, NONE, FINDING, OFFERED, "A tax is charged to the parents; it is waived if they take a course or come along."
    ),
    Rule(1, OFFERED, FINDING, OFFERED, "A further finding joins the case that is open."),
    Rule(1, OFFERED, ACCEPTED, AGREED, "The parents take the offer: the tax is suspended."),
    Rule(1, OFFERED, REFUSED, FINED, "The parents refuse the offer: the tax is due."),
    Rule(1, OFFERED, EXPIRES, FINED, "The parents have not answered in time: the tax is due."),
    Rule(1, AGREED, FINDING, AGREED, "A further finding joins the case that is open."),
    Rule(1, AGREED, PLACE, PLAN, "The course or guidance starts."),
    Rule(1, AGREED, LACKS_PLACE, NO_PLACE, "The city has no place: the tax is waived."),
    Rule(1, AGREED, EXPIRES, NO_PLACE, "The city has found no place in time: the tax is waived."),
    Rule(1, PLAN, FINDING, PLAN, "A further finding joins the case that is open."),
    Rule(1, PLAN, KEEPS, KEPT, "The agreement is kept: the tax is waived."),
    Rule(1, PLAN, EXPIRES, NO_REPORT, "The term is over and nobody has reported: the tax is waived, nothing is known."),
    Rule(1, PLAN, BREAKS, FINED, "The agreement is broken: the tax is due."),
    Rule(2, NONE, FINDING, WARNED, "First finding: a warning to the minor and the parents, nothing more.", 0),
    Rule(2, NONE, FINDING, ASKED, "A grave fact: the parents are asked for their view and measures.", 1),
    Rule(
        2, WARNED, FINDING, ASKED, "A second finding within a year: the parents are asked for their view and measures."
    ),
    Rule(2, ASKED, FINDING, ASKED, "A further finding joins the case that is open."),
    Rule(2, ASKED, ENOUGH, OWN, "The official finds the parents' own measures enough and closes the case."),
    Rule(2, ASKED, STARTED, OFFERED, "The procedure starts: a lawyer for the minor, and mediation must be offered."),
    Rule(
        2, ASKED, EXPIRES, OFFERED, "No answer in time: the procedure starts, with a lawyer and an offer of mediation."
    ),
    Rule(2, OFFERED, FINDING, OFFERED, "A further finding joins the case that is open."),
    Rule(2, OFFERED, ACCEPTED, AGREED, "Mediation is accepted: a plan is agreed."),
    Rule(2, OFFERED, REFUSED, SERVICE_OFFERED, "Mediation is refused: community service is offered."),
    Rule(2, OFFERED, EXPIRES, SERVICE_OFFERED, "No answer to the offer in time: community service is offered."),
    Rule(2, AGREED, FINDING, AGREED, "A further finding joins the case that is open."),
    Rule(2, AGREED, PLACE, PLAN, "The plan starts."),
    Rule(2, AGREED, LACKS_PLACE, NO_PLACE, "The city has no place: the case is closed without a fine."),
    Rule(2, AGREED, EXPIRES, NO_PLACE, "The city has found no place in time: the case is closed without a fine."),
    Rule(2, PLAN, FINDING, PLAN, "A further finding joins the case that is open."),
    Rule(2, PLAN, KEEPS, KEPT, "The plan is kept: the case is closed without a fine."),
    Rule(
        2,
        PLAN,
        EXPIRES,
        NO_REPORT,
        "The term is over and nobody has reported: closed without a fine, nothing is known.",
    ),
    Rule(2, PLAN, BREAKS, SERVICE_OFFERED, "The plan is broken: community service is offered, at most 15 hours."),
    Rule(2, SERVICE_OFFERED, FINDING, SERVICE_OFFERED, "A further finding joins the case that is open."),
    Rule(2, SERVICE_OFFERED, ACCEPTED, SERVING, "Community service is accepted."),
    Rule(2, SERVICE_OFFERED, REFUSED, FINED, "Community service is refused: a fine, imposed on the parents."),
    Rule(2, SERVICE_OFFERED, EXPIRES, FINED, "No answer to community service in time: a fine, imposed on the parents."),
    Rule(2, SERVING, FINDING, SERVING, "A further finding joins the case that is open."),
    Rule(2, SERVING, KEEPS, SERVED, "The service is done: the case is closed without a fine."),
    Rule(
        2,
        SERVING,
        EXPIRES,
        NO_REPORT,
        "The term is over and nobody has reported: closed without a fine, nothing is known.",
    ),
    Rule(2, SERVING, BREAKS, FINED, "The service is not done: a fine, imposed on the parents."),
    *(
        Rule(form, *step)
        for form in (1, 2)
        for step in (
            (FINED, NOTIFIES, NOTIFIED, "The parents have the decision, with its amount and the way to appeal."),
            (FINED, SPARES, NO_FINE, "No fine is imposed: the case is closed."),
            (NOTIFIED, APPEALS, APPEALED, "The parents go to court: nothing is owed until it has ruled."),
            (NOTIFIED, PAYS, PAID, "The fine is paid: the case is closed."),
            (APPEALED, REJECTS, OWED, "The court leaves the decision as it is: the fine is owed."),
            (OWED, PAYS, PAID, "The fine is paid: the case is closed."),
            (APPEALED, ANNULS, ANNULLED, "The court annuls the fine: the case is closed."),
        )
    ),
)
DEADLINE_DAYS = {ASKED: 15, OFFERED: 30, AGREED: 180, PLAN: 180, SERVICE_OFFERED: 30, SERVING: 180}

DECIDE_MONTHS, DECIDE_MONTHS_LONGER = 6, 12  # from the facts; with mediation or service
APPEAL_DAYS = 30  # to the youth court
SERVICE_HOURS_MOST = 15
LAWYER, MEDIATION = "lawyer", "mediation"
_MONTH_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def form_on(day: str) -> int:
    """Return the form that facts of a day fall under: that of 2013 once it is in force, else that of 2006.

    >>> form_on("2013-12-31"), form_on("2014-01-01")
    (1, 2)
    """
    return 2 if month_number(day[:7]) >= FORMS[2].first_month else 1


def decide_by(facts: str, longer: bool) -> str:
    """Return the last day to impose a fine on facts of a day; ``longer`` where mediation or service was taken.

    >>> decide_by("2026-03-31", False), decide_by("2026-03-31", True), decide_by("2025-08-31", False)
    ('2026-09-30', '2027-03-31', '2026-02-28')
    """
    month = month_number(facts[:7]) + (DECIDE_MONTHS_LONGER if longer else DECIDE_MONTHS)
    year, n = divmod(month, 12)
    leap = n == 1 and (year % 4 == 0 and (year % 100 != 0 or year % 400 == 0))
    return f"{year:04d}-{n + 1:02d}-{min(int(facts[8:]), _MONTH_DAYS[n] + leap):02d}"


def void(form: int, lawyer_asked: bool, mediation_offered: bool) -> tuple[str, ...]:
    """Return what was left out without which a procedure of that form is void.

    >>> void(2, False, False), void(2, True, True), void(1, False, False)
    (('lawyer', 'mediation'), (), ())
    """
    if form != 2:
        return ()
    return tuple(name for name, done in ((LAWYER, lawyer_asked), (MEDIATION, mediation_offered)) if not done)


def _table() -> np.ndarray:
    """Return RULES as numbers: the stage after (form, grave, stage, event), or IMPOSSIBLE."""
    out = np.full((len(FORMS), 2, len(STAGES), len(EVENTS)), IMPOSSIBLE, dtype=np.int8)
    for rule in RULES:
        for grave in (0, 1):
            if rule.grave in (-1, grave):
                out[rule.form, grave, rule.stage, rule.event] = rule.after
    return out


NEXT = _table()


@compiled
def standing(form, stage, days_since_warning):
    """Return the stage from which a new finding is judged: closed cases start again, warnings lapse after a year."""
    if stage >= KEPT or stage == WARNED or stage == NONE:
        return WARNED if form == 2 and 0 <= days_since_warning <= _YEAR else NONE
    return stage


@compiled
def next_stage(form, stage, event, grave, days_since_warning):
    """Return the stage after ``event``, or IMPOSSIBLE; ``days_since_warning`` is negative without any warning."""
    before = standing(form, stage, days_since_warning) if event == FINDING else stage
    return NEXT[form, np.int64(grave), before, event]


class ImpossibleEvent(MechlinError):
    """Something that cannot happen in this stage of the procedure, on that day or at that age."""


@dataclass(frozen=True)
class Step:
    """What one event led to; ``day`` and ``deadline`` are dates of the caller's own type."""

    day: Any
    event: str
    stage: str
    deadline: Any
    reason: str
    basis: str


@dataclass(frozen=True)
class Case:
    """One minor's file: feed it dated events, read stage, deadline, reasons and the highest possible fine.

    Days are ``datetime.date`` or anything with year, month, ``toordinal`` and ``fromordinal``.
    """

    form: int
    born: Any
    steps: tuple[Step, ...] = ()
    warned: Any = None

    @property
    def stage(self) -> int:
        """The stage that the file is in."""
        return STAGES.index(self.steps[-1].stage) if self.steps else NONE

    @property
    def deadline(self) -> Any:
        """The day by which the next event is due, or None."""
        return self.steps[-1].deadline if self.steps else None

    @property
    def fine_max_eur(self) -> float:
        """The highest fine that may now be imposed: nothing unless the case has ended in a fine."""
        return FORMS[self.form].fine_max_eur if self.stage == FINED else 0.0

    def feed(self, event: str, day: Any, grave: bool = False) -> "Case":
        """Return the file with one event more; raise ImpossibleEvent with the reason when it cannot be."""
        form = FORMS[self.form]
        if event not in EVENTS:
            raise ImpossibleEvent(f"{event!r} is no event of the procedure; there are: {', '.join(EVENTS)}")
        code = EVENTS.index(event)
        self._check_day(code, day)
        if code == FINDING:
            age = day.year - self.born.year - ((day.month, day.day) < (self.born.month, self.born.day))
            if not form.age_min <= age < MAJORITY:
                raise ImpossibleEvent(f"at {age} the procedure does not apply: from {form.age_min} to 17")
        days = day.toordinal() - self.warned.toordinal() if self.warned else -1
        after = int(next_stage(self.form, self.stage, code, grave, days))
        if after == IMPOSSIBLE:
            raise ImpossibleEvent(f"{event!r} cannot follow on {STAGES[self.stage]!r}")
        before = int(standing(self.form, self.stage, days)) if code == FINDING else self.stage
        reason = next(r.reason for r in RULES if r[:4] == (self.form, before, code, after) and r.grave in (-1, grave))
        deadline = self.deadline if after == self.stage else None
        if after in DEADLINE_DAYS and after != self.stage:
            deadline = type(day).fromordinal(day.toordinal() + DEADLINE_DAYS[after])
        step = Step(day, event, STAGES[after], deadline, reason, form.basis)
        return Case(self.form, self.born, (*self.steps, step), day if after == WARNED else self.warned)

    def _check_day(self, event: int, day: Any) -> None:
        """Refuse a day before the last event, out of the law's time, past the deadline, or a deadline too early."""
        form = FORMS[self.form]
        if self.steps and day.toordinal() < self.steps[-1].day.toordinal():
            raise ImpossibleEvent(f"{day} lies before the last event of {self.steps[-1].day}")
        if event == FINDING and not form.first_month <= day.year * 12 + day.month - 1 <= form.last_month:
            raise ImpossibleEvent(f"the form of {form.name} was not in force on {day}")
        late = self.deadline is not None and day.toordinal() > self.deadline.toordinal()
        if event == EXPIRES and not late:
            raise ImpossibleEvent(f"no deadline has passed on {day}")
        if late and event not in (EXPIRES, FINDING):
            raise ImpossibleEvent(f"the deadline of {self.deadline} has passed: feed {EVENTS[EXPIRES]!r} first")
