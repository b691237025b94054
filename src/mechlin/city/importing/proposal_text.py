"""A proposal as a mapping file: what is sure enough stands in it, what is not stands beside it as a remark."""

import difflib
import json
import os
from pathlib import Path

from mechlin.city.importing.labels import join
from mechlin.city.importing.propose import Guess, Proposal

ENOUGH = 0.5  # sureness from which a guess is written as if it held; below, it is a remark
# Of rented homes, how many are let by public or social landlords, where a file does not tell: assumptions, to be corrected.
_SOCIAL_OF_RENT = {"SE": 0.45, "NL": 0.7, "BE": 0.25, "FR": 0.42, "GB": 0.48, "DE": 0.1}
_USUAL = 0.4
_SPLIT_SPREAD = 0.25
_GROUPS = ("age", "background", "education", "homes")


def mapping_text(proposal: Proposal, country: str, title: str, start: str = "", folder: Path | None = None) -> str:
    """Return a mapping as TOML: one line for each column that was recognised, with how sure it is and why.

    ``folder`` is where the mapping will stand; files are named as seen from there.
    """
    best = {k: g for k, g in proposal.best().items() if g.sure >= ENOUGH}
    lines = [
        "# A first mapping, made from headings, codes and cells. Each line says how sure it is; correct what is wrong.",
        f"title = {_quoted(title)}",
        f"country = {_quoted(country)}",
        f"start = {_quoted(start or _start(proposal))}",
    ]
    if "background.majority" in best:
        lines.append('majority = "majority"')
    used = {g.file for g in best.values()} | {k for k, s in proposal.sources.items() if s.grid.shapes is not None}
    for key, source in proposal.sources.items():
        if key not in used:
            lines += ["", f"# Nothing in {source.file} is sure enough to be used."]
        lines += [
            *([""] if key in used else []),
            f"[files.{key}]",
            f"file = {_quoted(_from(source.spec.path, folder))}",
        ]
        if key in proposal.sheets:
            others = ", ".join(proposal.sheets[key])
            lines.append(
                f"sheet = {_quoted(source.spec.text('sheet'))}  # the fullest; the workbook also has: {others}"
            )
        lines += [
            f"{g.target} = {_quoted(g.column)}  # {g.sure:.0%} sure: {g.why}"
            for g in proposal.guesses
            if g.file == key and g.target in ("code", "name", "area")
        ]
    lines += ["", "[areas]"]
    if "outlines" in best:
        lines += [f"outlines = {_quoted(best['outlines'].file)}", *_names(proposal, best)]
    several = len([k for k, s in proposal.sources.items() if s.grid.shapes is None]) > 1
    lines += [_line(k, g, several) for k, g in best.items() if "." not in k and k != "outlines"]
    for group in _GROUPS:
        parts = {k.partition(".")[2]: g for k, g in best.items() if k.startswith(f"{group}.")}
        lines += _group(group, parts, country, several)
    doubtful = [g for g in proposal.guesses if g.target not in ("-", "dimension") and g.sure < ENOUGH]
    if doubtful:
        lines += ["", "# Not used, because it is not clear enough what it is:"]
        lines += [f"#   {g.file}: {g.column!r}{f' ({g.target}?)' if g.target else ''}: {g.why}" for g in doubtful]
    left = [g for g in proposal.guesses if g.target == "-"]
    if left:
        lines += ["", "# Not needed: " + ", ".join(f"{g.file}: {g.column}" for g in left)]
    return "\n".join(lines) + "\n"


def _from(path: Path, folder: Path | None) -> str:
    return Path(os.path.relpath(path.resolve(), (folder or Path()).resolve())).as_posix()


def _names(proposal: Proposal, best: dict[str, Guess]) -> list[str]:
    """Return lines about areas that have no outline of their name: placed by assumption until somebody says which is theirs."""
    people = best.get("people")
    if people is None:
        return []
    source, drawn = proposal.sources[people.file], proposal.sources[best["outlines"].file]
    ours = [label for label in dict.fromkeys(source.labels) if label.code or label.name]
    theirs = list(dict.fromkeys(drawn.labels))
    found = join(theirs, ours)
    taken = set(found.places)
    lost = [label.name or label.code for n, label in enumerate(ours) if n not in taken]
    if not lost:
        return []
    spare = [label.name or label.code for label, place in zip(theirs, found.places, strict=True) if place is None]
    near = [
        f"{close[0]} = {name}" for name in lost if (close := difflib.get_close_matches(name, spare, n=1, cutoff=0.5))
    ]
    said = [f"unplaced = [{', '.join(map(_quoted, lost))}]  # no outline of that name: placed between their neighbours"]
    if near:
        said.append(f"# Perhaps, to be checked and completed: same = [{', '.join(map(_quoted, near))}]")
    return said


def _start(proposal: Proposal) -> str:
    """Return the first month for which people were counted."""
    people = proposal.best().get("people")
    if people is None:
        return "2016-01"
    source = proposal.sources[people.file]
    years = set(source.row_years.drop_nulls())
    years |= set(source.years[people.column].by_year) if people.column in source.years else set()
    return f"{min(years) if years else 2016}-01"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _where(pairs: tuple[tuple[str, str | tuple[str, ...]], ...]) -> str:
    said = [
        f"{_quoted(h)} = {_quoted(v) if isinstance(v, str) else '[' + ', '.join(map(_quoted, v)) + ']'}"
        for h, v in pairs
    ]
    return "{ " + ", ".join(said) + " }"


def _quantity(g: Guess, several: bool, times: float = 1.0) -> str:
    """Return a quantity as TOML, as short as it can be."""
    if not (g.where or g.unit or g.concept or g.less or times != 1.0):
        return _quoted(f"{g.file}:{g.column}" if several else g.column)
    parts = [f"file = {_quoted(g.file)}"] if several else []
    parts.append(f"column = {_quoted(g.column)}")
    if g.where:
        parts.append(f"where = {_where(g.where)}")
    if g.less:
        file = f"file = {_quoted(g.file)}, " if several else ""
        parts.append(f"less = {{ {file}column = {_quoted(g.column)}, where = {_where(g.less)} }}")
    parts += [f"unit = {_quoted(g.unit)}"] if g.unit else []
    parts += [f"concept = {_quoted(g.concept)}"] if g.concept else []
    if times != 1.0:
        parts.append(f"times = {times:g}, spread = {_SPLIT_SPREAD}")
    return "{ " + ", ".join(parts) + " }"


def _line(key: str, g: Guess, several: bool, times: float = 1.0) -> str:
    return f"{key} = {_quantity(g, several, times)}  # {g.sure:.0%} sure: {g.why}"


def _group(group: str, parts: dict[str, Guess], country: str, several: bool) -> list[str]:
    """Return the lines of a group of quantities; rented homes are split where the file does not tell by whom they are let."""
    rent = parts.pop("rent", None)
    if group == "homes" and rent is not None and not {"private_rent", "social"} <= set(parts):
        social = _SOCIAL_OF_RENT.get(country, _USUAL)
        if "social" in parts:
            parts["private_rent"] = rent
        out = [_line(f"{group}.{k}", g, several) for k, g in parts.items()]
        if "social" not in parts:
            said = Guess(**{**rent.__dict__, "why": f"{rent.why}; which part is let by whom is assumed"})
            out.append(_line("homes.private_rent", said, several, 1 - social))
            out.append(_line("homes.social", said, several, social))
        return out
    if group == "education" and parts and set(parts) != {"low", "mid", "high"}:
        return [f"# {group}: only {', '.join(parts)} found; low, mid and high are needed"]
    if not parts:
        return []
    if all(not (g.where or g.less or g.unit) for g in parts.values()):
        sure = min(g.sure for g in parts.values())
        inner = ", ".join(f"{_key(k)} = {_quantity(g, several)}" for k, g in parts.items())
        return [f"{group} = {{ {inner} }}  # {sure:.0%} sure: by their headings"]
    return [_line(f"{group}.{_key(k)}", g, several) for k, g in parts.items()]


def _key(word: str) -> str:
    return word if word.replace("_", "").isalnum() and word.isascii() else _quoted(word)
