"""Before which moment a place has nothing free: kept, so that hundreds are not looked through.

It is a bound and never the answer: appointments only move the first free place later, which leaves
the bound true. What may bring one earlier (a place given back, a calendar changed) forgets it.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, delete, false, select, update
from sqlalchemy.orm import Mapped, mapped_column

from support.help_sessions.models import BookingChannel, HelpPoint
from support.kernel import db
from support.kernel.db import Base, BigKey, word
from support.kernel.time import Instant


class FirstPlace(Base):
    """Nothing is free before ``at`` for that reason by that channel. ``stale``: that place has
    been given since, and a later one is worth looking for.
    """

    __tablename__ = "first_place"
    __table_args__ = (Index("ix_first_place_at", "reason_id", "channel", "at"),)

    help_point_id: Mapped[int] = mapped_column(
        BigKey, ForeignKey("help_point.id"), primary_key=True
    )
    reason_id: Mapped[int] = mapped_column(
        BigKey, ForeignKey("appointment_reason.id"), primary_key=True
    )
    channel: Mapped[BookingChannel] = mapped_column(word(BookingChannel), primary_key=True)
    at: Mapped[datetime] = mapped_column(Instant)
    stale: Mapped[bool] = mapped_column(default=False, server_default=false())


def hold(help_point_id: int) -> None:
    """Nobody else says, until the end of the transaction, what is first at that place.

    Appointments may be given meanwhile: they take no notice of this lock.
    """
    query = select(HelpPoint.id).where(HelpPoint.id == help_point_id)
    db.session().execute(query.with_for_update(key_share=True))


def forget(help_point_id: int) -> None:
    """Something may be free earlier from now on."""
    hold(help_point_id)
    db.session().execute(delete(FirstPlace).where(FirstPlace.help_point_id == help_point_id))


def forget_reason(reason_id: int) -> None:
    """A reason may be served earlier from now on, wherever: it takes less time."""
    query = select(HelpPoint.id).order_by(HelpPoint.id).with_for_update(key_share=True)
    db.session().execute(query)
    db.session().execute(delete(FirstPlace).where(FirstPlace.reason_id == reason_id))


def note_taken(help_point_id: int, starts_at: datetime) -> None:
    """A place that may have been the first is given.

    Whoever gives one waits for nobody here: a row that somebody else holds is being said anew.
    """
    session = db.session()
    first = select(FirstPlace.reason_id, FirstPlace.channel).where(
        FirstPlace.help_point_id == help_point_id,
        FirstPlace.at == starts_at,
        FirstPlace.stale.is_(False),
    )
    for reason_id, channel in session.execute(first.with_for_update(skip_locked=True)).all():
        session.execute(
            update(FirstPlace)
            .where(
                FirstPlace.help_point_id == help_point_id,
                FirstPlace.reason_id == reason_id,
                FirstPlace.channel == channel,
            )
            .values(stale=True)
            .execution_options(synchronize_session=False)
        )
