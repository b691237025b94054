"""Letters: what was decided, every condition, why, by which article, and how and until when to object.

Plain words first, the law after them. A letter is made anew from the log whenever it is wanted, so that it always says
what was decided; it can no longer be made when the person's key is destroyed.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import jinja2
from markupsafe import Markup, escape
from sqlalchemy import Row, select

from mechlin.core.language import LANGUAGES, Language
from mechlin.desk.casework.declare import Look, Part, Said
from mechlin.desk.casework.loading import load
from mechlin.desk.casework.sentences import Spoken
from mechlin.desk.ground.log import Event
from mechlin.desk.ground.tables import letter

_PLACE = re.compile(r"(?<![\w/.])/(?:public|static)/[\w./-]*\w")  # what anybody may open at the desk


@dataclass(frozen=True)
class Made:
    """A letter: number, language, and the page as HTML."""

    id: str
    case: str
    language: str
    html: str


@cache
def language(code: str) -> Spoken:
    """Return a language with all catalogues of the desk: one file for each procedure and one for the ground."""
    known = code if code in LANGUAGES else "en"
    folder = files("mechlin.desk") / "texts"
    catalogues = sorted((f for f in folder.iterdir() if f.name.endswith(f".{known}.po")), key=lambda f: f.name)
    return Spoken(known, catalogues)


@cache
def templates() -> jinja2.Environment:
    """Return the templates of pages and letters: everything put into them is escaped."""
    folder = files("mechlin.desk") / "web" / "templates"
    loader = jinja2.FunctionLoader(lambda name: (folder / name).read_text(encoding="utf-8"))
    found = jinja2.Environment(
        loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined
    )
    found.globals["spoken"] = spoken
    found.filters["linked"] = linked
    return found


def linked(text: str) -> Markup:
    """Return a sentence in which a public place of the desk can be followed."""
    return Markup(_PLACE.sub(r'<a href="\g<0>">\g<0></a>', str(escape(text))))


@cache
def template_digest() -> str:
    """Return the SHA-256 of the template of letters."""
    return hashlib.sha256((files("mechlin.desk") / "web" / "templates" / "letter.html").read_bytes()).hexdigest()


def spoken(what: Any, say: Language) -> str:
    """Return a sentence of the log, a declared one, a number or a text in a language; days as they are written."""
    if isinstance(what, tuple):
        return " ".join(spoken(one, say) for one in what)
    if isinstance(what, Said):
        return say(what.text, **{k: _value(v, say) for k, v in what.values.items()}) if what.values else say(what.text)
    if isinstance(what, list) and len(what) == 2 and isinstance(what[1], dict):
        return spoken(Said(what[0], what[1]), say)
    if isinstance(what, (int, float)) and not isinstance(what, bool):
        return _value(what, say)
    return say(str(what)) if what not in (None, "") else ""


def _value(value: Any, say: Language) -> str:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        text = str(value)
        is_day = len(text) == 10 and text[4] == text[7] == "-" and text.replace("-", "").isdigit()
        return say.day(text) if is_day else text
    return say.marked(f"{value:,.10g}" if isinstance(value, float) else f"{value:,}" if value >= 10_000 else str(value))


def make(look: Look, row: Row[Any]) -> Made | None:
    """Return the letter of one row of the table; None where the person's data were erased."""
    state = look.state
    event = next(e for e in state.events if e.seq == row.decision)
    procedure = look.procedure
    about = state.answers.get(procedure.about, {})
    person = look.told(about) if isinstance(about, dict) else None
    if person is None:
        return None
    say = language(row.language)
    parts: list[Part] = procedure.letter_parts(look, {"event": event, "say": say}) if procedure.letter_parts else []
    override = event.body["decision"].get("override")
    html = (
        templates()
        .get_template("letter.html")
        .render(
            say=say,
            row=row,
            event=event,
            decision=event.body["decision"],
            person=person,
            parts=parts,
            state=state,
            procedure=procedure,
            settings=look.home.settings,
            override=override,
            sentence=look.told(override["sentence"]) if override else "",
            answer=_free_answer(look, event),
            objection=procedure.objection,
        )
    )
    return Made(row.id, state.id, row.language, html)


def _free_answer(look: Look, event: Event) -> str:
    """Return the sentence in which an objection was answered, where this is such a letter."""
    return look.told(event.body.get("answers", {}).get("objection_reason")) or ""


def rows_of(look: Look, case: str = "") -> list[Row[Any]]:
    """Return the rows of all letters of a case, oldest first."""
    query = select(letter).where(letter.c.case == (case or look.state.id)).order_by(letter.c.decision)
    return list(look.conn.execute(query))


def of_children(look: Look, procedure: str) -> Iterator[Made]:
    """Yield the last letter of every case that belongs to this one, where its person can still be told."""
    kept = {look.state.id: look.state}
    rows = {r.case: r for r in look.conn.execute(select(letter).order_by(letter.c.decision))}
    for state in look.children(procedure):
        if state.id in rows:
            here = Look(look.home, look.conn, look.procedures, state, look.day, look.actor, kept=kept)
            made = make(here, rows[state.id])
            if made:
                yield made


def of_number(look: Look, number: str) -> Made | None:
    """Return one letter by its number; None where there is none or its person's data were erased."""
    row = look.conn.execute(select(letter).where(letter.c.id == number)).first()
    if row is None:
        return None
    own = look.state if look.state.id == row.case else load(look.conn, row.case)
    here = Look(look.home, look.conn, look.procedures, own, look.day, look.actor)
    return make(here, row)
