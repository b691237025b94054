"""Alembic's way in: the connection is given, never looked up."""

from alembic import context

from mechlin.desk.ground.tables import METADATA

context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
