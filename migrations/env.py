"""Alembic's way in: the connection is given by web/migrations.py."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context

from support.kernel.time import Instant
from web.models import metadata


def render(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """A migration must not change when our types do: it names the database's own."""
    if kind == "type" and isinstance(item, Instant):
        return "sa.DateTime(timezone=True)"
    return False


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    render_item=render,
    render_as_batch=context.config.attributes.get("batch", False),
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
