"""Pages for everybody: what is open, a form, a receipt, one's own case by number and code, heads, public cases."""

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import select
from starlette.responses import HTMLResponse, RedirectResponse, Response

from mechlin.core.errors import InputError, MechlinError, Problem
from mechlin.core.language import LANGUAGES
from mechlin.desk.casework import declare, letters
from mechlin.desk.casework.declare import Action, Look, Part, Procedure
from mechlin.desk.casework.fields import PERSON_FIELDS, choices_of
from mechlin.desk.casework.loading import load
from mechlin.desk.casework.office import Receipt, Request, day_of, hindrance
from mechlin.desk.casework.state import State
from mechlin.desk.ground import accounts, heads
from mechlin.desk.ground.canonical import canonical
from mechlin.desk.ground.roles import RESIDENT, Actor, may
from mechlin.desk.ground.tables import cases
from mechlin.desk.web.door import RefusedError, Visit, remember

Typed = dict[str, Any]
Offer = tuple[str, str, str]  # address, title, what it belongs to
DEMO_DAYS = ("1", "7", "30")  # by which a visitor of a demonstration may put its clock ahead


def today(found: Visit) -> str:
    """Return the day."""
    return day_of(found.office.home.moment())


def html(found: Visit, template: str, title: str, status: int = 200, **values: Any) -> Response:
    """Return a page."""
    page = letters.templates().get_template(template)
    text = page.render(
        say=found.say,
        visit=found,
        title=title,
        settings=found.office.home.settings,
        languages=LANGUAGES,
        path=found.request.url.path,
        fields=declare,
        person_fields=PERSON_FIELDS,
        demo_day=today(found) if found.office.home.is_demo else "",
        demo_days=DEMO_DAYS,
        may=lambda action: may(found.actor, action),
        **values,
    )
    return remember(found, HTMLResponse(text, status))


def told(problems: Sequence[Problem], found: Visit) -> list[tuple[str, str]]:
    """Return each problem as (field, sentence) in the visitor's language."""
    out = []
    for p in problems:
        row = found.say("row {row}", row=p.row) + ", " if p.row is not None else ""
        column = f"{p.column}: " if p.row is not None and p.column else ""
        rest = [found.say("allowed: {what}", what=p.allowed)] if p.allowed else []
        rest += [found.say("did you mean {what}?", what=p.nearest)] if p.nearest else []
        rest += [found.say.told(p.repair)] if p.repair else []
        field = p.file if p.row is not None else p.column
        out.append((field, row + column + "; ".join([found.say.told(p.what), *rest])))
    return out


def refused(found: Visit, error: MechlinError, status: int = 422) -> Response:
    """Return a page that says what stands in the way."""
    return html(found, "refused.html", "Not possible", getattr(error, "status", status), why=str(error))


def put_ahead(found: Visit) -> Response:
    """Put the clock of a demonstration ahead, and go back to where somebody was."""
    days = found.one("-days")
    if found.office.home.is_demo and days in DEMO_DAYS:
        found.office.home.put_ahead(int(days))
    back = urlsplit(found.request.headers.get("referer", "")).path
    return remember(found, RedirectResponse(back if back.startswith("/") and "//" not in back else "/", 303))


# -------------------------------------------------------------------------------------------------- start


def start(found: Visit) -> Response:
    """What a resident can do here."""
    with found.office.home.database.read() as conn:
        look = found.office.look(conn, State(), today(found), found.actor)
        known: dict[str, dict[str, State]] = {}
        offers = [o for p in found.office.procedures.values() for o in _offers(look, p, RESIDENT, known)]
        shown = [
            (row.id, p.title, p.stage(row.stage).said)
            for name, p in found.office.procedures.items()
            if p.public and not p.row
            for row in conn.execute(select(cases).where(cases.c.procedure == name).order_by(cases.c.id))
        ]
    kept = [(name, p.title) for name, p in found.office.procedures.items() if p.row]
    title = found.office.home.settings.town
    return html(found, "start.html", title, offers=offers, shown=shown[:200], registers=kept)


def _offers(look: Look, procedure: Procedure, role: str, known: dict[str, dict[str, State]]) -> list[Offer]:
    """Return what can be opened by a role now; ``known`` keeps the open cases of each procedure that was asked for."""
    out = []
    for action in procedure.opening():
        if role not in action.by or not action.shown:
            continue
        if procedure.parent and procedure.parent not in known:
            known[procedure.parent] = {s.id: s for s in look.beside(procedure.parent, still_open=True)}
        parents = known.get(procedure.parent, {})
        for number in parents if procedure.parent else ("",):
            here = replace(look, state=State(), opening=procedure.name, parent_id=number, kept=parents)
            if not hindrance(here, action):
                address = f"/open/{procedure.name}/{action.name}" + (f"?parent={number}" if number else "")
                out.append((address, action.label, number or procedure.title))
    return out


def opening_offers(found: Visit, actor: Actor) -> list[Offer]:
    """Return what somebody who has signed in can open."""
    with found.office.home.database.read() as conn:
        look = found.office.look(conn, State(), today(found), actor)
        roles = {given.role for given in actor.roles}
        known: dict[str, dict[str, State]] = {}
        offers = [
            o for p in found.office.procedures.values() for role in sorted(roles) for o in _offers(look, p, role, known)
        ]
    return list(dict.fromkeys(offers))


# -------------------------------------------------------------------------------------------------- forms


def opening(found: Visit, procedure: str, action: str, parent: str) -> Response:
    """An empty form that opens a case."""
    return _form(found, _step(found, procedure, action, parent=parent), {}, ())


def opened(found: Visit, procedure: str, action: str, parent: str) -> Response:
    """Store a new case, and give its receipt; or the form again, filled, with everything that is wrong."""
    asked = Request(
        action,
        found.answers(),
        procedure=procedure,
        parent=parent,
        area=found.one("-area"),
        form_no=found.one("-form") or None,
    )
    step = _step(found, procedure, action, parent=parent)
    try:
        receipt = found.office.act(found.actor, asked)
    except MechlinError as error:
        return _form(found, step, found.answers(), _problems(error), 422)
    return _receipt(found, receipt)


class Step:
    """A step that somebody is about to take: procedure, action, the case, and what can be chosen."""

    def __init__(self, procedure: Procedure, action: Action, state: State, parent: str, where: str) -> None:
        """Keep what the form is made of; ``where`` is the address that it is sent to."""
        self.procedure, self.action, self.state, self.parent, self.where = procedure, action, state, parent, where


def _step(found: Visit, procedure: str, action: str, case: str = "", parent: str = "") -> Step:
    """Return a step; raise RefusedError where there is none or it is for somebody else."""
    with found.office.home.database.read() as conn:
        state = load(conn, case) if case else State()
    if case and not state.id:
        raise RefusedError(404, f"There is no case {case}.")
    name = state.procedure or procedure
    known = found.office.procedures.get(name)
    step = known.action(action) if known else None
    if known is None or step is None:
        raise RefusedError(404, "There is nothing here.")
    if found.actor.role_for(step.by, name, state.area) is None:
        raise RefusedError(
            403 if not found.is_resident else 401, "This is for somebody with another role: sign in first."
        )
    where = f"/case/{case}/{action}" if case else f"/open/{name}/{action}" + (f"?parent={parent}" if parent else "")
    return Step(known, step, state, parent, where)


def _form(found: Visit, step: Step, typed: Typed, problems: Sequence[Problem], status: int = 200) -> Response:
    with found.office.home.database.read() as conn:
        opening = "" if step.state.id else step.procedure.name
        look = found.office.look(conn, step.state, today(found), found.actor, opening, step.parent)
        why = hindrance(look, step.action)
        asked = _asked(step.action, look)
    wrong = told(problems, found)
    known = {f.name for f, _ in asked} | {f"{f.name}.{p.name}" for f, _ in asked for p in PERSON_FIELDS}
    return html(
        found,
        "form.html",
        step.action.label,
        409 if why and status == 200 else status,
        step=step,
        asked=asked,
        typed=typed,
        hindrance=why,
        general=[text for name, text in wrong if name not in known],
        wrong=wrong,
        form_no=found.one("-form") or secrets.token_urlsafe(18),
        changed=found.one("-changed") or str(step.state.changed),
    )


def _asked(action: Action, look: Look) -> list[tuple[declare.Field, declare.Choices]]:
    """Return what a step asks in this case, with what can be chosen."""
    room = (replace(f, high=f.most(look)) if f.most else f for f in action.fields)
    return [(f, choices_of(f, look)) for f in room]


def _problems(error: MechlinError) -> Sequence[Problem]:
    return error.problems if isinstance(error, InputError) else (Problem(str(error)),)


def _receipt(found: Visit, receipt: Receipt) -> Response:
    if found.is_resident:
        return html(found, "receipt.html", "Received", receipt=receipt)
    return remember(found, RedirectResponse(f"/case/{receipt.case}", 303))


def next_step(found: Visit, case: str, action: str) -> Response:
    """An empty form of a step in a case."""
    return _form(found, _step(found, "", action, case), {}, ())


def taken(found: Visit, case: str, action: str) -> Response:
    """Take a step in a case; or the form again, filled, with what is wrong."""
    step = _step(found, "", action, case)
    override = {k: found.one(f"-{k}") for k in ("outcome", "code", "sentence")}
    changed = found.one("-changed")
    asked = Request(
        action,
        found.answers(),
        case=case,
        changed=int(changed) if changed.isdecimal() else None,
        form_no=found.one("-form") or None,
        override=override if override["outcome"] else None,
    )
    try:
        return _receipt(found, found.office.act(found.actor, asked))
    except MechlinError as error:
        return _form(found, step, found.answers(), _problems(error), 422)


# ------------------------------------------------------------------------------------------- one's own case


def own(found: Visit) -> Response:
    """Ask for number and code."""
    return html(found, "own.html", "My case", wrong="", state=None)


def own_shown(found: Visit) -> Response:
    """Show a resident the own case, take an objection, or show a letter: number and code go with every form."""
    number, code = found.one("-number").strip(), found.one("-code").strip()
    with found.office.home.database.read() as conn:
        state = load(conn, number)
    if not _is_own(state, code):
        wrong = "There is no case with this number and this code."
        return html(found, "own.html", "My case", 404, wrong=wrong, state=None)
    problems: list[tuple[str, str]] = []
    action = found.one("-action")
    if action and (known := found.office.procedures[state.procedure].action(action)) and RESIDENT in known.by:
        try:
            found.office.act(
                found.actor, Request(action, found.answers(), case=number, form_no=found.one("-form") or None)
            )
        except MechlinError as error:
            problems = told(_problems(error), found)
    with found.office.home.database.read() as conn:
        look = found.office.look(conn, load(conn, number), today(found), found.actor)
        letter = found.one("-letter")
        rows = letters.rows_of(look)
        if letter and letter in {r.id for r in rows}:
            made = letters.of_number(look, letter)
            return remember(found, HTMLResponse(made.html)) if made else refused(found, RefusedError(410, "Erased."))
        steps = [
            (a, _asked(a, look))
            for a in look.procedure.actions
            if RESIDENT in a.by and a.stages and not hindrance(look, a)
        ]
        parts = look.procedure.own(look) if look.procedure.own else []
    return html(
        found,
        "own.html",
        "My case",
        wrong="",
        state=look.state,
        procedure=look.procedure,
        rows=rows,
        number=number,
        code=code,
        steps=steps,
        parts=parts,
        problems=problems,
        tried=action if problems else "",
        typed=found.answers() if problems else {},
        form_no=secrets.token_urlsafe(18),
    )


def _is_own(state: State, code: str) -> bool:
    kept = state.events[0].body.get("code", "") if state.events else ""
    given = hashlib.sha256(code.encode()).hexdigest()
    return hmac.compare_digest(kept or "-" * 64, given)


# --------------------------------------------------------------------------------------------- for anybody


def public_case(found: Visit, case: str) -> Response:
    """What anybody may see of a case: only where its procedure shows something."""
    with found.office.home.database.read() as conn:
        state = load(conn, case)
        procedure = found.office.procedures.get(state.procedure)
        if procedure is None or procedure.public is None:
            raise RefusedError(404, "There is nothing here.")
        parts = procedure.public(found.office.look(conn, state, today(found), found.actor))
    return html(found, "parts.html", f"{found.say(procedure.title)} – {case}", parts=parts)


def public_data(found: Visit, case: str) -> Response:
    """What anybody may have of a case as JSON: to repeat a draw, to put cameras on a map."""
    with found.office.home.database.read() as conn:
        state = load(conn, case)
        procedure = found.office.procedures.get(state.procedure)
        if procedure is None or procedure.data is None:
            raise RefusedError(404, "There is nothing here.")
        text = canonical(procedure.data(found.office.look(conn, state, today(found), found.actor)))
    return Response(text, media_type="application/json")


def public_heads(found: Visit) -> Response:
    """The heads of the log, day by day: whoever keeps one can later see that nothing was cut off."""
    with found.office.home.database.read() as conn:
        kept = heads.kept(conn)
    why = declare.say("Keep one of these: with it anybody can later see whether anything was taken out of the log.")
    part = Part(None, (why,), ("Day", "Head"), tuple(kept))
    return html(found, "parts.html", "Heads of the log", parts=[part])


# ------------------------------------------------------------------------------------------------ sign in


def sign_in(found: Visit, wrong: str = "", status: int = 200) -> Response:
    """Ask who it is."""
    return html(found, "sign_in.html", "Sign in", status, wrong=wrong)


def signed_in(found: Visit) -> Response:
    """Open a session, or say that this was not right, and no more than that."""
    with found.office.home.database.write() as conn:
        made = accounts.sign_in(conn, found.one("-name"), found.one("-password"), found.visitor)
    if made is None:
        return sign_in(found, "That is not right, or the account is locked or pauses after too many tries.", 403)
    return remember(found, RedirectResponse("/today", 303), made.token)


def may_read(found: Visit, state: State) -> bool:
    """Return whether whoever asks may read a case."""
    readers = found.office.procedures[state.procedure].readers
    return found.actor.role_for(readers, state.procedure, state.area) is not None
