"""Before an appointment: is this the place that can help? A few answers tell; else the right door.

A help point helps with the procedure on line and with the file; it neither examines a request nor
says where one stands, and what is not of ANEF is France Services' (arrêté of 1 August 2023,
NOR IOMV2311395A).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from support.help_sessions.assistance_log import Door
from support.help_sessions.models import BookingChannel, HelpPoint
from support.kernel import db
from support.kernel.db import Base, BigKey, PrimaryKey, word
from support.kernel.time import Instant, now
from support.people.models import Agent
from support.people.permissions import Permission, require


class Need(StrEnum):
    """What the person needs, in the words of the question."""

    FILE = "file"  # to file, complete or correct a request on line; an account
    STATUS = "status"  # to know where the request stands
    DECISION = "decision"  # a summons, the permit to be collected, a decision
    OTHER = "other"  # another administration's procedure
    IMPOSSIBLE = "impossible"  # the tool lets nobody through, helped or not


class Online(StrEnum):
    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"  # that, too, is found out here


class Papers(StrEnum):
    YES = "yes"
    NO = "no"


DOORS = {
    Need.STATUS: Door.CONTACT_CENTRE,
    Need.DECISION: Door.EXAMINATION,
    Need.OTHER: Door.FRANCE_SERVICES,
    Need.IMPOSSIBLE: Door.FALLBACK,
}


@dataclass(frozen=True)
class Advice:
    """``door``: where to go instead; None: here. ``papers_first``: what to bring is missing."""

    door: Door | None = None
    papers_first: bool = False


def advise(need: str, online: str = "", papers: str = "") -> Advice | None:
    """None while what decides has not been answered yet."""
    if need in DOORS:
        return Advice(DOORS[Need(need)])
    if need != Need.FILE or online not in set(Online):
        return None
    if online == Online.NO:
        return Advice(Door.EXAMINATION)
    if papers not in set(Papers):
        return None
    return Advice(papers_first=papers == Papers.NO)


class Redirection(Base):
    """Somebody was sent elsewhere before taking a place: counted, nobody named.

    ``key``: of the form, so that sent twice it is one.
    """

    __tablename__ = "redirection"
    __table_args__ = (Index("ix_redirection_at", "help_point_id", "at"),)

    id: Mapped[PrimaryKey]
    key: Mapped[str] = mapped_column(String(64), unique=True)
    help_point_id: Mapped[int] = mapped_column(BigKey, ForeignKey("help_point.id"))
    door: Mapped[Door] = mapped_column(word(Door))
    channel: Mapped[BookingChannel] = mapped_column(word(BookingChannel))
    at: Mapped[datetime] = mapped_column(Instant, default=now)


def redirect_to(
    point: HelpPoint, door: Door, channel: BookingChannel, key: str, *, by: Agent | None
) -> Redirection:
    """Count it; the one that the same form counted before. ``by`` None: the person themselves.

    Raises Forbidden.
    """
    if by is not None:
        require(by, Permission.BOOK)
    known = select(Redirection).where(Redirection.key == key)
    found = db.session().scalar(known)
    if found is not None:
        return found
    sent = Redirection(key=key, help_point_id=point.id, door=door, channel=channel)
    try:
        with db.session().begin_nested():
            db.session().add(sent)
            db.session().flush()
    except IntegrityError:  # the same form, at the same moment
        return db.session().scalars(known).one()
    return sent


def counted(point: HelpPoint, start: datetime, end: datetime) -> dict[Door, int]:
    """How many were sent to each door between two instants."""
    rows = db.session().execute(
        select(Redirection.door, func.count())
        .where(Redirection.help_point_id == point.id, Redirection.at >= start, Redirection.at < end)
        .group_by(Redirection.door)
    )
    return {row[0]: row[1] for row in rows}
