"""The stance of one city, worked by hand."""

from types import SimpleNamespace

import numpy as np
import pytest

from mechlin.measures import one_city_stance
from mechlin.measures.one_city_stance import Params


@pytest.mark.parametrize(("people", "answer"), [([20, 0], True), ([0, 0], False)])
def test_a_city_speaks_when_anybody_lives_in_it(people, answer):
    out = np.zeros(1, dtype=bool)
    one_city_stance.eligible(SimpleNamespace(areas=SimpleNamespace(people=np.array(people))), Params(), None, out)
    assert out.tolist() == [answer]


def test_it_says_what_is_set():
    out = {"encounters.one_city_stance": np.zeros(1), "encounters.group_dealings": np.zeros(1)}
    one_city_stance.effects(None, np.array([True]), Params(stance=0.7, group_dealings=0.2), None, out)
    assert out["encounters.one_city_stance"].tolist() == [0.7]
    assert out["encounters.group_dealings"].tolist() == [0.2]


def test_silence_without_dealings_is_no_stance():
    assert one_city_stance.places(Params(stance=0.0, group_dealings=0.0)) == 0
    assert one_city_stance.places(Params(stance=0.0, group_dealings=0.5)) > 0 < one_city_stance.places(Params())


def test_communication_costs_a_twelfth_of_its_year_whatever_is_said():
    paid = one_city_stance.costs(None, None, None, Params(stance=0.1, communication_eur=12_000.0), None)
    assert paid.city_running_eur == 1000.0 == sum(paid)
