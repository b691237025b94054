"""The shares: which measure carried how much of each effect, where that was worked out."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from mechlin.report import wording
from mechlin.report.attribution_tables import SHARE_HEADINGS, share_table
from mechlin.report.texts import Language
from mechlin.study.comparison import Comparison
from mechlin.study.shared_out import Attribution

_VERDICT = SHARE_HEADINGS.index("verdict")


@dataclass(frozen=True)
class Shares:
    """A table for each effect of which a share can be told; the titles of those of which none can, and of those
    that are not shared out because it cannot be told whether the package moved them at all.

    ``method`` is '' where nothing was worked out; ``command`` is then what works it out, and ``save_first`` says that
    it needs a file of the package.
    """

    tables: tuple[tuple[str, tuple[tuple[str, ...], ...]], ...] = ()
    headings: tuple[str, ...] = ()
    none: tuple[str, ...] = ()
    open_: tuple[str, ...] = ()
    method: str = ""
    runs: int = 0
    version: str = ""
    command: str = "mechlin attribute"
    save_first: bool = False


def shares(
    c: Comparison,
    found: Attribution | None,
    say: Language,
    command: str = "mechlin attribute",
    save_first: bool = False,
) -> Shares:
    """Return the shares of every effect that ``c`` finds; of an effect that nobody can tell nothing is claimed."""
    if found is None:
        return Shares(command=command, save_first=save_first)
    tables, none, open_ = [], [], []
    for name in found.indicators:
        title = wording.name_of(found.cards[name].title, say)
        e = c.effect(name) if name in c.indicators else None
        if e is None or e.verdict not in ("up", "down"):
            open_.append(title)
            continue
        rows = _clear(share_table(found, name, say), say)
        if rows:
            tables.append((title, rows))
        else:
            none.append(title)
    headings = tuple(say(h) for h in SHARE_HEADINGS)
    method = _method(found.method, say)
    return Shares(tuple(tables), headings, tuple(none), tuple(open_), method, found.runs, found.version, command)


def _method(method: str, say: Language) -> str:
    """Return in the language how the shares were worked out: all sets of measures, or drawn orders of them."""
    for form in (
        "all {n} sets of measures in {worlds} worlds",
        "a drawn order of {n} measures and its reverse in each of {worlds} worlds",
    ):
        found = re.fullmatch(re.sub(r"{(\w+)}", r"(?P<\1>\\d+)", form), method)
        if found:
            return say(form, **found.groupdict())
    return method


def _clear(rows: Sequence[Sequence[str]], say: Language) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(row) for row in rows if row[_VERDICT] in (say("up"), say("down")))
