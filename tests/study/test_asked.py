"""What is asked for is looked through before the first run: a misspelt indicator must not cost an hour."""

import pytest

from mechlin.core.errors import MechlinError
from mechlin.study.attribution import attribute
from mechlin.study.discovery import discover
from mechlin.study.optimisation import optimise


@pytest.fixture(autouse=True)
def no_run(instead_of_runs):
    def run(*given):
        raise AssertionError("a run was begun")

    instead_of_runs(run)


ASKED = [
    (lambda: attribute("mechelen", indicators=["offencs", "trust_shre"]),
     ["no indicator 'offencs'", "'offences'", "no indicator 'trust_shre'", "'trust_share'"]),
    (lambda: attribute("mechelen", indicators=["areas.people"]), ["no indicator 'areas.people'"]),
    (lambda: optimise("mechelen", 1e6, "offencs"), ["no indicator 'offencs'"]),
    (lambda: optimise("mechelen", 1e6, "population"), ["population has no better direction"]),
    (lambda: discover("mechelen", "offencs"), ["no indicator 'offencs'"]),
    (lambda: discover("mechelen", "facts.home_burglary"), ["not a headline", "offences"]),
    (lambda: attribute("mechelen", "no-such", indicators=["offencs"], until="2001-13"),
     ["no-such", "2001-13", "no indicator 'offencs'"]),
]  # fmt: skip


@pytest.mark.parametrize(("ask", "words"), ASKED)
def test_everything_wrong_is_said_at_once_and_before_any_run(ask, words):
    with pytest.raises(MechlinError) as caught:
        ask()
    for word in words:
        assert word in str(caught.value)
