"""Every declared number: belief inside what is possible, effects from abroad with their evidence, sources that exist.

Each rule is one test over all numbers; it names those that break it.
"""

from dataclasses import replace

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


def may_do_harm(d):
    """Whether what is possible for an effect from abroad lies on both sides of no effect."""
    return d.param.nil is None or d.param.low < d.param.nil < d.param.high


def two_alternatives(d):
    switch = (d.param.low, d.param.high, d.param.unit) == (0, 1, "0 or 1") and d.default in (0, 1)
    return switch or not d.param.structure


def test_belief_lies_inside_what_is_possible_and_holds_the_default():
    assert breaking(believed_possible) == []


def test_an_effect_from_abroad_has_evidence_and_a_believed_range():
    assert breaking(known_effect) == []


def test_an_effect_from_abroad_may_turn_out_either_way():
    assert breaking(may_do_harm) == []


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


def outside_their_evidence(entries):
    """Return what is wrong with the intervals that entries give for numbers: unknown numbers, and defaults outside."""
    wrong = []
    for entry in entries:
        for name, (low, high) in entry.interval.items():
            d = NUMBERS.get(name)
            if d is None or d.param.evidence != entry.id:
                wrong.append(f"{entry.id}: {name} does not rest on it")
            elif not low <= d.default <= high:
                wrong.append(f"{name} = {d.default:g} is outside {low:g} to {high:g} of {entry.id}")
    return wrong


def test_no_number_lies_outside_its_own_evidence():
    found = list(evidence().values())
    assert sum(len(e.interval) for e in found) >= 10
    assert outside_their_evidence(found) == []


def test_a_number_outside_its_evidence_is_named():
    e = evidence()["safety.sex_ratio"]
    wrong = replace(e, interval={"safety.women_ratio": [0.5, 1.0], "safety.age_peak": [1.0, 2.0]})
    assert len(outside_their_evidence([wrong])) == 2


def test_strength_grades_the_number_as_used():
    e = evidence()["safety.sex_ratio"]
    assert e.strength == "firm" and replace(e, read="from memory").strength == "weak"
    assert replace(e, disputed=True).strength == "weak" and replace(e, size="judged").strength == "assumption"
