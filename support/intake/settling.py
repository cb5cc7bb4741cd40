"""Writing down what became of something received, exactly once."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from support.intake.models import Outcome, Received
from support.kernel import db
from support.kernel.time import now


def hold_unsettled(received_id: int) -> Received | None:
    """The row, held until the end of the transaction; None when it has its outcome already.

    Of two that try to understand the same thing, the second waits and finds it settled.
    """
    return hold_all_unsettled([received_id]).get(received_id)


def hold_all_unsettled(identifiers: Sequence[int]) -> dict[int, Received]:
    """The rows without an outcome among these, by their number, held as the one above is."""
    query = select(Received).where(Received.id.in_(identifiers)).order_by(Received.id)
    rows = db.session().scalars(query.with_for_update()).all()
    return {received.id: received for received in rows if received.outcome is None}


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
