"""Every declared number: belief inside what is possible, effects from abroad with their evidence, sources that exist.

Each rule is one test over all numbers; it names those that break it.
"""

from mechlin.core.declare import declared
from mechlin.evidence.registry import evidence
from mechlin.study.worlds import owners

NUMBERS = {f"{owner}.{d.name}": d for owner, thing in owners().items() for d in declared(thing.params)}


def breaking(rule):
    """Return the names of all numbers for which ``rule`` does not hold."""
    return [name for name, d in NUMBERS.items() if not rule(d)]


def believed_possible(d):
    low, high = d.param.likely or (d.default, d.default)
    ordered = d.param.low <= low <= d.default <= high <= d.param.high
    return ordered and (d.param.likely is None or low < high)


def known_effect(d):
    if d.param.nil is None:
        return True
    return d.param.evidence in evidence() and d.param.likely is not None and d.param.low <= d.param.nil <= d.param.high


def two_alternatives(d):
    switch = (d.param.low, d.param.high, d.param.unit) == (0, 1, "0 or 1") and d.default in (0, 1)
    return switch or not d.param.structure


def test_belief_lies_inside_what_is_possible_and_holds_the_default():
    assert breaking(believed_possible) == []


def test_an_effect_from_abroad_has_evidence_and_a_believed_range():
    assert breaking(known_effect) == []


def test_a_switch_between_alternatives_is_zero_or_one():
    assert breaking(two_alternatives) == []


def test_named_evidence_is_in_the_registry():
    assert breaking(lambda d: not d.param.evidence or d.param.evidence in evidence()) == []


def test_the_contract_is_about_something():
    assert sum(d.param.nil is not None for d in NUMBERS.values()) >= 3
    assert sum(d.param.likely is not None for d in NUMBERS.values()) >= 50


def test_a_number_that_breaks_a_rule_is_named(monkeypatch):
    name, d = next((n, d) for n, d in NUMBERS.items() if d.param.likely is None)
    monkeypatch.setitem(NUMBERS, name, d._replace(default=d.param.high + 1))
    assert breaking(believed_possible) == [name]
