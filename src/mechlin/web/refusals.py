"""What is refused, in the language of the page: the sentences of files and links, found again by their form.

The rooms below say what is wrong in English, each where it finds it. Here their sentences are known by their forms; one
that has none stands in English, whole, with its repair.
"""

import re
from functools import cache

from mechlin.core.errors import Problem
from mechlin.report.texts import Language

FORMS = (
    "{name} is not a known measure",
    "{name} is not a known setting",
    "there is no package {name}",
    "there is no number {name} to show",
    "there is no area {name} in {city}",
    "the address is too long",
    "the address says {name}, which means nothing here",
    "until {month} is not possible",
    "{number} pairs of runs are not possible",
    "the file is too large for a package",
    "there is no measure in the package",
    "this is no list of packages with a name and a query each",
    "these packages are not asked until the same month, against the same, as often",
    "Choose two or three packages.",
    "{name} = {value} must be a table",
    "{name} = {value} is not text",
    "{name} = {value} is not a number",
    "{name} = {value} must be a whole number",
    "{name} = {value} is outside what is possible",
    "{name} ends before it starts",
    "{name} = {month} lies before the city starts ({first})",
    "{name}: {month} is not a month; write it like 2003-01",
    "{name} is not a month",
    "{name} is written twice",
    "{name} has a decimal comma",
    "{name}areas = {value} is not a list of names",
    "the file is not UTF-8 text",
    "Something went wrong in the workbench itself: {error}",
    "not valid TOML: {told}",
    "write {setting} or a value in between",
    "write {setting}, or leave it out",
    "a number of {n} digits is not possible",
    "{name} says something for {months}, when it does not run",
    "{name} cannot be held to areas: it enrols {whom}",
    "{name} has no places that could grow: it enrols {whom}",
    "remove ramp_months and let the dose grow, as {example}",
    "write areas = {example}, or remove it for the whole city",
    "write doubt = {example}",
    "move start or end, or leave these months out",
    "remove areas",
    "{name} = {value} is not a table",
    "{name} = {value} is not possible",
    "{name}: the phase that starts in {one} has not ended when the next starts in {other}",
)
_SHOWN = 60  # characters of a word: what somebody wrote is shown to be known again, not to be read whole
_LONG = re.compile(rf"\S{{{2 * _SHOWN},}}")
_FIELD = re.compile(r"\\\{(\w+)\\\}")


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((form, re.compile(_FIELD.sub(r"(?P<\1>.+?)", re.escape(form)), re.DOTALL)) for form in FORMS)


def said(problem: Problem, say: Language) -> str:
    """Return a problem as one line in the language: where, what, what is allowed, the nearest, the repair."""
    what = _what(problem.what, say)
    row = say("row {n}", n=problem.row) if problem.row is not None else ""
    where = ", ".join(part for part in (problem.file, row, problem.column) if part)
    told = [f"{where}: {what}" if where else what]
    if problem.allowed:
        told.append(say("allowed: {allowed}", allowed=problem.allowed))
    if problem.nearest:
        told.append(say("did you mean ‘{nearest}’?", nearest=problem.nearest))
    if problem.repair:
        told.append(say("repair: {repair}", repair=_what(problem.repair, say)))
    return _LONG.sub(lambda word: f"{word[0][:_SHOWN]}…", "; ".join(told))


def _what(what: str, say: Language) -> str:
    for form, pattern in _patterns():
        if found := pattern.fullmatch(what):
            return say(form, **found.groupdict())
    return say(what) if say.has(what) else what
