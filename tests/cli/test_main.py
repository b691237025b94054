"""The command line: quick to start, errors in sentences with their codes, tables that pipes can read."""

import importlib.util
import json
import os
import subprocess
import sys
import time

import pytest

from mechlin import indicators, measures, mechanisms
from mechlin.cli.main import main

HEAVY = ("numpy", "numba", "scipy", "polars", "altair", "vl_convert", "rich.table")


def shell(*arguments, **environment):
    return subprocess.run(
        [sys.executable, "-m", "mechlin", *arguments],
        capture_output=True, text=True, check=False, env={**os.environ, **environment},
    )  # fmt: skip


def said(capsys, *arguments):
    """Return exit code, standard output and standard error of a command."""
    code = main(arguments)
    out, err = capsys.readouterr()
    return code, out, err


@pytest.mark.slow
def test_help_is_quick():
    took = []
    for _ in range(3):
        began = time.perf_counter()
        assert shell("--help").returncode == 0
        took.append(time.perf_counter() - began)
    assert min(took) < 0.4


def test_help_imports_nothing_heavy():
    code = "import sys; from mechlin.cli.main import main; main(['--help']); print([m for m in {} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code.format(HEAVY)], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.slow
def test_every_command_has_help(capsys):
    for command in (
        ["rehearse"], ["list"], ["explain"], ["city"], ["city", "build"], ["city", "check"], ["new"], ["new", "city"],
        ["new", "programme"],
    ):  # fmt: skip
        code, out, _ = said(capsys, *command, "--help")
        assert code == 0 and out.startswith("Usage: mechlin " + " ".join(command))


def test_version(capsys):
    code, out, _ = said(capsys, "--version")
    assert code == 0 and out.startswith("mechlin 0")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nonsense"], "nonsense"), (["rehearse", "--runs", "many"], "--runs"), (["list", "things"], "programmes"),
        (["explain", "povrty"], "did you mean 'poverty'"),
        (["explain", "service_tenancy.homs"], "service_tenancy.homes"),
        (["rehearse", "--nonsense"], "--nonsense"), (["new", "programme", "Two Words"], "small letters"),
        (["new", "programme", "service_tenancy"], "already"),
    ],
)  # fmt: skip
def test_wrong_use_is_code_two_and_a_sentence(capsys, arguments, words):
    code, out, err = said(capsys, *arguments)
    assert code == 2 and out == ""
    assert words in err and "Traceback" not in err


@pytest.mark.slow
def test_what_is_refused_does_not_first_compile(tmp_path):
    done = shell("rehearse", "atlantis", MECHLIN_CACHE=str(tmp_path))
    assert done.returncode == 2 and done.stdout == ""
    assert done.stderr == "there is no city 'atlantis'. Known: amsterdam, malmo, mechelen; or give a folder\n"


def test_an_interruption_says_that_work_is_kept(capsys, monkeypatch):
    monkeypatch.setattr("mechlin.cli.explain.explanation", lambda *given: (_ for _ in ()).throw(KeyboardInterrupt))
    code, _, err = said(capsys, "explain", "poverty")
    assert code == 130 and "goes on from there" in err


@pytest.mark.slow
def test_everything_can_be_explained(capsys):
    unexplained = []
    for name in (*measures.catalogue(), *mechanisms.catalogue(), *indicators.catalogue()):
        code, out, _ = said(capsys, "explain", name, "--json")
        told = json.loads(out)
        if code != 0 or told["name"] != name or len(told["text"]) <= 20:
            unexplained.append(name)
    assert unexplained == []


def test_a_programme_is_explained_with_its_numbers_and_sources(capsys):
    code, out, _ = said(capsys, "explain", "service_tenancy")
    assert code == 0
    for words in ("Who ", "Doubt", "Claims", "\nhours_week ", "0 to 100000", "assumption", "Source:"):
        assert words in out


def test_a_number_is_found_with_or_without_its_owner(capsys):
    _, short, _ = said(capsys, "explain", "discount_share", "--json")
    _, full, _ = said(capsys, "explain", "service_tenancy.discount_share", "--json")
    assert json.loads(short)["parameters"] == json.loads(full)["parameters"]
    assert json.loads(full)["parameters"][0]["possible"] == "0 to 1"


@pytest.mark.slow
@pytest.mark.parametrize("what", ["programmes", "mechanisms", "indicators", "packages", "cities"])
def test_lists_say_the_same_as_table_and_json(capsys, what):
    code, out, _ = said(capsys, "list", what)
    _, text, _ = said(capsys, "list", what, "--json")
    rows = json.loads(text)
    assert code == 0 and rows
    assert [line.split()[0] for line in out.splitlines()[1:]] == [row["name"] for row in rows]


def loaded(path):
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("word", ["measure", "programme"])
def test_a_new_measure_fails_its_test_until_the_effect_is_filled_in(capsys, tmp_path, monkeypatch, word):
    code, out, err = said(capsys, "new", word, "school_transport", "--into", str(tmp_path))
    measure, test = tmp_path / "school_transport.py", tmp_path / "test_school_transport.py"
    assert code == 0 and out.split() == [str(measure), str(test)] and "stands in" in err
    monkeypatch.setitem(sys.modules, "school_transport", loaded(measure))
    cases = [case for name, case in vars(loaded(test)).items() if name.startswith("test_")]
    failing = [case for case in cases if fails(case)]
    assert len(cases) == 3 and [case.__name__ for case in failing] == ["test_what_it_does_in_a_month"]
    text = measure.read_text()
    before, rest = text.split("    raise NotImplementedError")
    filled = '    out["attitudes.consultation"][enrolled] = p.asked_share / 12.0\n' + rest.partition("\n")[2]
    measure.write_text(before + filled)
    monkeypatch.setitem(sys.modules, "school_transport", loaded(measure))
    assert not [case for name, case in vars(loaded(test)).items() if name.startswith("test_") and fails(case)]
    assert loaded(measure).PROGRAMME.title == "School transport"
    code, _, err = said(capsys, "new", word, "school_transport", "--into", str(tmp_path))
    assert code == 2 and "already" in err


def fails(case):
    try:
        case()
    except (AssertionError, NotImplementedError):
        return True
    return False


@pytest.mark.slow
@pytest.mark.parametrize("name", ["class", "import", "nul", "cameras", "siting", "title", "note", "transport", "housing",
                                  "poverty", "School", "a-b", "", "x/y", "trailing_"])  # fmt: skip
def test_a_name_that_no_measure_can_have_is_refused(capsys, tmp_path, name):
    code, _, err = said(capsys, "new", "measure", name, "--into", str(tmp_path))
    assert code == 2 and ("name" in err or "already" in err) and not list(tmp_path.iterdir())


def test_the_transport_factor_can_be_explained_as_errors_recommend_it(capsys):
    code, out, _ = said(capsys, "explain", "transport.factor")
    assert code == 0 and "measured abroad" in out
