"""Writing down what became of something received, exactly once."""

from __future__ import annotations

from sqlalchemy import select

from support.intake.models import Outcome, Received
from support.kernel import db
from support.kernel.time import now


def hold_unsettled(received_id: int) -> Received | None:
    """The row, held until the end of the transaction; None when it has its outcome already.

    Of two that try to understand the same thing, the second waits and finds it settled.
    """
    query = select(Received).where(Received.id == received_id).with_for_update()
    received = db.session().scalar(query)
    if received is None or received.outcome is not None:
        return None
    return received


def take_unsettled(received_id: int) -> Received | None:
    """As :func:`hold_unsettled`, for one more try, which is counted."""
    received = hold_unsettled(received_id)
    if received is not None:
        received.attempts += 1
    return received


def settle(
    received: Received,
    outcome: Outcome,
    *,
    ticket_id: int | None = None,
    entry_id: int | None = None,
    reason: str | None = None,
) -> None:
    received.outcome, received.filed_at = outcome, now()
    received.ticket_id, received.entry_id, received.reason = ticket_id, entry_id, reason
