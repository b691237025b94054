"""What was answered in a case, each answer with its question, in the words of whoever reads it."""

from collections.abc import Mapping, Sequence
from typing import Any

from mechlin.desk.casework.declare import CHOICE, CHOICES, DAY, ORDER, PERSON, YES_NO, Field, Look
from mechlin.desk.casework.fields import PERSON_FIELDS, choices_of
from mechlin.desk.casework.letters import spoken
from mechlin.desk.casework.sentences import Spoken


def answered(look: Look, answers: Mapping[str, Any], say: Spoken) -> list[tuple[str, str]]:
    """Return (question, answer) of a case, sealed answers opened; what is worked out for letters is left out."""
    asked = {f.name: f for a in look.procedure.actions for f in a.fields}
    labels = {name: f.label for name, f in asked.items()} | dict(look.procedure.computed)
    return [
        (say(labels[name]), _shown(look, asked.get(name), value, say))
        for name, value in answers.items()
        if name in labels
    ]


def _shown(look: Look, field: Field | None, value: Any, say: Spoken) -> str:
    told = look.told(value)
    if isinstance(value, dict) and "sealed" in value and told is None:
        return say("erased")
    if field and field.kind == PERSON and isinstance(told, Mapping):
        parts = [(f, told[f.name]) for f in PERSON_FIELDS if told.get(f.name)]
        return ", ".join((f"{say(f.label)}: " if f.kind == YES_NO else "") + _one(look, f, v, say) for f, v in parts)
    if isinstance(told, list) and told and isinstance(told[0], Mapping):
        return say("{n} rows", n=len(told))
    several = told if isinstance(told, Sequence) and not isinstance(told, str) else [told]
    return ", ".join(_one(look, field, one, say) for one in several)


def _one(look: Look, field: Field | None, value: Any, say: Spoken) -> str:
    """Return one answer: a day as it is written, a choice by its name, a number with the marks of the language."""
    if not isinstance(value, str):
        return spoken(value, say)
    kind = field.kind if field else ""
    if kind == DAY:
        return say.day(value)
    if kind == YES_NO or (kind in (CHOICE, CHOICES, ORDER) and field):
        # what can be chosen now may be another list than on the day of the answer, and long to work out: not asked for
        known = {} if field is None or (callable(field.choices) and kind != ORDER) else dict(choices_of(field, look))
        return say(known.get(value) or value)
    return value if field else say(value)
