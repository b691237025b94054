"""Double contingents, worked by hand."""

from mechlin.measures import double_contingents
from tests.measures.conftest import crowded, entered_first


def test_a_rule_is_in_force_or_not():
    assert double_contingents.places(double_contingents.Params(in_force=0)) == 0
    assert double_contingents.places(double_contingents.Params()) > 0


def test_contingents_hold_places_for_indicator_pupils(toy):
    """Six places; the share held is the city's, so that both groups are there when both want to be."""
    state = crowded(toy, {"double_contingents": {}})
    _, there = entered_first(state)
    kinds = state["city.pupils_by_kind"][0]
    held = round(6 * kinds[1] / kinds.sum())
    assert 1 <= held <= 5
    assert there.sum() <= 6
    assert state["people.indicator_pupil"][there].sum() >= min(held - 1, 1)


def test_contingents_that_are_not_the_whole_are_refused_with_the_repair():
    p = double_contingents.Params()
    assert double_contingents.check(p, 0, None) == []
    assert double_contingents.check(p._replace(indicator_share=0.27, other_share=0.73), 0, None) == []
    (wrong,) = double_contingents.check(p._replace(indicator_share=0.7, other_share=0.7), 0, None)
    assert "1.4" in wrong.what and "other_share = 0.3" in wrong.repair
