"""P5: free choice and schools; each pattern is seen to fail when the rule behind it is broken."""

import numpy as np
import pytest

from mechlin.city.tables.sources import load_city
from mechlin.core.spec import RunSpec
from mechlin.engine.simulation import Simulation
from mechlin.statistics.segregation import against_rest, beyond_chance, dissimilarity, dissimilarity_by_chance

pytestmark = pytest.mark.slow

# Parents look at nothing but the way, and at what their own child likes.
NO_COMPOSITION = {"composition_weight": 0.0, "own_weight": 0.0, "committed_share": 0.0, "friends_weight": 0.0}
NEAREST_ONLY = {**NO_COMPOSITION, "distance_weight": 10.0, "sibling_weight": 0.0}


def after_a_year(params):
    sim = Simulation(RunSpec(city="mechelen", months=9, params={"schools": params}), load_city("mechelen"))
    for clock in sim.months:
        sim.month(clock)
    return sim.state


def elsewhere(state):
    """Return the share of pupils who do not attend the nearest school."""
    return state["city.pupils_not_nearest"][0] / state["city.pupils_by_kind"][0].sum()


def excess(state):
    """Return how much more segregated pupils are at school than they would be at the nearest one, beyond chance.

    Both tables have the same pupils and the same schools, so that small units cannot make the difference. First
    by background, then between indicator and other pupils.
    """
    kinds = np.stack(
        [state["schools.pupils"] - state["schools.indicator_pupils"], state["schools.indicator_pupils"]], 1
    )
    pairs = (
        (against_rest(state["schools.backgrounds"], 0), against_rest(state["schools.backgrounds_nearby"], 0),
         state["city.pupils_together"][0, 0]),
        (kinds, state["schools.kinds_nearby"], state["city.kinds_together"][0, 0]),
    )  # fmt: skip
    found = []
    for school, nearby, together in pairs:
        beyond = [beyond_chance(dissimilarity(n), dissimilarity_by_chance(n, together)) for n in (school, nearby)]
        found.append(beyond[0] - beyond[1])
    return found


@pytest.fixture(scope="module")
def chosen():
    return after_a_year({})


def test_p5_most_pupils_do_not_attend_the_nearest_school(chosen):
    """89 % in the four largest Dutch cities (J School Choice 2013); fewer schools are within reach here."""
    assert 0.5 < elsewhere(chosen) < 0.89


def test_p5_fails_when_only_the_way_counts():
    assert not elsewhere(after_a_year(NEAREST_ONLY)) > 0.5


def test_p5_schools_are_more_segregated_than_where_pupils_live(chosen):
    """Excess school segregation (Dignum et al. 2022; Boterman): choice adds to what homes give."""
    by_background, by_kind = excess(chosen)
    assert by_background > 0.02 and by_kind > 0.02


def test_p5_fails_when_parents_do_not_look_at_who_goes_there():
    by_background, by_kind = excess(after_a_year(NO_COMPOSITION))
    assert not by_background > 0.02 and not by_kind > 0.02


def test_distance_to_school_is_short(chosen):
    """Most children live within a few hundred metres of a school and go less than a kilometre (Stadsmonitor)."""
    metres = chosen["city.school_metres"][0].sum() / chosen["city.pupils_by_kind"][0].sum()
    assert 500 < metres < 1100
