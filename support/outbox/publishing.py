"""Writing what must happen next, in the same transaction as the change."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import update

from support.kernel import db
from support.kernel.time import now
from support.kernel.writing import write_values
from support.outbox.models import OutboxRow, OutboxState


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


def publish_all(
    topic: str,
    wanted: Sequence[tuple[str | None, dict[str, Any]]],
    *,
    at: datetime | None = None,
) -> None:
    """As :func:`publish` for each (key, payload), written at once in one statement."""
    if not wanted:
        return
    available_at = at or now()
    write_values(
        OutboxRow,
        [
            {"topic": topic, "payload": payload, "key": key, "available_at": available_at}
            for key, payload in wanted
        ],
    )
    db.session().info["outbox_written"] = True


def done_already(keys: Collection[str]) -> None:
    """What these rows ask for was done in this transaction: nobody need do it any more."""
    db.session().execute(
        update(OutboxRow)
        .where(OutboxRow.key.in_(keys), OutboxRow.state == OutboxState.WAITING)
        .values(state=OutboxState.DONE, done_at=now(), last_error=None)
        .execution_options(synchronize_session=False)
    )
