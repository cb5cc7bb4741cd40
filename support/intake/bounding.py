"""A bound on how much one request may receive from outside in a short time."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from support.intake.models import Channel, Received
from support.kernel import db
from support.kernel.errors import Conflict
from support.kernel.time import now


def refuse_flood(channel: Channel, ticket_id: int, *, most: int, window: timedelta) -> None:
    """Raises Conflict ``follow.too_many`` (``minutes`` to wait) when ``most`` were received."""
    latest = (
        db.session()
        .scalars(
            select(Received.received_at)
            .where(
                Received.ticket_id == ticket_id,
                Received.channel == channel,
                Received.received_at > now() - window,
            )
            .order_by(Received.id.desc())
            .limit(most)
        )
        .all()
    )
    if len(latest) == most:
        left = latest[-1] + window - now()
        raise Conflict.of("follow.too_many", most=most, minutes=int(left.total_seconds() // 60) + 1)
