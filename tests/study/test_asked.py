"""What is asked for is looked through before the first run: a misspelt indicator must not cost an hour."""

import shutil
import sys
from pathlib import Path

import numpy as np
import pytest

from mechlin.city.residents.population import build_population
from mechlin.city.tables.scaffold import write_city
from mechlin.city.tables.sources import city_folder, load_city
from mechlin.cli.main import main
from mechlin.core.errors import InputError, MechlinError, UsageError, whole_number
from mechlin.core.spec import RunSpec
from mechlin.runs import cluster
from mechlin.study.asked import checked, usual_package
from mechlin.study.attribution import attribute
from mechlin.study.calibration import calibrate
from mechlin.study.discovery import discover
from mechlin.study.optimisation import optimise
from mechlin.study.rehearsal import rehearse
from mechlin.study.sensitivity import screen
from mechlin.study.turning import REACTION_COLUMNS
from mechlin.study.worlds import kinds, worlds


class Begun(Exception):
    """A run was begun: nothing of what was asked for was refused."""


@pytest.fixture(autouse=True)
def no_run(instead_of_runs, monkeypatch):
    monkeypatch.setattr("mechlin.runs.ensemble.prepare", lambda *given: None)

    def run(*given):
        raise Begun

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


@pytest.mark.slow
@pytest.mark.parametrize(("ask", "words"), ASKED)
def test_everything_wrong_is_said_at_once_and_before_any_run(ask, words):
    with pytest.raises(MechlinError) as caught:
        ask()
    for word in words:
        assert word in str(caught.value)


# ------------------------------------------------------------------------------ slips of whoever writes Python


@pytest.mark.slow
@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"city": None}, "None is not a city"),
        ({"city": 3}, "3 is not a city"),
        ({"city": Path("no-such-folder")}, "there is no city 'no-such-folder'"),
        ({"until": 2003}, "until = 2003 is not a month; write it between quotation marks"),
        ({"until": ""}, "is not a month"),
        ({"vary": None}, "vary = None means nothing"),
        ({"vary": 3}, "vary = 3 means nothing"),
        ({"vary": [1]}, "'1' cannot be varied"),
        ({"runs": 1.5}, "runs = 1.5 is not possible"),
        ({"runs": True}, "runs = True is not possible"),
        ({"runs": "4"}, "runs = '4' is not possible"),
        ({"threads": 0}, "threads = 0 is not possible"),
        ({"seed": -1}, "seed = -1 is not possible"),
        ({"seed": 1.0}, "seed = 1.0 is not possible"),
        ({"package": 3}, "3 is not a package"),
        ({"package": {}}, "there is no measure"),
        ({"package": {"camera": {}}}, "did you mean 'cameras'?"),
        ({"against": {"cameras": {"cameras": -1}}}, "outside what is possible"),
        ({"out": __file__}, "is a file, not a folder"),
    ],
)
def test_a_slip_is_refused_with_a_sentence(given, words):
    with pytest.raises((UsageError, InputError)) as caught:
        rehearse(**{"city": "mechelen", **given})
    assert words in str(caught.value)


def test_a_list_of_indicators_is_no_text():
    with pytest.raises(UsageError, match="is not a list of names"):
        attribute("mechelen", indicators="offences")


@pytest.mark.parametrize("seed", [-1, 2**64, 1.5, "1", None])
def test_a_seed_that_cannot_be_is_refused(toy, seed):
    for ask in (
        lambda: RunSpec("toy", seed=seed),
        lambda: RunSpec("toy", population=seed),
        lambda: build_population(toy, seed),
    ):
        with pytest.raises(UsageError, match=r"seed|population"):
            ask()


def test_numbers_of_numpy_are_numbers(toy):
    assert (
        RunSpec("toy", seed=np.int64(2), months=np.int32(12)).to_json() == RunSpec("toy", seed=2, months=12).to_json()
    )
    assert checked(toy, "nothing", "nothing", np.int64(1), "2001-12", np.int64(1))[3] == 12


def test_another_seed_gives_other_residents_and_luck_and_the_same_beliefs(toy):
    one, other = worlds(toy, 4, seed=1), worlds(toy, 4, seed=2)
    assert [w.seed for w in one] == [1, 2, 3, 4] and not {w.seed for w in one} & {w.seed for w in other}
    assert [w.params for w in one] == [w.params for w in other]


def test_kinds_may_be_a_list():
    assert kinds(["chance", "knowledge"]) == kinds("knowledge, chance")


# ----------------------------------------------------------------------------------------------- a city of one's own


@pytest.fixture
def own(tmp_path):
    return write_city(tmp_path / "Ghent", "Ghent")


@pytest.mark.slow
@pytest.mark.parametrize(
    "ask",
    [
        lambda city: rehearse(city, runs=1, until="2001-12", threads=1),
        lambda city: attribute(city, runs=1, until="2001-12", threads=1),
        lambda city: discover(city, "offences", count=2, people=None, until="2001-12", threads=1),
        lambda city: optimise(city, 1e6, "offences", runs=1, until="2001-12", threads=1),
        lambda city: screen(city, trajectories=2, people=None, until="2001-12", threads=1),
    ],
)
def test_every_study_of_a_new_city_begins_with_its_only_package(own, tmp_path, monkeypatch, ask):
    monkeypatch.setenv("MECHLIN_DATA", str(tmp_path))
    with pytest.raises(Begun):
        ask(own)


def test_a_city_with_several_packages_or_none_says_which_there_are(own):
    assert usual_package(load_city(own)) == "example"
    (own / "packages" / "other.toml").write_text("[cameras]\n")
    with pytest.raises(UsageError, match="it has example, other"):
        usual_package(load_city(own))
    (own / "packages" / "as-it-went.toml").write_text("[cameras]\n")
    assert usual_package(load_city(own)) == "as-it-went"
    for file in (own / "packages").iterdir():
        file.unlink()
    with pytest.raises(UsageError, match=r"give a \.toml file"):
        checked(load_city(own), None, "nothing", 1, None, None)


def test_a_folder_named_like_a_city_of_mechlin_is_not_shadowed(tmp_path, monkeypatch, own):
    monkeypatch.chdir(tmp_path)
    own.rename(tmp_path / "mechelen")
    with pytest.raises(UsageError, match=r"write \./mechelen"):
        load_city("mechelen")
    assert load_city("./mechelen").title == load_city(Path("mechelen")).title == "Ghent, January 2001"
    with pytest.raises(UsageError, match="comes with Mechlin"):
        write_city(tmp_path / "elsewhere" / "mechelen", "Mechelen")
    (tmp_path / "mechelen" / "city.toml").unlink()
    (tmp_path / "mechelen" / "areas.csv").unlink()
    assert load_city("mechelen").title.startswith("Mechelen")


# ----------------------------------------------------------------------------------------------- numbers without sense


NONSENSE = [
    (lambda: attribute("mechelen", runs=0), ["runs = 0"]),
    (lambda: rehearse("mechelen", runs=2.5, threads=0, vary="chance,chance", numbers={"transport.factor": 9}),
     ["runs = 2.5", "threads = 0", "'chance' stands twice", "transport.factor"]),
    (lambda: screen("mechelen", trajectories=0, survivors=-1, people=-5),
     ["trajectories = 0", "survivors = -1", "people = -5"]),
    (lambda: discover("mechelen", "offences", count=0, at_least=float("nan"), people=2.5),
     ["count = 0", "at least = nan", "people = 2.5"]),
    (lambda: optimise("mechelen", float("inf"), "offences", trials=0, runs=0),
     ["budget = inf", "trials = 0", "runs = 0"]),
    (lambda: optimise("mechelen", -3, "offences"), ["budget = -3", "above 0"]),
    (lambda: calibrate("mechelen", runs=3, draws=0, threads=0), ["runs = 3", "draws = 0", "threads = 0"]),
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(("ask", "words"), NONSENSE)
def test_numbers_without_sense_are_refused_all_at_once(ask, words):
    test_everything_wrong_is_said_at_once_and_before_any_run(ask, words)


def test_whole_numbers_of_numpy_are_whole_numbers():
    whole_number("runs", np.int64(3), 1, 9)
    for wrong in (True, 2.0, "3", None, np.float64(3)):
        with pytest.raises(UsageError):
            whole_number("runs", wrong, 1, 9)


@pytest.mark.parametrize(
    ("ask", "library"),
    [
        (lambda: discover("mechelen", "offences"), "ema_workbench"), (lambda: screen("mechelen"), "SALib"),
        (lambda: optimise("mechelen", 1e6, "offences"), "optuna"), (lambda: calibrate("mechelen"), "sklearn"),
    ],
)  # fmt: skip
def test_libraries_are_asked_for_before_the_work(ask, library, monkeypatch):
    for name in [n for n in sys.modules if n.split(".")[0] == library]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(UsageError, match=r"mechlin\[study\]"):
        ask()


COMMANDS = [
    (["rehearse", "--set", "transport.factor=1", "--set", "transport.factor=0.5", "--set", "x"],
     ["two values", "--set x means nothing"]),
    (["rehearse", "--out", ""], ["empty name"]),
    (["rehearse", "--cluster", " "], ["names no scheduler"]),
    (["discover", "mechelen", "--indicator", "offences", "--people", "-5"], ["people = -5"]),
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(("command", "words"), COMMANDS)
def test_the_command_line_refuses_them_too(command, words, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(command) == 2
    said = capsys.readouterr().err
    assert all(word in said for word in words), said


@pytest.mark.slow
def test_a_cluster_that_is_not_there_is_told_and_nothing_runs_here(capsys, tmp_path, monkeypatch):
    monkeypatch.setattr(cluster, "_SECONDS_TO_CONNECT", 1)
    assert main(["rehearse", "--cluster", "tcp://127.0.0.1:9", "--runs", "1", "--out", str(tmp_path)]) == 2
    assert "127.0.0.1:9" in capsys.readouterr().err


@pytest.mark.parametrize("blocked", ["report.html", "results.json"])
def test_what_stands_in_the_way_of_a_file_is_told_before_the_runs(blocked, capsys, tmp_path):
    (tmp_path / "out" / blocked).mkdir(parents=True)
    assert main(["rehearse", "--out", str(tmp_path / "out")]) == 2
    assert blocked in capsys.readouterr().err
    (tmp_path / "file").write_text("")
    assert main(["rehearse", "--out", str(tmp_path / "file" / "deep")]) == 2
    assert "is a file, not a folder" in capsys.readouterr().err


def _spoil_calibration(folder):
    table = (folder / "calibration.csv").read_text().splitlines()
    cells = table[40].split(",")
    (folder / "calibration.csv").write_text("\n".join([*table[:40], ",".join(["7", *cells[1:]]), *table[41:]]) + "\n")


REACTIONS = ",".join(REACTION_COLUMNS)
SPOILED = [
    ("reactions.csv", lambda f: (f / "reactions.csv").write_text("package,number\nx,y\n"), "heading"),
    ("reactions.csv", lambda f: (f / "reactions.csv").write_text(f"{REACTIONS}\na,b,c,1,2,nan,3,m\na,b\n"), "'nan'"),
    ("attribution.json", lambda f: (f / "attribution.json").write_text('{"city": 1'), "not an attribution"),
    ("attribution.json", lambda f: (f / "attribution.json").write_text("[]"), "not an attribution"),
    ("calibration.csv", _spoil_calibration, "outside"),
    ("packages/new.toml", lambda f: (f / "packages" / "new.toml").write_text("[camras]\ncameras = 3\n"), "camras"),
    ("history.csv", lambda f: (f / "history.csv").open("a").write("population,2009,5,5,5,unicorns,x,press,\n") and None,
     "unicorns"),
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(("file", "spoil", "word"), SPOILED)
def test_one_check_of_a_city_for_its_own_command_and_for_all_studies(file, spoil, word, tmp_path, capsys):
    folder = tmp_path / "town"
    shutil.copytree(city_folder("mechelen"), folder)
    spoil(folder)
    assert main(["city", "check", str(folder)]) == 1
    told = capsys.readouterr().out
    assert file in told and word in told
    for ask in (
        lambda: rehearse(str(folder)), lambda: attribute(str(folder)), lambda: screen(str(folder)),
        lambda: optimise(str(folder), 1e6, "offences"), lambda: discover(str(folder), "offences"),
        lambda: calibrate(str(folder)),
    ):  # fmt: skip
        with pytest.raises(InputError, match=word) as caught:
            ask()
        assert any(p.file == file for p in caught.value.problems)


def test_what_is_wrong_beside_the_tables_is_said_with_them(tmp_path):
    folder = tmp_path / "town"
    shutil.copytree(city_folder("mechelen"), folder)
    (folder / "history.csv").open("a").write("nonsense,0,1\n")
    (folder / "draws.json").write_text('{"until": "x"', encoding="utf-8")
    with pytest.raises(InputError) as caught:
        rehearse(str(folder))
    assert {"history.csv", "draws.json"} <= {p.file for p in caught.value.problems}
    assert sorted(p.name for p in tmp_path.iterdir()) == ["town"]


def test_a_broken_attribution_beside_the_runs_is_told_before_them(tmp_path):
    (tmp_path / "attribution.json").write_text("{}")
    with pytest.raises(InputError, match=r"attribution\.json"):
        rehearse("mechelen", out=tmp_path)


def test_a_number_that_is_none_is_told_with_all_else_that_is_wrong(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    given = ("safety.home_drift=nan", "safety.robbery_share=1", "safety.home_shar=0.5")
    assert main(["rehearse", *(part for pair in given for part in ("--set", pair))]) == 3
    said = capsys.readouterr().err
    assert "safety.home_drift = nan is not a number" in said and "safety.robbery_share = 1.0 is outside" in said
    assert "did you mean 'safety.home_share'" in said and list(tmp_path.iterdir()) == []
