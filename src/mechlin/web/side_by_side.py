"""Two or three packages side by side: what each does, what it costs, and the difference between them, pair by pair."""

import json
from typing import Any
from urllib.parse import parse_qsl

from mechlin.core.errors import InputError, Problem
from mechlin.report import wording
from mechlin.report.texts import Language
from mechlin.runs.pool import Pair
from mechlin.study.comparison import Comparison
from mechlin.web import address
from mechlin.web.address import Scenario
from mechlin.web.answers import rendered, shown_of
from mechlin.web.bench import Bench

_MOST, _FEWEST = 3, 2
_NAME_MAX = 80  # characters


def chosen(bench: Bench, body: bytes) -> list[tuple[str, Scenario]]:
    """Return names and scenarios of packages to put side by side; raise InputError with every problem found."""
    try:
        given = json.loads(body)
        asked = [(str(one["name"])[:_NAME_MAX], parse_qsl(str(one["query"]), keep_blank_values=True)) for one in given]
    except (ValueError, TypeError, KeyError, RecursionError):
        raise InputError([Problem("this is no list of packages with a name and a query each")]) from None
    if not _FEWEST <= len(asked) <= _MOST:
        raise InputError([Problem("Choose two or three packages.")])
    found = [(name, address.read(pairs, bench.ground, bench.city)) for name, pairs in asked]
    if len({(s.until, s.runs, s.against) for _, s in found}) > 1:
        raise InputError([Problem("these packages are not asked until the same month, against the same, as often")])
    return found


def table(bench: Bench, asked: list[tuple[str, Scenario]], pairs: list[list[Pair]], say: Language) -> str:
    """Return the table: a row for each main number and one for the cost, a column for each package and difference."""
    alone = [bench.rehearsal(s, p).comparison for (_, s), p in zip(asked, pairs, strict=True)]
    first, names = asked[0], shown_of(bench, asked[0][1], alone[0].indicators)
    between = [
        bench.between(other[1], first[1], [(o[0], f[0]) for o, f in zip(p, pairs[0], strict=True)]).comparison
        for other, p in zip(asked[1:], pairs[1:], strict=True)
    ]
    rows = [
        (
            wording.name_of(alone[0].card(n).title, say),
            *(_cell(c, n, say) for c in alone),
            *(_cell(c, n, say) for c in between),
        )
        for n in names
    ]
    costs = [sum(float(row["eur"]) for row in c.costs()) for c in alone]
    cells = [_cost(c, say) for c in costs] + [_cost(c - costs[0], say) for c in costs[1:]]
    head = [name for name, _ in asked] + [say("Difference from “{name}”", name=first[0])] * len(between)
    if len(between) > 1:
        head[len(asked) :] = [f"{name}: {say('Difference from “{name}”', name=first[0])}" for name, _ in asked[1:]]
    return rendered(
        "side_by_side.html",
        say=say,
        head=head,
        rows=[*rows, (say("Cost over all years"), *((text, "") for text in cells))],
        provisional=alone[0].provisional,
        pairs=len(pairs[0]),
        full=alone[0].full,
    )


def _cell(c: Comparison, name: str, say: Language) -> tuple[str, str]:
    """Return what a cell says and how it looks: a range always, a direction only where the verdict has one."""
    e = c.effect(name)
    if e is None:
        return "–", ""
    if e.verdict not in ("up", "down"):
        return f"{wording.gap(e, say)}: {say('cannot tell')}" if e.verdict == "cannot tell" else wording.gap(e, say), ""
    better: Any = {"up": e.verdict == "up", "down": e.verdict == "down"}.get(c.card(name).better)
    return wording.gap(e, say), "" if better is None else "good" if better else "bad"


def _cost(eur: float, say: Language) -> str:
    return wording.eur(eur, say)
