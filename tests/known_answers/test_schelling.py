"""Schelling's model as benchmarked: the quick loop does exactly what the slow, plain rule does."""

import numpy as np
import pytest

from benchmarks.schelling import MOVE, SHUFFLE, STEPS, Size, counted_afresh, new_world, run_steps
from mechlin.core import rng

SMALL = Size(side=14, agents=150, radius=2, minimum=8)


def plain_run(size, seed, steps):
    """The rule in plain Python, counting every neighbourhood afresh; the same addresses of chance."""
    world = new_world(size, seed)
    width = size.side + 2 * size.radius
    group = (world.place & 1).tolist()
    home = (world.place >> 1).tolist()
    lives = {cell: group[a] for a, cell in enumerate(home)}
    order, empty, moves = world.order.tolist(), world.empty.tolist(), 0
    reach = range(-size.radius, size.radius + 1)
    for t in range(steps):
        shuffle, look = rng.salted(seed, SHUFFLE, t), rng.salted(seed, MOVE, t)
        for i in range(size.agents):
            high = int(np.uint64(rng.bits(shuffle, i, 0))) >> 32
            j = i + (high * (size.agents - i) >> 32)
            order[i], order[j] = order[j], order[i]
            a = order[i]
            around = (home[a] + down * width + right for down in reach for right in reach if down or right)
            if sum(lives.get(cell) == group[a] for cell in around) < size.minimum:
                e = int(rng.draw(look, a, 0) * len(empty))
                del lives[home[a]]
                home[a], empty[e] = empty[e], home[a]
                lives[home[a]] = group[a]
                moves += 1
    return moves, home


@pytest.mark.parametrize("seed", [1, 2])
def test_the_quick_loop_is_the_plain_rule(seed):
    world = new_world(SMALL, seed)
    moves = run_steps(world, SMALL.side, SMALL.radius, SMALL.minimum, seed, 6)
    assert moves > 50
    assert (moves, (world.place >> 1).tolist()) == plain_run(SMALL, seed, 6)


def test_what_comes_out_at_the_common_size():
    """Mean like neighbours 16.3 and 0.04 % unhappy, as four independent programs find at 100 x 100."""
    size = Size(100, 8000, 2, 8)
    alike, unhappy, moves = [], [], []
    for seed in range(1, 11):
        world = new_world(size, seed)
        moves.append(run_steps(world, size.side, size.radius, size.minimum, seed, STEPS))
        near = counted_afresh(size, world.place)
        np.testing.assert_array_equal(near, world.near[world.place])
        assert len(set((world.place >> 1).tolist()) | set(world.empty.tolist())) == size.side**2
        alike.append(near.mean())
        unhappy.append((near < size.minimum).mean())
    assert abs(np.mean(alike) - 16.27) < 0.25  # one run's standard deviation is 0.2
    assert np.mean(unhappy) < 0.0015
    assert 6500 < np.mean(moves) < 7500


def test_half_of_the_agents_are_in_each_group_and_nobody_stands_at_the_border():
    world = new_world(SMALL, 3)
    assert np.bincount(world.place & 1).tolist() == [75, 75]
    rows, columns = np.divmod(world.place >> 1, SMALL.side + 2 * SMALL.radius)
    for line in (rows, columns):
        assert line.min() >= SMALL.radius and line.max() < SMALL.side + SMALL.radius
