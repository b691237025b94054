"""What coded columns mean stands in one place, and nothing else writes the bare numbers."""

import ast
from pathlib import Path

import numba
import numpy as np
import pytest

import mechlin
from mechlin.core import codes
from mechlin.core.codes import Education, Offence, Payer, Tenure, words
from mechlin.core.compiled import compiled
from mechlin.core.declare import Costs
from mechlin.report.wording import payer

SOURCE = Path(mechlin.__file__).parent
CODED = ("tenure", "work", "education", "mother_education", "role")  # columns, and what is read from them


def test_words_follow_the_codes():
    assert words(Offence) == ("burglary", "theft", "vehicle", "violence", "nuisance")
    assert words(Education) == ("low", "middle", "high")
    assert words(Tenure) == ("owner", "private", "social", "service")
    assert (codes.OFFENCES, codes.EDUCATIONS) == (5, 3)


def test_payers_are_those_of_costs_and_of_the_wording():
    assert tuple(dict.fromkeys(name.split("_")[0] for name in Costs._fields)) == words(Payer)
    assert [payer(name) for name in words(Payer)] == ["the city", "the region", "the residents"]


@compiled
def _twice(code):
    return code * 2


@compiled
def _constants(column):
    column[0] = Tenure.LODGING
    return _twice(Tenure.SOCIAL), column[0] == Tenure.LODGING, _twice(3)


def test_compiled_code_takes_a_code_for_its_number():
    column = np.zeros(5, dtype=np.int8)
    assert _constants(column) == (4, True, 6)
    assert column[0] == -1


def test_a_code_does_not_compile_a_function_again():
    for given in (Tenure.SOCIAL, Offence.THEFT, 3):
        assert _twice.inlined.get_call_template((numba.typeof(given),), {})
    assert list(_twice.inlined.overloads) == [(numba.int64,)]


def bare_codes(tree):
    """Yield the lines where a coded column is compared with a number, or an age with that of majority."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare):
            sides = [node.left, *node.comparators]
            numbers = [s.value for s in sides if isinstance(s, ast.Constant) and isinstance(s.value, int | float)]
            names = [_name(side) for side in sides]
            equal = any(isinstance(op, ast.Eq | ast.NotEq) for op in node.ops)
            if codes.MAJORITY in numbers or (equal and numbers and any(name in CODED for name in names)):
                yield node.lineno


def _name(node):
    """Return the last word of a name, an attribute, or a row of either."""
    if isinstance(node, ast.Subscript):
        of_table = isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, str)
        return node.slice.value.rpartition(".")[2] if of_table else _name(node.value)
    return getattr(node, "attr", getattr(node, "id", ""))


@pytest.mark.parametrize(
    "text",
    ["people.work[i] == 2", "homes.tenure != 0", 'c["people.role"] == 1', "age >= 18.0", "0 == education", "a < 18"],
)
def test_a_bare_code_is_found(text):
    assert list(bare_codes(ast.parse(text))) == [1]


@pytest.mark.parametrize("text", ["people.work[i] == Work.LOOKING", "education >= 0", "rooms == 2", "age < 19"])
def test_what_is_no_bare_code_is_left_alone(text):
    assert not list(bare_codes(ast.parse(text)))


@pytest.mark.slow
def test_nothing_in_the_source_writes_bare_codes():
    found = [
        f"{path.relative_to(SOURCE)}:{line}"
        for path in sorted(SOURCE.rglob("*.py"))
        for line in bare_codes(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert not found
