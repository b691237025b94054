"""The site: every page has its place, and what is made from the code holds all that there is."""

import importlib.util
import re
from pathlib import Path

import pytest

import mechlin
from mechlin import indicators, measures, mechanisms
from mechlin.core.declare import declared
from mechlin.evidence.registry import evidence

TOP = Path(__file__).resolve().parents[2]
DOCS = TOP / "docs"


@pytest.fixture(scope="module")
def site():
    """Return the module that makes pages."""
    spec = importlib.util.spec_from_file_location("docs_generate", DOCS / "generate.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def made(site):
    return site.pages()


def anchors(text):
    return set(re.findall(r"\{ #([\w.-]+) \}", text))


def test_every_page_stands_in_the_menu_once(made):
    named = re.findall(r": (\S+\.md)$", (TOP / "mkdocs.yml").read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(named) == sorted([*made, *(p.relative_to(DOCS).as_posix() for p in DOCS.rglob("*.md"))])


def test_every_measure_mechanism_and_indicator_has_its_place(made):
    assert anchors(made["reference/measures.md"]) == set(measures.catalogue())
    assert anchors(made["reference/mechanisms.md"]) == set(mechanisms.catalogue())
    assert anchors(made["reference/indicators.md"]) == set(indicators.catalogue())


def test_every_number_stands_there_with_its_unit_and_evidence(made):
    sections = dict(re.findall(r"^## (\w+)\n(.*?)(?=^## |\Z)", made["reference/numbers.md"], re.MULTILINE | re.DOTALL))
    for owner, thing in {**measures.catalogue(), **mechanisms.catalogue()}.items():
        for d in declared(thing.params):
            row = re.search(rf"^\| `{d.name}` \|.*$", sections[owner], re.MULTILINE)
            assert row and f"| {d.param.unit} |" in row[0], f"{owner}.{d.name}"
            assert "assumption" in row[0] or d.param.evidence in row[0], f"{owner}.{d.name}"


def test_every_link_to_evidence_leads_to_an_entry(site, made):
    known = anchors(made["reference/evidence.md"])
    assert known == {site.anchor(name) for name in evidence()}
    assert {part for text in made.values() for part in re.findall(r"evidence\.md#([\w-]+)\)", text)} <= known


def test_every_public_name_has_its_place(made):
    for name in mechlin.__all__:
        assert name.startswith("__") or re.search(
            rf"^::: mechlin\..*\b{name}$", made["reference/python.md"], re.MULTILINE
        )


def test_the_model_is_described_whole(site):
    text = site.filled((DOCS / "reference" / "model.md").read_text(encoding="utf-8"))
    assert "{{" not in text
    for name, mechanism in mechanisms.catalogue().items():
        assert f"#### {name}\n" in text
        for field in mechanism.fields:
            assert f"| `{field.column}` |" in text, field.name
        for lever in mechanism.levers:
            assert f"| `{lever.name}` |" in text, lever.name


def test_links_to_what_is_no_page_become_words(site):
    mended = site.linked("[a](docs/concepts/levers.md#x) [b](src/mechlin/core/declare.py) [c](#d)", "contributing.md")
    assert mended == "[a](concepts/levers.md#x) b [c](#d)"
    assert site.linked("[a](../../src/mechlin/cities/mechelen/README.md)", "concepts/evidence.md") == (
        "[a](../reference/mechelen.md)"
    )


def test_a_table_keeps_its_cells_apart(site):
    assert site.table(("a", "b"), [("x|y", "two\nlines")]) == ["| a | b |", "| --- | --- |", "| x\\|y | two lines |"]


def test_labelled_lines_become_a_table_and_the_rest_stays(site):
    assert list(site.prose("Title.\n\nWho     people\n        who live here\nLever   a.b")) == [
        "Title.", "", "", "| " + " | ".join(("", "")) + " |", "| --- | --- |", "| **Who** | people who live here |",
        "| **Lever** | a.b |",
    ]  # fmt: skip


def test_what_a_page_would_fetch_is_found(site):
    page = '<a href="https://a.org">x</a><script src="https://b.org/x.js"></script><link rel="x" href="//c.org/y.css">'
    assert site.fetched(page) == ["https://b.org/x.js", "//c.org/y.css"]
    assert site.fetched('<script src="assets/x.js"></script><img src="pictures/report.png">') == []
