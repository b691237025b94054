"""The pages that are made from the code when the site is built: no number or name is written down twice.

MkDocs calls the functions that begin with ``on_``; the rest needs no MkDocs, so that tests can read the pages.
"""

import logging
import posixpath
import re
from collections.abc import Iterable, Mapping
from enum import Enum
from pathlib import Path
from typing import Any

import mechlin
from mechlin import indicators, measures, mechanisms
from mechlin.city.tables.columns import AREA_COLUMNS, SCHOOL_COLUMNS, SERIES
from mechlin.city.tables.model import OPTIONAL_SERIES, REQUIRED_SERIES
from mechlin.cli.explain import explanation, parameters
from mechlin.core.declare import Field, Indicator, Mechanism, Programme, Transport
from mechlin.engine.schedule import SCHEDULE
from mechlin.engine.world import STATIC_FIELDS
from mechlin.evidence.registry import evidence

TOP = Path(__file__).resolve().parents[1]
CITIES = ("mechelen", "amsterdam", "malmo")
COPIED = {"changelog.md": "CHANGELOG.md", "contributing.md": "CONTRIBUTING.md"}
COPIED |= {f"reference/{name}.md": f"src/mechlin/cities/{name}/README.md" for name in CITIES}
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_PLACE = re.compile(r"^\{\{ (\w+) \}\}$", re.MULTILINE)
_LABELLED = re.compile(r"^(\w[\w ]*?)\s{2,}(\S.*)$")
_FETCHED = re.compile(r'<(?:script|link|img|iframe|source)\b[^>]*?(?:src|href)="((?:https?:)?//[^"]+)"')
_ALL_YEAR = 12


# ------------------------------------------------------------------------------------------ what MkDocs calls


def on_files(files: Any, config: Any) -> Any:
    """Add the pages that have no file."""
    from mkdocs.structure.files import File

    for path, text in pages().items():
        files.append(File.generated(config, path, content=text))
    return files


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Fill in what a page takes from the code, and mend its links to files that are not part of the site."""
    return linked(filled(markdown), page.file.src_uri)


def on_post_page(output: str, page: Any, **_: Any) -> str:
    """Warn, which ends a strict build, where a page would fetch anything from elsewhere."""
    for address in fetched(output):
        logging.getLogger("mkdocs.hooks").warning("%s fetches %s", page.file.src_uri, address)
    return output


def fetched(html: str) -> list[str]:
    """Return the addresses on other machines that a page loads by itself; links to follow are not among them."""
    return _FETCHED.findall(html)


# --------------------------------------------------------------------------------------------------- pages


def pages() -> dict[str, str]:
    """Return every page that is made from the code or copied from elsewhere: path in the site -> Markdown."""
    return {
        "reference/python.md": python_page(),
        "reference/command-line.md": command_page(),
        "reference/measures.md": measures_page(),
        "reference/mechanisms.md": mechanisms_page(),
        "reference/indicators.md": indicators_page(),
        "reference/numbers.md": numbers_page(),
        "reference/evidence.md": evidence_page(),
        "reference/city-columns.md": columns_page(),
        **{path: (TOP / source).read_text(encoding="utf-8") for path, source in COPIED.items()},
    }


def columns_page() -> str:
    """Return what each column of a city's tables means, what stands in for it and what hangs on it."""
    lines = ["# The columns of a city", "", "What an import fills, table by table. How to get there: "
             "[your own city](../tutorials/your-own-city.md)."]  # fmt: skip
    for title, columns in (
        ("Areas (`areas.csv`)", AREA_COLUMNS),
        ("The outside world by year (`context.csv`)", SERIES),
        ("Schools (`schools.csv`)", SCHOOL_COLUMNS),
    ):
        rows = [(f"`{name}`", c.meaning, c.unit, c.instead, f"{c.hangs}: {c.why}") for name, c in columns.items()]
        head = ("Column", "Meaning", "Unit", "What stands in for it", "How much hangs on it")
        lines += ["", f"## {title}", "", *table(head, rows)]
    return "\n".join(lines)


def python_page() -> str:
    """Return the public names of ``mechlin``, functions first."""
    names = [name for name in mechlin.__all__ if not name.startswith("__")]
    homes = {name: getattr(mechlin, name).__module__ for name in names}
    functions, records = [n for n in names if n[0].islower()], [n for n in names if n[0].isupper()]
    lines = ["# Python", "", "`import mechlin` gives these names; nothing else is promised to stay."]
    for title, found in (("Functions", functions), ("Results and records", records)):
        lines += ["", f"## {title}", *(f"\n::: {homes[name]}.{name}" for name in found)]
    return "\n".join(lines)


def command_page() -> str:
    """Return every command with its arguments and options, as the command line declares them."""
    from typer.main import get_command

    from mechlin.cli.main import app

    head = "Exit codes: 0 done, 1 a check found problems, 2 wrong use, 3 bad input data, 130 stopped."
    return "\n".join(["# Command line", "", head, *_commands(get_command(app), "mechlin")])


def _commands(command: Any, name: str) -> Iterable[str]:
    for sub_name, sub in sorted(getattr(command, "commands", {}).items()):
        full = f"{name} {sub_name}"
        if hasattr(sub, "commands"):
            yield from _commands(sub, full)
            continue
        yield from ("", f"## `{full}`", "", str(sub.help or ""), "")
        rows = [_option(p) for p in sub.params if p.name != "help"]
        yield from table(("", "Kind", "Default", "Meaning"), rows) if rows else ()


def _option(p: Any) -> tuple[str, ...]:
    """Return one argument or option as a row; both forms of a switch stand together."""
    argument = p.param_type_name == "argument"
    name = p.name.upper() if argument else ", ".join((*p.opts, *p.secondary_opts))
    flag = getattr(p, "is_flag", False)
    usual = "required" if p.required else "" if flag or p.default in (None, []) else f"`{p.default}`"
    return f"`{name}`", "switch" if flag else _kind(p.type_descriptor.annotation), usual, p.help or ""


def _kind(annotation: Any) -> str:
    """Return what may be given, in a word; the members where there are few."""
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return ", ".join(member.value for member in annotation)
    return {str: "text", int: "whole number", float: "number", Path: "path"}.get(annotation, "text")


def measures_page() -> str:
    """Return every measure: whom it enrols, what it pulls, what is expected and doubted, its settings."""
    lines = ["# Measures", "", "What a city can decide. How measures act: [levers](../concepts/levers.md)."]
    for name, measure in measures.catalogue().items():
        told = explanation(name)
        lines += ["", f"## {measure.title} {{ #{name} }}", "", f"`{name}`, pillar: {measure.pillar}.", ""]
        lines += [*prose(told["text"]), "", *numbers(told["parameters"])]
    return "\n".join(lines)


def mechanisms_page() -> str:
    """Return every mechanism in the order of a month: its rule, columns, levers and numbers."""
    known = mechanisms.catalogue()
    lines = ["# Mechanisms", "", "What happens every month, in this order."]
    for name in SCHEDULE:
        told = explanation(name)
        lines += ["", f"## {name} {{ #{name} }}", "", *prose(told["text"]), "", *numbers(told["parameters"])]
        columns = [(f"`{f.name}`", f.unit, f.doc) for f in known[name].fields]
        lines += ["", "Columns of its own", "", *table(("Column", "Unit", "Meaning"), columns)]
    return "\n".join(lines)


def indicators_page() -> str:
    """Return the definition card of every indicator."""
    lines = ["# Indicators", "", "What is counted about the city, every December unless the card says otherwise. "
             "Some exist once for each background that the city's source statistic names; a city's own list: "
             "`mechlin list indicators`."]  # fmt: skip
    for indicator in indicators.catalogue().values():
        lines += ["", f"## {indicator.title} {{ #{indicator.name} }}", "", *_card(indicator)]
    return "\n".join(lines)


def _card(i: Indicator) -> Iterable[str]:
    when = "1 January" if i.when == "january" else "the year, or its December"
    rows = (("Name", f"`{i.name}`"), ("Unit", i.unit), ("Counts", i.numerator), ("Out of", i.denominator), ("Taken", when),
            ("Better", i.better), ("For", "each area" if i.by_area else "the whole city"), ("Source", i.source))  # fmt: skip
    return table(("", ""), [row for row in rows if row[1]])


def numbers_page() -> str:
    """Return every number that stands behind a run."""
    owners = {**measures.catalogue(), **mechanisms.catalogue()}
    rows = parameters(owners)
    assumed = sum("assumption" in row["evidence"] for row in rows)
    return "\n".join([
        "# Numbers", "",
        f"Every number behind a run: {len(rows)}, of which {assumed} are assumptions. *Possible* is what is accepted; "
        "*likely* holds nine tenths of belief, and a rehearsal draws from it. A number without a likely range is a "
        "definition or a setting. *Abroad* marks an effect measured elsewhere: the value at which there is no effect, "
        "towards which the [transport factor](#transport) moves it.",
        *(line for name, thing in owners.items() for line in ("", f"## {name}", "", *numbers(of_owner(name, thing)))),
        "", "## Transport", "", *numbers(explanation("transport")["parameters"]), "",
        " ".join((Transport.__doc__ or "").split()),
    ])  # fmt: skip


def of_owner(name: str, thing: Any) -> list[dict[str, str]]:
    """Return the numbers of one measure or mechanism, named without it."""
    return [{**row, "name": row["name"].removeprefix(f"{name}.")} for row in parameters({name: thing})]


def numbers(rows: Iterable[Mapping[str, str]]) -> Iterable[str]:
    """Return a table of numbers, each with a link to its evidence."""
    heads = ("Number", "Meaning", "Value", "Unit", "Possible", "Likely", "Abroad", "Evidence")
    return table(heads, [
        (f"`{r['name']}`", r["meaning"], r["value"], r["unit"], r["possible"], likely(r["believed"]), r["transport"],
         cited(r["evidence"])) for r in rows
    ])  # fmt: skip


def likely(text: str) -> str:
    """Return what is believed of a number; a number that is no belief has nothing here."""
    return "" if text == "as it is" else text


def cited(text: str) -> str:
    """Return "id (strength)" with a link to the entry; an assumption has none."""
    entry, _, strength = text.partition(" (")
    return f"[{entry}](evidence.md#{anchor(entry)}) ({strength}" if strength else text


def anchor(entry: str) -> str:
    """Return the anchor of an entry of evidence."""
    return entry.replace(".", "-")


def evidence_page() -> str:
    """Return every entry of evidence: what was found, by whom, how, and why it may hold here."""
    lines = [
        "# Evidence",
        "",
        "What is known of the numbers. What the words mean: [evidence](../concepts/evidence.md).",
    ]
    for name, e in evidence().items():
        rows = (("Finding", e.finding), ("Source", e.cite()), ("Design", f"{e.design}; read: {e.read}; size: {e.size}"),
                ("Strength", e.strength), ("Why here", e.transfer))  # fmt: skip
        lines += ["", f"## {name} {{ #{anchor(name)} }}", "", *table(("", ""), [row for row in rows if row[1]])]
    return "\n".join(lines)


# ------------------------------------------------------------------------- what the page of the model is filled with


def filled(markdown: str) -> str:
    """Return a page with each line ``{{ name }}`` replaced by what the code says."""
    return _PLACE.sub(lambda found: "\n".join(_MADE[found[1]]()), markdown)


def entities() -> Iterable[str]:
    """Return the tables and their columns."""
    known = mechanisms.catalogue()
    owned = [(f, "start") for f in STATIC_FIELDS]
    owned += [(f, name) for name in SCHEDULE for f in known[name].fields]
    by_table: dict[str, list[tuple[Field, str]]] = {}
    for field, owner in owned:
        by_table.setdefault(field.table, []).append((field, owner))
    for name, columns in by_table.items():
        yield from ("", f"#### {name}", "")
        rows = [(f"`{f.column}`", f.unit, owner, f.doc + (" (this year)" if f.flow else "")) for f, owner in columns]
        yield from table(("Column", "Unit", "Written by", "Meaning"), rows)


def processes() -> Iterable[str]:
    """Return the order of a month."""
    known = mechanisms.catalogue()
    rows = [
        (str(at), f"[{name}](mechanisms.md#{name})", first_line(explanation(name)["text"]), _months(known[name]))
        for at, name in enumerate(SCHEDULE, 1)
    ]
    return table(("", "Mechanism", "What happens", "Months"), rows)


def _months(mechanism: Mechanism) -> str:
    return "every" if len(mechanism.months) == _ALL_YEAR else ", ".join(map(str, mechanism.months))


def initial() -> Iterable[str]:
    """Return what each mechanism does before the first month."""
    known = mechanisms.catalogue()
    return table(("Mechanism", "Before the first month"), [
        (name, " ".join((known[name].start.__doc__ or "").split())) for name in SCHEDULE if known[name].start
    ])  # fmt: skip


def outside() -> Iterable[str]:
    """Return the outside series, with who reads them."""
    known = mechanisms.catalogue()
    limits = {**REQUIRED_SERIES, **OPTIONAL_SERIES}
    names = dict.fromkeys((*limits, *(s for m in known.values() for s in m.series)))
    rows = []
    for name in names:
        low, high, unit, *_ = limits.get(name, ("", "", ""))
        readers = ", ".join(m for m in SCHEDULE if name in known[m].series)
        need = "required" if name in REQUIRED_SERIES else "optional"
        rows.append((f"`{name}`", unit, f"{low:g} to {high:g}" if unit else "", need, readers or "start"))
    return table(("Series", "Unit", "Possible", "", "Read by"), rows)


def submodels() -> Iterable[str]:
    """Return what each mechanism reads, writes and lets measures move."""
    known = mechanisms.catalogue()
    for name in SCHEDULE:
        m = known[name]
        yield from ("", f"#### {name}", "", *prose(rule_of(explanation(name)["text"])), "")
        rows = [("Reads", _listed(m.reads)), ("Writes", _listed(m.writes)), ("Adds and frees rows of", _listed(m.grows)),
                ("Levers", _listed(lever.name for lever in m.levers)), ("Outside series", _listed(m.series)),
                ("Must hold", "; ".join(" ".join((i.__doc__ or "").split()).rstrip(".") for i in m.invariants)),
                ("Numbers", f"[all of them](mechanisms.md#{name})")]  # fmt: skip
        yield from table(("", ""), [row for row in rows if row[1]])


def levers() -> Iterable[str]:
    """Return every lever, and the measures that pull it."""
    pulled: dict[str, list[Programme]] = {}
    for measure in measures.catalogue().values():
        for name in measure.levers:
            pulled.setdefault(name, []).append(measure)
    known = mechanisms.catalogue()
    return table(("Lever", "For each row of", "Unit", "Several pulls", "Meaning", "Pulled by"), [
        (f"`{lever.name}`", lever.table, lever.unit, lever.combine, lever.doc,
         ", ".join(f"[{p.name}](measures.md#{p.name})" for p in pulled.get(lever.name, ())))
        for name in SCHEDULE for lever in known[name].levers
    ])  # fmt: skip


def switches() -> Iterable[str]:
    """Return the rules that the evidence disputes: each run takes one of two."""
    rows = parameters({**measures.catalogue(), **mechanisms.catalogue()})
    return table(("Switch", "Meaning", "Evidence"), [
        (f"`{r['name']}`", r["meaning"], cited(r["evidence"])) for r in rows if r["believed"] == "either"
    ])  # fmt: skip


_MADE = {f.__name__: f for f in (entities, processes, initial, outside, submodels, levers, switches)}


# -------------------------------------------------------------------------------------------------- Markdown


def table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> list[str]:
    """Return a table; what would end a cell is kept apart."""
    heads = tuple(heads)
    lines = [heads, ("---",) * len(heads), *rows]
    return ["| " + " | ".join(_cell(cell) for cell in line) + " |" for line in lines]


def _cell(text: str) -> str:
    return " ".join(str(text).split()).replace("|", "\\|")


def prose(text: str) -> Iterable[str]:
    """Return a text whose labelled lines ("Lever   housing.rent") become a table; all else stays a paragraph."""
    rows: list[list[str]] = []
    for line in text.splitlines():
        label = _LABELLED.match(line)
        if label:
            rows.append([f"**{label[1]}**", label[2]])
        elif rows and line.startswith("  "):
            rows[-1][1] += f" {line.strip()}"
        else:
            if rows:
                yield from ("", *table(("", ""), rows), "")
                rows = []
            yield line
    if rows:
        yield from ("", *table(("", ""), rows))


def first_line(text: str) -> str:
    """Return the sentence that a text opens with."""
    return text.partition("\n")[0]


def rule_of(text: str) -> str:
    """Return a mechanism's text without its levers, which stand in a table of their own."""
    return "\n".join(line for line in text.splitlines() if not line.startswith("Lever "))


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


# ----------------------------------------------------------------------------------------------------- links


def linked(markdown: str, page: str) -> str:
    """Return a page whose links lead to pages of the site; a link to any other file becomes that file's name."""
    source = COPIED.get(page, f"docs/{page}")
    places = {where: site for site, where in COPIED.items()} | {"README.md": "index.md"}

    def mend(found: re.Match[str]) -> str:
        target, hash_, part = found[1].partition("#")
        if not target or re.match(r"\w+:", target) or page in _MADE_HERE:
            return found[0]
        file = posixpath.normpath(posixpath.join(posixpath.dirname(source), target))
        site = places.get(file) or (file.removeprefix("docs/") if file.startswith("docs/") else None)
        if site is None:
            return f"](#{_SOURCE})"
        return f"]({posixpath.relpath(site, posixpath.dirname(page) or '.')}{hash_}{part})"

    return re.sub(rf"\[([^\]]+)\]\(#{_SOURCE}\)", r"\1", _LINK.sub(mend, markdown))


_SOURCE = "a-file-of-the-source"
_MADE_HERE = frozenset(
    f"reference/{n}.md"
    for n in (
        "python",
        "command-line",
        "measures",
        "mechanisms",
        "indicators",
        "numbers",
        "evidence",
        "city-columns",
        "model",
    )
)
