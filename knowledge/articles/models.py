"""Articles, their immutable revisions, and the counter that search indexes follow."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    ColumnElement,
    Date,
    ForeignKey,
    Index,
    String,
    Table,
    Text,
    UniqueConstraint,
    event,
    false,
    func,
    text,
)
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, object_session, relationship

from support.catalogue.models import ContactReason, Procedure
from support.kernel.db import Base, BigKey, PrimaryKey, word
from support.kernel.time import Instant, now
from support.people.models import Agent


class Audience(StrEnum):
    """Who an article, or a part of one, is written for; and who asks.

    In the order of the chain: each level reads its own and what those before it read.
    """

    PUBLIC = "public"
    STAFF = "staff"  # every agent: the contact centre, referents, help points
    PROGRAMME = "programme"  # DP ANEF, the programme team
    DIRECTORATE = "directorate"  # the business directorates


class ArticleState(StrEnum):
    DRAFT = "draft"  # never published yet
    PUBLISHED = "published"  # one revision is read; a later one may be in the making
    WITHDRAWN = "withdrawn"  # critical, and nobody checked it in time: not read until checked
    ARCHIVED = "archived"


class Happening(StrEnum):
    """What is noted in the history of an article besides its revisions."""

    SUBMITTED = "submitted"  # somebody else is asked to read it
    RETURNED = "returned"  # the reader wants it changed
    APPROVED = "approved"
    SCHEDULED = "scheduled"
    UNSCHEDULED = "unscheduled"
    PUBLISHED = "published"
    PUBLISHED_UNREAD = "published_unread"  # without a second reader, for a reason that is given
    CHECKED = "checked"
    WITHDRAWN = "withdrawn"
    ARCHIVED = "archived"
    RENAMED = "renamed"
    WRONG = "wrong"  # a reader says that something in it is not right


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
    ``check_due_on``: the day by which it must be checked again, from ``checked_on`` and the
    period. ``submitted_number`` waits for a second reader; ``publish_number`` is to be read from
    ``publish_at`` on. ``next_change_on``: the next day on which what readers see changes by
    itself, because a passage of it begins or ends.
    ``translation_of_id`` is the French article that this one says in another language, or in
    plain French (``plain``), as its revision ``translated_number`` says it.
    """

    __tablename__ = "article"
    __table_args__ = (
        Index("ix_article_change_number", "change_number"),
        Index("ix_article_updated", "updated_at", "id"),
        Index(
            "uq_article_translation",
            "translation_of_id",
            "language",
            "plain",
            unique=True,
            sqlite_where=text("translation_of_id IS NOT NULL"),
            postgresql_where=text("translation_of_id IS NOT NULL"),
        ),
        Index(
            "ix_article_check_due",
            "check_due_on",
            "id",
            sqlite_where=text("check_due_on IS NOT NULL"),
            postgresql_where=text("check_due_on IS NOT NULL"),
        ),
        Index(
            "ix_article_publish_at",
            "publish_at",
            sqlite_where=text("publish_at IS NOT NULL"),
            postgresql_where=text("publish_at IS NOT NULL"),
        ),
        Index(
            "ix_article_next_change",
            "next_change_on",
            sqlite_where=text("next_change_on IS NOT NULL"),
            postgresql_where=text("next_change_on IS NOT NULL"),
        ),
        Index(
            "ix_article_submitted",
            "submitted_at",
            sqlite_where=text("submitted_at IS NOT NULL"),
            postgresql_where=text("submitted_at IS NOT NULL"),
        ),
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
    check_every_days: Mapped[int | None]
    check_due_on: Mapped[date | None] = mapped_column(Date)
    critical: Mapped[bool] = mapped_column(default=False, server_default=false())
    submitted_number: Mapped[int | None]
    submitted_by_id: Mapped[int | None] = mapped_column(BigKey)
    submitted_at: Mapped[datetime | None] = mapped_column(Instant)
    publish_number: Mapped[int | None]
    publish_at: Mapped[datetime | None] = mapped_column(Instant)
    next_change_on: Mapped[date | None] = mapped_column(Date)
    translation_of_id: Mapped[int | None] = mapped_column(BigKey)
    translated_number: Mapped[int | None]
    plain: Mapped[bool] = mapped_column(default=False, server_default=false())
    source_note: Mapped[str] = mapped_column(String(600), default="")
    source_id: Mapped[str | None] = mapped_column(String(60), unique=True)
    change_number: Mapped[int] = mapped_column(BigInteger, default=0)
    created_at: Mapped[datetime] = mapped_column(Instant, default=now)
    updated_at: Mapped[datetime] = mapped_column(Instant, default=now)

    @hybrid_property
    def family(self) -> int:
        """The French article of which this one is a translation, or itself."""
        return self.translation_of_id or self.id

    @family.inplace.expression
    @classmethod
    def _family(cls) -> ColumnElement[int]:
        return func.coalesce(cls.translation_of_id, cls.id)

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


class ArticleEvent(Base):
    """What happened to an article, by whom and why. Never edited; nobody for what time does."""

    __tablename__ = "article_event"
    __table_args__ = (Index("ix_article_event_article", "article_id", "id"),)

    id: Mapped[PrimaryKey]
    article_id: Mapped[int] = mapped_column(BigKey, ForeignKey("article.id", ondelete="CASCADE"))
    kind: Mapped[Happening] = mapped_column(word(Happening))
    number: Mapped[int | None]
    agent_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("agent.id"))
    note: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(Instant, default=now)

    agent: Mapped[Agent | None] = relationship()


class ArticleRedirect(Base):
    """An address that an article once had, or that another article took over."""

    __tablename__ = "article_redirect"

    slug: Mapped[str] = mapped_column(String(120), primary_key=True)
    article_id: Mapped[int] = mapped_column(
        BigKey, ForeignKey("article.id", ondelete="CASCADE"), index=True
    )


class ArticleLink(Base):
    """A link of the published revision to another article; ``anchor`` is a heading's or empty."""

    __tablename__ = "article_link"
    __table_args__ = (Index("ix_article_link_slug", "slug"),)

    article_id: Mapped[int] = mapped_column(
        BigKey, ForeignKey("article.id", ondelete="CASCADE"), primary_key=True
    )
    slug: Mapped[str] = mapped_column(String(120), primary_key=True)
    anchor: Mapped[str] = mapped_column(String(200), primary_key=True, default="")


class ArticleBlock(Base):
    """A shared block that the published revision shows."""

    __tablename__ = "article_block"
    __table_args__ = (Index("ix_article_block_name", "name"),)

    article_id: Mapped[int] = mapped_column(
        BigKey, ForeignKey("article.id", ondelete="CASCADE"), primary_key=True
    )
    name: Mapped[str] = mapped_column(String(60), primary_key=True)


class KeptFile(Base):
    """A picture or document that texts show: ``![words](fichier:name)``. Never changed: other
    bytes have another name, so that a revision always shows what it showed.
    """

    __tablename__ = "article_file"

    id: Mapped[PrimaryKey]
    name: Mapped[str] = mapped_column(String(120), unique=True)
    content_type: Mapped[str] = mapped_column(String(120))
    size: Mapped[int]
    file_key: Mapped[str] = mapped_column(String(64), index=True)
    added_by_id: Mapped[int] = mapped_column(BigKey, ForeignKey("agent.id"))
    added_at: Mapped[datetime] = mapped_column(Instant, default=now)

    added_by: Mapped[Agent] = relationship()

    @property
    def filename(self) -> str:
        return self.name


class SharedBlock(Base):
    """A passage that several articles show and that is changed once: ``{{name}}`` in a text."""

    __tablename__ = "shared_block"

    id: Mapped[PrimaryKey]
    name: Mapped[str] = mapped_column(String(60), unique=True)
    body_markdown: Mapped[str] = mapped_column(Text)
    number: Mapped[int] = mapped_column(default=1)
    updated_at: Mapped[datetime] = mapped_column(Instant, default=now)


class SharedBlockRevision(Base):
    """One state of a shared block, with who wrote it and why. Never edited."""

    __tablename__ = "shared_block_revision"
    __table_args__ = (UniqueConstraint("block_id", "number"),)

    id: Mapped[PrimaryKey]
    block_id: Mapped[int] = mapped_column(BigKey, ForeignKey("shared_block.id", ondelete="CASCADE"))
    number: Mapped[int]
    body_markdown: Mapped[str] = mapped_column(Text)
    author_agent_id: Mapped[int] = mapped_column(BigKey, ForeignKey("agent.id"))
    comment: Mapped[str] = mapped_column(String(400), default="")
    created_at: Mapped[datetime] = mapped_column(Instant, default=now)

    author: Mapped[Agent] = relationship()


class KnowledgeRevision(Base):
    """The counter of visible changes: one row, raised inside the transaction of each change.

    ``lineage`` tells one database from another, so that an index never follows the wrong one.
    """

    __tablename__ = "knowledge_revision"

    id: Mapped[PrimaryKey]
    value: Mapped[int] = mapped_column(BigInteger, default=0)
    lineage: Mapped[str] = mapped_column(String(32))
