"""What befalls a few households in the course of a run, found by looking at the state after every month.

A run is not changed by being looked at, and nothing is looked at in ordinary runs. Random numbers belong to persons, so the
same household meets the same luck in a run with a package and in one without.

A household is those who live together: when they part, the story goes on where most of them are.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from mechlin.city.tables.model import City
from mechlin.core.clock import MONTHS, Clock
from mechlin.core.codes import MAJORITY, Tenure, Work
from mechlin.core.spec import RunSpec
from mechlin.core.state import State
from mechlin.engine.simulation import Simulation
from mechlin.law.parental_procedure import AGREED, PLAN, WARNED
from mechlin.mechanisms.demography.events import DEATH

_RENOVATED = 0.05  # by how much the state of a home jumps when it is renovated; it only wears otherwise
_RETIRES_FROM = 60  # years of age from which whoever stops working is said to retire


class Event(NamedTuple):
    """One dated thing that happened: ``who`` it happened to (0: the household), their age, and where or what.

    ``who`` is a member's identity, by which the same event is found in the other world; ``detail`` is a measure's name, a
    tenure or the rank of a wish, ``area`` the row of an area; none: '' and -1.
    """

    month: int
    kind: str
    who: int = 0
    age: int = -1
    area: int = -1
    detail: str = ""


class Standing(NamedTuple):
    """A household at one moment; euros of 2018 a month, ``across`` the share of encounters with other backgrounds."""

    adults: int
    children: int
    working: int
    area: int
    tenure: int
    income_eur: float
    cost_eur: float
    across: float


class Life(NamedTuple):
    """What befell one household: its events in order, how it stood at the start, and at the end where it is still here."""

    events: tuple[Event, ...]
    start: Standing
    end: Standing | None


class _Member(NamedTuple):
    born_month: int
    role: int
    work: int
    school: int
    school_rank: int
    victim_month: int
    stopped_month: int
    case_stage: int
    buddy: int
    joined: int


class _Home(NamedTuple):
    home: int
    area: int
    tenure: int
    victim_month: int
    priced_out: int
    registered_month: int
    fined_month: int


_OF_HOUSEHOLD = (  # what changed, what it is called, and whether the new value says so
    ("victim_month", "burglary", lambda now: True),
    ("priced_out", "rent too high", bool),
    ("registered_month", "waiting list", lambda now: now >= 0),
    ("fined_month", "fined", lambda now: True),
)
_OF_PERSON = (
    ("victim_month", "victim", lambda now: True),
    ("stopped_month", "stopped", lambda now: True),
    ("buddy", "buddy", lambda now: now >= 0),
    ("case_stage", "warned", lambda now: now == WARNED),
    ("case_stage", "plan", lambda now: now in (AGREED, PLAN)),
)


def follow_run(
    spec: RunSpec, city: City, choose: Callable[[State], Sequence[int]], progress: Callable[[int], None] | None = None
) -> list[Life]:
    """Return what befalls the households that ``choose`` picks from the state before the first month, in their order.

    ``progress`` is told the months done.
    """
    sim = Simulation(spec, city)
    followed = [_Followed(sim, row) for row in choose(sim.state)]
    for clock in sim.months:
        sim.month(clock)
        for one in followed:
            one.look(clock)
        if progress is not None:
            progress(clock.t + 1)
    return [Life(tuple(one.events), one.start, one.standing) for one in followed]


class _Followed:
    """One household in a run that goes on: who lives there, and what has happened so far."""

    def __init__(self, sim: Simulation, row: int) -> None:
        self.sim, self.row = sim, row
        self.events: list[Event] = []
        self.acting: set[str] = set()
        self.met: set[int] = set()
        self.members, self.home = self._members(), self._home()
        self.rows = self._rows()
        self.quality = self._quality()
        self.start = self._stand(0)
        self.standing: Standing | None = self.start

    def look(self, clock: Clock) -> None:
        """Note what has happened this month."""
        if self.standing is None:
            return
        self.clock, state = clock, self.sim.state
        here = [r for key, r in self.rows.items() if state["people.alive"][r] and int(state["people.key"][r]) == key]
        if not here:
            self._end()
            return
        rows = [int(state["people.household"][r]) for r in here]
        self.row = max(rows, key=rows.count)  # the first of several with as many
        before, home, quality = self.members, self.home, self.quality
        gone = {key: self.rows[key] for key in before}
        self.members, self.home, self.rows, self.quality = self._members(), self._home(), self._rows(), self._quality()
        self._came_and_went(before, gone)
        for key in before.keys() & self.members.keys():
            self._person(key, before[key], self.members[key])
        self._household(home, quality)
        self._measures()
        self.standing = self._stand(clock.t)

    # ------------------------------------------------------------------------------------- what is seen

    def _rows(self) -> dict[int, int]:
        state, found = self.sim.state, {}
        row = int(state["households.first"][self.row])
        while row >= 0:
            found[int(state["people.key"][row])] = row
            row = int(state["people.next"][row])
        return dict(sorted(found.items()))

    def _members(self) -> dict[int, _Member]:
        columns = [self.sim.state[f"people.{name}"] for name in _Member._fields]
        return {key: _Member(*(int(column[row]) for column in columns)) for key, row in self._rows().items()}

    def _home(self) -> _Home:
        return _Home(*(int(self.sim.state[f"households.{name}"][self.row]) for name in _Home._fields))

    def _quality(self) -> float:
        return float(self.sim.state["homes.quality"][self.home.home]) if self.home.home >= 0 else 0.0

    def _stand(self, t: int) -> Standing:
        state, ages = self.sim.state, [_years(t, m.born_month) for m in self.members.values()]
        grown = sum(age >= MAJORITY for age in ages)
        across = [
            float(state["people.bridging_share"][r])
            for r, age in zip(self.rows.values(), ages, strict=True)
            if age >= MAJORITY
        ]
        return Standing(
            grown,
            len(ages) - grown,
            sum(m.work == Work.WORKING for m in self.members.values()),
            self.home.area,
            self.home.tenure,
            float(state["households.income_eur"][self.row]),
            float(state["households.cost_eur"][self.row]) if self.home.home >= 0 else 0.0,
            float(np.mean(across)) if across else float("nan"),
        )

    # ------------------------------------------------------------------------------------- what happened

    def _add(self, kind: str, key: int = 0, born: int | None = None, **more: Any) -> None:
        age = -1 if born is None else _years(self.clock.t, born)
        self.events.append(Event(self.clock.t, kind, key, age, **more))

    def _end(self) -> None:
        """End the story: the last member has died, or all have left the city."""
        state, members = self.sim.state, list(self.members.items())
        died = [key for key, row in self.rows.items() if int(state["people.event"][row]) == DEATH]
        if len(members) == len(died):
            self._add("died", members[0][0], members[0][1].born_month)
        else:
            reason = int(state["households.leaving"][self.row])
            self._add("left city", detail=("own reasons", "choice", "priced out", "no home")[reason])
        self.standing = None

    def _came_and_went(self, before: dict[int, _Member], gone: dict[int, int]) -> None:
        state, t = self.sim.state, self.clock.t
        for key in before.keys() - self.members.keys():
            row, born = gone[key], before[key].born_month
            if state["people.alive"][row] and int(state["people.key"][row]) == key:
                self._add("moved out", key, born)
            else:
                self._add("died" if int(state["people.event"][row]) == DEATH else "went away", key, born)
        for key in self.members.keys() - before.keys():
            born = self.members[key].born_month
            if born >= t - 1:
                self._add("born", key)
            else:
                self._add("moved in", key, born)

    def _person(self, key: int, was: _Member, now: _Member) -> None:
        born = now.born_month
        if was.work != now.work and _years(self.clock.t, born) >= MAJORITY:
            if now.work == Work.WORKING:
                self._add("found work", key, born)
            elif was.work == Work.WORKING and now.work == Work.LOOKING:
                self._add("lost work", key, born)
            elif was.work == Work.WORKING:
                retires = _years(self.clock.t, born) >= _RETIRES_FROM
                self._add("retired" if retires else "stopped working", key, born)
        if now.school >= 0 and was.school < 0:
            self._add("school place", key, born, detail=str(now.school_rank))
        elif now.school >= 0 and now.school != was.school:
            self._add("other school", key, born)
        for column, kind, is_so in _OF_PERSON:
            old, new = getattr(was, column), getattr(now, column)
            if old != new and is_so(new) and not (kind == "plan" and old in (AGREED, PLAN)):
                self._add(kind, key, born)
        if now.joined > was.joined and key not in self.met:
            self.met.add(key)
            self._add("activity", key, born)

    def _household(self, was: _Home, quality: float) -> None:
        now = self.home
        tenure = Tenure(now.tenure).name.lower()
        if now.home < 0 <= was.home:
            self._add("no home")
        elif now.home != was.home:
            self._add("moved", area=now.area, detail=tenure)
        elif now.home >= 0 and now.tenure != was.tenure:
            self._add("tenure", detail=tenure)
        elif now.home >= 0 and self.quality > quality + _RENOVATED:
            self._add("renovated")
        for column, kind, is_so in _OF_HOUSEHOLD:
            new = getattr(now, column)
            if new != getattr(was, column) and is_so(new):
                self._add(kind)

    def _measures(self) -> None:
        """Note places in measures, and measures that begin to act where the household lives."""
        for enrolment in self.sim.enrolments:
            name = enrolment.plan.programme.name
            rows = {"people": self.rows, "households": {0: self.row}, "homes": {0: self.home.home}}
            for key, row in rows.get(enrolment.table, {}).items():
                if row >= 0 and enrolment.joined[row]:
                    self._add("place", key, self.members[key].born_month if key else None, detail=name)
            if enrolment.table == "areas" and name not in self.acting and enrolment.acted[self.home.area]:
                self.acting.add(name)
                self._add("acts here", area=self.home.area, detail=name)


def _years(t: int, born_month: int) -> int:
    return (t - born_month) // MONTHS
