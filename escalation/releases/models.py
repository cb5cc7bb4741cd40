"""Release blocks, their opening in each département, and their documents with versions."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Date, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from support.kernel.db import Base, BigKey, PrimaryKey, word
from support.kernel.time import Instant, now
from support.people.models import Agent


class ReleaseBlock(Base):
    """``procedures``: codes of the catalogue. ``planned_on``: where no département says other.

    ``opened_on``: since when it is open everywhere; None while only some have it, or none.
    ``trained_on``: when the contact centre was trained for it.
    """

    __tablename__ = "release_block"

    id: Mapped[PrimaryKey]
    code: Mapped[str] = mapped_column(String(60), unique=True)
    title: Mapped[str] = mapped_column(String(160))
    procedures: Mapped[list[Any]] = mapped_column(JSON, default=list)
    planned_on: Mapped[date | None] = mapped_column(Date)
    opened_on: Mapped[date | None] = mapped_column(Date)
    trained_on: Mapped[date | None] = mapped_column(Date)
    note: Mapped[str] = mapped_column(Text, default="")
    position: Mapped[int] = mapped_column(default=0)


class ReleaseOpening(Base):
    """One département that opens on a day of its own."""

    __tablename__ = "release_opening"
    __table_args__ = (UniqueConstraint("block_id", "department"),)

    id: Mapped[PrimaryKey]
    block_id: Mapped[int] = mapped_column(BigKey, ForeignKey("release_block.id"))
    department: Mapped[str] = mapped_column(String(3))
    planned_on: Mapped[date | None] = mapped_column(Date)
    opened_on: Mapped[date | None] = mapped_column(Date)


class DocumentKind(StrEnum):
    AGENT_GUIDE = "agent_guide"
    PUBLIC_GUIDE = "public_guide"
    PRESS_RELEASE = "press_release"
    FLYER = "flyer"
    POSTER = "poster"
    MESSAGE = "message"  # a short text for social networks
    OTHER = "other"


class BlockDocument(Base):
    """One document of a block; what it says is in its versions."""

    __tablename__ = "block_document"
    __table_args__ = (Index("ix_block_document_block", "block_id", "id"),)

    id: Mapped[PrimaryKey]
    block_id: Mapped[int] = mapped_column(BigKey, ForeignKey("release_block.id"))
    kind: Mapped[DocumentKind] = mapped_column(word(DocumentKind))
    title: Mapped[str] = mapped_column(String(160))

    versions: Mapped[list[BlockDocumentVersion]] = relationship(
        order_by="BlockDocumentVersion.number", lazy="selectin"
    )


class BlockDocumentVersion(Base):
    __tablename__ = "block_document_version"
    __table_args__ = (UniqueConstraint("document_id", "number"),)

    id: Mapped[PrimaryKey]
    document_id: Mapped[int] = mapped_column(BigKey, ForeignKey("block_document.id"))
    number: Mapped[int]
    filename: Mapped[str] = mapped_column(String(255))
    content_type: Mapped[str] = mapped_column(String(120))
    size: Mapped[int]
    file_key: Mapped[str] = mapped_column(String(64))
    note: Mapped[str] = mapped_column(String(300), default="")
    added_by_id: Mapped[int] = mapped_column(BigKey, ForeignKey("agent.id"))
    added_at: Mapped[datetime] = mapped_column(Instant, default=now)

    added_by: Mapped[Agent] = relationship(lazy="joined")
