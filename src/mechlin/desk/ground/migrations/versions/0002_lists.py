"""What the lists on pages need: the day of an open objection, and indexes, so that none reads every case to show fifty."""

from alembic import op
from sqlalchemy import Column, String

revision = "0002"
down_revision = "0001"
_INDEXES = {
    "cases_by_due": ["closed", "due", "id"],
    "cases_by_procedure": ["procedure", "closed", "id"],
    "cases_by_officer": ["officer", "closed", "due", "id"],
    "cases_by_waiting": ["waiting"],
    "cases_by_objected": ["objected"],
}


def upgrade() -> None:
    """Make them; the cases are then folded anew from the log."""
    op.add_column("cases", Column("objected", String(10), nullable=False, server_default=""))
    op.drop_index("cases_by_due", "cases")
    for name, columns in _INDEXES.items():
        op.create_index(name, "cases", columns)


def downgrade() -> None:
    """Take them away: they hold nothing that is not in the log."""
    for name in _INDEXES:
        op.drop_index(name, "cases")
    op.create_index("cases_by_due", "cases", ["closed", "due"])
    op.drop_column("cases", "objected")
