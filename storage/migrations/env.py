"""Alembic runs this: the connection comes from `storage.schema`, the tables from `storage.tables`."""

from alembic import context
from sqlmodel import SQLModel

import storage.tables  # noqa: F401  # it fills SQLModel.metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    # SQLite alters a table by building it anew.
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
