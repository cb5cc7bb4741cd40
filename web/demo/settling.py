"""What history leaves behind is done: its mails have left, its consequences are past."""

from __future__ import annotations

from sqlalchemy import select, update

from support.kernel import db
from support.outbox.models import OutboxRow, OutboxState
from support.tickets.timeline import Delivery, DeliveryState, Entry

ACCEPTED = "250 2.0.0 OK"


def settle() -> None:
    """Mark every mail as sent at its time and every row of the outbox as done.

    In the transaction of the history itself: no worker can ever see one of them waiting.
    """
    session = db.session()
    session.flush()
    written = select(Entry.created_at).where(Entry.id == Delivery.entry_id).scalar_subquery()
    session.execute(
        update(Delivery)
        .where(Delivery.state == DeliveryState.WAITING)
        .values(state=DeliveryState.SENT, attempts=1, last_words=ACCEPTED, sent_at=written)
        .execution_options(synchronize_session=False)
    )
    session.execute(
        update(OutboxRow)
        .where(OutboxRow.state == OutboxState.WAITING)
        .values(
            state=OutboxState.DONE,
            attempts=1,
            created_at=OutboxRow.available_at,
            done_at=OutboxRow.available_at,
        )
        .execution_options(synchronize_session=False)
    )
