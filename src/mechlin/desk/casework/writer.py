"""What one step writes: its event, sealed answers, the row of its case, its letter. Nothing else writes there."""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

from mechlin.core.errors import UsageError
from mechlin.desk.casework.declare import Action, Decision, Look
from mechlin.desk.casework.fields import Secret
from mechlin.desk.casework.letters import template_digest
from mechlin.desk.casework.state import PREPARED, STARTED, State, after_stop, due_on, row_of, step
from mechlin.desk.ground import log, vault
from mechlin.desk.ground.canonical import short_head
from mechlin.desk.ground.log import Entry, Event
from mechlin.desk.ground.roles import SYSTEM_ACTOR, Actor
from mechlin.desk.ground.tables import cases, letter
from mechlin.desk.ground.tables import event as events

DESK = "desk"  # the case of the desk itself: rules seen, destruction
RULE_SEEN = "rule recorded"


@dataclass
class Writer:
    """What one step writes: its event, its sealed answers, the row of its case, its letter."""

    conn: Connection
    look: Look
    now: datetime
    case: str
    area: str
    parent: str
    form: str = ""

    def body(
        self, action: Action, values: dict[str, Any], decision: Decision | None, override: Mapping[str, str] | None
    ) -> dict[str, Any]:
        """Return what the log keeps of a step: answers without any name, the decision, the stage after it."""
        procedure = self.look.procedure
        if not self.look.state.id:
            vault.new_key(self.conn, self.look.home.keys, self.case, self.look.day)
        body: dict[str, Any] = {"day": self.look.day, "answers": {k: self._kept(v) for k, v in values.items()}}
        if not self.look.state.id:
            body.update(procedure=procedure.name, parent=self.parent, area=self.area)
        self.form = self._form(values)
        if decision:
            body["decision"] = self._decision(decision, override)
        after = action.after(self.look, values, decision) if callable(action.after) else action.after
        body["stage"] = after or self.look.state.stage
        body.update(self.course(action, body))
        return body

    def course(self, action: Action, body: Mapping[str, Any]) -> dict[str, Any]:
        """Return what follows for the case's course on the day of the step: deadline, end, time to object."""
        procedure, state, day = self.look.procedure, self.look.state, self.look.day
        stage = procedure.stage(body["stage"])
        out: dict[str, Any] = {"day": day}
        if stage.name != state.stage or action.renews:
            out["due"] = due_on(day, stage.days) if stage.days is not None else ""
            out["closed"] = day if stage.ends else ""
        if "decision" in body and procedure.objection:
            out["objection_until"] = due_on(day, procedure.objection.days)
        if action.name == STARTED:
            out["due"] = after_stop(state.due, state.stopped, day)
        if not state.officer and not body.get("officer") and self.look.actor.account.startswith("A-"):
            out["officer"] = self.look.actor.account
        return out

    def _form(self, values: dict[str, Any]) -> str:
        """Return the form of the law that the case keeps until it ends."""
        procedure, state = self.look.procedure, self.look.state
        if state.form:
            return state.form
        return procedure.form_by(self.look, values) if procedure.form_by else procedure.form(self.look.day)

    def write(self, kind: str, actor: Actor, role: str, body: Mapping[str, Any], form_no: str | None) -> Event:
        """Write an event, and the row of its case as the fold makes it."""
        procedure = self.look.procedure
        digest = rule_digest(procedure.rule)
        record_rule(self.conn, procedure.rule, digest, self.now)
        form = self.form or self._form({})
        if not self.look.state.id and kind == PREPARED:
            body = {
                **body,
                **{k: body["proposed"][k] for k in ("procedure", "parent", "area") if k in body["proposed"]},
            }
        entry = Entry(self.case, kind, actor.account, role, body, procedure.rule, form, digest, form_no)
        event = log.append(self.conn, entry, self.now)
        after = step(self.look.state, event)
        store_row(self.conn, after)
        self.look = replace(self.look, state=after)
        return event

    def letter(self, event: Event) -> None:
        """Make the letter of a decision: it belongs to it and is stored with it."""
        procedure = self.look.procedure
        about = self.look.state.answers.get(procedure.about) if procedure.about else None
        if not isinstance(about, Mapping) or "person" not in about:
            return
        told = self.look.told(about) or {}
        self.conn.execute(
            letter.insert().values(
                id=f"L-{event.seq}",
                case=event.case,
                decision=event.seq,
                person=about["person"],
                language=told.get("language", self.look.home.settings.language),
                template_digest=template_digest(),
                head=short_head(event.seq, event.hash),
                made_at=event.at,
                objection_until=event.body.get("objection_until", ""),
            )
        )

    def seal_text(self, text: str) -> dict[str, str]:
        """Seal a sentence with the key of the case."""
        return {"sealed": vault.seal(self.conn, self.look.home.keys, self.case, text)}

    def _kept(self, value: Any) -> Any:
        """Return what the log keeps of an answer: a text or person is sealed, and known by a number."""
        if not isinstance(value, Secret):
            return value
        if not value.is_person:
            return self.seal_text(value.value)
        person = f"P-{secrets.token_hex(8)}"
        vault.new_key(self.conn, self.look.home.keys, person, self.look.day)
        return {"person": person, "sealed": vault.seal(self.conn, self.look.home.keys, person, value.value)}

    def _decision(self, decision: Decision, override: Mapping[str, str] | None) -> dict[str, Any]:
        procedure = self.look.procedure
        out: dict[str, Any] = {
            "outcome": decision.outcome,
            "favourable": decision.favourable,
            "article": decision.article,
            "reasons": [r.as_json() for r in decision.reasons],
            "conditions": [
                {"name": c.name, "met": c.met, "article": c.article, "why": c.why.as_json() if c.why else None}
                for c in decision.conditions
            ],
            "rule": procedure.rule,
            "form": self.form,
            "rule_digest": rule_digest(procedure.rule),
            "override": None,
        }
        if override:
            out["override"] = {"code": override["code"], "sentence": self.seal_text(override["sentence"])}
        return out


def record_rule(conn: Connection, rule: str, digest: str, now: datetime) -> None:
    """Note in the log, once, the digest of a rule's text."""
    known = conn.execute(
        select(events.c.seq)
        .where(events.c.case == DESK, events.c.kind == RULE_SEEN, events.c.rule_digest == digest)
        .limit(1)
    ).first()
    if known is None:
        entry = Entry(DESK, RULE_SEEN, SYSTEM_ACTOR.account, "system", {"rule": rule}, rule, "", digest)
        log.append(conn, entry, now)


@cache
def rule_digest(rule: str) -> str:
    """Return the SHA-256 of the source of a rule, a module of ``law``."""
    spec = find_spec(rule)
    if spec is None or not spec.origin:
        raise UsageError(f"there is no rule {rule}")
    return hashlib.sha256(Path(spec.origin).read_bytes()).hexdigest()


def store_row(conn: Connection, state: State) -> None:
    """Store the row of a case; nothing but the fold writes there."""
    row = row_of(state)
    if conn.execute(cases.update().where(cases.c.id == state.id).values(row)).rowcount == 0:
        conn.execute(cases.insert().values(row))
