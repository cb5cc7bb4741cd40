"""Articles, their immutable revisions, and the counter that search indexes follow."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    Date,
    ForeignKey,
    Index,
    String,
    Table,
    Text,
    UniqueConstraint,
    event,
)
from sqlalchemy.orm import Mapped, mapped_column, object_session, relationship

from support.catalogue.models import ContactReason, Procedure
from support.kernel.db import Base, BigKey, PrimaryKey, word
from support.kernel.time import Instant, now
from support.people.models import Agent


class Audience(StrEnum):
    """Who an article is written for, and who asks: staff see what is public as well."""

    PUBLIC = "public"
    STAFF = "staff"


class ArticleState(StrEnum):
    DRAFT = "draft"  # never published yet
    PUBLISHED = "published"  # one revision is read; a later one may be in the making
    ARCHIVED = "archived"


article_procedure = Table(
    "article_procedure",
    Base.metadata,
    Column("article_id", BigKey, ForeignKey("article.id", ondelete="CASCADE"), primary_key=True),
    Column("procedure_id", BigKey, ForeignKey("procedure.id"), primary_key=True, index=True),
)

article_reason = Table(
    "article_reason",
    Base.metadata,
    Column("article_id", BigKey, ForeignKey("article.id", ondelete="CASCADE"), primary_key=True),
    Column("reason_id", BigKey, ForeignKey("contact_reason.id"), primary_key=True, index=True),
)


class Article(Base):
    """``latest_number`` is the newest revision, ``published_number`` the one that is read.

    ``change_number`` is the value of the counter at the last change that readers can see: an
    index that has followed up to it holds this article as it is.
    ``source_id`` names an imported article where it comes from.
    """

    __tablename__ = "article"
    __table_args__ = (
        Index("ix_article_change_number", "change_number"),
        Index("ix_article_updated", "updated_at", "id"),
    )

    id: Mapped[PrimaryKey]
    slug: Mapped[str] = mapped_column(String(120), unique=True)
    language: Mapped[str] = mapped_column(String(3), default="fr")
    audience: Mapped[Audience] = mapped_column(word(Audience), default=Audience.STAFF)
    state: Mapped[ArticleState] = mapped_column(word(ArticleState), default=ArticleState.DRAFT)
    owner_agent_id: Mapped[int] = mapped_column(BigKey, ForeignKey("agent.id"))
    latest_number: Mapped[int] = mapped_column(default=1)
    published_number: Mapped[int | None]
    keywords: Mapped[list[str]] = mapped_column(JSON, default=list)
    checked_on: Mapped[date | None] = mapped_column(Date)
    source_note: Mapped[str] = mapped_column(String(600), default="")
    source_id: Mapped[str | None] = mapped_column(String(60), unique=True)
    change_number: Mapped[int] = mapped_column(BigInteger, default=0)
    created_at: Mapped[datetime] = mapped_column(Instant, default=now)
    updated_at: Mapped[datetime] = mapped_column(Instant, default=now)

    owner: Mapped[Agent] = relationship()
    procedures: Mapped[list[Procedure]] = relationship(
        secondary=article_procedure, order_by="Procedure.position", lazy="selectin"
    )
    reasons: Mapped[list[ContactReason]] = relationship(
        secondary=article_reason, order_by="ContactReason.position", lazy="selectin"
    )


class Revision(Base):
    """One state of an article's words, with who wrote it and why. Never edited."""

    __tablename__ = "revision"
    __table_args__ = (UniqueConstraint("article_id", "number"),)

    id: Mapped[PrimaryKey]
    article_id: Mapped[int] = mapped_column(BigKey, ForeignKey("article.id", ondelete="CASCADE"))
    number: Mapped[int]
    title: Mapped[str] = mapped_column(String(200))
    summary: Mapped[str] = mapped_column(String(600), default="")
    body_markdown: Mapped[str] = mapped_column(Text)
    author_agent_id: Mapped[int] = mapped_column(BigKey, ForeignKey("agent.id"))
    comment: Mapped[str] = mapped_column(String(400), default="")
    created_at: Mapped[datetime] = mapped_column(Instant, default=now)

    author: Mapped[Agent] = relationship()


@event.listens_for(Revision, "before_update")
def _refuse_to_rewrite(_mapper: Any, _connection: Any, revision: Revision) -> None:
    current = object_session(revision)
    if current is not None and current.is_modified(revision):
        raise RuntimeError("a revision is never edited: write the next one")


class KnowledgeRevision(Base):
    """The counter of visible changes: one row, raised inside the transaction of each change.

    ``lineage`` tells one database from another, so that an index never follows the wrong one.
    """

    __tablename__ = "knowledge_revision"

    id: Mapped[PrimaryKey]
    value: Mapped[int] = mapped_column(BigInteger, default=0)
    lineage: Mapped[str] = mapped_column(String(32))
