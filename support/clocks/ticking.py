"""The sweep: finding clocks whose deadline has passed, acting on each exactly once."""

from __future__ import annotations

from sqlalchemy import select, update

from support.clocks.models import Clock
from support.kernel import db
from support.kernel.time import now
from support.outbox.publishing import publish


def sweep(limit: int = 200) -> int:
    """Mark overdue clocks and publish ``clock.breached`` for each; returns how many.

    Each is marked by a guarded update that must change exactly one row: of two workers that
    sweep at once, one acts.
    """
    instant = now()
    session = db.session()
    due = session.execute(
        select(Clock.id, Clock.ticket_id)
        .where(Clock.stopped_at.is_(None), Clock.breached_at.is_(None), Clock.deadline < instant)
        .order_by(Clock.deadline)
        .limit(limit)
    ).all()
    acted = 0
    for clock_id, ticket_id in due:
        result = session.execute(
            update(Clock)
            .where(
                Clock.id == clock_id,
                Clock.breached_at.is_(None),
                Clock.stopped_at.is_(None),
                Clock.deadline < instant,  # it may have been paused since we looked
            )
            .values(breached_at=instant)
        )
        if result.rowcount == 1:  # type: ignore[attr-defined]
            publish("clock.breached", ticket_id=ticket_id, clock_id=clock_id)
            acted += 1
    return acted
