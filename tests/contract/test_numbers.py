"""Every declared number: belief inside what is possible, effects from abroad with their evidence, sources that exist."""

import pytest

from mechlin.core.declare import declared
from mechlin.evidence.registry import evidence
from mechlin.study.worlds import owners

NUMBERS = {f"{owner}.{d.name}": d for owner, thing in owners().items() for d in declared(thing.params)}
every_number = pytest.mark.parametrize("d", NUMBERS.values(), ids=list(NUMBERS))


@every_number
def test_belief_lies_inside_what_is_possible_and_holds_the_default(d):
    low, high = d.param.likely or (d.default, d.default)
    assert d.param.low <= low <= d.default <= high <= d.param.high
    assert d.param.likely is None or low < high


@every_number
def test_an_effect_from_abroad_has_evidence_and_a_believed_range(d):
    if d.param.nil is not None:
        assert d.param.evidence in evidence() and d.param.likely is not None
        assert d.param.low <= d.param.nil <= d.param.high


@every_number
def test_a_switch_between_alternatives_is_nought_or_one(d):
    if d.param.structure:
        assert (d.param.low, d.param.high, d.param.unit) == (0, 1, "0 or 1") and d.default in (0, 1)


@every_number
def test_named_evidence_is_in_the_registry(d):
    assert not d.param.evidence or d.param.evidence in evidence()


def test_the_contract_is_about_something():
    assert sum(d.param.nil is not None for d in NUMBERS.values()) >= 3
    assert sum(d.param.likely is not None for d in NUMBERS.values()) >= 50
