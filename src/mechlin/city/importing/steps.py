"""The whole import: from a mapping to a city's folder, with every problem of every file at once."""

from mechlin.city.importing.collect import Collector
from mechlin.city.importing.draft import Draft, roster, take_columns, take_people
from mechlin.city.importing.mapping import Mapping
from mechlin.city.importing.places import place_areas, place_schools
from mechlin.city.importing.series import take_series
from mechlin.city.importing.source import open_all
from mechlin.core.errors import InputError


def draft_of(mapping: Mapping) -> Draft:
    """Return what a mapping takes out of its files; raise InputError with all problems of all files at once."""
    sources = open_all(dict(mapping.files), str(mapping.head["country"]))
    collector = Collector(mapping, sources)
    draft = roster(collector)
    if draft is not None:
        place_areas(collector, draft)
        take_columns(collector, draft, take_people(collector, draft))
        take_series(collector, draft)
        place_schools(collector, draft)
    problems = [*(p for s in sources.values() for p in s.problems), *collector.problems]
    if problems or draft is None:
        raise InputError(dict.fromkeys(problems))
    draft.notes += [f"{s.file}: {note}" for s in sources.values() for note in dict.fromkeys(s.notes)] + collector.notes
    return draft
