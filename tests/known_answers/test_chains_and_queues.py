"""Models with an answer in closed form, which the rules must give."""

from collections import namedtuple

import numba
import numpy as np
import pytest

from mechlin.core import rng
from mechlin.core.codes import Work
from mechlin.mechanisms.economy.mechanism import Params
from mechlin.mechanisms.economy.work import next_work
from mechlin.mechanisms.housing.letting import waiting_list

PEOPLE, MONTHS = 20_000, 400


@numba.njit
def lives(p, people, months, salt):
    """Let ``people`` lose and find work for ``months``; return the share looking at the end."""
    looking = 0
    for i in range(people):
        work = Work.WORKING
        for t in range(months):
            work = next_work(work, 40, 1, 1.0, False, 1.0, rng.draw(salt, np.uint64(i), np.uint64(t)), p)
        looking += work == Work.LOOKING
    return looking / people


def test_the_two_state_chain_of_work_settles_at_its_closed_form():
    """With losing and finding only, the share looking is loss / (loss + finding), per month."""
    p = Params()._replace(give_up_rate=0.0, retire_rate=0.0, loss_rate=0.3, find_rate=1.2)
    loss, find = (1 - np.exp(-rate / 12) for rate in (p.loss_rate, p.find_rate))
    expected = loss / (loss + find)
    found = lives(p, PEOPLE, MONTHS, rng.salted(1, rng.stream("test.chain"), 0))
    spread = np.sqrt(expected * (1 - expected) / PEOPLE)
    assert abs(found - expected) < 4 * spread
    assert 4 * spread < 0.1 * expected  # a fault of a tenth would be seen


@numba.njit
def listed(households, salt):
    """Call the loop, which only compiled code can call, and take everybody from the heap."""
    waiting = waiting_list(households, salt)
    for n in range(waiting):
        households.order[n] = rng.next_in_heap(households.looker_priority, households.looker, waiting - n)
    return waiting


Households = namedtuple("Households", "alive registered_month leaving key looker looker_priority order")


def test_the_social_queue_is_first_come_first_served():
    """Longest waiting first; those who do not wait, have left or are leaving are not in it."""
    month = np.array([5, -20, 32767, 3, -20, 0, 7], np.int16)
    alive = np.array([1, 1, 1, 1, 1, 0, 1], np.bool_)
    leaving = np.array([0, 0, 0, 0, 0, 0, 1], np.int8)
    key = np.arange(1, 8, dtype=np.uint64)
    households = Households(
        alive, month, leaving, key, np.full(7, -1, np.int32), np.zeros(7, np.uint64), np.full(7, -1, np.int32)
    )
    orders = set()
    for seed in range(20):
        n = listed(households, rng.salted(seed, rng.stream("test.queue"), 0))
        assert n == 4
        order = households.order[:4].tolist()
        assert order[2:] == [3, 0] and set(order[:2]) == {1, 4}
        orders.add(tuple(order))
    assert len(orders) == 2  # those who registered in one month draw lots, by key


@pytest.mark.parametrize("places", [0, 3, 10, 99])
def test_lottery_hands_out_exactly_its_places_fairly(places):
    """Ten equal households: each is drawn equally often, and never more than there are places."""
    from mechlin.engine.enrolment import fill_places

    counts, rounds = np.zeros(10), 3000
    key = np.arange(1, 11, dtype=np.uint64)
    for seed in range(rounds):
        enrolled, joined = np.zeros(10, np.bool_), np.zeros(10, np.bool_)
        salt = rng.salted(seed, rng.stream("test.lottery"), 0)
        found, taken = fill_places(
            np.ones(10, np.bool_), enrolled, joined, key, salt, places, np.zeros(10, np.uint64), np.zeros(10, np.int32)
        )
        assert (found, taken) == (10, min(places, 10)) and enrolled.sum() == taken and (joined == enrolled).all()
        counts += enrolled
    share = min(places, 10) / 10
    assert (abs(counts / rounds - share) <= 4.5 * np.sqrt(share * (1 - share) / rounds)).all()
