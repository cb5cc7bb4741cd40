"""What was announced, and to whom."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from support.kernel.db import Base, BigKey, PrimaryKey, word
from support.kernel.time import Instant, now
from support.people.models import Agent


class AnnouncementKind(StrEnum):
    RELEASE = "release"
    INCIDENT = "incident"
    NEWS = "news"


class Announcement(Base):
    """``audience``: {"roles", "departments", "procedures"}, codes; an empty list means all.

    ``corrected_at``: its words were changed after it was read by some.
    """

    __tablename__ = "announcement"
    __table_args__ = (Index("ix_announcement_published", "published_at", "id"),)

    id: Mapped[PrimaryKey]
    kind: Mapped[AnnouncementKind] = mapped_column(word(AnnouncementKind))
    title: Mapped[str] = mapped_column(String(160))
    body: Mapped[str] = mapped_column(Text)
    audience: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    by_id: Mapped[int] = mapped_column(BigKey, ForeignKey("agent.id"))
    published_at: Mapped[datetime] = mapped_column(Instant, default=now)
    corrected_at: Mapped[datetime | None] = mapped_column(Instant)
    by_mail: Mapped[bool] = mapped_column(default=False)
    key: Mapped[str] = mapped_column(String(64), unique=True)

    by: Mapped[Agent] = relationship()
