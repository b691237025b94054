"""The office: the only way by which anything happens to a case.

Every step passes the same door: is it lawful on this stage and day, may this person take it, is the form the one that
the case stands at, is everything answered, does a decision give its reasons, does it need a second hand. Then event,
case and letter are stored together, or nothing is.
"""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from mechlin.core.errors import InputError, MechlinError, Problem, UsageError, nearest
from mechlin.desk.casework import fields
from mechlin.desk.casework.declare import PERSON, Action, Decision, Field, Follow, Look, Procedure
from mechlin.desk.casework.loading import load
from mechlin.desk.casework.numbers import next_number
from mechlin.desk.casework.state import (
    CORRECTED,
    OBJECTED,
    OBJECTION_DECIDED,
    PREPARED,
    READ,
    SENT_BACK,
    STARTED,
    State,
)
from mechlin.desk.casework.writer import Writer
from mechlin.desk.ground import heads, log, vault
from mechlin.desk.ground.home import Home
from mechlin.desk.ground.log import Event
from mechlin.desk.ground.roles import GROUND, SYSTEM_ACTOR, Actor
from mechlin.desk.ground.tables import account

CODE_BYTES = 10  # of the code with which a resident comes back: 80 bits


class NotAllowedError(MechlinError):
    """Something that this person may not do."""


class NotLawfulError(MechlinError):
    """Something that cannot follow on this stage, on this day."""


class ChangedMeanwhileError(MechlinError):
    """Somebody else was faster: the case is no longer what the form was made from."""


@dataclass(frozen=True)
class Receipt:
    """What somebody gets at once: the case, the event, and for a resident's new case the code to come back with."""

    case: str
    seq: int
    at: str
    code: str = ""
    twice: bool = False  # the form had been sent before


@dataclass(frozen=True)
class Request:
    """What somebody asks the office to do."""

    action: str
    answers: Mapping[str, Any]
    case: str = ""
    procedure: str = ""
    parent: str = ""
    area: str = ""
    changed: int | None = None  # the state of the case that the form was made from
    form_no: str | None = None
    override: Mapping[str, str] | None = None  # outcome, code, sentence: otherwise than the rule


@dataclass(frozen=True)
class Office:
    """A desk with its procedures."""

    home: Home
    procedures: Mapping[str, Procedure]

    def look(self, conn: Connection, state: State, day: str, actor: Actor, opening: str = "", parent: str = "") -> Look:
        """Return a case as a procedure sees it."""
        return Look(self.home, conn, self.procedures, state, day, actor, opening, parent)

    # ------------------------------------------------------------------------------------------ a step

    def act(self, actor: Actor, asked: Request, now: datetime | None = None) -> Receipt:
        """Take a step, or prepare it where another must sign; raise what stands in its way, all at once."""
        with self.home.database.write() as conn:
            return self.act_within(conn, actor, asked, now)

    def act_within(self, conn: Connection, actor: Actor, asked: Request, now: datetime | None = None) -> Receipt:
        """Take a step within a transaction that is open already."""
        now = now or self.home.moment()
        heads.keep(conn, day_of(now))
        if before := log.by_form(conn, asked.form_no):
            return _receipt_again(before, actor)
        state = self._state(conn, asked, actor)
        procedure = self.procedures[state.procedure or asked.procedure]
        action = _known(procedure, asked.action)
        look = self.look(conn, state, day_of(now), actor, procedure.name, asked.parent)
        area = state.area or asked.area
        given = actor.role_for(action.by, procedure.name, area)
        if given is None:
            raise NotAllowedError(not_allowed(action, procedure))
        self._check_unchanged(conn, asked, state)
        check_possible(look, action)
        values = self._values(look, action, asked.answers)
        decision, override = self._decision(look, action, values, asked)
        if override and not action.signed_by:
            raise UsageError("what is decided otherwise than by the rule needs a second hand")
        writer = Writer(conn, look, now, state.id or next_number(conn, procedure.letter, now.year), area, asked.parent)
        code = secrets.token_hex(CODE_BYTES) if not state.id and given.role == "resident" else ""
        body = writer.body(action, values, decision, override)
        if code:
            body["code"] = hashlib.sha256(code.encode()).hexdigest()
        if action.signed_by:
            kept = {
                "action": action.name,
                "proposed": body,
                "browser": actor.browser,
                "day": look.day,
                "for": given.deputy_of,
            }
            event = writer.write(PREPARED, actor, given.role, kept, asked.form_no)
        else:
            event = self._take(writer, action, actor, given.role, body, asked.form_no)
        return Receipt(event.case, event.seq, event.at, code)

    def sign(
        self, actor: Actor, case: str, changed: int | None, form_no: str | None = None, now: datetime | None = None
    ) -> Receipt:
        """Sign what another has prepared in one case; the second hand is never the first."""
        with self.home.database.write() as conn:
            return self.sign_within(conn, actor, case, changed, form_no, now)

    def sign_within(
        self, conn: Connection, actor: Actor, case: str, changed: int | None, form_no: str | None, now: datetime | None
    ) -> Receipt:
        """Sign within a transaction that is open already."""
        if before := log.by_form(conn, form_no):
            return _receipt_again(before, actor)
        writer, action, waiting, role = self._waiting(conn, actor, case, changed, now)
        check_other_hand(actor, waiting)
        check_possible(writer.look, action)
        body = dict(waiting.body["proposed"])
        body.update(writer.course(action, body), prepared=waiting.seq, prepared_by=waiting.actor)
        event = self._take(writer, action, actor, role, body, form_no)
        return Receipt(event.case, event.seq, event.at)

    def send_back(
        self,
        actor: Actor,
        case: str,
        why: str,
        changed: int | None,
        form_no: str | None = None,
        now: datetime | None = None,
    ) -> Receipt:
        """Send back what another has prepared, with a sentence why."""
        with self.home.database.write() as conn:
            if before := log.by_form(conn, form_no):
                return _receipt_again(before, actor)
            writer, _, waiting, role = self._waiting(conn, actor, case, changed, now)
            kept = {"why": writer.seal_text(why), "day": writer.look.day, "prepared": waiting.seq}
            event = writer.write(SENT_BACK, actor, role, kept, form_no)
            return Receipt(event.case, event.seq, event.at)

    def _waiting(
        self, conn: Connection, actor: Actor, case: str, changed: int | None, now: datetime | None
    ) -> "tuple[Writer, Action, Event, str]":
        """Return what waits for a second hand in a case, for somebody who may give it."""
        now = now or self.home.moment()
        state = self._state(conn, Request("", {}, case=case), actor)
        if state.waiting is None:
            raise NotLawfulError(f"nothing waits for a signature in {case}")
        procedure = self.procedures[state.procedure]
        action = _known(procedure, state.waiting.body["action"])
        given = actor.role_for(action.signed_by, procedure.name, state.area)
        if given is None:
            raise NotAllowedError(f"{action.label!r} is signed by: {', '.join(action.signed_by)}")
        self._check_unchanged(conn, Request("", {}, changed=changed), state)
        look = self.look(conn, state, day_of(now), actor)
        return Writer(conn, look, now, case, state.area, state.parent), action, state.waiting, given.role

    def _take(
        self, writer: "Writer", action: Action, actor: Actor, role: str, body: dict[str, Any], form_no: str | None
    ) -> Event:
        """Write the event of a step, the letter that belongs to it, and what follows by rule in other cases."""
        before = writer.look
        event = writer.write(action.name, actor, role, body, form_no)
        if "decision" in event.body:
            writer.letter(event)
        for follow in action.then(before, body.get("answers", {})) if action.then else ():
            self._follow(writer, follow)
        return event

    def _follow(self, writer: "Writer", follow: Follow) -> None:
        """Take a step that follows by rule: it asks nobody, and everything else about it holds."""
        conn, now = writer.conn, writer.now
        state = load(conn, follow.case) if follow.case else State()
        procedure = self.procedures[state.procedure or follow.procedure]
        action = _known(procedure, follow.action)
        parent = follow.parent or writer.case
        look = self.look(conn, state, writer.look.day, SYSTEM_ACTOR, procedure.name, parent)
        check_possible(look, action)
        number = state.id or next_number(conn, procedure.letter, now.year)
        inner = Writer(conn, look, now, number, state.area or writer.area, parent)
        values = dict(follow.answers)
        values |= action.works_out(look, values) if action.works_out else {}
        decision = action.decides(look, values) if action.decides else None
        self._take(inner, action, SYSTEM_ACTOR, "system", inner.body(action, values, decision, None), None)

    # --------------------------------------------------------------------------- beside the steps

    def note_read(self, actor: Actor, state: State, now: datetime | None = None) -> None:
        """Note that somebody has read a case, once a day: reading a minor's file is itself an event."""
        now = now or self.home.moment()
        today, case = day_of(now), state.id
        if _has_read(state, actor, today):
            return  # without waiting for the turn to write
        with self.home.database.write() as conn:
            state = self._state(conn, Request("", {}, case=case), actor)
            if _has_read(state, actor, today):
                return
            given = actor.role_for(self.procedures[state.procedure].readers, state.procedure, state.area)
            if given is None:
                raise NotAllowedError("this case is not for your roles")
            look = self.look(conn, state, today, actor)
            writer = Writer(conn, look, now, case, state.area, state.parent)
            writer.write(READ, actor, given.role, {"day": today}, None)

    def correct(
        self,
        actor: Actor,
        case: str,
        field: str,
        raw: Mapping[str, Any],
        changed: int | None,
        now: datetime | None = None,
    ) -> Receipt:
        """Correct what is known about a person: the new stands in the place of the old, which is no longer kept."""
        now = now or self.home.moment()
        with self.home.database.write() as conn:
            state = self._state(conn, Request("", {}, case=case), actor)
            given = actor.role_for(GROUND["correct a person"], state.procedure, state.area)
            if given is None:
                raise NotAllowedError(
                    f"correcting what is known about a person is for: {GROUND['correct a person'][0]}"
                )
            self._check_unchanged(conn, Request("", {}, changed=changed), state)
            about = state.answers.get(field)
            if not isinstance(about, Mapping) or "person" not in about:
                raise UsageError(f"{case} knows no person by the name of {field}")
            look = self.look(conn, state, day_of(now), actor)
            values, problems = fields.read((Field(field, field, PERSON),), {field: dict(raw)}, look)
            if problems:
                raise InputError(problems)
            vault.reseal(conn, self.home.keys, about["sealed"], values[field].value)
            writer = Writer(conn, look, now, case, state.area, state.parent)
            event = writer.write(CORRECTED, actor, given.role, {"day": look.day, "field": field}, None)
            return Receipt(event.case, event.seq, event.at)

    # ----------------------------------------------------------------------------------------- checks

    def _state(self, conn: Connection, asked: Request, actor: Actor) -> State:
        if not asked.case:
            if asked.procedure not in self.procedures:
                known = list(self.procedures)
                raise UsageError(
                    str(
                        Problem(
                            f"there is no procedure {asked.procedure}",
                            allowed=", ".join(known),
                            nearest=nearest(asked.procedure, known),
                        )
                    )
                )
            return State()
        state = load(conn, asked.case)
        if not state.id:
            raise UsageError(f"there is no case {asked.case}")
        return state

    def _check_unchanged(self, conn: Connection, asked: Request, state: State) -> None:
        if asked.changed is None or asked.changed == state.changed or not state.id:
            return
        last = next(e for e in reversed(state.events) if e.version == state.changed)
        name = conn.execute(select(account.c.name).where(account.c.id == last.actor)).scalar() or last.role
        raise ChangedMeanwhileError(
            f"this case changed at {last.at[11:16]} UTC ({name}: {last.kind}); nothing was stored: look again"
        )

    def _values(self, look: Look, action: Action, raw: Mapping[str, Any]) -> dict[str, Any]:
        known = {f.name for f in action.fields}
        values, problems = fields.read(action.fields, raw, look)
        problems += [
            Problem(f"nothing is asked by the name {name}", column=str(name))
            for name in raw
            if str(name).partition(".")[0] not in known and str(name).rpartition("_")[0] not in known
        ]
        if not problems and action.check:
            problems += action.check(look, values)
        if problems:
            raise InputError(problems)
        return {**values, **action.works_out(look, values)} if action.works_out else values

    def _decision(
        self, look: Look, action: Action, values: dict[str, Any], asked: Request
    ) -> tuple[Decision | None, Mapping[str, str] | None]:
        """Return what the rule decides, or what a person decides otherwise with a reason by code."""
        if action.decides is None:
            return None, None
        decision = action.decides(look, values)
        if not asked.override or not asked.override.get("outcome") or asked.override["outcome"] == decision.outcome:
            return decision, None
        problems = [
            Problem(
                f"{asked.override.get(name)!r} cannot be chosen", column=name, allowed=", ".join(v for v, _ in known)
            )
            for name, known in (("outcome", action.outcomes), ("code", action.overrides))
            if asked.override.get(name) not in {v for v, _ in known}
        ]
        if not str(asked.override.get("sentence", "")).strip():
            problems.append(Problem("a sentence is needed: why otherwise than by the rule", column="sentence"))
        if problems:
            raise InputError(problems)
        return replace(decision, outcome=asked.override["outcome"], favourable=not decision.favourable), asked.override


def _has_read(state: State, actor: Actor, today: str) -> bool:
    """Return whether it is noted already that somebody read a case on a day."""
    return any(e.kind == READ and e.actor == actor.account and e.body.get("day") == today for e in state.events)


def check_possible(look: Look, action: Action) -> None:
    """Raise NotLawfulError where a step cannot follow on the stage, with the reason."""
    if why := hindrance(look, action):
        raise NotLawfulError(why)


def hindrance(look: Look, action: Action) -> str:
    """Return why a step cannot follow now; nothing where it can."""
    state = look.state
    if action.stages and state.stage not in action.stages and "*" not in action.stages:
        stages = ", ".join(repr(look.procedure.stage(s).said) for s in action.stages)
        return (
            f"{action.label!r} cannot follow on {look.procedure.stage(state.stage).said!r} in the form "
            f"{state.form!r}: it follows on {stages}" + (f" ({action.article})" if action.article else "")
        )
    if not action.stages and state.stage:
        return f"{action.label!r} opens a case; {state.id} is open already"
    if state.closed and action.name not in (OBJECTED, OBJECTION_DECIDED):
        return f"{state.id} ended on {state.closed}"
    if state.stopped and action.name not in (STARTED, OBJECTED):
        return f"the clock of {state.id} stands since {state.stopped}: start it first"
    return action.possible(look) if action.possible else ""


def check_other_hand(actor: Actor, waiting: Event) -> None:
    """Raise NotAllowedError where whoever signs is whoever prepared: the same account, browser, or a deputy."""
    prepared = {waiting.actor, waiting.body.get("for") or waiting.actor}
    if prepared & actor.hands or (actor.browser and actor.browser == waiting.body.get("browser")):
        raise NotAllowedError(
            "prepared and signed by the same person, or from the same browser; ask somebody else to sign"
        )


def not_allowed(action: Action, procedure: Procedure) -> str:
    """Say who may take a step."""
    return f"{action.label!r} in {procedure.title!r} is for: {', '.join(action.by) or 'nobody'}"


def day_of(now: datetime) -> str:
    """Return the day in Belgium's own time."""
    from zoneinfo import ZoneInfo

    return now.astimezone(ZoneInfo("Europe/Brussels")).date().isoformat()


def _known(procedure: Procedure, name: str) -> Action:
    action = procedure.action(name)
    if action is None:
        known = [a.name for a in procedure.actions]
        raise UsageError(
            str(
                Problem(
                    f"there is no step {name} in {procedure.title}",
                    allowed=", ".join(known),
                    nearest=nearest(name, known),
                )
            )
        )
    return action


def _receipt_again(before: Event, actor: Actor) -> Receipt:
    """Return the receipt of a form that was sent before; what another has sent is not told."""
    if before.actor != actor.account:
        raise UsageError("this form was sent before; open it anew")
    return Receipt(before.case, before.seq, before.at, twice=True)
