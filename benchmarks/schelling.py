"""Schelling's model of segregation, the common yardstick of agent-based frameworks, on Mechlin's core.

The rule, exactly: a bounded square grid, one agent a cell, half of the agents in each group, placed at random. In
every step the agents act one by one in a fresh random order: who has fewer than ``minimum`` neighbours of the own
group within ``radius`` (Chebyshev) moves at once to a random empty cell. Everybody sees every earlier move.

Three things make it quick, and none of them changes the rule:
- the number of neighbours of each group is kept for every cell, one byte each, and corrected when somebody moves; moves
  are rare, looking is not, and looking is now one byte;
- the random order is dealt while it is used (one swap per agent);
- random numbers have addresses, so nothing is stored for them.

The rule is that of the declaration in JuliaDynamics/ABMFrameworksComparison with twenty fixed steps. A time without a
check of what came out compares nothing, so every row carries moves, like neighbours and the unhappy share.
"""

import time
from dataclasses import asdict, dataclass
from typing import NamedTuple

import numpy as np

from mechlin.core import rng
from mechlin.core.compiled import compiled

STEPS = 20
PLACE, SHUFFLE, MOVE = (rng.stream(f"schelling.{s}") for s in ("place", "shuffle", "move"))


class Size(NamedTuple):
    """How large a grid, how many agents, how far they look and how many alike they want."""

    side: int
    agents: int
    radius: int
    minimum: int


SIZES = (Size(40, 1000, 1, 3), Size(100, 8000, 2, 8), Size(500, 200_000, 2, 8))


class World(NamedTuple):
    """The grid with a border of ``radius`` cells, laid out in rows; a place is ``2 * cell + group``."""

    near: np.ndarray  # uint8 by place: neighbours of that group around that cell
    place: np.ndarray  # int32 by agent: where the agent lives, and its group
    happy: np.ndarray  # uint8 by agent
    order: np.ndarray  # int32: agents in the order of acting
    empty: np.ndarray  # int32: cells where nobody lives


@compiled
def settle(world, cells, side, radius, seed):
    """Place everybody at random, every other agent in each group, and count the neighbours.

    ``cells`` is working space, one number for every cell of the grid.
    """
    width = side + 2 * radius
    salted = rng.salt(seed, PLACE, 0)
    for i in range(cells.size):
        cells[i] = (i // side + radius) * width + i % side + radius
    world.near[:] = 0
    for i in range(cells.size):
        j = i + int(rng.draw(salted, i, 0) * (cells.size - i))
        cells[i], cells[j] = cells[j], cells[i]
        if i < world.place.size:
            world.place[i] = 2 * cells[i] + i % 2
            world.order[i] = i
            world.happy[i] = False
            count_around(world.near, cells[i], i % 2, width, radius, 1)
        else:
            world.empty[i - world.place.size] = cells[i]


@compiled
def count_around(near, cell, group, width, radius, by):
    """Somebody of ``group`` comes to ``cell`` (``by`` 1) or leaves it (``by`` -1): correct its neighbours' counts."""
    for row in range(-radius, radius + 1):
        first = 2 * (cell + row * width - radius) + group
        for column in range(2 * radius + 1):
            near[first + 2 * column] += by
    near[2 * cell + group] -= by


@compiled
def step(world, side, radius, minimum, seed, t):
    """Let everybody act once, in a fresh random order; return the number of moves."""
    near, place, happy, order, empty = world
    width, n = side + 2 * radius, order.size
    shuffle, look = rng.salt(seed, SHUFFLE, t), rng.salt(seed, MOVE, t)
    moves = 0
    for i in range(n):
        high = rng.bits(shuffle, i, 0) >> np.uint64(32)
        j = i + np.int64((high * np.uint64(n - i)) >> np.uint64(32))
        a = order[j]
        order[j] = order[i]
        order[i] = a
        at = place[a]
        content = near[at] >= minimum
        happy[a] = content
        if not content:
            cell, group = at >> 1, at & 1
            e = int(rng.draw(look, a, 0) * empty.size)
            to = empty[e]
            empty[e] = cell
            place[a] = 2 * to + group
            count_around(near, cell, group, width, radius, -1)
            count_around(near, to, group, width, radius, 1)
            moves += 1
    return moves


@compiled
def run_steps(world, side, radius, minimum, seed, steps):
    """Run ``steps`` steps and return the number of moves."""
    moves = 0
    for t in range(steps):
        moves += step(world, side, radius, minimum, seed, t)
    return moves


def new_world(size: Size, seed: int) -> World:
    """Return a settled world."""
    width = size.side + 2 * size.radius
    world = World(
        near=np.zeros(2 * width * width, dtype=np.uint8),
        place=np.zeros(size.agents, dtype=np.int32),
        happy=np.zeros(size.agents, dtype=np.uint8),
        order=np.zeros(size.agents, dtype=np.int32),
        empty=np.zeros(size.side**2 - size.agents, dtype=np.int32),
    )
    settle(world, np.zeros(size.side**2, dtype=np.int32), size.side, size.radius, seed)
    return world


@dataclass(frozen=True)
class Measured:
    """One implementation at one size: speed (step loop alone, set-up excluded) and what came out."""

    who: str
    side: int
    agents: int
    runs: int
    median_s: float
    best_s: float
    agent_steps_per_s: float
    moves: float
    like_neighbours: float
    unhappy_share: float


def counted_afresh(size: Size, place: np.ndarray) -> np.ndarray:
    """Return every agent's neighbours of the own group, counted from nothing: the check of the kept counts."""
    width = size.side + 2 * size.radius
    grids = np.zeros((2, width, width), dtype=np.int64)
    rows, columns = np.divmod(place >> 1, width)
    grids[place & 1, rows, columns] = 1
    alike = np.zeros(place.size, dtype=np.int64)
    for down in range(-size.radius, size.radius + 1):
        for right in range(-size.radius, size.radius + 1):
            if down or right:
                alike += grids[place & 1, rows + down, columns + right]
    return alike


def ours(size: Size, runs: int = 9) -> Measured:
    """Run our implementation ``runs`` times, with a seed each."""
    run_steps(new_world(size, 0), size.side, size.radius, size.minimum, 0, 1)  # compile
    seconds, moves, alike, unhappy = [], [], [], []
    for seed in range(1, runs + 1):
        world = new_world(size, seed)
        began = time.perf_counter()
        moves.append(run_steps(world, size.side, size.radius, size.minimum, seed, STEPS))
        seconds.append(time.perf_counter() - began)
        near = counted_afresh(size, world.place)
        if not (near == world.near[world.place]).all() or len(set(world.place >> 1)) != size.agents:
            raise AssertionError("the kept counts or the grid are wrong")
        alike.append(near.mean())
        unhappy.append((near < size.minimum).mean())
    return measured("mechlin", size, seconds, moves, alike, unhappy)


def mesa(size: Size, runs: int = 3) -> Measured:
    """Run the same rule in Mesa (the extra ``bench``)."""
    from mesa import Model
    from mesa.discrete_space import CellAgent, OrthogonalMooreGrid

    class Resident(CellAgent):
        def __init__(self, model, cell, group):
            super().__init__(model)
            self.cell, self.group, self.happy = cell, group, False

        def alike(self):
            return sum(other.group == self.group for other in self.cell.get_neighborhood(radius=size.radius).agents)

        def step(self):
            self.happy = self.alike() >= size.minimum
            if not self.happy:
                self.model.moves += 1
                self.cell = self.model.grid.select_random_empty_cell()

    class Schelling(Model):
        def __init__(self, seed):
            super().__init__(seed=seed)
            self.moves = 0
            self.grid = OrthogonalMooreGrid((size.side, size.side), torus=False, capacity=1, random=self.random)
            cells = self.random.sample(list(self.grid.all_cells), size.agents)
            for i, cell in enumerate(cells):
                Resident(self, cell, i % 2)

    seconds, moves, alike, unhappy = [], [], [], []
    for seed in range(1, runs + 1):
        model = Schelling(seed)
        began = time.perf_counter()
        for _ in range(STEPS):
            model.agents.shuffle_do("step")
        seconds.append(time.perf_counter() - began)
        near = np.array([agent.alike() for agent in model.agents])
        moves.append(model.moves)
        alike.append(near.mean())
        unhappy.append((near < size.minimum).mean())
    return measured("mesa", size, seconds, moves, alike, unhappy)


def measured(
    who: str, size: Size, seconds: list[float], moves: list[int], alike: list[float], unhappy: list[float]
) -> Measured:
    """Return one row of the comparison."""
    median = float(np.median(seconds))
    return Measured(
        who, size.side, size.agents, len(seconds), median, min(seconds), size.agents * STEPS / median,
        float(np.mean(moves)), float(np.mean(alike)), float(np.mean(unhappy)),
    )  # fmt: skip


def compare(with_mesa: bool = True, large: bool = False) -> list[dict]:
    """Return all rows; Mesa's at 500 x 500 takes a minute and is measured only when ``large``."""
    rows = [asdict(ours(size)) for size in SIZES]
    if with_mesa:
        rows += [asdict(mesa(size, 1 if size.side > 100 else 3)) for size in SIZES if large or size.side <= 100]
    return rows


if __name__ == "__main__":
    for row in compare():
        print(row)
