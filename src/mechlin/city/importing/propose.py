"""A first mapping out of published files alone: for each column what it probably is, how sure that is, and why."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from mechlin.city.importing.mapping import FileSpec
from mechlin.city.importing.opening import likely_sheet
from mechlin.city.importing.source import Source, guessed_labels, open_all
from mechlin.city.importing.vocabulary import cell_target, dimension_kind, heading_meaning, notion_of
from mechlin.city.importing.words import TOTALS
from mechlin.city.importing.years import year_of
from mechlin.core.errors import UsageError

_MOST_WORDS = 60  # different cells of a column that tells things apart
_SURELY_NOT = 0.8  # sureness from which a column that no city needs is not looked at as one that tells rows apart
_LABELS = ("code", "name", "area")


@dataclass(frozen=True)
class Guess:
    """What one column probably is: a place in the mapping (``-`` for nothing that a city needs), how sure, and why.

    ``where`` says which rows it is about, ``less`` of which rows it is the rest, ``times`` which part of it is meant.
    """

    file: str
    column: str
    target: str
    sure: float
    why: str
    where: tuple[tuple[str, str | tuple[str, ...]], ...] = ()
    less: tuple[tuple[str, str], ...] = ()
    times: float = 1.0
    concept: str = ""
    unit: str = ""


@dataclass(eq=False)
class Proposal:
    """All guesses about some files; ``sources`` are the files, opened, ``sheets`` what else a workbook holds."""

    sources: dict[str, Source]
    guesses: list[Guess] = field(default_factory=list)
    sheets: dict[str, list[str]] = field(default_factory=dict)

    def best(self) -> dict[str, Guess]:
        """Return the surest guess for each place in the mapping, the first of those as sure."""
        out: dict[str, Guess] = {}
        for guess in self.guesses:
            if guess.target not in ("", "-", "year", "dimension", *_LABELS):
                if guess.target not in out or guess.sure > out[guess.target].sure:
                    out[guess.target] = guess
        return out


def propose(files: Iterable[str | Path], country: str = "") -> Proposal:
    """Return what the columns of files probably are; raise UsageError or InputError where a file cannot be read."""
    specs: dict[str, FileSpec] = {}
    proposal = Proposal({})
    for file in map(Path, files):
        key = _key(file, specs)
        sheet, others = likely_sheet(file)
        specs[key] = FileSpec(key, file, {"file": file.name} | ({"sheet": sheet} if sheet else {}))
        if sheet:
            proposal.sheets[key] = others
    if not specs:
        raise UsageError("no files are named; write --from FILE for each")
    proposal.sources.update(open_all(specs, country))
    for key, source in proposal.sources.items():
        proposal.guesses += _of_file(key, source)
    return proposal


def _key(file: Path, taken: dict[str, FileSpec]) -> str:
    """Return a short name for a file: the word of its name that others do not have."""
    words = [w for w in file.stem.replace("-", "_").split("_") if w and not w.isdigit()] or ["file"]
    others = {w for spec in taken.values() for w in spec.path.stem.replace("-", "_").split("_")}
    fresh = [w for w in words if w not in others and w.isalnum()] or words
    word = (
        "".join(c for c in (fresh[0] if file.suffix.lower() != ".geojson" else "map").casefold() if c.isalnum())
        or "file"
    )
    n = 2
    while word in taken:
        word, n = f"{word.rstrip('0123456789')}{n}", n + 1
    return word


def _of_file(key: str, source: Source) -> list[Guess]:
    """Return a guess for every column of a file; headings that differ in their year are one column."""
    grid, out = source.grid, []
    labels, of_year = guessed_labels(grid), {h for stem in source.years.values() for h in stem.by_year.values()}
    dimensions: dict[str, str] = {}
    measures: list[str] = [stem for stem in source.years if stem]
    for heading in grid.headings:
        if heading in of_year:
            continue
        guess = _of_column(key, source, heading, labels)
        kind = dimension_kind(heading)
        may_be = guess.target == "" or (guess.target == "-" and (kind or guess.sure < _SURELY_NOT))
        if may_be and _tells_apart(source, heading):
            dimensions[heading] = kind
            why = f"its cells tell {kind or 'rows'} apart: {_some(grid.cells[heading])}"
            guess = Guess(key, heading, "dimension", 0.9 if kind else 0.5, why)
        elif guess.target == "" and _is_measure(source, heading):
            measures.append(heading)
        out.append(guess)
    if source.grid.shapes is not None:
        out.append(Guess(key, "geometry", "outlines", 0.95, "the file is a map"))
    for measure in measures:
        found = _of_measure(key, source, measure, dimensions)
        if measure in source.years:
            out += found
        elif found and found[0].target:
            out = [g for g in out if g.column != measure] + found
    return out


def _of_column(key: str, source: Source, heading: str, labels: list[str]) -> Guess:
    cells = source.grid.cells[heading]
    meaning = heading_meaning(heading)
    numbers = source.numbers(heading)
    numeric = 2 * int(numbers.bad.sum()) < max(int((cells != "").sum()), 1)
    if heading in labels:
        target = meaning.target if meaning.target in _LABELS else ("code" if numeric else "name")
        sure = min(0.97, (meaning.sure or 0.6) + (0.1 if cells.n_unique() > 0.5 * len(cells) else 0.0))
        return Guess(key, heading, target, sure, f"{cells.n_unique()} different names or codes, as {_some(cells)}")
    if meaning.target == "year" or (heading == source.year_heading and heading):
        fits = all(year_of(c) for c in cells.unique() if c)
        return Guess(key, heading, "year", 0.97 if fits else 0.4, f"years, as {_some(cells)}")
    if meaning.target in _LABELS:
        return Guess(key, heading, "-", 0.5, "another column names the areas better")
    if not meaning.target:
        return Guess(key, heading, "", 0.2, "no word of the heading is known")
    if meaning.target == "-":
        return Guess(key, heading, "-", meaning.sure, f"{meaning.word!r} is nothing that a city's tables have")
    if not numeric:
        return Guess(key, heading, "-", 0.5, f"{meaning.word!r}, but its cells are no numbers")
    sure, why = _held_against(meaning.target, meaning.sure, numbers.values)
    unit, concept = _unit(heading, meaning.target), ""
    if meaning.target == "income_median_eur":
        concept = notion_of(heading)
    return Guess(
        key, heading, meaning.target, sure, f"{meaning.word!r} in the heading; {why}", unit=unit, concept=concept
    )


def _held_against(target: str, sure: float, values: pl.Series) -> tuple[float, str]:
    """Return how sure a meaning is once the numbers are seen, and what they show."""
    known = values.drop_nulls()
    if known.is_empty():
        return sure - 0.4, "it has no numbers"
    figures = known.to_numpy()
    low, high, whole = float(figures.min()), float(figures.max()), bool((figures == figures.round()).all())
    told = f"{len(known)} numbers from {low:g} to {high:g}"
    if low < 0:
        return sure - 0.4, f"{told}, some negative"
    if target in ("people", "households", "homes.total"):
        return (
            min(0.97, sure + 0.05) if whole and high > 100 else sure - 0.3
        ), f"{told}, {'whole' if whole else 'not whole'}"
    if target.split(".", maxsplit=1)[0] in ("age", "education", "background") and high <= 100:
        return min(0.95, sure + 0.05), f"{told}, as per cents are"
    return sure, told


def _tells_apart(source: Source, heading: str) -> bool:
    """Return whether a column's cells are a few words that come back."""
    cells = source.grid.cells[heading]
    few = cells.n_unique() <= min(_MOST_WORDS, max(1, len(cells) // 2))
    return few and source.numbers(heading).values.null_count() == len(cells) and bool((cells != "").any())


def _is_measure(source: Source, heading: str) -> bool:
    numbers = source.numbers(heading)
    return bool(numbers.values.is_not_null().any()) and not numbers.bad.any()


def _of_measure(key: str, source: Source, measure: str, dimensions: dict[str, str]) -> list[Guess]:
    """Return what the numbers of a long table are, by the cells of the columns that tell them apart."""
    cells = source.grid.cells
    words = [c for h in dimensions for c in cells[h].unique() if cells[h].n_unique() == 1]
    meaning = heading_meaning(measure)
    if meaning.target == "income_median_eur" or "income" in dimensions.values():
        concept, unit = notion_of(*words, measure), _unit(measure, "income_median_eur")
        why = f"{measure!r}" + (f" of {', '.join(w.strip() for w in words)}" if words else "")
        return [Guess(key, measure, "income_median_eur", 0.75, why, unit=unit, concept=concept)]
    out: list[Guess] = []
    for heading, kind in dimensions.items():
        values = sorted(set(cells[heading].to_list()))
        total = next((v for v in values if v.strip().casefold() in TOTALS), "")
        targets = {v: cell_target(kind, v) for v in values if v != total}
        if kind in ("background", "age") and total:
            out.append(Guess(key, measure, "people", 0.85, f"all of {heading!r}", ((heading, total),)))
        out += _parts(key, measure, heading, kind, targets, total)
    if not out and meaning.target not in ("", "-"):
        out.append(Guess(key, measure, meaning.target, meaning.sure, f"{meaning.word!r} in the heading"))
    return out or [Guess(key, measure, "", 0.2, "nothing tells what is counted")]


def _parts(key: str, measure: str, heading: str, kind: str, targets: dict[str, str], total: str) -> list[Guess]:
    """Return the quantities that the cells of one column tell apart."""
    by_target: dict[str, list[str]] = {}
    for value, target in targets.items():
        if target not in ("", "-"):
            by_target.setdefault(target, []).append(value)
    out = []
    for target, values in by_target.items():
        where = ((heading, values[0] if len(values) == 1 else tuple(values)),)
        why = f"{' and '.join(v.strip() for v in values)} in {heading!r}"
        out.append(Guess(key, measure, target, 0.85, why, where))
    if kind == "background" and total and list(by_target) == ["background.majority"]:
        majority = by_target["background.majority"][0]
        why = f"all of {heading!r} but {majority.strip()}"
        out.append(Guess(key, measure, "background.abroad", 0.85, why, ((heading, total),), ((heading, majority),)))
    return out


def _unit(heading: str, target: str) -> str:
    small = heading.casefold()
    if target == "area_km2":
        return "ha" if "ha" in small.replace("fläche", "") or "oppervlakte" in small else "km2"
    if target == "income_median_eur":
        return "thousand SEK a year" if "tkr" in small else ""
    return ""


def _some(cells: pl.Series) -> str:
    found = [c.strip() for c in cells.unique(maintain_order=True).head(3)]
    return ", ".join(found)
