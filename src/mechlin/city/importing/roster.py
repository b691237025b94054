"""Which areas a city has: those of the file that counts its people, without sums of others."""

from mechlin.city.importing.collect import Collector
from mechlin.city.importing.draft import Draft
from mechlin.city.importing.labels import Label
from mechlin.city.importing.source import Source
from mechlin.city.tables.sums import sum_at_end


def roster(collector: Collector) -> Draft | None:
    """Return the areas of the city: those of the file that counts its people, in that file's order."""
    people = collector.mapping.areas["people"]
    while people.more:
        people = people.more[0]
    source = collector.source_of(people)
    if source is None:
        return None
    headings, year = collector.headings(people, source)
    found = collector.rows_of(people, source, year) if headings else None
    if found is None:
        return None
    kept, leave = found[0], set(collector.mapping.leave_out)
    labels = [label for label, keep in zip(source.labels, kept, strict=True) if keep and (label.code or label.name)]
    labels = [label for label in dict.fromkeys(labels) if label.code not in leave and label.name not in leave]
    if not labels:
        collector.wrong(
            "no row of its file is an area", people.place, repair="say in the file's table which column names areas"
        )
        return None
    labels = collector.roster = _without_sum(collector, labels)
    width = len(str(len(labels)))
    codes = [label.code or f"A{n:0{width}d}" for n, label in enumerate(labels, 1)]
    words = collector.mapping.words
    draft = Draft(codes, [label.name or label.code for label in labels], {"kind": ["area"] * len(codes)})
    for word, heading in words.items():
        draft.words[word] = _words(collector, source, heading, labels) or [heading] * len(labels)
    return draft


def _without_sum(collector: Collector, labels: list[Label]) -> list[Label]:
    """Return the areas without a first or last one that is the sum of all others, whatever its office calls it."""
    first_look = Collector(
        collector.mapping, collector.sources, labels
    )  # what it meets is told when it is taken for good
    taken = first_look.take(collector.mapping.areas["people"])
    at = sum_at_end(taken.values) if taken is not None else None
    if at is None:
        return labels
    collector.sums.append(labels[at])
    collector.notes.append(
        f"{labels[at].name or labels[at].code!r} has as many people as all others: their sum, left out"
    )
    return [*labels[:at], *labels[at + 1 :]]


def _words(collector: Collector, source: Source, heading: str, labels: list[Label]) -> list[str] | None:
    """Return a column of text by area, or None when the heading is no column but a word for all areas."""
    if heading not in source.grid.headings:
        return None
    by_label = dict(zip(reversed(source.labels), reversed(source.grid.cells[heading].to_list()), strict=True))
    return [by_label.get(label, "").strip() or "area" for label in labels]
