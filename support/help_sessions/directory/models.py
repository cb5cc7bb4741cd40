"""Places of the published directories, as their last import left them."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Date, Float, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from support.kernel.db import Base, BigKey, PrimaryKey, word
from support.kernel.time import Instant, now
from support.people.models import Agent


class Source(StrEnum):
    """Both under Licence Ouverte 2.0: the source, the file and its date are to be named."""

    FRANCE_SERVICES = "france_services"  # ANCT, « Liste des structures France services »
    ADMINISTRATION = "administration"  # DILA, « Annuaire de l’administration »


class DirectoryPlace(Base):
    """One place. ``kind``: as its directory calls it. ``hours``: {"day": 0-6, "from", "to"}.

    ``gone_at``: the last file does not have it any more.
    """

    __tablename__ = "directory_place"
    __table_args__ = (
        UniqueConstraint("source", "external_id"),
        Index("ix_directory_place_near", "kind", "department"),
    )

    id: Mapped[PrimaryKey]
    source: Mapped[Source] = mapped_column(word(Source))
    external_id: Mapped[str] = mapped_column(String(80))
    kind: Mapped[str] = mapped_column(String(60))
    name: Mapped[str] = mapped_column(String(250))
    address: Mapped[str] = mapped_column(String(300), default="")
    postcode: Mapped[str] = mapped_column(String(10), default="")
    town: Mapped[str] = mapped_column(String(120), default="")
    department: Mapped[str] = mapped_column(String(3), default="")
    latitude: Mapped[float | None] = mapped_column(Float)
    longitude: Mapped[float | None] = mapped_column(Float)
    phone: Mapped[str] = mapped_column(String(60), default="")
    email: Mapped[str] = mapped_column(String(254), default="")
    hours: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    note: Mapped[str] = mapped_column(String(500), default="")
    gone_at: Mapped[datetime | None] = mapped_column(Instant)


class DirectoryImport(Base):
    """A file that was taken. ``file_day``: of its data, which is what grows old."""

    __tablename__ = "directory_import"

    id: Mapped[PrimaryKey]
    source: Mapped[Source] = mapped_column(word(Source), index=True)
    filename: Mapped[str] = mapped_column(String(255))
    file_day: Mapped[date] = mapped_column(Date)
    places: Mapped[int]
    added: Mapped[int]
    changed: Mapped[int]
    gone: Mapped[int]
    left_out: Mapped[int]
    by_id: Mapped[int] = mapped_column(BigKey, ForeignKey("agent.id"))
    at: Mapped[datetime] = mapped_column(Instant, default=now)

    by: Mapped[Agent] = relationship()
