"""The arrangement of the code: layers, lengths, names, the public surface, and no hidden chance."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import grimp
import pytest

import mechlin
from mechlin import indicators, measures, mechanisms
from mechlin.core.declare import declared

ROOT = Path(mechlin.__path__[0])
FILES = sorted(ROOT.rglob("*.py"))
NAMES = {p: p.relative_to(ROOT).as_posix() for p in FILES}
MECHANISMS, PROGRAMMES, INDICATORS = mechanisms.catalogue(), measures.catalogue(), indicators.catalogue()
FIELDS = {f.name: f for m in MECHANISMS.values() for f in m.fields}
LEVERS = {lever.name: lever for m in MECHANISMS.values() for lever in m.levers}

# An indicator is one number in 100 lines; a catalogue of several that share a formula may have a few more.
# The formatter gives a declared number that does not fit on a line a line for each thing it says.
LIMITS = {"mechanisms/*/mechanism.py": 360, "measures/*.py": 110, "indicators/*.py": 100}
OTHERS = 410
CATALOGUE = 120


def folder(path):
    return path.relative_to(ROOT).parts[0]


def parsed(path):
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


# ----------------------------------------------------------------------------------------- layers, lengths


def test_layers():
    """Who may import whom: the contracts in pyproject.toml."""
    code = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    top = Path(__file__).resolve().parents[2]
    done = subprocess.run(
        [sys.executable, "-c", code, "--no-cache"], cwd=top, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 broken" in done.stdout


def circles(needs):
    """Return what is left of ``needs`` (each file and those it imports) when all outside circles is taken away."""
    left = dict(needs)
    while free := [f for f, of in left.items() if not of & left.keys() or not any(f in o for o in left.values())]:
        for file in free:
            del left[file]
    return {file: sorted(of & left.keys()) for file, of in left.items()}


def test_no_file_imports_itself_by_way_of_others():
    """Imports inside functions and for type checkers count too."""
    graph = grimp.build_graph("mechlin", cache_dir=None)
    assert circles({m: graph.find_modules_directly_imported_by(m) for m in graph.modules}) == {}


def test_a_circle_is_found():
    needs = {"a": {"b"}, "b": {"c"}, "c": {"b", "d"}, "d": set()}
    assert circles(needs) == {"b": ["c"], "c": ["b"]}


def limit_of(path):
    """Return how many lines a file may have."""
    limit = next((most for shape, most in LIMITS.items() if path in ROOT.glob(shape)), OTHERS)
    if limit == LIMITS["indicators/*.py"] and path.read_text(encoding="utf-8").count("Indicator(") != 1:
        return CATALOGUE
    return limit


def test_no_file_is_over_its_limit():
    lines = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in FILES}
    long = [
        f"{NAMES[p]}: {n} lines, at most {limit_of(p)}: is it one idea?" for p, n in lines.items() if n > limit_of(p)
    ]
    assert long == []


def test_heavy_libraries_stay_away_until_they_are_needed():
    """`import mechlin` and `mechlin --help` are quick because they import nothing heavy."""
    code = "import sys, mechlin; print([m for m in sys.modules if m in {!r}])"
    heavy = ("numba", "numpy", "scipy", "polars", "altair", "typer", "rich", "vl_convert")
    done = subprocess.run([sys.executable, "-c", code.format(heavy)], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


# ---------------------------------------------------------------------------------------- no hidden chance

CHANCE = {"random", "secrets", "uuid", "time", "datetime", "os"}  # ways by which a run could depend on its moment


def impure(tree):
    """Return what in ``tree`` draws hidden random numbers or looks at the clock or the machine."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [a.name for a in node.names if a.name.split(".")[0] in CHANCE or a.name == "numpy.random"]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = {f"{node.module}.{a.name}" for a in node.names}
            if node.module.split(".")[0] in CHANCE or node.module == "numpy.random" or "numpy.random" in names:
                found.append(node.module)
        elif isinstance(node, ast.Attribute) and node.attr == "random" and isinstance(node.value, ast.Name):
            found += ["np.random"] if node.value.id in ("np", "numpy") else []
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("hash", "id"):
            found.append(node.func.id)
    return found


PURE = [p for p in FILES if folder(p) in ("mechanisms", "measures", "indicators", "law", "statistics")]
PURE += [ROOT / "core" / f"{name}.py" for name in ("rows", "calendar", "ages", "monitor")]
for name in ("emulate", "smoother"):  # they fit a city after its runs; their draws are seeded
    PURE.remove(ROOT / "statistics" / f"{name}.py")


def test_no_random_number_without_an_address():
    assert {NAMES[path]: found for path in PURE if (found := impure(parsed(path)))} == {}


@pytest.mark.parametrize(
    "code",
    [
        "import random", "from random import random", "import numpy.random as r", "from numpy import random",
        "from numpy.random import default_rng", "x = np.random.random()", "import time", "x = hash('a')",
    ],
)  # fmt: skip
def test_hidden_chance_is_found(code):
    assert impure(ast.parse(code))


def draws(name):
    """Whether a measure imports random numbers."""
    imported = [n for n in ast.walk(parsed(ROOT / "measures" / f"{name}.py")) if isinstance(n, ast.ImportFrom)]
    return any(n.module == "mechlin.core.rng" or "rng" in {a.name for a in n.names} for n in imported)


def test_measures_draw_no_numbers_at_all():
    """Who gets a place is the engine's lottery; a measure that draws would favour somebody by a rule of its own."""
    assert [name for name in PROGRAMMES if draws(name)] == []


def test_every_measure_has_its_test_file():
    tests = Path(__file__).resolve().parents[1] / "measures"
    assert [name for name in PROGRAMMES if not (tests / f"test_{name}.py").is_file()] == []


# --------------------------------------------------------------------------------------------------- names

EMPTY_WORDS = re.compile(r"(^|_)(process|handle|manage|manager|utils?|helpers?|misc|common)(_|$)")
WORD = re.compile(r"_?[a-z][a-z0-9_]*")
UNIT_OF_ENDING = {
    "_eur": r"EUR", "_share": r"share", "_months": r"months?", "_years": r"years?", "_m2": r"m2",
    "_km": r"km", "_km2": r"km2", "_minutes": r"minutes?", "_hours": r"hours?", "_sd": r"SD",
    "_per_year": r".*/.*year", "_per_month": r".*/.*month",
}  # fmt: skip


def unit_fits(name, unit):
    """Whether a name that ends in a unit is declared in that unit, and euros are called euros."""
    ending = next((e for e in sorted(UNIT_OF_ENDING, key=len, reverse=True) if name.endswith(e)), None)
    if ending is None:
        return not unit.startswith("EUR")
    return re.match(UNIT_OF_ENDING[ending], unit) is not None


@pytest.mark.slow
def test_files_and_functions_are_called_by_what_they_are():
    functions = [
        f"{NAMES[path]}: {n.name}" for path in FILES for n in ast.walk(parsed(path))
        if isinstance(n, ast.FunctionDef) and EMPTY_WORDS.search(n.name)
    ]  # fmt: skip
    assert [name for path, name in NAMES.items() if EMPTY_WORDS.search(path.stem)] + functions == []


@pytest.mark.slow
def test_one_style_of_import():
    """Imports are absolute and name what they take."""
    assert [
        f"{NAMES[path]}:{n.lineno}" for path in FILES for n in ast.walk(parsed(path))
        if isinstance(n, ast.ImportFrom) and (n.level or any(a.name == "*" for a in n.names))
    ] == []  # fmt: skip


def badly_named(name, unit, doc):
    """Whether a name is no plain word, does not fit its unit, or has no unit or meaning."""
    plain = all(WORD.fullmatch(part) for part in name.split("."))
    return not (plain and unit and doc and unit_fits(name.rpartition(".")[2], unit))


def test_every_parameter_has_unit_and_meaning_and_a_name_that_fits_its_unit():
    numbers = [
        (owner.name, d) for owner in (*MECHANISMS.values(), *PROGRAMMES.values()) for d in declared(owner.params)
    ]
    assert [f"{owner}.{d.name}" for owner, d in numbers if badly_named(d.name, d.param.unit, d.param.doc)] == []


def test_every_column_has_unit_and_meaning_and_a_name_that_fits_its_unit():
    assert [name for name, f in FIELDS.items() if "." not in name or badly_named(name, f.unit, f.doc)] == []


def test_every_lever_has_unit_and_meaning_and_a_table():
    tables = {name.partition(".")[0] for name in FIELDS} | {"homes", "areas", "schools", "groups", "city"}
    assert [n for n, v in LEVERS.items() if v.table not in tables or badly_named(n, v.unit, v.doc)] == []


def test_every_indicator_has_its_card():
    ways = ("up", "down", "neither")
    assert [
        name for name, i in INDICATORS.items()
        if i.better not in ways or not (i.title and i.unit and all(WORD.fullmatch(part) for part in name.split(".")))
    ] == []  # fmt: skip


# ------------------------------------------------------------------------------------------ public surface


def test_the_public_surface_is_a_sorted_list_of_what_can_be_had():
    assert list(mechlin.__all__) == sorted(mechlin.__all__) == dir(mechlin)
    for name in mechlin.__all__:
        assert getattr(mechlin, name) is not None
    with pytest.raises(AttributeError):
        _ = mechlin.no_such_thing


def test_type_checkers_see_the_same_public_surface():
    """Names are fetched when used, so they stand once more under TYPE_CHECKING; both lists are one."""
    tree = parsed(ROOT / "__init__.py")
    block = next(n for n in tree.body if isinstance(n, ast.If) and ast.unparse(n.test) == "TYPE_CHECKING")
    seen = {a.asname or a.name for n in block.body if isinstance(n, ast.ImportFrom) for a in n.names}
    assert seen == {n for n in mechlin.__all__ if not n.startswith("_")}


def test_the_formatter_is_never_switched_off():
    skips = [
        f"{NAMES[path]}:{n}"
        for path in FILES
        for n, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if re.search(r"#\s*fmt:\s*(skip|off)", line)
    ]
    assert not skips


# ----------------------------------------------------------------------------------------- types

COMPILED = {"compiled", "allocating", "typed", "overload", "intrinsic", "register_model"}
SELF = {"self", "cls"}
PLAIN = {"desk/check_draw.py"}  # to be read by whoever wants to check a draw: nothing but what it does


def without_types(tree, inside=False):
    """Return the functions under ``tree`` that miss a type, but for compiled ones: there Numba infers and checks."""
    missing = []
    for node in ast.iter_child_nodes(tree):
        free = inside
        if isinstance(node, ast.FunctionDef):
            marks = {ast.unparse(d).split("(")[0].split(".")[-1] for d in node.decorator_list}
            free = inside or bool(marks & COMPILED)
            given = [a for a in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs) if a.arg not in SELF]
            if not free and (node.returns is None or any(a.annotation is None for a in given)):
                missing.append(node.name)
        missing += without_types(node, free)
    return missing


@pytest.mark.slow
def test_what_is_not_compiled_says_its_types():
    """Mypy is told to let compiled loops be, file by file; what stands beside them is not let off."""
    missing = {NAMES[p]: found for p in FILES if NAMES[p] not in PLAIN and (found := without_types(parsed(p)))}
    assert not missing


def test_a_missing_type_is_found():
    code = "@compiled\ndef loop(rows):\n    pass\n\ndef step(view, t: int) -> None:\n    pass\n\ndef end(t: int):\n    pass"
    assert without_types(ast.parse(code)) == ["step", "end"]
