"""Numbers to be called back: calls that nobody answered, and calls that were promised."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from support.kernel.db import Base, BigKey, PrimaryKey, plain, word
from support.kernel.time import Instant, now
from support.people.models import Agent, Person, Team
from support.tickets.models import Ticket

LONGEST_WHY = 500


class Origin(StrEnum):
    MISSED = "missed"  # they called and nobody answered
    PLANNED = "planned"  # somebody said that we would call


class Ended(StrEnum):
    DONE = "done"
    GOT_THROUGH = "got_through"  # they called again and were answered
    NOT_REACHED = "not_reached"  # tried often enough
    CANCELLED = "cancelled"
    PROMISED = "promised"  # a call in vain, for which a call-back has been promised since


class CallBack(Base):
    """One number to call, between ``due_at`` and ``due_until``. Open until ``ended`` is set.

    ``agent``: who has taken it, or for whom it is; None for anybody of ``team`` (None: of any).
    One open row per number that called in vain: the calls are counted in ``missed_calls``.
    """

    __tablename__ = "call_back"
    __table_args__ = (
        Index(
            "uq_call_back_missed_open",
            "number",
            unique=True,
            sqlite_where=text("origin = 'missed' AND ended IS NULL"),
            postgresql_where=text("origin = 'missed' AND ended IS NULL"),
        ),
        Index(
            "ix_call_back_open",
            "due_at",
            "id",
            sqlite_where=text("ended IS NULL"),
            postgresql_where=text("ended IS NULL"),
        ),
        Index("ix_call_back_number", "number", "id"),
        Index("ix_call_back_ticket", "ticket_id", "id"),
    )

    id: Mapped[PrimaryKey]
    origin: Mapped[Origin] = mapped_column(word(Origin))
    number: Mapped[str] = mapped_column(plain(40))
    team_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("team.id"))
    agent_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("agent.id"))
    person_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("person.id"))
    ticket_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("ticket.id"))
    why: Mapped[str] = mapped_column(String(LONGEST_WHY), default="")
    due_at: Mapped[datetime] = mapped_column(Instant)
    due_until: Mapped[datetime] = mapped_column(Instant)
    missed_calls: Mapped[int] = mapped_column(default=0)
    first_missed_at: Mapped[datetime | None] = mapped_column(Instant)
    last_missed_at: Mapped[datetime | None] = mapped_column(Instant)
    attempts: Mapped[int] = mapped_column(default=0)
    attempted_at: Mapped[datetime | None] = mapped_column(Instant)
    created_by_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("agent.id"))
    created_at: Mapped[datetime] = mapped_column(Instant, default=now)
    # Refused by the database when one form is sent twice.
    once_key: Mapped[str | None] = mapped_column(String(80), unique=True)
    ended: Mapped[Ended | None] = mapped_column(word(Ended))
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    ended_by_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("agent.id"))
    outcome: Mapped[str] = mapped_column(String(LONGEST_WHY), default="")

    team: Mapped[Team | None] = relationship()
    agent: Mapped[Agent | None] = relationship(foreign_keys=[agent_id])
    person: Mapped[Person | None] = relationship()
    ticket: Mapped[Ticket | None] = relationship()
