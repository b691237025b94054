"""Nobody is a group: nothing that decides about residents can name or see background, nationality, religion or origin."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.main import get_command

import mechlin.cities
from mechlin.cli.main import app
from mechlin.core.declare import declared
from mechlin.core.spec import RunSpec
from mechlin.engine.simulation import Simulation, scheduled
from mechlin.engine.world import STATIC_FIELDS
from mechlin.measures import catalogue
from tests.contract.groups import named

PROGRAMMES = catalogue()
EVERY = pytest.mark.parametrize("programme", PROGRAMMES.values(), ids=PROGRAMMES)
# Columns that say something of a person's background, or are made of nothing else.
BACKGROUNDS = tuple(
    f.name for f in (*STATIC_FIELDS, *(f for m in scheduled().values() for f in m.fields))
    if "background" in f.name or f.width == "backgrounds"
)  # fmt: skip
PACKAGES = sorted(Path(mechlin.cities.__path__[0]).rglob("packages/*.toml"))


def everything(value: Any) -> Iterator[str]:
    """Yield every key and every text in what a TOML file holds."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield str(key)
            yield from everything(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from everything(inner)
    elif isinstance(value, str):
        yield value


def test_the_word_list_finds_what_it_should():
    assert named(["people.background", "Nationality", "religion", "foreign_origin_share", "of foreign origin"])
    assert not named(["original", "the originator", "age", "income", "people.born_month", "group_dealings"])


# ---------------------------------------------------------------------------------------- nothing can be named


@EVERY
def test_no_view_of_a_measure_holds_a_group(programme):
    assert not named(programme.reads)
    assert not set(programme.reads) & set(BACKGROUNDS)


@EVERY
def test_no_setting_of_a_measure_names_a_group(programme):
    settings = declared(programme.params)
    assert not named(d.name for d in settings)
    assert not named(d.param.doc for d in settings)
    assert not named([*programme.inert, *programme.large])


@pytest.mark.parametrize("path", PACKAGES, ids=lambda p: f"{p.parent.parent.name}/{p.name}")
def test_no_package_names_a_group(path):
    text = path.read_text(encoding="utf-8")
    assert not named(everything(tomllib.loads(re.sub(r"=\s*(\d{4}-\d{2})\s*$", r'= "\1"', text, flags=re.MULTILINE))))
    assert not named(line for line in text.splitlines() if line.startswith("#"))


def commands(command: Any, path: str = "mechlin") -> Iterator[tuple[str, Any]]:
    """Yield every command of the command line with its full name."""
    yield path, command
    for name, inner in getattr(command, "commands", {}).items():
        yield from commands(inner, f"{path} {name}")


COMMANDS = dict(commands(get_command(app)))


@pytest.mark.parametrize("name", COMMANDS)
def test_no_command_offers_a_group(name):
    command = COMMANDS[name]
    texts = [name, command.help or "", *(o for p in command.params for o in (*p.opts, *p.secondary_opts))]
    texts += [getattr(p, "help", "") or "" for p in command.params]
    texts += [str(c) for p in command.params for c in getattr(getattr(p, "type", None), "choices", ())]
    assert not named(texts)


# ------------------------------------------------------------------------------------- nothing hangs on it unseen


def asked(programme, toy, months=4):
    """Return a toy city some months on, with the measure at its large dose."""
    sim = Simulation(RunSpec(city="toy", package={programme.name: dict(programme.large)}, months=months), toy)
    for clock in sim.months[:-1]:
        sim.month(clock)
    return sim


def answers(sim):
    """Return who is eligible next month, according to the measure."""
    enrolment, clock = sim.enrolments[0], sim.months[-1]
    month = sim.first + clock.t
    plan = enrolment.plan
    params = plan.phases[max(plan.phase_at(month), 0)].params_at(month)
    enrolment.eligible[:] = False
    enrolment.plan.programme.eligible(enrolment.view, params, clock, enrolment.eligible)
    return enrolment.eligible.copy()


def scramble(sim):
    """Give everybody somebody else's background, by lot, and every count of backgrounds other numbers."""
    lot = np.random.default_rng(5)
    for name in BACKGROUNDS:
        column = sim.state[name]
        column[...] = lot.permutation(column.ravel()).reshape(column.shape)


def hangs_on_background(sim):
    before = answers(sim)
    scramble(sim)
    return bool((answers(sim) != before).any())


@pytest.mark.slow
@EVERY
def test_another_background_makes_nobody_eligible_or_ineligible(programme, toy):
    assert not hangs_on_background(asked(programme, toy))


@pytest.mark.slow
def test_a_measure_that_looks_at_backgrounds_is_found(toy):
    """The same test on a faulty measure: it must be seen to fail."""

    def eligible(view, p, clock, out):
        out[:] = view.areas.backgrounds[:, 1:].sum(axis=1) > view.areas.people * 0.15

    programme = PROGRAMMES["home_renovation"]
    sim = asked(programme, toy, 2)
    enrolment = sim.enrolments[0]
    faulty = replace(programme, reads=("areas.backgrounds", "areas.people"), eligible=eligible)
    enrolment.plan = replace(enrolment.plan, programme=faulty)
    enrolment.lengthen()
    assert hangs_on_background(sim)
    assert faulty.reads and set(faulty.reads) & set(BACKGROUNDS)


@EVERY
def test_no_measure_says_in_its_text_that_it_is_for_a_group(programme):
    """Its title and Who line speak of residents, places, need and willingness."""
    assert not named([programme.title, programme.text.who])
