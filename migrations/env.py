"""Alembic's way in: the connection is given by web/migrations.py."""

from __future__ import annotations

from alembic import context

from web.models import metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
