"""What a run notes for its reader, in the language of the page: why a measure touched nobody."""

import re

from mechlin.report.texts import Language

FORMS = (
    "{measure}: touched nobody, because its dates lie outside the months simulated.",
    "{measure}: touched nobody and cost nothing, because the city's tables have no schools.",
    "{measure}: touched nobody, because nobody and nothing was eligible in any month.",
    "{measure}: touched nobody, because its settings give no places.",
)
_IN_SOME = re.compile(r"(.*) \(In (\d+) of (\d+) pairs\.\)")


def note_of(note: str, say: Language) -> str:
    """Return a note in the language; one of a form that is not known here stands as it was written."""
    some = _IN_SOME.fullmatch(note)
    if some:
        told = say("(In {count} of {pairs} pairs.)", count=some[2], pairs=some[3])
        return f"{note_of(some[1], say)} {told}"
    for form in FORMS:
        head, _, tail = form.partition("{measure}")
        if note.startswith(head) and note.endswith(tail):
            return say(form, measure=say(note.removesuffix(tail)))
    return note
