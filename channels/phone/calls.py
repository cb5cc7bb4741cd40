"""Telephone calls as the exchange tells them: what is known of each, put together."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from support.kernel.db import Base, BigKey, PrimaryKey, plain, word
from support.kernel.time import Instant, now
from support.people.models import Agent, Team


class Direction(StrEnum):
    IN = "in"
    OUT = "out"


class CallState(StrEnum):
    RINGING = "ringing"
    ANSWERED = "answered"  # somebody speaks
    TRANSFERRED = "transferred"  # rings at whom it was passed on to, or went elsewhere
    ENDED = "ended"  # somebody had answered
    MISSED = "missed"  # nobody answered
    ABANDONED = "abandoned"  # the caller hung up before anybody answered


LIVE = (CallState.RINGING, CallState.ANSWERED, CallState.TRANSFERRED)
UNANSWERED = (CallState.MISSED, CallState.ABANDONED)


class PhoneCall(Base):
    """One call. ``number`` is the other party's in E.164, None when withheld or internal.

    Each event adds a fact; ``state`` is computed from the facts (``judging.state_of``), so that
    events may come doubled, late or in another order. ``everybody``: it rings at nobody named
    and in no known team, so that all who take calls see it.
    """

    __tablename__ = "phone_call"
    __table_args__ = (
        Index("ix_phone_call_live", "state", "seen_at"),
        Index("ix_phone_call_number", "number", "id"),
    )

    id: Mapped[PrimaryKey]
    call_id: Mapped[str] = mapped_column(String(160), unique=True)
    original_call_id: Mapped[str] = mapped_column(String(160), default="")
    direction: Mapped[Direction] = mapped_column(word(Direction), default=Direction.IN)
    from_sent: Mapped[str] = mapped_column(String(120), default="")
    to_sent: Mapped[str] = mapped_column(String(120), default="")
    number: Mapped[str | None] = mapped_column(plain(40))
    withheld: Mapped[bool] = mapped_column(default=False)
    queue: Mapped[str] = mapped_column(String(80), default="")
    team_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("team.id"))
    everybody: Mapped[bool] = mapped_column(default=False)
    agent_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("agent.id"))

    state: Mapped[CallState] = mapped_column(word(CallState), default=CallState.RINGING)
    seen_at: Mapped[datetime] = mapped_column(Instant, default=now)  # the first event of it
    rang_at: Mapped[datetime | None] = mapped_column(Instant)
    answered_at: Mapped[datetime | None] = mapped_column(Instant)
    transferred_at: Mapped[datetime | None] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    cause: Mapped[str] = mapped_column(String(40), default="")
    # Whether it has been put on the list of those to call back.
    counted: Mapped[bool] = mapped_column(default=False)

    # What an agent made of it: opened the call screen, then noted it.
    taken_by_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("agent.id"))
    taken_at: Mapped[datetime | None] = mapped_column(Instant)
    noted_at: Mapped[datetime | None] = mapped_column(Instant)
    outcome: Mapped[str] = mapped_column(String(40), default="")
    note: Mapped[str] = mapped_column(Text, default="")
    ticket_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("ticket.id"))
    entry_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("entry.id"))

    legs: Mapped[list[PhoneLeg]] = relationship(lazy="selectin", order_by="PhoneLeg.id")
    team: Mapped[Team | None] = relationship()
    agent: Mapped[Agent | None] = relationship(foreign_keys=[agent_id])
    taken_by: Mapped[Agent | None] = relationship(foreign_keys=[taken_by_id])


class PhoneLeg(Base):
    """An agent at whom a call rings or rang. ``passed_on``: by a transfer."""

    __tablename__ = "phone_leg"
    __table_args__ = (
        UniqueConstraint("phone_call_id", "agent_id"),
        Index("ix_phone_leg_agent", "agent_id", "phone_call_id"),
    )

    id: Mapped[PrimaryKey]
    phone_call_id: Mapped[int] = mapped_column(
        BigKey, ForeignKey("phone_call.id", ondelete="CASCADE")
    )
    agent_id: Mapped[int] = mapped_column(BigKey, ForeignKey("agent.id"))
    answered_at: Mapped[datetime | None] = mapped_column(Instant)
    passed_on: Mapped[bool] = mapped_column(default=False)
