"""The ground: the log and its triggers, cases, keys, sealed data, accounts, heads, letters."""

from alembic import op
from sqlalchemy import BigInteger, Column, Integer, String, Text, UniqueConstraint

from mechlin.desk.ground.triggers import append_only

revision = "0001"
down_revision = None
_NAME, _HASH, _DAY, _TIME = String(120), String(64), String(10), String(32)


def upgrade() -> None:
    """Make the tables, and the triggers that refuse to change what has been written."""
    op.create_table(
        "event",
        Column("seq", BigInteger, primary_key=True, autoincrement=False),
        Column("at", _TIME, nullable=False),
        Column("case", _NAME, nullable=False),
        Column("version", Integer, nullable=False),
        Column("kind", _NAME, nullable=False),
        Column("actor", _NAME, nullable=False),
        Column("role", _NAME, nullable=False),
        Column("form_no", _NAME, unique=True),
        Column("rule", _NAME, nullable=False),
        Column("form", _NAME, nullable=False),
        Column("rule_digest", _HASH, nullable=False),
        Column("body", Text, nullable=False),
        Column("prev", _HASH, nullable=False),
        Column("hash", _HASH, nullable=False),
        UniqueConstraint("case", "version", name="event_case_version"),
    )
    op.create_table(
        "cases",
        Column("id", _NAME, primary_key=True),
        Column("procedure", _NAME, nullable=False),
        Column("parent", _NAME, nullable=False),
        Column("area", _NAME, nullable=False),
        Column("stage", _NAME, nullable=False),
        Column("form", _NAME, nullable=False),
        Column("version", Integer, nullable=False),
        Column("changed", Integer, nullable=False),
        Column("due", _DAY, nullable=False),
        Column("waiting", _NAME, nullable=False),
        Column("officer", _NAME, nullable=False),
        Column("opened", _DAY, nullable=False),
        Column("closed", _DAY, nullable=False),
    )
    op.create_index("cases_by_parent", "cases", ["parent", "procedure"])
    op.create_index("cases_by_due", "cases", ["closed", "due"])
    op.create_table(
        "key",
        Column("id", _NAME, primary_key=True),
        Column("subject", _NAME, nullable=False),
        Column("wrapped", Text, nullable=False),
        Column("made", _DAY, nullable=False),
        Column("destroyed", _TIME, nullable=False),
    )
    op.create_index("key_by_subject", "key", ["subject"])
    op.create_table(
        "sealed",
        Column("id", _NAME, primary_key=True),
        Column("key", _NAME, nullable=False),
        Column("blob", Text, nullable=False),
    )
    op.create_index("sealed_by_key", "sealed", ["key"])
    op.create_table(
        "account",
        Column("id", _NAME, primary_key=True),
        Column("name", _NAME, nullable=False, unique=True),
        Column("password", Text, nullable=False),
        Column("locked", Integer, nullable=False),
        Column("failed", Integer, nullable=False),
        Column("failed_at", _TIME, nullable=False),
        Column("made", _DAY, nullable=False),
    )
    op.create_table(
        "session",
        Column("digest", _HASH, primary_key=True),
        Column("account", _NAME, nullable=False),
        Column("browser", _HASH, nullable=False),
        Column("made_at", _TIME, nullable=False),
        Column("ends_at", _TIME, nullable=False),
    )
    op.create_table(
        "role_given",
        Column("id", _NAME, primary_key=True),
        Column("account", _NAME, nullable=False),
        Column("role", _NAME, nullable=False),
        Column("procedure", _NAME, nullable=False),
        Column("area", _NAME, nullable=False),
        Column("from_day", _DAY, nullable=False),
        Column("to_day", _DAY, nullable=False),
        Column("deputy_of", _NAME, nullable=False),
    )
    op.create_index("role_by_account", "role_given", ["account"])
    op.create_table(
        "head",
        Column("day", _DAY, primary_key=True),
        Column("seq", BigInteger, nullable=False),
        Column("hash", _HASH, nullable=False),
    )
    op.create_table(
        "letter",
        Column("id", _NAME, primary_key=True),
        Column("case", _NAME, nullable=False),
        Column("decision", BigInteger, nullable=False),
        Column("person", _NAME, nullable=False),
        Column("language", String(2), nullable=False),
        Column("template_digest", _HASH, nullable=False),
        Column("head", _NAME, nullable=False),
        Column("made_at", _TIME, nullable=False),
        Column("objection_until", _DAY, nullable=False),
    )
    op.create_index("letter_by_case", "letter", ["case"])
    for statement in append_only(op.get_bind().dialect.name, ("event", "head", "letter")):
        op.execute(statement)


def downgrade() -> None:
    """Refuse: a log is not thrown away by a change of version."""
    raise NotImplementedError("the log is never taken away; restore a backup into an empty database")
