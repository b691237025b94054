"""Where the direction of an effect is disputed, belief lies on both sides of no effect, and the rule answers on both.

An entry of the evidence says so itself (``disputed``). Each number that rests on such an entry has a question here
that its rule must answer in both directions: a cap anywhere on the way makes two of the three answers alike.
"""

import re

import pytest

from mechlin.core.declare import declared, null_value
from mechlin.evidence.registry import evidence
from mechlin.mechanisms import catalogue
from mechlin.mechanisms.attitudes import surroundings, trust
from mechlin.mechanisms.economy import work
from mechlin.mechanisms.elections import turnout
from mechlin.mechanisms.encounters import meet
from mechlin.mechanisms.safety import guardianship as guard
from mechlin.mechanisms.safety import offending
from mechlin.mechanisms.upkeep import streets
from mechlin.study.worlds import owners

NUMBERS = {f"{owner}.{d.name}": d for owner, thing in owners().items() for d in declared(thing.params)}
DISPUTED = {
    name: d
    for name, d in NUMBERS.items()
    if d.param.evidence in evidence() and evidence()[d.param.evidence].disputed and d.param.likely is not None
}
# Where the kink lies and how deep it is, in an alternative that holds or does not: the switch answers.
BY_SWITCH = {"housing.tipping_share", "housing.tipping_drop"}
THEFT, VIOLENCE, NUISANCE = 1, 3, 4


def succeeds(risk):
    """Return the chance that an attempt succeeds where measures multiply the usual one by ``risk``."""
    return guard.guarded_success(0.8, risk)


def offends(p, **holds):
    """Return the rate of a resident for whom some circumstances hold."""
    usual = {"looking": False, "young": False, "peer": 1.0, "reach": 0.0, "diverted": False, "stopped": False}
    usual |= {"harm": 1.0, "in_plan": False, "therapy": False, "fined": False}
    return offending.circumstances(*(usual | holds).values(), p)


def trust_of(p, stopped, stop_harm):
    return trust.trust_news(stopped, 0.0, 1.0, 0.0, 0.0, 0.0, stop_harm, 1.0, p)


def moved(p):
    """Return what becomes of an attempt that measures stop: made elsewhere, or another spared as well."""
    return float(offending.moves_on(p.displacement, 1e-9)) - offending.stays_prevented(0.6, 0.8, p.displacement, 1e-9)


ASKED = {
    "safety.camera_street_risk": lambda p: succeeds(guard.camera_risk(THEFT, 1.0, 0.0, 0.0, p)),
    "safety.camera_violence_risk": lambda p: succeeds(guard.camera_risk(VIOLENCE, 1.0, 0.0, 0.0, p)),
    "safety.lighting_risk": lambda p: succeeds(guard.lighting_risk(THEFT, 1.0, p)),
    "safety.stops_elasticity": lambda p: succeeds(guard.style_risk(NUISANCE, 0.0, 5.0, 5.0, p)),
    "safety.disorder_weight": lambda p: guard.usual_success(THEFT, 0.5, 0.0, p._replace(disorder_to_crime=1)),
    "safety.displacement": moved,
    "safety.stop_risk": lambda p: offends(p, stopped=True),
    "safety.training_gain": lambda p: offends(p._replace(stop_risk=1.1), stopped=True, harm=guard.stop_harm(1.0, p)),
    "safety.youth_risk": lambda p: offends(p, young=True, reach=1.0),
    "safety.therapy_risk": lambda p: offends(p, therapy=True),
    "safety.plan_risk": lambda p: offends(p, in_plan=True),
    "safety.income_risk": lambda p: offends(p, fined=True),
    "safety.resentment_risk": lambda p: offends(p, fined=True),
    "attitudes.explained_gain": lambda p: trust_of(p, 0.0, 1.0),
    "attitudes.safety_patrol": lambda p: surroundings.safety_of_area(0.3, 0.5, 0.0, 0.0, 50.0, p),
    "attitudes.consulted_gain": lambda p: trust.consulted(400, p),
    "attitudes.record_streets": lambda p: surroundings.record_of_city(0.2, 0.0, 0.0, p),
    "attitudes.record_centre": lambda p: surroundings.record_of_city(0.0, 0.2, 0.0, p),
    "attitudes.record_crime": lambda p: surroundings.record_of_city(0.0, 0.0, 0.3, p),
    "economy.class_gain": lambda p: work.school_gain(15.0, 0.5, p.usual_share, p),
    "economy.peer_gain": lambda p: work.school_gain(p.usual_class, 0.5, 0.9, p),
    "elections.vacancy_pull": lambda p: turnout.decline_push(0.0, 0.1, 0.0, p),
    "elections.threat_pull": lambda p: turnout.nearby_push(0.1, 0.2, p),
    "elections.contact_pull": lambda p: turnout.nearby_push(0.1, 0.2, p._replace(contact_first=1)),
    "elections.mayor_record": lambda p: turnout.mayor_push(0.0, 0.0, 0.5, p),
    "encounters.casual_weight": lambda p: meet.openness_after(0.5, 0.5, True, True, meet.weight_of(meet.CENTRE, p), p),
    "encounters.dealings_effect": lambda p: meet.salience_goal(0.5, 0.2, 1.0, 0.0, p),
    "encounters.generalisation": lambda p: meet.openness_after(
        0.5, 0.5, True, True, meet.weight_of(meet.ACTIVITY, p), p
    ),
    "encounters.stance_effect": lambda p: meet.salience_goal(0.5, 0.2, 0.0, 1.0, p),
    "upkeep.spread": lambda p: streets.disorder_level(0.3, 0.0, 0.0, 0.0, 0.1, 0.0, p),
}


def params_of(name, value):
    """Return a mechanism's numbers, as its compiled rules take them, with one of them set."""
    owner, _, number = name.rpartition(".")
    params = catalogue()[owner].params
    numbers = {d.name: d.type(d.default) for d in declared(params)}
    return params(**numbers | {number: float(value)})


def both_ways(name, d, ask):
    """Return whether the answer to ``ask`` lies on one side at the low end of belief and on the other at the high."""
    null = ask(params_of(name, null_value(d)))
    low, high = (ask(params_of(name, end)) - null for end in d.param.likely)
    return low * high < 0


def test_belief_in_a_disputed_effect_lies_on_both_sides_of_none():
    wrong = [n for n, d in DISPUTED.items() if not d.param.likely[0] < null_value(d) < d.param.likely[1]]
    assert [n for n in wrong if n not in BY_SWITCH] == []


def test_every_disputed_effect_is_asked_for():
    assert sorted(set(DISPUTED) - BY_SWITCH) == sorted(ASKED)


@pytest.mark.parametrize("name", ASKED)
def test_its_rule_answers_in_both_directions(name):
    assert both_ways(name, NUMBERS[name], ASKED[name])


def test_a_cap_on_a_relative_risk_is_caught():
    name = "safety.camera_violence_risk"
    assert not both_ways(name, NUMBERS[name], lambda p: 0.8 * min(guard.camera_risk(VIOLENCE, 1.0, 0.0, 0.0, p), 1.0))


def test_an_entry_that_says_the_direction_is_unknown_is_marked():
    says = re.compile(r"disputed|sign is unknown|sign unknown|either way|both sides of nothing|goes below nothing")
    unmarked = [i for i, e in evidence().items() if says.search(f"{e.finding} {e.transfer}") and not e.disputed]
    assert unmarked == []
