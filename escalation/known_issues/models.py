"""Known issues, the tickets that are about them, and who follows them without a ticket."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from support.catalogue.models import ContactReason, Procedure
from support.kernel.db import Base, BigKey, PrimaryKey, word
from support.kernel.time import Instant, now
from support.people.models import Agent


class IssueKind(StrEnum):
    BUG = "bug"
    INCIDENT = "incident"  # the service is down, or a whole function of it


class IssueState(StrEnum):
    OPEN = "open"
    BEING_FIXED = "being_fixed"
    FIXED = "fixed"
    KEPT = "kept"  # it will stay as it is, for a reason that is said


LIVE = (IssueState.OPEN, IssueState.BEING_FIXED)


class KnownIssue(Base):
    """``public_words``: what the person may be told. ``workaround``: what to do meanwhile.

    ``shown_publicly``: those words are read by everybody, without a ticket, while it is live.
    ``round`` counts how often it was fixed, so that word of each fix goes out once.
    """

    __tablename__ = "known_issue"
    __table_args__ = (
        Index("ix_known_issue_state", "state", "updated_at", "id"),
        Index("ix_known_issue_reason", "reason_id", "state"),
        Index("ix_known_issue_procedure", "procedure_id", "state"),
    )

    id: Mapped[PrimaryKey]
    kind: Mapped[IssueKind] = mapped_column(word(IssueKind), default=IssueKind.BUG)
    state: Mapped[IssueState] = mapped_column(word(IssueState), default=IssueState.OPEN)
    title: Mapped[str] = mapped_column(String(160))
    details: Mapped[str] = mapped_column(Text, default="")
    workaround: Mapped[str] = mapped_column(Text, default="")
    public_words: Mapped[str] = mapped_column(Text, default="")
    shown_publicly: Mapped[bool] = mapped_column(default=False, server_default=false())
    reason_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("contact_reason.id"))
    procedure_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("procedure.id"))
    opened_by_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("agent.id"))
    created_at: Mapped[datetime] = mapped_column(Instant, default=now)
    updated_at: Mapped[datetime] = mapped_column(Instant, default=now)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    ending: Mapped[str] = mapped_column(Text, default="")
    round: Mapped[int] = mapped_column(default=0)

    reason: Mapped[ContactReason | None] = relationship()
    procedure: Mapped[Procedure | None] = relationship()
    opened_by: Mapped[Agent | None] = relationship()

    @property
    def is_live(self) -> bool:
        return self.state in LIVE


class IssueTicket(Base):
    """The ticket is about the issue."""

    __tablename__ = "issue_ticket"
    __table_args__ = (
        UniqueConstraint("ticket_id", "issue_id"),
        Index("ix_issue_ticket_issue", "issue_id", "id"),
    )

    id: Mapped[PrimaryKey]
    issue_id: Mapped[int] = mapped_column(BigKey, ForeignKey("known_issue.id"))
    ticket_id: Mapped[int] = mapped_column(BigKey, ForeignKey("ticket.id", ondelete="CASCADE"))
    linked_by_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("agent.id"))
    linked_at: Mapped[datetime] = mapped_column(Instant, default=now)


class IssueFollower(Base):
    """« The same thing here »: an agent who hears of it. ``affected``: how many dossiers."""

    __tablename__ = "issue_follower"
    __table_args__ = (UniqueConstraint("issue_id", "agent_id"),)

    id: Mapped[PrimaryKey]
    issue_id: Mapped[int] = mapped_column(BigKey, ForeignKey("known_issue.id"))
    agent_id: Mapped[int] = mapped_column(BigKey, ForeignKey("agent.id"), index=True)
    affected: Mapped[int] = mapped_column(default=0)
    since: Mapped[datetime] = mapped_column(Instant, default=now)

    agent: Mapped[Agent] = relationship()
