"""Pages for those who work here: today, a case, signing, letters, oversight, what must go, the log."""

import secrets
from typing import Any

from sqlalchemy import Connection, Row, Select, func, select
from starlette.responses import HTMLResponse, RedirectResponse, Response

from mechlin.core.errors import MechlinError
from mechlin.desk.casework import keeping, letters
from mechlin.desk.casework.declare import Part, say
from mechlin.desk.casework.loading import load
from mechlin.desk.casework.office import hindrance
from mechlin.desk.casework.state import READ
from mechlin.desk.casework.verify import verify
from mechlin.desk.casework.writer import DESK
from mechlin.desk.ground import accounts, log
from mechlin.desk.ground.roles import may
from mechlin.desk.ground.tables import account, cases
from mechlin.desk.ground.tables import letter as table
from mechlin.desk.web import pages
from mechlin.desk.web.answered import answered
from mechlin.desk.web.door import SESSION, RefusedError, Visit, remember

_AT_ONCE = 50  # cases on a page


def must(found: Visit, action: str) -> None:
    """Raise RefusedError unless whoever asks may do what stands in the table of roles."""
    if found.is_resident:
        raise RefusedError(401, "Sign in first.")
    if not may(found.actor, action):
        raise RefusedError(403, "This is for somebody with another role.")


def signed_out(found: Visit) -> Response:
    """End the session."""
    with found.office.home.database.write() as conn:
        accounts.sign_out(conn, found.request.cookies.get(SESSION, ""))
    return remember(found, RedirectResponse("/", 303), "")


def today(found: Visit) -> Response:
    """My cases by due date, what waits for my signature, and objections."""
    if found.is_resident:
        return pages.sign_in(found, status=401)
    day, query = pages.today(found), found.request.query_params.get("case", "").strip()
    if query:
        return remember(found, RedirectResponse(f"/case/{query}", 303))
    readable = [name for name in found.office.procedures if _reads(found, name)]
    is_mine = cases.c.officer == found.actor.account
    with found.office.home.database.read() as conn:
        still_open = select(cases).where(cases.c.closed == "")
        mine = _first(conn, still_open.where(is_mine))
        others = _first(conn, still_open.where(~is_mine, cases.c.procedure.in_(readable)))
        prepared = conn.execute(select(cases).where(cases.c.waiting > "").order_by(cases.c.waiting)).all()
        waiting = sorted(r.id for r in prepared if _may_sign(found, load(conn, r.id)))
        objections = conn.execute(select(cases).where(cases.c.objected > "").order_by(cases.c.objected, cases.c.id))
        objected = [r for r in objections if r.procedure in readable]
        late = keeping.due(conn, day, procedures=readable, most=_AT_ONCE)
    return pages.html(
        found,
        "today.html",
        "Today",
        waiting=waiting,
        objected=objected[:_AT_ONCE],
        mine=mine,
        late=late,
        day=day,
        offers=pages.opening_offers(found, found.actor),
        procedures=found.office.procedures,
        others=others,
    )


def _first(conn: Connection, query: Select[Any]) -> list[Row[Any]]:
    """Return the first cases of a query by due date, those without one last; no more is read than is shown."""
    due = conn.execute(query.where(cases.c.due != "").order_by(cases.c.due, cases.c.id).limit(_AT_ONCE)).all()
    left = _AT_ONCE - len(due)
    return [*due, *conn.execute(query.where(cases.c.due == "").order_by(cases.c.id).limit(left))] if left else [*due]


def _reads(found: Visit, procedure: str) -> bool:
    return found.actor.role_for(found.office.procedures[procedure].readers, procedure) is not None


def _may_sign(found: Visit, state: Any) -> bool:
    action = found.office.procedures[state.procedure].action(state.waiting.body["action"])
    return bool(
        action
        and found.actor.role_for(action.signed_by, state.procedure, state.area)
        and state.waiting.actor not in found.actor.hands
    )


def case(found: Visit, number: str) -> Response:
    """A case: what was answered, what may follow and why not, letters, and everything that happened."""
    if found.is_resident:
        return pages.sign_in(found, status=401)
    with found.office.home.database.read() as conn:
        state = load(conn, number)
    if not state.id:
        raise RefusedError(404, f"There is no case {number}.")
    if not pages.may_read(found, state):
        raise RefusedError(403, "This case is not for your roles.")
    procedure = found.office.procedures[state.procedure]
    if procedure.minors:
        found.office.note_read(found.actor, state)
    with found.office.home.database.read() as conn:
        look = found.office.look(conn, load(conn, number), pages.today(found), found.actor)
        names = {r.id: r.name for r in conn.execute(select(account.c.id, account.c.name))}
        steps = [
            (a, hindrance(look, a))
            for a in procedure.actions
            if a.shown
            and (look.state.stage in a.stages or "*" in a.stages)
            and found.actor.role_for(a.by, state.procedure, state.area)
        ]
        below = select(cases).where(cases.c.parent == number)
        values: dict[str, Any] = {
            "look": look,
            "state": look.state,
            "procedure": procedure,
            "names": names,
            "steps": steps,
            "asked": answered(look, look.answers, found.say),
            "rows": letters.rows_of(look),
            "below": conn.execute(below.order_by(cases.c.id).limit(_AT_ONCE)).all(),
            "counts": _counts(conn, number, found),
            "belongs_to": _belongs_to(found, look.state),
            "readers": [e for e in look.state.events if e.kind == READ],
            "events": [e for e in reversed(look.state.events) if e.kind != READ],
            "proposed": answered(look, look.state.waiting.body["proposed"].get("answers", {}), found.say)
            if look.state.waiting
            else [],
            "may_sign": look.state.waiting is not None and _may_sign(found, look.state),
            "parts": [part for shown in (procedure.public, procedure.own) if shown for part in shown(look)],
        }
        # within the transaction: the page opens what is sealed while it is written
        return pages.html(found, "case.html", number, form_no=secrets.token_urlsafe(18), **values)


def _belongs_to(found: Visit, state: Any) -> str:
    """Return where the case that this one belongs to can be seen by whoever asks: as a case, or as the public sees it."""
    name = found.office.procedures[state.procedure].parent
    if not name or _reads(found, name):
        return f"/case/{state.parent}"
    return f"/public/{state.parent}" if found.office.procedures[name].public else ""


def _counts(conn: Connection, number: str, found: Visit) -> list[tuple[str, int]]:
    """Return how many cases that belong to one stand at each stage."""
    kinds = (cases.c.procedure, cases.c.stage)
    out: dict[str, int] = {}
    for row in conn.execute(select(*kinds, func.count().label("n")).where(cases.c.parent == number).group_by(*kinds)):
        stage = found.office.procedures[row.procedure].stage(row.stage).said
        out[stage] = out.get(stage, 0) + int(row.n)
    return sorted(out.items())


def sign(found: Visit, number: str) -> Response:
    """Sign what another prepared, or send it back."""
    changed = found.one("-changed")
    stood, form = int(changed) if changed.isdecimal() else None, found.one("-form") or None
    try:
        if found.one("-do") == "back":
            found.office.send_back(found.actor, number, found.one("-why") or "–", stood, form)
        else:
            found.office.sign(found.actor, number, stood, form)
    except MechlinError as error:
        return pages.refused(found, error, 409)
    return remember(found, RedirectResponse(f"/case/{number}", 303))


def letter(found: Visit, number: str) -> Response:
    """A letter as it was decided, ready to print."""
    with found.office.home.database.read() as conn:
        row = conn.execute(select(table).where(table.c.id == number)).first()
        if row is None:
            raise RefusedError(404, f"There is no letter {number}.")
        state = load(conn, row.case)
        if found.is_resident or not pages.may_read(found, state):
            raise RefusedError(401 if found.is_resident else 403, "This letter is not for your roles.")
        made = letters.of_number(found.office.look(conn, state, pages.today(found), found.actor), number)
    if made is None:
        raise RefusedError(410, "The data of this person were erased; the letter cannot be made any more.")
    return remember(found, HTMLResponse(made.html))


def oversight(found: Visit) -> Response:
    """Counts for the council: nobody's case, everybody's numbers."""
    must(found, "see the oversight")
    with found.office.home.database.read() as conn:
        rows = keeping.oversight(conn, pages.today(found))
    heads = (
        "Procedure",
        "Area",
        "Open",
        "Late",
        "Decisions",
        "Favourable",
        "Otherwise than the rule",
        "Objections",
        "Upheld",
    )
    titles = {name: p.title for name, p in found.office.procedures.items()}
    table = tuple((found.say(titles.get(r["procedure"], r["procedure"])), *list(r.values())[1:]) for r in rows)
    why = say("Counts only. How often was decided otherwise than by the rule, and how often objections were right.")
    return pages.html(found, "parts.html", "Oversight", parts=[Part(None, (why,), heads, table)])


def checked_log(found: Visit) -> Response:
    """Check the whole log, and say what is wrong with it."""
    must(found, "check the log")
    verdict = verify(found.office)
    first = say("Sound: {n} events, head {head}.", n=verdict.events, head=verdict.head)
    wrong = tuple(say(p) for p in verdict.problems)
    return pages.html(found, "parts.html", "The log", parts=[Part(None, wrong or (first,))])


def retention(found: Visit, wrong: str = "", certificate: str = "") -> Response:
    """What must go, and lists that wait for the data protection officer."""
    must(found, "list what must go")
    with found.office.home.database.read() as conn:
        going = keeping.must_go(found.office, conn, pages.today(found))
        events = log.of_case(conn, DESK)
    done = {e.body["prepared"] for e in events if e.kind == keeping.DESTROYED}
    lists = [e for e in events if e.kind == keeping.LISTED and e.seq not in done]
    return pages.html(
        found,
        "retention.html",
        "What must go",
        422 if wrong else 200,
        going=going,
        lists=lists,
        wrong=wrong,
        certificate=certificate,
        may_prepare=may(found.actor, "prepare destruction"),
        may_sign=may(found.actor, "sign destruction"),
    )


def retained(found: Visit) -> Response:
    """Prepare a list, or sign one."""
    must(found, "list what must go")
    certificate = wrong = ""
    try:
        if listed := found.one("-list"):
            certificate = keeping.sign_destruction(found.office, found.actor, int(listed) if listed.isdecimal() else 0)
        else:
            keeping.prepare_destruction(found.office, found.actor, [v for k, v in found.fields if k == "-case"])
    except MechlinError as error:
        wrong = str(error)
    return retention(found, wrong, certificate)
