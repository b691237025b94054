"""The whole import: from a mapping to a city's folder, with every problem of every file at once."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from mechlin.city.importing.collect import Collector
from mechlin.city.importing.draft import Draft, take_columns, take_people
from mechlin.city.importing.folder import check_out, write_folder
from mechlin.city.importing.lacking import is_lent, lacking, nobody_lends
from mechlin.city.importing.mapping import Mapping, read_mapping
from mechlin.city.importing.places import assume_places, place_areas, place_schools, turn_points
from mechlin.city.importing.roster import roster
from mechlin.city.importing.series import take_series
from mechlin.city.importing.settle import apply_totals, settle_homes
from mechlin.city.importing.source import Source, open_all
from mechlin.city.tables.grouping import grouped
from mechlin.city.tables.origins import Origin
from mechlin.city.tables.sources import load_city
from mechlin.city.tables.standing import standing
from mechlin.core.errors import InputError, Problem
from mechlin.core.toml import with_rows


@dataclass(frozen=True, eq=False)
class Taking:
    """What a mapping takes out of its files: the files, the draft as far as it goes, and what is wrong with them."""

    mapping: Mapping
    sources: dict[str, Source]
    draft: Draft | None
    problems: tuple[Problem, ...]


def taking_of(mapping: Mapping, neighbour: str = "") -> Taking:
    """Return what a mapping takes out of its files, whatever is wrong; raise InputError when a file cannot be read.

    That nobody lends what no file gives is wrong too: neither the city ``neighbour`` nor the country's profile.
    """
    sources = open_all(dict(mapping.files), str(mapping.head["country"]))
    collector = Collector(mapping, sources)
    draft = roster(collector)
    if draft is not None:
        place_areas(collector, draft)
        take_columns(collector, draft, take_people(collector, draft))
        turn_points(collector, draft)
        take_series(collector, draft)
        place_schools(collector, draft)
        apply_totals(collector, draft)
    problems = [*(p for s in sources.values() for p in s.problems), *collector.problems]
    if draft is not None:
        told = [f"{s.file}: {note}" for s in sources.values() for note in dict.fromkeys(s.notes)]
        draft.notes += told + collector.notes
        if "people" in draft.columns:
            assume_places(draft)
            settle_homes(draft)
        country, lacks = str(mapping.head["country"]), lacking(draft)
        if lacks and not is_lent(country, neighbour):
            problems.append(nobody_lends(country, mapping.path.name, lacks))
    return Taking(mapping, sources, draft, tuple(grouped(_in_rows(dict.fromkeys(problems), mapping))))


def _in_rows(problems: Iterable[Problem], mapping: Mapping) -> list[Problem]:
    """Return the problems, those of the mapping itself with the rows in which they stand."""
    problems = list(problems)
    own = [p for p in problems if p.file == mapping.path.name]
    return [*with_rows(own, mapping.text), *(p for p in problems if p.file != mapping.path.name)]


def draft_of(mapping: Mapping, neighbour: str = "") -> Draft:
    """Return what a mapping takes out of its files; raise InputError with all problems of all files at once."""
    taking = taking_of(mapping, neighbour)
    if taking.problems or taking.draft is None:
        raise InputError(list(taking.problems))
    return taking.draft


@dataclass(frozen=True)
class Imported:
    """A city that was imported: its folder, what was recognised and made to fit, and how many numbers have which tag."""

    folder: Path
    start: str
    areas: int
    notes: tuple[str, ...]
    tags: dict[str, int]


def import_city(mapping_file: str | Path, out: str | Path | None = None, neighbour: str = "") -> Imported:
    """Make a city's folder from published files, whole or not at all; without ``out`` beside the mapping.

    What nobody published is borrowed from the city ``neighbour``, and else from the country's profile. Raises InputError
    with all problems of the mapping, of the files or of the tables made from them.
    """
    mapping = read_mapping(mapping_file)
    path = Path(out) if out is not None else mapping.path.with_suffix("")
    check_out(path)
    draft = draft_of(mapping, neighbour)
    lines = write_folder(draft, mapping, path, neighbour)
    start = str(mapping.head["start"])
    return Imported(path, start, len(draft.codes), (*draft.notes, *_lent(lines)), standing(load_city(path)).counts)


def _lent(lines: list[Origin]) -> list[str]:
    """Return a word about what was borrowed, by lender."""
    out: dict[str, dict[str, None]] = {}
    for line in lines:
        if line.tag == "borrowed":
            name = line.row.partition(" ")[0] if line.table == "context.csv" else line.column
            out.setdefault(line.file, {})[name if line.table != "elections.csv" else "elections"] = None
    return [f"borrowed from {lender}: {', '.join(names)}" for lender, names in out.items()]
