"""Writing what must happen next, in the same transaction as the change."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from support.kernel import db
from support.kernel.time import now
from support.outbox.models import OutboxRow


def publish(
    topic: str, *, at: datetime | None = None, key: str | None = None, **payload: Any
) -> OutboxRow:
    """Add one consequence. ``payload`` must be JSON: identifiers and words, never objects.

    ``at``: not before this instant. ``key``: unique; the database refuses a second row.
    """
    row = OutboxRow(topic=topic, payload=payload, key=key, available_at=at or now())
    current = db.session()
    current.add(row)
    current.info["outbox_written"] = True
    return row
