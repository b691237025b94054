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


def test_what_is_refused_does_not_first_compile(tmp_path):
    done = shell("rehearse", "atlantis", MECHLIN_CACHE=str(tmp_path))
    assert done.returncode == 2 and done.stdout == ""
    assert done.stderr == "there is no city 'atlantis'. Known: mechelen; or give a folder\n"


def test_an_interruption_says_that_work_is_kept(capsys, monkeypatch):
    monkeypatch.setattr("mechlin.cli.explain.explanation", lambda *given: (_ for _ in ()).throw(KeyboardInterrupt))
    code, _, err = said(capsys, "explain", "poverty")
    assert code == 130 and "goes on from there" in err


@pytest.mark.parametrize("name", [*measures.catalogue(), *mechanisms.catalogue(), *indicators.catalogue()])
def test_everything_can_be_explained(capsys, name):
    code, out, _ = said(capsys, "explain", name, "--json")
    told = json.loads(out)
    assert code == 0 and told["name"] == name and len(told["text"]) > 20


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


@pytest.mark.parametrize("what", ["programmes", "mechanisms", "indicators", "packages", "cities"])
def test_lists_say_the_same_as_table_and_json(capsys, what):
    code, out, _ = said(capsys, "list", what)
    _, text, _ = said(capsys, "list", what, "--json")
    rows = json.loads(text)
    assert code == 0 and rows
    assert [line.split()[0] for line in out.splitlines()[1:]] == [row["name"] for row in rows]


def test_a_new_programme_is_a_file_that_loads(capsys, tmp_path):
    code, out, err = said(capsys, "new", "programme", "school_transport", "--into", str(tmp_path))
    path = tmp_path / "school_transport.py"
    assert code == 0 and out.strip() == str(path) and "stands in" in err
    spec = importlib.util.spec_from_file_location("school_transport", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.PROGRAMME.title == "School transport"
    code, _, err = said(capsys, "new", "programme", "school_transport", "--into", str(tmp_path))
    assert code == 2 and "already" in err
