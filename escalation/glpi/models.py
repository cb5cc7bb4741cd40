"""What stands for what in GLPI, how far each ticket has been passed on, and what GLPI told us."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from support.kernel.db import Base, BigKey, PrimaryKey, word
from support.kernel.time import Instant, now

SYSTEM = "glpi"
ONLY = 1  # the bridge's own row


class ExternalRef(Base):
    """A thing of ours and the one that stands for it in another system. Unique from both sides.

    ``last_hash``: of what was exchanged last, to know an echo.
    """

    __tablename__ = "external_ref"
    __table_args__ = (
        UniqueConstraint("system", "local_type", "local_id", name="uq_external_ref_local"),
        UniqueConstraint("system", "remote_type", "remote_id", name="uq_external_ref_remote"),
    )

    id: Mapped[PrimaryKey]
    system: Mapped[str] = mapped_column(String(20))
    local_type: Mapped[str] = mapped_column(String(20))
    local_id: Mapped[int] = mapped_column(BigKey)
    remote_type: Mapped[str] = mapped_column(String(40))
    remote_id: Mapped[int] = mapped_column(BigKey)
    remote_url: Mapped[str] = mapped_column(String(300), default="")
    last_hash: Mapped[str] = mapped_column(String(64), default="")
    last_synced_at: Mapped[datetime] = mapped_column(Instant, default=now)


class Direction(StrEnum):
    RAISED = "raised"  # ours: a level that works in GLPI was asked
    ADOPTED = "adopted"  # theirs: begun in GLPI, answered here


class GlpiTicket(Base):
    """How a ticket is kept in step. ``noticed_entry_id``: up to where sending has been asked for;
    ``pushed_entry_id``: up to where it is done. ``busy_until``: while a worker has it in hand.
    ``live``: may still change on either side. ``status_by``: whose change the status is.
    """

    __tablename__ = "glpi_ticket"
    __table_args__ = (
        Index(
            "ix_glpi_ticket_live",
            "ticket_id",
            sqlite_where=text("live"),
            postgresql_where=text("live"),
        ),
    )

    ticket_id: Mapped[int] = mapped_column(
        BigKey, ForeignKey("ticket.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    direction: Mapped[Direction] = mapped_column(word(Direction))
    team_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("team.id"))
    live: Mapped[bool] = mapped_column(default=True)
    noticed_entry_id: Mapped[int] = mapped_column(BigKey, default=0)
    pushed_entry_id: Mapped[int] = mapped_column(BigKey, default=0)
    busy_until: Mapped[datetime | None] = mapped_column(Instant)
    remote_id: Mapped[int | None] = mapped_column(BigKey, unique=True)
    remote_status: Mapped[int | None]
    status_by: Mapped[str | None] = mapped_column(String(10))
    remote_changed_at: Mapped[datetime | None] = mapped_column(Instant)
    pushed_at: Mapped[datetime | None] = mapped_column(Instant)
    pulled_at: Mapped[datetime | None] = mapped_column(Instant)
    problem: Mapped[str | None] = mapped_column(Text)


class GlpiBridge(Base):
    """The one row that says how the bridge does. ``cursor``: GLPI has been read up to here."""

    __tablename__ = "glpi_bridge"

    id: Mapped[PrimaryKey]
    paused: Mapped[bool] = mapped_column(default=False)
    paused_at: Mapped[datetime | None] = mapped_column(Instant)
    paused_by: Mapped[str | None] = mapped_column(String(170))
    cursor: Mapped[datetime | None] = mapped_column(Instant)
    pushed_at: Mapped[datetime | None] = mapped_column(Instant)
    pulled_at: Mapped[datetime | None] = mapped_column(Instant)
    problem: Mapped[str | None] = mapped_column(Text)
    problem_at: Mapped[datetime | None] = mapped_column(Instant)


class GlpiEvent(Base):
    """What GLPI told us by itself, as it came. ``digest``: of the body, so that a second sending
    of it is one. ``done_at``: when the ticket that it names had been read again.
    """

    __tablename__ = "glpi_event"
    __table_args__ = (Index("ix_glpi_event_received", "received_at", "id"),)

    id: Mapped[PrimaryKey]
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    body: Mapped[str] = mapped_column(Text)
    remote_id: Mapped[int | None] = mapped_column(BigKey)
    received_at: Mapped[datetime] = mapped_column(Instant, default=now)
    done_at: Mapped[datetime | None] = mapped_column(Instant)
