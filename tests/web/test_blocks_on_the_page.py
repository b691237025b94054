"""The answers of the workbench from made-up runs: nothing is simulated, every block is in the page's language."""

from dataclasses import replace

import pytest

from mechlin.report.blocks.findings import findings
from mechlin.report.templates import block_html
from mechlin.report.texts import LANGUAGES, language
from mechlin.web import answers


@pytest.fixture(scope="module")
def pairs(bench, build):
    """Return eight pairs of made-up runs that have as many areas as the city."""
    areas = len(bench.city.areas)

    def cut(run):
        return replace(run, areas={name: values[:, :areas] for name, values in run.areas.items()})

    return [(cut(one), cut(other)) for one, other in build(8).pairs]


@pytest.mark.slow
@pytest.mark.parametrize("code", LANGUAGES)
def test_the_page_shows_the_blocks_of_the_report(bench, pairs, code):
    say, scenario = language(code), bench.ground.opens_with
    first = answers.answer(bench, scenario, pairs, say)
    part, whole = (answers.beside(bench, scenario, pairs, say, all_) for all_ in (False, True))
    c = bench.rehearsal(scenario, pairs).comparison
    shown = answers.shown_of(bench, scenario, c.indicators)
    assert first["html"]["findings"] == block_html(findings(c, shown, say), say)
    assert whole["html"]["findings"] == block_html(findings(c, shown, say, others=True), say)
    for name in ("people", "money", "reached", "shares"):
        assert part["html"][name] == whole["html"][name] != ""
    assert bench.attribute_command(scenario) in whole["html"]["shares"]


@pytest.mark.slow
def test_pairs_too_few_are_provisional_on_the_page_and_in_the_block(bench, pairs):
    first = answers.answer(bench, bench.ground.opens_with, pairs[:2], language("en"))
    assert first["provisional"] and "Provisional" in first["html"]["findings"]
