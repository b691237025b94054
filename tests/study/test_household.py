"""One household in two worlds: by a stated rule, without changing the run, in words of every language."""

import json
from dataclasses import replace

import numpy as np
import pytest

import mechlin
from mechlin.city.toy import toy_city
from mechlin.cli.main import main
from mechlin.core.errors import InputError, UsageError
from mechlin.core.spec import RunSpec
from mechlin.engine.simulation import Simulation
from mechlin.report import household_words as words
from mechlin.report.household_page import page
from mechlin.report.texts import missing
from mechlin.runs.following import Event, Life, Standing, _Followed, follow_run
from mechlin.study import household as module
from mechlin.study.household import FOLLOWED, KINDS, follow, households_like, read_household

pytestmark = pytest.mark.slow  # each of these computes whole cities, or starts processes of its own

MONTHS = 60
PACKAGE = {"home_renovation": {"homes_per_year": 60}, "visible_patrol": {}}
CITY = toy_city(900)


@pytest.fixture(scope="module")
def story():
    return follow(CITY, PACKAGE, until="2005-12", households=12)


def test_looking_changes_no_number():
    spec = RunSpec("toy", CITY.hash, {}, months=24, start=CITY.start)
    plain = Simulation(spec, CITY)
    for clock in plain.months:
        plain.month(clock)
    seen = {}

    def choose(state):
        seen["state"] = state
        return np.flatnonzero(state["households.alive"])[:40].tolist()

    lives = follow_run(spec, CITY, choose)
    assert len(lives) == 40
    for name in ("people.work", "households.home", "people.victim_month", "homes.quality"):
        assert np.array_equal(plain.state[name], seen["state"][name]), name


def test_every_event_is_true_of_the_state():
    """Work, school and home as told are those of the state; each month again, for every household of a small city."""
    spec = RunSpec("toy", CITY.hash, {}, months=MONTHS, start=CITY.start)
    sim = Simulation(spec, CITY)
    followed = [_Followed(sim, int(row)) for row in np.flatnonzero(sim.state["households.alive"])[:120]]
    kinds = set()
    for clock in sim.months:
        sim.month(clock)
        for one in followed:
            before, was_here = len(one.events), one.standing is not None
            one.look(clock)
            for event in one.events[before:]:
                kinds.add(event.kind)
                assert event.month == clock.t and was_here
                if event.kind in ("found work", "lost work"):
                    assert (
                        sim.state["people.work"][one.rows[event.who]] == {"found work": 2, "lost work": 1}[event.kind]
                    )
                if event.kind == "moved":
                    assert sim.state["homes.occupant"][one.home.home] == one.row
                if event.kind == "victim":
                    assert sim.state["people.victim_month"][one.rows[event.who]] == clock.t
                if event.kind == "left city":
                    assert not any(sim.state["people.alive"][r] and int(sim.state["people.key"][r]) == k
                                   for k, r in one.rows.items())  # fmt: skip
    assert {"born", "found work", "lost work", "moved", "victim", "school place", "left city", "moved out"} <= kinds


def test_the_same_package_twice_differs_in_nothing():
    same = follow(CITY, PACKAGE, PACKAGE, until="2003-12", households=12)
    assert same.touched == 0 and {e.world for e in same.events} <= {"both"}
    assert same.end == same.end_without and all(s.with_ == s.without for s in same.seen)


def test_the_household_told_of_is_the_middle_one_of_those_drawn(story, monkeypatch):
    assert story.followed == 12 and story.there > 12 and story.start.children > 0
    a, b, c = (Life(tuple(Event(m, "victim") for m in range(n)), _stand(n), None) for n in (1, 2, 9))
    nothing = Life((), _stand(0), None)
    asked = iter([[c, a, b], [nothing] * 3])

    def made_up(spec, city, choose, progress):
        choose(Simulation(spec, city).state)
        return next(asked)

    monkeypatch.setattr(module, "follow_run", made_up)
    told = follow(CITY, PACKAGE, until="2002-12", households=3)
    assert len(told.events) == 2 and told.touched == 3
    assert [(s.kind, s.with_, s.without) for s in told.seen] == [("victim", 3, 0)]


def _stand(n):
    return Standing(n, 0, 0, 0, 0, 0.0, 0.0, float("nan"))


@pytest.mark.parametrize("kind", KINDS)
def test_kinds_are_told_by_age_and_home_never_by_background(kind):
    sim = Simulation(RunSpec("toy", CITY.hash, {}, months=12, start=CITY.start), CITY)
    rows = households_like(sim.state, kind, None)
    others = sim.state.copy()
    others.columns["people.background"][:] = 0
    assert rows.size and np.array_equal(rows, households_like(others, kind, None))


def test_a_story_is_written_and_read(story, tmp_path):
    file = tmp_path / "household.json"
    file.write_text(story.to_json(), encoding="utf-8")
    assert replace(read_household(file), settings={}) == replace(story, settings={})
    assert "who" not in json.loads(story.to_json())["events"][0]
    file.write_text('{"city": "toy"}', encoding="utf-8")
    with pytest.raises(InputError, match=r"end. is missing"):
        read_household(file)
    assert read_household(tmp_path / "none.json") is None


@pytest.mark.parametrize("code", ["nl", "fr"])
def test_every_word_is_there_and_the_page_is_in_one_language(story, code):
    assert missing(words.texts(), code) == []
    told = page(story, code)
    assert not any(f" {word} " in told.split("<main>")[1] for word in ("the", "household", "moves", "with"))
    assert "{" not in told.split("<main>")[1]


def test_what_is_wrong_is_told_at_once(capsys, tmp_path):
    with pytest.raises(UsageError) as caught:
        follow(CITY, PACKAGE, area="Nowhere", kind="tribe", tenure="castle", households=0, world=0)
    for part in ("Nowhere", "tribe", "castle", "households", "world"):
        assert part in str(caught.value)
    assert main(["follow", "mechelen", "--area", "Arsenal", "--out", str(tmp_path)]) == 2
    assert "Arsenaal" in capsys.readouterr().err


def test_the_command_writes_page_and_numbers_that_the_report_tells_of(tmp_path, capsys):
    from mechlin.city.tables.scaffold import write_city

    folder = write_city(tmp_path / "lacetown", "Lacetown")
    package = tmp_path / "p.toml"
    package.write_text('title = "P"\n[visible_patrol]\n', encoding="utf-8")
    out = tmp_path / "out"
    given = [str(folder), "--package", str(package), "--until", "2001-12", "--out", str(out)]
    assert main(["follow", *given, "--kind", "one person", "--households", "5", "--language", "nl"]) == 0
    assert "made up by a computer" in capsys.readouterr().out
    assert "door een computer verzonnen" in (out / "household.html").read_text(encoding="utf-8")
    assert main(["rehearse", *given, "--runs", "1"]) == 0
    assert "made up by a computer" in (out / "report.html").read_text(encoding="utf-8")


def test_it_is_to_be_had_from_python():
    assert mechlin.follow is follow and FOLLOWED == 32


def test_an_area_that_is_not_there_is_told_with_all_else_that_is_wrong():
    with pytest.raises(UsageError) as wrong:
        mechlin.follow("mechelen", "nosuch", area="Arsenal", kind="clan", until="1999-13")
    for said in ("'Arsenaal'", "no package 'nosuch'; allowed: nothing, as-it-went", "'clan'", "'1999-13'"):
        assert said in str(wrong.value)
