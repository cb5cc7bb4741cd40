"""The outbox: one row per consequence of a change."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from support.kernel.db import Base, PrimaryKey, word
from support.kernel.time import Instant, now


class OutboxState(StrEnum):
    WAITING = "waiting"
    DONE = "done"
    GIVEN_UP = "given_up"


class OutboxRow(Base):
    """Something that must happen, at least once, after the change it belongs to.

    ``available_at`` is when it may next be tried: while a worker holds the row it lies in the
    future, so that a killed worker's rows come back by themselves.
    """

    __tablename__ = "outbox"
    __table_args__ = (Index("ix_outbox_state_available", "state", "available_at", "id"),)

    id: Mapped[PrimaryKey]
    topic: Mapped[str] = mapped_column(String(64))
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    key: Mapped[str | None] = mapped_column(String(160), unique=True)
    state: Mapped[OutboxState] = mapped_column(word(OutboxState), default=OutboxState.WAITING)
    attempts: Mapped[int] = mapped_column(default=0)
    available_at: Mapped[datetime] = mapped_column(Instant, default=now)
    created_at: Mapped[datetime] = mapped_column(Instant, default=now)
    done_at: Mapped[datetime | None] = mapped_column(Instant)
    last_error: Mapped[str | None] = mapped_column(Text)
