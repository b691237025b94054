"""What is written about Mechlin is true where a machine can tell: code, commands, links, docstrings."""

import ast
import inspect
import re
from pathlib import Path

import pytest
from typer.main import get_command

import mechlin
from mechlin import measures
from mechlin.cli.main import app
from mechlin.engine.package import read_package

SOURCE = Path(mechlin.__path__[0])
TOP = Path(__file__).resolve().parents[2]
README = (TOP / "README.md").read_text(encoding="utf-8")
PAGES = sorted([*TOP.glob("*.md"), *(TOP / "docs").rglob("*.md"), *(SOURCE / "cities").rglob("*.md")])
MODULES = sorted(p for p in SOURCE.rglob("*.py") if p.read_text(encoding="utf-8").strip())

every_page = pytest.mark.parametrize("page", PAGES, ids=lambda p: p.relative_to(TOP).as_posix())


def blocks(language, text=README):
    """Return the blocks of code of a page in one language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def unknown_names(code):
    """Return the names that ``code`` takes from Mechlin, or from what its functions return, and that are not there."""
    returned = {"load_city": mechlin.City, "rehearse": mechlin.Rehearsal}
    kinds, missing = {}, []
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
            kinds[node.targets[0].id] = returned.get(getattr(node.value.func, "attr", ""))
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            if node.value.id == "mechlin" and node.attr not in mechlin.__all__:
                missing.append(node.attr)
            elif kinds.get(node.value.id) and not hasattr(kinds[node.value.id], node.attr):
                missing.append(f"{node.value.id}.{node.attr}")
    return missing


def unknown_settings(code):
    """Return the names with which ``code`` calls Mechlin's functions and that these do not know."""
    missing = []
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Call) and getattr(getattr(node.func, "value", None), "id", "") == "mechlin":
            known = inspect.signature(getattr(mechlin, node.func.attr)).parameters
            missing += [k.arg for k in node.keywords if k.arg not in known]
    return missing


def pages_of_the_site():
    """Return the pages in the menu of the site: some are made from the code and have no file."""
    menu = (TOP / "mkdocs.yml").read_text(encoding="utf-8")
    return {(TOP / "docs" / name).resolve() for name in re.findall(r": (\S+\.md)$", menu, re.MULTILINE)}


def broken_links(page, text):
    """Return the relative links of a page that lead nowhere."""
    known, broken = pages_of_the_site(), []
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        place = (page.parent / target.partition("#")[0]).resolve()
        if not target.startswith(("http:", "https:", "mailto:", "#")) and not place.exists() and place not in known:
            broken.append(target)
    return broken


def missing_files(text):
    """Return the files of the source that a text names between backticks and that are not there."""
    named = re.findall(r"`((?:[\w.-]+/)+[\w-]+\.(?:py|toml|po|html|js))`", text)
    return [n for n in named if not any((top / n).exists() for top in (TOP, SOURCE, SOURCE / "web", TOP / "docs"))]


@every_page
def test_files_named_in_the_text_are_there(page):
    """What was moved or renamed is named by its new place; made-up names (my_measure) and folders of a city apart."""
    found = missing_files(page.read_text(encoding="utf-8"))
    assert [
        n for n in found if "my_" not in n and "keepers" not in n and not n.startswith(("packages/", "report/"))
    ] == []


def test_a_file_that_moved_is_found():
    assert missing_files("`core/declare.py` and `rules/reach.py` and `CHANGELOG.md`") == ["rules/reach.py"]


def test_python_in_the_readme_uses_what_exists():
    code = blocks("python")
    assert code
    for block in code:
        assert unknown_names(block) == [] == unknown_settings(block)


def test_what_does_not_exist_is_found():
    code = "import mechlin\ncity = mechlin.load_town('x')\nr = mechlin.rehearse('mechelen', seeds=3)\nr.to_pdf('x')"
    assert unknown_names(code) == ["load_town", "r.to_pdf"] and unknown_settings(code.replace("town", "city")) == [
        "seeds"
    ]
    assert broken_links(TOP / "README.md", "[a](no_such_page.md) [b](README.md) [c](#top)") == ["no_such_page.md"]


def test_packages_in_the_readme_can_be_read(tmp_path):
    code = blocks("toml")
    assert code
    for block in code:
        file = tmp_path / "package.toml"
        file.write_text(block, encoding="utf-8")
        assert read_package(file, {}, measures.catalogue()).settings


def test_the_readme_names_the_commands_of_make():
    targets = re.findall(r"^([a-z]+):", (TOP / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    for name in ("demo", "test", "check"):
        assert name in targets and f"make {name}" in README


@pytest.mark.slow
@every_page
def test_commands_and_options_exist(page):
    """Every ``mechlin ...`` between backticks is a command with its sub-command and options."""
    root = get_command(app)
    for words in re.findall(r"`mechlin ([a-z][^`\n]*)`", page.read_text(encoding="utf-8")):
        first, *rest = words.replace("\\|", "|").split()
        assert first in root.commands, words
        command = root.commands[first]
        subs = getattr(command, "commands", None)
        if subs and rest and rest[0].replace("|", "").isalpha() and rest[0].islower():
            assert set(rest[0].split("|")) <= set(subs), words
            continue
        options = {o for p in command.params for o in p.opts}
        assert {w for w in rest if w.startswith("--")} <= options | {"--help"}, words


@every_page
def test_links_lead_somewhere(page):
    assert broken_links(page, page.read_text(encoding="utf-8")) == []


@every_page
def test_pages_name_no_machine(page):
    """Whoever reads a page has another machine than whoever wrote it."""
    assert not re.search(r"(?<![\w.])/(work|tmp|root|home)/|\.\./shared", page.read_text(encoding="utf-8"))


def test_every_module_says_what_it_is():
    silent = [p for p in MODULES if not ast.get_docstring(ast.parse(p.read_text(encoding="utf-8")))]
    assert MODULES and not silent


def test_every_public_name_says_what_it_is():
    assert all(getattr(mechlin, name).__doc__ for name in mechlin.__all__ if name != "__version__")
