"""The ticket: one request, one owner at any time, one promised date."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from support.catalogue.models import ContactReason, Field, Priority, Procedure
from support.intake.models import Channel
from support.kernel.db import Base, BigKey, PrimaryKey, word
from support.kernel.time import FAR_FUTURE, Instant, now
from support.people.models import Agent, Person, Team


class State(StrEnum):
    NEW = "new"  # nobody has looked yet
    IN_PROGRESS = "in_progress"
    WAITING_PERSON = "waiting_person"  # we asked something: the clock is paused
    ESCALATED = "escalated"  # a higher level has it
    RETURNED = "returned"  # the higher level has answered or asks for something
    REOPENED = "reopened"  # the person wrote again after closing
    CLOSED = "closed"


class ClosedHow(StrEnum):
    FIRST_CONTACT = "first_contact"
    ANSWERED = "answered"
    SOLVED = "solved"
    NO_REPLY = "no_reply"
    DUPLICATE = "duplicate"
    REDIRECTED = "redirected"


class Ticket(Base):
    """``reference`` is the twelve digits without dashes.

    The owner is ``owner`` when an agent has taken it, and always ``team``. ``home_team`` is
    the one that answers the requester: it stays when the ticket climbs; ``home_owner`` is the
    agent to whom it comes back. ``sort_due`` is the promised instant, or the far future when
    none runs: queues are ordered and paged by it.
    """

    __tablename__ = "ticket"
    __table_args__ = (
        CheckConstraint(
            "(person_id IS NULL) <> (requester_agent_id IS NULL)", name="one_requester"
        ),
        Index("ix_ticket_team_queue", "team_id", "is_open", "sort_due", "id"),
        Index("ix_ticket_home_queue", "home_team_id", "is_open", "sort_due", "id"),
        Index("ix_ticket_owner_queue", "owner_id", "is_open", "sort_due", "id"),
        Index("ix_ticket_open_queue", "is_open", "sort_due", "id"),
        Index("ix_ticket_person", "person_id", "is_open", "id"),
        Index("ix_ticket_requester_agent", "requester_agent_id", "id"),
        # What the figures count: what came in and what was closed between two dates.
        Index("ix_ticket_created", "created_at", "person_id"),
        Index("ix_ticket_closed", "closed_at", "person_id"),
        Index(
            "ix_ticket_pressing",
            "pressing",
            "home_team_id",
            "home_owner_id",
            sqlite_where=text("pressing > 0"),
            postgresql_where=text("pressing > 0"),
        ),
        Index(
            "ix_ticket_unheard",
            "unheard_since",
            "id",
            postgresql_where=text("unheard_since IS NOT NULL"),
            sqlite_where=text("unheard_since IS NOT NULL"),
        ),
    )

    id: Mapped[PrimaryKey]
    reference: Mapped[str] = mapped_column(String(12), unique=True)
    subject: Mapped[str] = mapped_column(String(250))
    state: Mapped[State] = mapped_column(word(State), default=State.NEW)
    is_open: Mapped[bool] = mapped_column(default=True)
    channel: Mapped[Channel] = mapped_column(word(Channel))
    language: Mapped[str] = mapped_column(String(3), default="fr")

    person_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("person.id"))
    requester_agent_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("agent.id"))
    opened_by_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("agent.id"), index=True)

    procedure_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("procedure.id"))
    reason_id: Mapped[int] = mapped_column(BigKey, ForeignKey("contact_reason.id"))
    field: Mapped[Field] = mapped_column(word(Field))
    priority: Mapped[Priority] = mapped_column(word(Priority), default=Priority.NORMAL)
    # Why it was raised above the reason's own: [{"code": …, facts}]; None when it was not.
    priority_reasons: Mapped[list[dict[str, Any]] | None] = mapped_column(JSON(none_as_null=True))
    department: Mapped[str | None] = mapped_column(String(3))
    dossier_number: Mapped[str | None] = mapped_column(String(30))

    level: Mapped[int] = mapped_column(default=1)
    team_id: Mapped[int] = mapped_column(BigKey, ForeignKey("team.id"))
    team_since: Mapped[datetime] = mapped_column(Instant, default=now)
    owner_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("agent.id"))
    home_team_id: Mapped[int] = mapped_column(BigKey, ForeignKey("team.id"))
    home_owner_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("agent.id"))

    created_at: Mapped[datetime] = mapped_column(Instant, default=now)
    first_received_at: Mapped[datetime] = mapped_column(Instant, default=now)
    updated_at: Mapped[datetime] = mapped_column(Instant, default=now)
    promised_at: Mapped[datetime | None] = mapped_column(Instant)
    sort_due: Mapped[datetime] = mapped_column(Instant, default=FAR_FUTURE)
    closed_at: Mapped[datetime | None] = mapped_column(Instant)
    closed_how: Mapped[ClosedHow | None] = mapped_column(word(ClosedHow))
    chasers: Mapped[int] = mapped_column(default=0)
    reopenings: Mapped[int] = mapped_column(default=0)
    # Since when an answer of ours is known not to have arrived: somebody must reach them otherwise.
    unheard_since: Mapped[datetime | None] = mapped_column(Instant)
    # To whom it has been said that the promise will break (clocks.warning.Stage).
    pressing: Mapped[int] = mapped_column(default=0)
    # The newest entry: a reply that was begun before it is stopped.
    last_entry_id: Mapped[int | None] = mapped_column(BigKey)
    # Part of the secret of the follow link: changing it revokes the links sent before.
    follow_salt: Mapped[str] = mapped_column(String(32))

    person: Mapped[Person | None] = relationship()
    requester_agent: Mapped[Agent | None] = relationship(foreign_keys=[requester_agent_id])
    procedure: Mapped[Procedure | None] = relationship()
    reason: Mapped[ContactReason] = relationship()
    team: Mapped[Team] = relationship(foreign_keys=[team_id])
    home_team: Mapped[Team] = relationship(foreign_keys=[home_team_id])
    owner: Mapped[Agent | None] = relationship(foreign_keys=[owner_id])
    home_owner: Mapped[Agent | None] = relationship(foreign_keys=[home_owner_id])

    @property
    def requester_name(self) -> str:
        who = self.person or self.requester_agent
        return who.full_name if who else ""


class TicketAccess(Base):
    """Which teams may see a ticket: each that had it, as long as the ticket exists."""

    __tablename__ = "ticket_access"
    __table_args__ = (Index("ix_ticket_access_team", "team_id", "ticket_id"),)

    ticket_id: Mapped[int] = mapped_column(
        BigKey, ForeignKey("ticket.id", ondelete="CASCADE"), primary_key=True
    )
    team_id: Mapped[int] = mapped_column(BigKey, ForeignKey("team.id"), primary_key=True)


class Follower(Base):
    """An address besides the requester's that belongs to the ticket."""

    __tablename__ = "follower"
    __table_args__ = (
        Index("uq_follower_ticket_address", "ticket_id", "address", unique=True),
        Index("ix_follower_address", "address", postgresql_where=text("address <> ''")),
    )

    id: Mapped[PrimaryKey]
    ticket_id: Mapped[int] = mapped_column(BigKey, ForeignKey("ticket.id", ondelete="CASCADE"))
    address: Mapped[str] = mapped_column(String(254))
    name: Mapped[str] = mapped_column(String(160), default="")


class Link(StrEnum):
    """How a ticket stands to an earlier one of the same person."""

    FOLLOWS = "follows"  # the earlier one was closed too long ago to be reopened
    DUPLICATE = "duplicate"  # its messages were put on the earlier one
    APART = "apart"  # somebody has said that they are two matters


class TicketLink(Base):
    """Two tickets that belong together, or that do not although they look it."""

    __tablename__ = "ticket_link"
    __table_args__ = (UniqueConstraint("ticket_id", "earlier_id"),)

    id: Mapped[PrimaryKey]
    ticket_id: Mapped[int] = mapped_column(BigKey, ForeignKey("ticket.id", ondelete="CASCADE"))
    earlier_id: Mapped[int] = mapped_column(
        BigKey, ForeignKey("ticket.id", ondelete="CASCADE"), index=True
    )
    kind: Mapped[Link] = mapped_column(word(Link))
    created_at: Mapped[datetime] = mapped_column(Instant, default=now)
