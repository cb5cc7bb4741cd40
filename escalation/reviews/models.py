"""Meetings, what stands on their agenda, and what was decided."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Date, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from escalation.known_issues.models import KnownIssue
from support.kernel.db import Base, BigKey, PrimaryKey, word
from support.kernel.time import Instant, now
from support.people.models import Agent
from support.tickets.models import Ticket


class MeetingState(StrEnum):
    PREPARED = "prepared"
    OPEN = "open"
    CLOSED = "closed"


class ReviewMeeting(Base):
    """At most one is not closed: the next one."""

    __tablename__ = "review_meeting"
    __table_args__ = (
        Index(
            "uq_review_meeting_next",
            "current",
            unique=True,
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
    )

    id: Mapped[PrimaryKey]
    held_on: Mapped[date] = mapped_column(Date)
    state: Mapped[MeetingState] = mapped_column(word(MeetingState), default=MeetingState.PREPARED)
    current: Mapped[bool] = mapped_column(default=True)
    participants: Mapped[str] = mapped_column(Text, default="")
    opened_at: Mapped[datetime | None] = mapped_column(Instant)
    closed_at: Mapped[datetime | None] = mapped_column(Instant)
    created_at: Mapped[datetime] = mapped_column(Instant, default=now)

    def held_at(self) -> datetime:
        """The instant from which the next one counts what is new."""
        return self.opened_at or self.created_at


class Why(StrEnum):
    """Why it is on the agenda, in the order in which it is spoken of."""

    CARRIED = "carried"  # decided last time and not done, or not reached
    BROKEN = "broken"  # a promise that was not kept
    OLDEST = "oldest"  # with a level for the longest time
    RETURNED = "returned"  # came back twice or more for want of something
    GROWING = "growing"  # a known issue with ever more tickets
    ARTICLE = "article"  # a reason that articles answer and that is handed over all the same
    ADDED = "added"  # by somebody


class ReviewItem(Base):
    """``title`` is kept as it was: minutes do not change when a ticket does."""

    __tablename__ = "review_item"
    __table_args__ = (
        Index("ix_review_item_meeting", "meeting_id", "position", "id"),
        Index(
            "ix_review_item_due",
            "owner_id",
            "due_on",
            sqlite_where=text("decided_at IS NOT NULL AND done_at IS NULL"),
            postgresql_where=text("decided_at IS NOT NULL AND done_at IS NULL"),
        ),
    )

    id: Mapped[PrimaryKey]
    meeting_id: Mapped[int] = mapped_column(BigKey, ForeignKey("review_meeting.id"))
    position: Mapped[int] = mapped_column(default=0)
    why: Mapped[Why] = mapped_column(word(Why))
    title: Mapped[str] = mapped_column(String(250))
    fact: Mapped[str] = mapped_column(String(250), default="")
    ticket_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("ticket.id"))
    issue_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("known_issue.id"))
    carried_from_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("review_item.id"))
    decision: Mapped[str] = mapped_column(Text, default="")
    owner_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("agent.id"))
    due_on: Mapped[date | None] = mapped_column(Date)
    decided_at: Mapped[datetime | None] = mapped_column(Instant)
    done_at: Mapped[datetime | None] = mapped_column(Instant)
    dropped_at: Mapped[datetime | None] = mapped_column(Instant)

    meeting: Mapped[ReviewMeeting] = relationship()
    ticket: Mapped[Ticket | None] = relationship()
    issue: Mapped[KnownIssue | None] = relationship()
    owner: Mapped[Agent | None] = relationship()
