"""The whole way with the real engine: command line, Python and store give the same digits for the same run."""

import json

import pytest

import mechlin
from mechlin.cli.main import main

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def printed(tmp_path_factory):
    """Rehearse three years of Mechelen, two pairs, from the command line; return the folder."""
    out = tmp_path_factory.mktemp("report")
    assert main(["rehearse", "mechelen", "--runs", "2", "--until", "2003-12", "--out", str(out)]) == 0
    return out


def test_the_files_are_where_the_command_says(printed):
    names = {p.name for p in printed.iterdir()}
    assert names == {"report.html", "results.json", "runs"}
    assert len(list((printed / "runs").iterdir())) == 6


def test_python_gives_the_same_digits(printed, tmp_path):
    city = mechlin.load_city("mechelen")
    done = mechlin.rehearse(city, runs=2, until="2003-12", out=tmp_path, threads=1)
    assert json.loads(done.to_json()) == json.loads((printed / "results.json").read_text())


def test_one_run_gives_the_same_digits_as_the_store(printed):
    store = mechlin.Store(printed / "runs")
    kept = store.read(store.list()[0])
    again = mechlin.run(kept.spec, mechlin.load_city("mechelen"))
    assert again.years.tolist() == kept.years.tolist() and set(again.series) == set(kept.series)
    for name, values in {**again.series, **again.areas}.items():
        assert values.tobytes() == {**kept.series, **kept.areas}[name].tobytes(), name
    assert again.ledger == kept.ledger and again.reached == kept.reached


def test_before_its_start_a_package_changes_nothing(printed, tmp_path):
    late = tmp_path / "late.toml"
    late.write_text("[service_tenancy]\nstart = 2010-01\nhomes = 100\n")
    done = mechlin.rehearse("mechelen", package=late, runs=2, until="2003-12", out=printed)
    assert {row["verdict"] for row in done.to_rows()} == {"no change"}
    assert any("outside the months simulated" in note for note in done.comparison.notes)


def test_an_unknown_language_is_told_with_what_else_is_wrong(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["rehearse", "mechelen", "--language", "xx", "--runs", "0", "--until", "1999-12"]) == 2
    said = capsys.readouterr().err
    assert "no language 'xx'" in said and "runs = 0" in said and "1999-12" in said
    assert not (tmp_path / "report" / "report.html").exists()
