"""``mechlin new measure NAME``: a small measure that does nothing yet, and a test that fails until it does."""

import keyword
import re
import sys
from importlib.resources import files
from pathlib import Path
from typing import Annotated

import typer

from mechlin.core.errors import UsageError

_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_DEVICES = ("con", "prn", "aux", "nul")  # what Windows takes for no file
_MEASURE = '''"""What it is, in a line."""

from typing import Annotated, NamedTuple

import numpy as np

from mechlin.core.clock import Clock
from mechlin.core.declare import Costs, MeasureText, Param, Programme
from mechlin.core.views import View


class Params(NamedTuple):
    """Size and price of the measure: of each number its unit, what is possible, its meaning and its evidence."""

    asked_share: Annotated[float, Param("share", 0, 1, "Of residents, asked in a year")] = 0.1
    asked_eur: Annotated[float, Param("EUR", 0, 1000, "Cost for each resident asked")] = 10.0


def eligible(view: View, p: Params, clock: Clock, out: np.ndarray) -> None:
    """Areas where people live."""
    out[:] = view.areas.people > 0


def places(p: Params) -> int:
    """Every area, unless nobody is asked."""
    return 10**6 if p.asked_share > 0 else 0


def effects(view: View, enrolled: np.ndarray, p: Params, clock: Clock, out: dict[str, np.ndarray]) -> None:
    """Say here what the measure does in a month: its own pull on each lever, for whoever is enrolled."""
    raise NotImplementedError('fill in the effect, as out["attitudes.consultation"][enrolled] = ...')


def costs(view: View, enrolled: np.ndarray, joined: np.ndarray, p: Params, clock: Clock) -> Costs:
    """What one month costs, by who pays."""
    residents = float(np.sum(view.areas.people[enrolled]))
    return Costs(city_running_eur=residents * p.asked_share / 12.0 * p.asked_eur)


PROGRAMME = Programme(
    title="{title}",
    text=MeasureText(
        summary="What it is, in a line.",
        who="who or what takes part, by need, place and willingness",
        what="what they get",
        lever="attitudes.consultation",
        costs="what it costs, and who pays",
        expect="what should change, which way, and how much",
        doubt="what somebody who is against it would say",
    ),
    pillar="city",
    params=Params,
    table="areas",
    reads=("areas.people",),
    levers=("attitudes.consultation",),
    inert={{"asked_share": 0.0}},
    large={{"asked_share": 1.0}},
    expects={{}},
    eligible=eligible,
    places=places,
    effects=effects,
    costs=costs,
)
'''
_TEST = '''"""{title}, worked by hand: who takes part, what it does in a month, what it costs."""

import numpy as np
import pytest

from mechlin.core.clock import Clock
{imported}

JUNE = Clock(5, 2001, 6)
P = {name}.Params(asked_share=0.24, asked_eur=10.0)
ENROLLED = np.array([True, False, True])


class View:
    """Three areas, one of them empty."""

    class areas:
        people = np.array([1200, 0, 600])


def test_who_takes_part():
    out = np.zeros(3, dtype=bool)
    {name}.eligible(View, P, JUNE, out)
    assert out.tolist() == [True, False, True]


def test_what_it_does_in_a_month():
    """Of the year's residents a twelfth is asked: 0.24 / 12 in each area that takes part. Fails until it is filled in."""
    out = {{"attitudes.consultation": np.zeros(3)}}
    {name}.effects(View, ENROLLED, P, JUNE, out)
    assert out["attitudes.consultation"] == pytest.approx([0.02, 0.0, 0.02])


def test_what_a_month_costs():
    """1,800 residents, a fiftieth of them asked, 10 euros each."""
    assert {name}.costs(View, ENROLLED, ENROLLED, P, JUNE).city_running_eur == pytest.approx(360.0)
'''


def new_measure(
    name: Annotated[str, typer.Argument(help="The measure's name: small letters and underscores.")],
    into: Annotated[
        Path | None, typer.Option(help="The folder for both files; Mechlin's own measures and tests unless told.")
    ] = None,
) -> None:
    """Write a measure that does nothing yet, and a test that fails until its effect is filled in."""
    own = Path(str(files("mechlin.measures")))
    _check(name, own)
    target = (into or own) / f"{name}.py"
    test = _tests(own, into) / f"test_{name}.py"
    if there := [path for path in (target, test) if path.exists()]:
        raise UsageError(f"there is such a file already: {there[0]}")
    title, imported = (
        name.replace("_", " ").capitalize(),
        f"import {name}" if into else f"from mechlin.measures import {name}",
    )
    texts = {target: _MEASURE.format(title=title), test: _TEST.format(title=title, name=name, imported=imported)}
    for path, text in texts.items():
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        except OSError as error:
            raise UsageError(f"{path} cannot be written ({error.strerror}); say where with --into FOLDER") from None
        print(path)
    steps = [
        f"The test fails until effects() in {target.name} does something: pytest {test}",
        "Then put in your own lever, numbers, costs and cases; CONTRIBUTING.md goes through it.",
    ]
    if into is not None:
        steps.append(f"Mechlin finds the measure once it stands in {own}.")
    print("\n".join(steps), file=sys.stderr)


def _tests(own: Path, into: Path | None) -> Path:
    """Return where the test goes: beside the measure, among Mechlin's own tests, or here where those are not installed."""
    tests = own.parents[2] / "tests" / "measures"
    return into or (tests if tests.is_dir() else Path())


def _check(name: str, own: Path) -> None:
    """Refuse a name that cannot be a measure's, or that is something else already."""
    from mechlin import indicators, mechanisms
    from mechlin.engine.package import HEADINGS

    if not _NAME.fullmatch(name):
        raise UsageError(f"{name!r} cannot be a measure's name; write small letters, like school_transport")
    if keyword.iskeyword(name) or name in _DEVICES:
        raise UsageError(
            f"{name!r} cannot be a measure's name: it cannot be the name of a file of Python; "
            f"write another, like {name}_measure"
        )
    if (own / f"{name}.py").exists() or (own / name).exists():
        raise UsageError(f"there is a measure {name!r} already: {own / f'{name}.py'}")
    kinds = {
        "a heading of a package": HEADINGS,
        "a mechanism": (*mechanisms.catalogue(), "transport"),
        "an indicator": indicators.catalogue(),
    }
    for kind, names in kinds.items():
        if name in names:
            raise UsageError(f"{name!r} cannot be a measure's name: it is that of {kind} already")
