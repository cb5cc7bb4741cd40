"""Working calendars, and clocks whose deadline is a stored fact."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from support.kernel.db import Base, BigKey, PrimaryKey, word
from support.kernel.time import Instant, now


class ClockKind(StrEnum):
    ANSWER = "answer"  # the date announced to the requester
    LEVEL = "level"  # what the level that has it has agreed with the one below
    ACKNOWLEDGEMENT = "acknowledgement"  # that it was received
    FIRST_ANSWER = "first_answer"  # of somebody, to what was written
    NEXT_NEWS = "next_news"  # when that level has said that there will be news


class Calendar(Base):
    """``weekly``: ``{"0": [["08:00", "18:00"]], …}`` by weekday (0 = Monday), local time.

    ``zone``: which French public holidays apply (``metropole``, ``alsace_moselle``, …).
    ``closures``: exceptional closed days, ISO dates.
    """

    __tablename__ = "calendar"

    id: Mapped[PrimaryKey]
    code: Mapped[str] = mapped_column(String(40), unique=True)
    label: Mapped[str] = mapped_column(String(120))
    timezone: Mapped[str] = mapped_column(String(60), default="Europe/Paris")
    zone: Mapped[str] = mapped_column(String(40), default="metropole")
    weekly: Mapped[dict[str, Any]] = mapped_column(JSON)
    closures: Mapped[list[str]] = mapped_column(JSON, default=list)


_TO_WARN = "stopped_at IS NULL AND breached_at IS NULL AND warn_at IS NOT NULL"


class Clock(Base):
    """A promise being kept. ``ticket_id`` is a plain number: clocks know nothing of tickets.

    While it runs ``deadline`` is set; while it is paused ``left_minutes`` says what remains.
    """

    __tablename__ = "clock"
    __table_args__ = (
        # The database is the judge: one live clock of a kind per ticket.
        Index(
            "uq_clock_live",
            "ticket_id",
            "kind",
            unique=True,
            sqlite_where=text("stopped_at IS NULL"),
            postgresql_where=text("stopped_at IS NULL"),
        ),
        # What the sweep reads: running, not yet told, by deadline.
        Index(
            "ix_clock_due",
            "deadline",
            sqlite_where=text("stopped_at IS NULL AND breached_at IS NULL"),
            postgresql_where=text("stopped_at IS NULL AND breached_at IS NULL"),
        ),
        # What is soon to be said of: see warning.py.
        Index(
            "ix_clock_to_warn",
            "warn_at",
            sqlite_where=text(_TO_WARN),
            postgresql_where=text(_TO_WARN),
        ),
        # What the figures count: promises settled between two dates.
        Index("ix_clock_stopped", "stopped_at", "ticket_id"),
    )

    id: Mapped[PrimaryKey]
    ticket_id: Mapped[int] = mapped_column(BigKey, index=True)
    kind: Mapped[ClockKind] = mapped_column(word(ClockKind))
    calendar_code: Mapped[str] = mapped_column(String(40))
    budget_minutes: Mapped[int]
    started_at: Mapped[datetime] = mapped_column(Instant, default=now)
    deadline: Mapped[datetime | None] = mapped_column(Instant)
    paused_at: Mapped[datetime | None] = mapped_column(Instant)
    left_minutes: Mapped[int | None]
    stopped_at: Mapped[datetime | None] = mapped_column(Instant)
    kept: Mapped[bool | None]
    breached_at: Mapped[datetime | None] = mapped_column(Instant)
    # How far it has been said that it will break (warning.Stage), and when it is said next.
    warned: Mapped[int] = mapped_column(default=0)
    warn_at: Mapped[datetime | None] = mapped_column(Instant)
