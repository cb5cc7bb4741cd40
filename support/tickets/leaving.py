"""A reply on its way out: taken by the post, or taken back before. Never both.

Both are a guarded update of the same row. Until the post has taken it the public sees nothing of
it, and what the public can see can no longer be taken back.
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import ColumnElement, and_, or_, update

from support.kernel import db
from support.kernel.time import now
from support.tickets.timeline import Delivery, DeliveryState

# The post comes by every few seconds: a click that is a little late is still in time.
GRACE = timedelta(seconds=5)

_UNSENT = (DeliveryState.WAITING, DeliveryState.NO_ADDRESS)


def is_held(delivery: Delivery) -> bool:
    """Whether it may still be taken back: not gone, not taken, its time not over."""
    waiting = delivery.begun_at is None and delivery.state in _UNSENT
    return waiting and delivery.leaves_at is not None and delivery.leaves_at + GRACE > now()


def held() -> ColumnElement[bool]:
    """``is_held`` as a condition on Delivery."""
    return and_(
        Delivery.state.in_(_UNSENT),
        Delivery.begun_at.is_(None),
        Delivery.leaves_at > now() - GRACE,
    )


def not_withdrawn() -> ColumnElement[bool]:
    """For entries joined with their delivery, if they have one."""
    return or_(Delivery.id.is_(None), Delivery.state != DeliveryState.WITHDRAWN)


def has_left() -> ColumnElement[bool]:
    """For entries joined with their delivery, if they have one: what the public may read."""
    gone = or_(
        Delivery.leaves_at.is_(None),
        Delivery.begun_at.is_not(None),
        Delivery.leaves_at <= now() - GRACE,
    )
    return or_(Delivery.id.is_(None), and_(Delivery.state != DeliveryState.WITHDRAWN, gone))


def begin(entry_id: int) -> bool:
    """The post takes it: from now on nobody takes it back. False when somebody has."""
    taken = db.session().execute(
        update(Delivery)
        .where(
            Delivery.entry_id == entry_id,
            Delivery.state != DeliveryState.WITHDRAWN,
            or_(Delivery.begun_at.is_not(None), Delivery.leaves_at <= now()),
        )
        .values(begun_at=now())
        .execution_options(synchronize_session=False)
    )
    return bool(taken.rowcount)  # type: ignore[attr-defined]


def withdraw(delivery: Delivery) -> bool:
    """Its author takes it back. False when the post, or somebody else, was there before."""
    taken = db.session().execute(
        update(Delivery)
        .where(Delivery.id == delivery.id, held())
        .values(state=DeliveryState.WITHDRAWN)
        .execution_options(synchronize_session=False)
    )
    db.session().refresh(delivery)
    return bool(taken.rowcount)  # type: ignore[attr-defined]
