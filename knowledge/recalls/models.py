"""One correction, in the languages it was written in, for all who were given the old words."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from knowledge.articles.models import Article
from support.kernel.db import Base, BigKey, PrimaryKey
from support.kernel.time import Instant, now
from support.people.models import Agent


class Recall(Base):
    """``upto``: the revision that is right, ``blocks`` the last change of a
    shared block in it; who was given other words is told. ``texts``: what
    they are told, by language, French always. ``told``: how many tickets it went to.
    """

    __tablename__ = "recall"
    __table_args__ = (Index("ix_recall_article", "article_id", "id"),)

    id: Mapped[PrimaryKey]
    article_id: Mapped[int] = mapped_column(BigKey, ForeignKey("article.id", ondelete="CASCADE"))
    upto: Mapped[int]
    blocks: Mapped[int | None] = mapped_column(BigKey)
    texts: Mapped[dict[str, str]] = mapped_column(JSON)
    author_agent_id: Mapped[int] = mapped_column(BigKey, ForeignKey("agent.id"))
    created_at: Mapped[datetime] = mapped_column(Instant, default=now)
    decided_by_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("agent.id"))
    decided_at: Mapped[datetime | None] = mapped_column(Instant)
    told: Mapped[int | None]

    article: Mapped[Article] = relationship()
    author: Mapped[Agent] = relationship(foreign_keys=[author_agent_id])

    @property
    def waiting(self) -> bool:
        return self.decided_at is None
