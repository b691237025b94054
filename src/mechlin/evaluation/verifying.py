"""Whether a register of forecasts is as it was sealed: lines, dates, order, published heads, states and scores."""

import csv
import io
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from pathlib import Path

from mechlin.core.errors import InputError, Problem, UsageError
from mechlin.core.files import write_text
from mechlin.evaluation import chain
from mechlin.evaluation.chain import Entry, Head, Register
from mechlin.evaluation.forecasts import score_of
from mechlin.evaluation.observations import Measured

HEADS = "heads.csv"
_SCORES = ("crps", "interval", "pit")
_SAME = 1e-9  # share of a score by which another machine may round it differently


def verify(
    register: Register, now: datetime, heads: Iterable[Head] = (), measured: Measured | None = None
) -> list[str]:
    """Return everything that is not as it was sealed: lines, dates, order, published heads, states and scores."""
    problems = [*register.problems, *chain.against(register, heads, now)]
    return problems + _impossible(register, measured)


def _impossible(register: Register, measured: Measured | None) -> list[str]:
    """Return entries that cannot follow from those before them, and scores that are not those of the sealed values."""
    problems: list[str] = []
    sealed: dict[str, Entry] = {}
    over: dict[str, str] = {}
    for e in register.entries:
        what, kind, name = f"entry {e.get('n')} ({e['id']})", e.get("kind"), e["id"]
        if kind in ("draft", "sealed"):
            if name in sealed and sealed[name]["kind"] == "sealed":
                problems.append(f"{what} seals what was sealed before")
            sealed[name] = e
            if old := e.get("supersedes"):
                over[old] = "superseded"
        elif kind not in ("scored", "void") or name not in sealed or sealed[name]["kind"] != "sealed":
            problems.append(f"{what}: {kind!r} cannot follow")
        elif over.get(name) in ("void", "superseded") or (kind == "void" and over.get(name) == "scored"):
            problems.append(f"{what} is {kind} after it was {over[name]}")
        else:
            over[name] = kind
            if kind == "scored" and not _is_score_of(e, sealed[name]):
                problems.append(f"{what}: the score is not that of what was sealed")
    return problems + ([*_late(sealed, measured), *_unseen(register, sealed, measured)] if measured else [])


def _is_score_of(scored: Entry, sealed: Entry) -> bool:
    try:
        s = score_of(sealed, scored)
        told = [float(scored[name]) for name in _SCORES]
    except (KeyError, TypeError, ValueError):
        return False
    ours = [float(getattr(s, name)) for name in _SCORES]
    near = all(abs(a - b) <= _SAME * max(1.0, abs(a)) for a, b in zip(ours, told, strict=True))
    return near and s.inside == scored["inside"]


def _late(sealed: Mapping[str, Entry], measured: Measured) -> list[str]:
    first: dict[tuple[str, str, int], date] = {}
    for o in measured.observations:
        first[o.key] = min(first.get(o.key, o.published_on), o.published_on)
    problems = []
    for name, e in sealed.items():
        key = (e.get("indicator", ""), e.get("place", ""), e.get("period", 0))
        if e["kind"] == "sealed" and key in first and str(first[key]) <= str(e["at"])[:10]:
            problems.append(f"{name} was sealed on {e['at'][:10]}, after its first observation ({first[key]})")
    return problems


def _unseen(register: Register, sealed: Mapping[str, Entry], measured: Measured) -> list[str]:
    """Return the scores whose observation is no longer there, or says another number."""
    there = {(*o.key, o.edition): o.value for o in measured.observations}
    problems = []
    for e in register.entries:
        of = sealed.get(e["id"])
        if e.get("kind") != "scored" or of is None:
            continue
        now = there.get((of.get("indicator", ""), of.get("place", ""), of.get("period", 0), e.get("edition", "")))
        if now != e.get("value"):
            what = "is no longer among the observations" if now is None else f"says {now:g} among the observations now"
            problems.append(
                f"entry {e.get('n')} ({e['id']}) scores {e.get('value')}; edition {e.get('edition')!r} {what}"
            )
    return problems


def note_head(folder: Path, head: Head, where: str, now: datetime) -> None:
    """Note in a folder that a head was published and where, so that verifying holds the register against it."""
    path = folder / HEADS
    old = path.read_text(encoding="utf-8") if path.is_file() else "published_at,head,where\n"
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow([chain.told(now), str(head), where])
    write_text(path, old + text.getvalue())


def noted_heads(folder: Path) -> list[Head]:
    """Return the heads that were noted as published; raise InputError with the row where one is none."""
    path = folder / HEADS
    if not path.is_file():
        return []
    heads, problems = [], []
    for row, cells in enumerate(csv.reader(io.StringIO(path.read_text(encoding="utf-8"))), 1):
        if row == 1 or not cells:
            continue
        try:
            heads.append(Head.of(cells[1] if len(cells) > 1 else ""))
        except UsageError as error:
            problems.append(Problem(str(error), file=HEADS, row=row, column="head"))
    if problems:
        raise InputError(problems)
    return heads
