"""Programmes at work: who is eligible, who is enrolled by lottery, what they pull, what it costs.

A lottery ticket belongs to a person, household, home or area for good. More places therefore only ever add
somebody, and an unrelated programme changes nobody's turn. Whom a programme serves is looked at each month. Areas,
schools and the city stay where they are: where a programme acts there is looked at once a quarter, and whenever
its phase, its ramp or one of its dated settings turns.
"""

from typing import Any

import numpy as np

from mechlin.core import rng
from mechlin.core.clock import Clock
from mechlin.core.compiled import compiled
from mechlin.core.declare import Costs, Lever, Mechanism
from mechlin.core.state import State
from mechlin.core.views import Table
from mechlin.engine.plan import Plan, where_lever

_EXTRA_READS = ("key", "alive")
_STAYING = ("areas", "schools", "city")  # tables whose rows neither come nor go
_SCHOOLS = "schools"  # the pillar of measures that can act in a city with schools only
_QUARTER = 3  # months
NO_COSTS = Costs()
_AREA_OF = {
    "households": "households.area",
    "people": "people.household",
    "homes": "homes.area",
    "schools": "schools.area",
}


@compiled
def fill_places(eligible, enrolled, joined, keys, salt, places, priority, rows):
    """Keep the enrolled who are still eligible, and give free places to the smallest tickets.

    All arrays are per table row; ``priority`` and ``rows`` are working space. Returns (eligible, enrolled).
    """
    n_eligible = n_enrolled = n_waiting = 0
    for i in range(eligible.size):  # no branch, and so quick
        joined[i] = False
        stays = enrolled[i] & eligible[i]
        enrolled[i] = stays
        n_eligible += eligible[i]
        n_enrolled += stays
    if n_enrolled > places:  # fewer places than before: the largest tickets lose theirs
        n = 0
        for i in range(eligible.size):
            if enrolled[i]:
                priority[n], rows[n] = rng.bits(salt, keys[i], 0), i
                n += 1
        rng.sort_by_priority(priority, rows, n)
        for n in range(places, n_enrolled):
            enrolled[rows[n]] = False
        n_enrolled = places
    elif n_enrolled < places and n_enrolled < n_eligible:
        for i in range(eligible.size):
            if eligible[i] and not enrolled[i]:
                priority[n_waiting], rows[n_waiting] = rng.bits(salt, keys[i], 0), i
                n_waiting += 1
        joining = min(places - n_enrolled, n_waiting)
        if joining < n_waiting:  # only the smallest tickets are wanted, not all in order
            rng.make_heap(priority, rows, n_waiting)
        for n in range(joining):
            row = rng.next_in_heap(priority, rows, n_waiting - n) if joining < n_waiting else rows[n]
            enrolled[row] = True
            joined[row] = True
        n_enrolled += joining
    return n_eligible, n_enrolled


class Enrolment:
    """One planned programme in one run: its view, its lottery, and its own slice of each lever."""

    def __init__(
        self,
        plan: Plan,
        state: State,
        pulls: dict[str, tuple[np.ndarray, float]],
        seed: int,
        within: tuple[np.ndarray | None, ...] = (),
        where: Lever | None = None,
    ) -> None:
        """Prepare working space; ``pulls`` are this programme's own rows of the lever arrays.

        ``within`` says for each phase to which areas it is held, ``where`` is the lever that tells where it acts.
        """
        self.plan, self.pulls, self.state, self.within, self.where = plan, pulls, state, within, where
        self.planned, self.planned_in, self.phase, self.joining = None, -1, -1, False
        self.acts_somewhere = where is not None or plan.programme.table in _AREA_OF
        self.acted = np.zeros(state.sizes["areas"])
        programme = plan.programme
        self.table = programme.table
        self.without_schools = programme.pillar == _SCHOOLS and state.sizes["schools"] == 0
        self.stream = rng.stream(f"enrol.{programme.name}")
        self.salt = rng.salted(seed, self.stream, 0)
        self.most_eligible = self.most_enrolled = 0
        self.enrolled = np.zeros(0, dtype=np.bool_)
        self.pulled, self.stale = False, True
        self.lengthen()

    def lengthen(self) -> None:
        """Make views and working space as long as the state, which may have grown; who is enrolled stays so."""
        state, programme, size = self.state, self.plan.programme, self.state.sizes[self.table]
        extra = [f"{self.table}.{c}" for c in _EXTRA_READS if f"{self.table}.{c}" in state]
        self.view = state.view((*programme.reads, *extra))
        self._show_plan()
        rows: Any = getattr(self.view, self.table, None)
        self.keys = rows.key if hasattr(rows, "key") else np.arange(1, size + 1, dtype=np.uint64)
        self.alive = rows.alive if hasattr(rows, "alive") else None
        before = self.enrolled
        self.enrolled = np.zeros(size, dtype=np.bool_)
        self.enrolled[: before.size] = before
        self.eligible = np.zeros(size, dtype=np.bool_)
        self.joined = np.zeros(size, dtype=np.bool_)
        self.priority = np.zeros(size, dtype=np.uint64)
        self.rows = np.zeros(size, dtype=np.int32)

    def pull(self, clock: Clock, month: int) -> None:
        """Enrol for this month and write this programme's pull on its levers; in a quiet month the last one stands."""
        n = self.plan.phase_at(month)
        if self._is_quiet(n, month):
            if self.joining:
                self.joined[:] = self.joining = False
            return
        if self.pulled:
            for pulled, neutral in self.pulls.values():
                pulled[...] = neutral
            self.acted[:] = 0.0
        self.phase, self.stale, self.count = n, False, 0
        if n < 0:
            if self.pulled:
                self.enrolled[:] = False
            self.pulled = False
            return
        self.pulled = self.joining = True
        phase, programme = self.plan.phases[n], self.plan.programme
        self.params = phase.params_at(month)
        programme.eligible(self.view, self.params, clock, self.eligible)
        if self.without_schools:
            self.eligible[:] = False
        if self.alive is not None:
            self.eligible &= self.alive
        within = self.within[n] if self.within else None
        if within is not None:
            self.eligible &= within
        places = int(programme.places(self.params) * phase.ramp(month) + 0.5)
        found, self.count = fill_places(
            self.eligible, self.enrolled, self.joined, self.keys, self.salt, places, self.priority, self.rows
        )
        self.most_eligible, self.most_enrolled = max(self.most_eligible, found), max(self.most_enrolled, self.count)
        if self.count:
            if programme.year_plan is not None and (clock.is_january or n != self.planned_in):
                self.planned_in = n
                self.planned = programme.year_plan(self.view, self.enrolled, self.params, clock, self.planned)
                self._show_plan()
            out = {name: pulled for name, (pulled, _) in self.pulls.items()}
            programme.effects(self.view, self.enrolled, self.params, clock, out)
            self._note_where()

    def _is_quiet(self, n: int, month: int) -> bool:
        """Return whether what was looked at last still stands in ``month``, of phase ``n``."""
        if self.stale or n != self.phase:
            return False
        return n < 0 or (self.table in _STAYING and month % _QUARTER != 0 and not self.plan.phases[n].turns_at(month))

    def _show_plan(self) -> None:
        """Let the programme see what it planned for the year."""
        if self.plan.programme.year_plan is not None:
            self.view = self.view.with_tables(year_plan=self.planned)

    def _note_where(self) -> None:
        """Note this month's pull in each area; of a measure that pulls no area's lever, how many it holds there."""
        if self.where is not None:
            pulled, neutral = self.pulls[self.where.name]
            self.acted[:] = pulled - neutral
        elif self.table in _AREA_OF:
            area = self.state[_AREA_OF[self.table]][self.enrolled]
            if self.table == "people":
                area = self.state["households.area"][area[area >= 0]]
            self.acted[:] = np.bincount(area[area >= 0], minlength=self.acted.size)

    def pay(self, clock: Clock) -> Costs:
        """Return what this month cost, after it has happened."""
        if not self.count:
            return NO_COSTS
        return self.plan.programme.costs(self.view, self.enrolled, self.joined, self.params, clock)

    def why_nobody(self, first: int, last: int) -> str:
        """Return why the measure touched nobody, or an empty string when it did touch somebody."""
        plan, name = self.plan, self.plan.programme.title
        if self.most_enrolled:
            return ""
        if not plan.runs_between(first, last):
            return f"{name}: touched nobody, because its dates lie outside the months simulated."
        if self.without_schools:
            return f"{name}: touched nobody and cost nothing, because the city's tables have no schools."
        if not self.most_eligible:
            return f"{name}: touched nobody, because nobody and nothing was eligible in any month."
        return f"{name}: touched nobody, because its settings give no places."


class Levers:
    """Every lever's array: the merged numbers that mechanisms read, and each programme's own pull."""

    def __init__(self, mechanisms: dict[str, Mechanism], plans: list[Plan], state: State) -> None:
        """Make room for each lever and each programme that pulls it."""
        self.levers = {lever.name: lever for m in mechanisms.values() for lever in m.levers}
        self.mechanisms, self.plans, self.state = mechanisms, plans, state
        self.shown: dict[str, Table] = {}
        self.stacks: dict[str, np.ndarray] = {}
        self.merged: dict[str, np.ndarray] = {}
        self.lengthen()

    def lengthen(self) -> None:
        """Make the arrays as long as the state, which may have grown, and show them; what is pulled stays so."""
        for name, lever in self.levers.items():
            pullers = sum(name in plan.programme.levers for plan in self.plans)
            size, before = self.state.sizes[lever.table], self.stacks.get(name)
            if before is not None and before.shape[1] == size:
                continue
            self.stacks[name] = np.full((pullers, size), lever.neutral)
            if before is not None:
                self.stacks[name][:, : before.shape[1]] = before
            if lever.combine == "stack":
                self.merged[name] = self.stacks[name]
            elif pullers == 1:  # nothing to combine: what one programme pulls is what mechanisms read
                self.merged[name] = self.stacks[name][0]
            else:
                self.merged[name] = np.full(size, lever.neutral)
        self.shared = [n for n, lever in self.levers.items() if lever.combine != "stack" and len(self.stacks[n]) > 1]
        for mechanism, table in self.shown.items():
            table.point_to(self._arrays(mechanism))

    def of_programme(self, plan: Plan) -> dict[str, tuple[np.ndarray, float]]:
        """Return the rows of each lever that belong to ``plan``, with the neutral value."""
        out = {}
        for name in plan.programme.levers:
            pullers = [p for p in self.plans if name in p.programme.levers]
            out[name] = (self.stacks[name][pullers.index(plan)], self.levers[name].neutral)
        return out

    def where(self, plan: Plan) -> Lever | None:
        """Return the lever that tells where ``plan`` acts."""
        return where_lever(plan.programme, self.levers)

    def merge(self) -> None:
        """Combine the programmes' pulls into what the mechanisms read."""
        for name in self.shared:
            self.levers[name].merge(self.stacks[name], self.merged[name])

    def view(self, mechanism: Mechanism) -> Table:
        """Return the mechanism's levers as a table that cannot be written; it goes on when the state has grown."""
        if mechanism.name not in self.shown:
            self.shown[mechanism.name] = Table(self._arrays(mechanism.name))
        return self.shown[mechanism.name]

    def _arrays(self, mechanism: str) -> dict[str, np.ndarray]:
        arrays = {}
        for lever in self.mechanisms[mechanism].levers:
            array = arrays[lever.name.partition(".")[2]] = self.merged[lever.name].view()
            array.flags.writeable = False
        return arrays
