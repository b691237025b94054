"""``mechlin desk`` as somebody types it, rightly and wrongly."""

import json
import subprocess
import sys

import pytest

from mechlin.cli.main import main
from mechlin.desk import check_draw
from mechlin.desk.procedures import catalogue
from tests.desk import test_school_places as rounds
from tests.desk.conftest import PASSWORD, make_desk


@pytest.fixture
def say(capsys, monkeypatch, tmp_path):
    """Return a function that gives a command and returns exit code and everything printed."""
    monkeypatch.setenv("MECHLIN_DESK_PASSWORD", PASSWORD)
    monkeypatch.chdir(tmp_path)

    def given(*words):
        code = main(["desk", *words])
        out = capsys.readouterr()
        return code, out.out + out.err

    return given


@pytest.mark.slow
def test_from_an_empty_folder_to_a_verified_backup(say):
    assert say("verify") == (2, "there is no desk in desk: run mechlin desk init, or name its folder with --home\n")
    code, said = say("init", "--town", "Mechelen", "--contact", "Grote Markt 21")
    assert code == 0 and "without the master key nobody can read anything" in said
    assert say("init", "--town", "Mechelen")[0] == 2
    assert say("user", "add", "jan")[0] == 0 and say("user", "role", "jan", "clerk")[0] == 0
    code, said = say("user", "role", "jan", "clrk")
    assert code == 2 and "did you mean 'clerk'?" in said
    code, said = say("user", "role", "jna", "clerk")
    assert code == 2 and "did you mean 'jan'?" in said
    assert say("check")[0] == 1
    assert say("verify") == (0, "Sound: 0 events, head 0-000000000000.\n")
    code, said = say("verify", "7-0123456789ab")
    assert code == 1 and "cut off" in said
    assert say("verify", "seven")[0] == 2
    assert say("backup", "b.zip")[0] == 0
    code, said = say("restore", "b.zip")
    assert code == 2 and "not empty" in said
    assert say("restore", "c.zip")[0] == 2
    assert say("due") == (0, "Nothing is due.\n")
    assert say("retention", "list") == (0, "Nothing must go.\n")
    assert say("export", "ALL", "--personal", "--as", "jan")[0] == 2


def test_wrong_settings_are_told_with_their_rows(say):
    say("init", "--town", "Mechelen")
    with open("desk/desk.toml", "a", encoding="utf-8") as file:
        file.write('twon = "x"\n')
    code, said = say("verify")
    assert code == 3 and "row 7" in said and "did you mean 'town'?" in said
    assert say("init", "--town", "X", "--home", "other", "--database", "mysql://x/y")[0] == 2


def test_a_missing_library_is_named_with_its_command(say, monkeypatch):
    monkeypatch.setitem(sys.modules, "cryptography", None)
    code, said = say("init", "--town", "Mechelen")
    assert code == 2 and "pip install 'mechlin[desk]'" in said


@pytest.mark.slow
def test_a_round_is_published_repeated_written_and_replayed(say, tmp_path):
    town = make_desk(tmp_path / "desk", "sqlite", {n: p for n, p in catalogue().items() if n.startswith("school_")})
    number = rounds.opened(town)
    cases = [rounds.apply(town, number, w) for w in (["A"], ["A", "B"], ["B"], ["A"], ["C", "A"], ["A"], ["B"], ["B"])]
    rounds.drawn(town, number, cases)
    assert say("published", number, "--out", "round.json")[0] == 0
    code, said = say("verifier")
    (tmp_path / "check.py").write_text(said, encoding="utf-8")
    done = subprocess.run([sys.executable, "-I", "check.py", "round.json"], capture_output=True, text=True, check=False)
    assert done.returncode == 0 and "The same: 8 children" in done.stdout
    assert check_draw.differences(json.loads((tmp_path / "round.json").read_text(encoding="utf-8"))) == []
    code, said = say("letters", number, "--as", "clerk", "--out", "out")
    assert code == 0 and "8 letters" in said and len(list((tmp_path / "out").glob("*.html"))) == 8
    assert "<link" not in next((tmp_path / "out").glob("*.html")).read_text(encoding="utf-8")
    code, said = say("replay", "--rule", "school_places@2012", "--round", number, "--json")
    counts = {row["what would have changed"]: int(row["children"]) for row in json.loads(said)}
    assert counts["the same place"] == 8
    assert say("replay", "--rule", "school_places@2099", "--round", number)[0] == 2
    assert say("replay", "--rule", "school_places@2023", "--round", number, "--reserved", "0.5")[0] == 2
    assert say("published", cases[0])[0] == 2 and say("published", "R-1")[0] == 2


def test_steps_from_a_file_are_taken_all_or_none(say, tmp_path):
    make_desk(tmp_path / "desk", "sqlite", {})
    good = {"action": "drafted", "procedure": "school_round", "answers": rounds.DRAFT}
    bad = {**good, "answers": {**rounds.DRAFT, "wishes_most": 99}}
    (tmp_path / "steps.jsonl").write_text(f"{json.dumps(good)}\n{json.dumps(bad)}\n", encoding="utf-8")
    code, said = say("import", "steps.jsonl", "--as", "clerk")
    assert code == 3 and "row 2, column wishes_most" in said
    assert "Sound: 0 events" in say("verify")[1]
    (tmp_path / "steps.jsonl").write_text(f"{json.dumps(good)}\n", encoding="utf-8")
    assert say("import", "steps.jsonl", "--as", "clerk")[0] == 0
    assert "Sound: 2 events" in say("verify")[1]
