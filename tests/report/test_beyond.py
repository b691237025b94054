"""What the model cannot explain is said: an indicator that moved further elsewhere than anything here moves it."""

from dataclasses import replace

import numpy as np
import pytest

from mechlin.core.declare import Card
from mechlin.core.elsewhere import Elsewhere
from mechlin.report.beyond import beyond, cannot, reach

CARD = Card("trust_share", "Much trust", "%", elsewhere=Elsewhere(8.0, 3, "Ghent, 2014 to 2017"))


@pytest.fixture
def moving(comparison):
    """Return a comparison whose indicator stands at ``level`` by year without the package and ``more`` with it."""

    def made(level, more):
        def of(result, added):
            years = result.years.size
            series = np.resize(np.asarray(level, dtype=float), years) + added
            return replace(result, series={"trust_share": series})

        pairs = tuple((of(one, more), of(other, 0.0)) for one, other in comparison.pairs)
        return replace(comparison, pairs=pairs, cards={"trust_share": CARD})

    return made


def test_reach_is_the_largest_move_within_so_many_years_and_the_largest_difference(moving):
    c = moving([30.0, 31.0, 29.0, 28.0], 1.5)
    assert reach(c, "trust_share", 1) == pytest.approx((2.0, 1.5))
    assert reach(c, "trust_share", 2) == pytest.approx((3.0, 1.5))


def test_years_without_an_election_are_no_years(moving):
    c = moving([30.0, np.nan, np.nan, 24.0], 1.0)
    assert reach(c, "trust_share", 3)[0] == 6.0 and reach(c, "trust_share", 0)[0] == 0.0


def test_a_model_that_does_not_reach_as_far_says_so(moving):
    assert cannot() in beyond(moving([30.0, 31.0], 2.0))
    assert cannot() not in beyond(moving([30.0, 31.0], 7.0))


def test_without_a_figure_from_elsewhere_nothing_is_said(comparison):
    assert beyond(replace(comparison, cards={n: Card(n, n) for n in comparison.indicators})) == ""


def test_trust_and_votes_have_figures_from_elsewhere():
    from mechlin.indicators import catalogue

    known = {name for name, i in catalogue().items() if i.elsewhere}
    assert known == {"trust_share", "votes.radical_right.municipal", "votes.radical_right.regional_federal"}
