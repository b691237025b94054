"""The tables of a desk. ``event`` is the only one that procedures write; ``cases`` is folded from it.

No column holds a person's data in the clear: what is personal lies in ``sealed`` and ``person``, encrypted with a key
of that person. How the tables come about and change: ``migrations``; a test holds both to be the same.
"""

from sqlalchemy import BigInteger, Column, Index, Integer, MetaData, String, Table, Text, UniqueConstraint

METADATA = MetaData()
_NAME, _HASH, _DAY, _TIME = String(120), String(64), String(10), String(32)

event = Table(
    "event",
    METADATA,
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
cases = Table(
    "cases",
    METADATA,
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
    Column("objected", _DAY, nullable=False, server_default=""),
    Index("cases_by_parent", "parent", "procedure"),
    Index("cases_by_due", "closed", "due", "id"),
    Index("cases_by_procedure", "procedure", "closed", "id"),
    Index("cases_by_officer", "officer", "closed", "due", "id"),
    Index("cases_by_waiting", "waiting"),
    Index("cases_by_objected", "objected"),
)
key = Table(
    "key",
    METADATA,
    Column("id", _NAME, primary_key=True),
    Column("subject", _NAME, nullable=False),
    Column("wrapped", Text, nullable=False),
    Column("made", _DAY, nullable=False),
    Column("destroyed", _TIME, nullable=False),
    Index("key_by_subject", "subject"),
)
sealed = Table(
    "sealed",
    METADATA,
    Column("id", _NAME, primary_key=True),
    Column("key", _NAME, nullable=False),
    Column("blob", Text, nullable=False),
    Index("sealed_by_key", "key"),
)
account = Table(
    "account",
    METADATA,
    Column("id", _NAME, primary_key=True),
    Column("name", _NAME, nullable=False, unique=True),
    Column("password", Text, nullable=False),
    Column("locked", Integer, nullable=False),
    Column("failed", Integer, nullable=False),
    Column("failed_at", _TIME, nullable=False),
    Column("made", _DAY, nullable=False),
)
session = Table(
    "session",
    METADATA,
    Column("digest", _HASH, primary_key=True),
    Column("account", _NAME, nullable=False),
    Column("browser", _HASH, nullable=False),
    Column("made_at", _TIME, nullable=False),
    Column("ends_at", _TIME, nullable=False),
)
role_given = Table(
    "role_given",
    METADATA,
    Column("id", _NAME, primary_key=True),
    Column("account", _NAME, nullable=False),
    Column("role", _NAME, nullable=False),
    Column("procedure", _NAME, nullable=False),
    Column("area", _NAME, nullable=False),
    Column("from_day", _DAY, nullable=False),
    Column("to_day", _DAY, nullable=False),
    Column("deputy_of", _NAME, nullable=False),
    Index("role_by_account", "account"),
)
head = Table(
    "head",
    METADATA,
    Column("day", _DAY, primary_key=True),
    Column("seq", BigInteger, nullable=False),
    Column("hash", _HASH, nullable=False),
)
letter = Table(
    "letter",
    METADATA,
    Column("id", _NAME, primary_key=True),
    Column("case", _NAME, nullable=False),
    Column("decision", BigInteger, nullable=False),
    Column("person", _NAME, nullable=False),
    Column("language", String(2), nullable=False),
    Column("template_digest", _HASH, nullable=False),
    Column("head", _NAME, nullable=False),
    Column("made_at", _TIME, nullable=False),
    Column("objection_until", _DAY, nullable=False),
    Index("letter_by_case", "case"),
)
APPEND_ONLY = ("event", "head", "letter")  # refused by triggers: changing, deleting, emptying
