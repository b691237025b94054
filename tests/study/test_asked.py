"""What is asked for is looked through before the first run: a misspelt indicator must not cost an hour."""

from pathlib import Path

import numpy as np
import pytest

from mechlin.city.residents.population import build_population
from mechlin.city.tables.scaffold import write_city
from mechlin.city.tables.sources import load_city
from mechlin.core.errors import InputError, MechlinError, UsageError
from mechlin.core.spec import RunSpec
from mechlin.study.asked import checked, usual_package
from mechlin.study.attribution import attribute
from mechlin.study.discovery import discover
from mechlin.study.optimisation import optimise
from mechlin.study.rehearsal import rehearse
from mechlin.study.sensitivity import screen
from mechlin.study.worlds import kinds, worlds


class Begun(Exception):
    """A run was begun: nothing of what was asked for was refused."""


@pytest.fixture(autouse=True)
def no_run(instead_of_runs, monkeypatch):
    monkeypatch.setattr("mechlin.runs.ensemble.compile_beside", lambda *given: None)

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


@pytest.mark.parametrize(("ask", "words"), ASKED)
def test_everything_wrong_is_said_at_once_and_before_any_run(ask, words):
    with pytest.raises(MechlinError) as caught:
        ask()
    for word in words:
        assert word in str(caught.value)


# ------------------------------------------------------------------------------ slips of whoever writes Python


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
