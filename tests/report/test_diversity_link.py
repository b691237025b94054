"""What the page says about the link between diversity and decline: one sentence, and doubt where there is any."""

from dataclasses import replace

import numpy as np
import pytest

from mechlin.report.diversity_link import NAME, link_sentence
from mechlin.study.comparison import Comparison


def with_link(build, path, own, noise=0.01):
    """Return a made-up comparison whose link moves by ``path`` to the last year and by ``own`` with the package."""
    base = build(16)
    rng, sides = np.random.default_rng(1), ([], [])
    for pair in base.pairs:
        n = pair[0].years.size
        common = 0.5 + np.linspace(0, path, n) + np.r_[0, rng.normal(0, noise, n - 1)]
        for at, run in enumerate(pair):
            moved = common + (1 - at) * np.linspace(0, own + rng.normal(0, noise) * (own != 0), n)
            more = {NAME: moved, f"{NAME}.low": moved - 0.2, f"{NAME}.high": moved + 0.2}
            sides[at].append(replace(run, series={**run.series, **more}))
    return Comparison.of(*sides, cards=base.cards)


def test_a_link_that_weakens_in_part_through_the_package(build):
    said = link_sentence(with_link(build, -0.2, -0.1))
    assert (
        said.count(".\n") == 0 and said.startswith("With the package the link") and "weakened from 0.50 in 2001" in said
    )
    assert "the package itself moved it by −0.10" in said and said.endswith(".")


def test_a_link_that_strengthens_whatever_the_package_does(build):
    said = link_sentence(with_link(build, 0.2, 0.0))
    assert "strengthened" in said and "without the package it is exactly the same" in said


def test_noise_is_called_noise(build):
    said = link_sentence(with_link(build, 0.0, 0.001, noise=0.05))
    assert said.startswith("Cannot tell whether the link") and "nobody can tell" in said


def test_a_negative_link_weakens_towards_zero(build):
    c = with_link(build, 0.0, 0.0)
    flipped = [[replace(r, series={**r.series, NAME: -r.series[NAME] + 0.02 * np.arange(r.years.size)}) for r in side]
               for side in zip(*c.pairs, strict=True)]  # fmt: skip
    assert "weakened from −0.50" in link_sentence(Comparison.of(*flipped, cards=c.cards))


def test_nothing_is_said_of_what_was_not_measured(comparison):
    assert link_sentence(comparison) == ""


@pytest.mark.slow
def test_the_page_says_it(build, tmp_path):
    c = with_link(build, -0.2, -0.1)
    assert link_sentence(c) in c.to_html(tmp_path / "page.html").read_text(encoding="utf-8")
