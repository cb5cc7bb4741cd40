"""« Was this helpful? »: said once a visit, naming nobody; and what agents say from a ticket."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from knowledge.articles.models import Article, ArticleState, Revision
from support.kernel import db
from support.kernel.db import Base, BigKey, PrimaryKey, word
from support.kernel.time import Instant, now

LONGEST = 500
KEPT = timedelta(days=400)


class WhyNot(StrEnum):
    NOT_MY_CASE = "not_my_case"
    UNCLEAR = "unclear"
    DID_NOT_WORK = "did_not_work"
    WRONG = "wrong"
    OTHER = "other"


class ArticleVote(Base):
    """One visitor's word on the revision they read. ``visit`` is drawn for the visit alone."""

    __tablename__ = "article_vote"
    __table_args__ = (
        Index("uq_article_vote_visit", "visit", "article_id", unique=True),
        Index("ix_article_vote_article", "article_id", "created_at"),
    )

    id: Mapped[PrimaryKey]
    article_id: Mapped[int] = mapped_column(BigKey, ForeignKey("article.id", ondelete="CASCADE"))
    revision: Mapped[int]
    helpful: Mapped[bool]
    why: Mapped[WhyNot | None] = mapped_column(word(WhyNot))
    said: Mapped[str] = mapped_column(String(LONGEST), default="")
    visit: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(Instant, default=now)


@dataclass(frozen=True)
class Votes:
    helpful: int
    not_helpful: int
    why: Sequence[tuple[WhyNot, int]]
    said: Sequence[str]  # the latest first


def vote(
    article_id: int,
    revision: int,
    visit: str,
    *,
    helpful: bool,
    why: WhyNot | None = None,
    said: str = "",
) -> None:
    """The last word of a visit counts."""
    current = db.session()
    known = current.scalar(
        select(ArticleVote).where(ArticleVote.visit == visit, ArticleVote.article_id == article_id)
    )
    if known is None:
        known = ArticleVote(visit=visit, article_id=article_id)
    known.revision, known.helpful = revision, helpful
    known.why, known.said = (None, "") if helpful else (why, said.strip()[:LONGEST])
    try:
        with current.begin_nested():
            current.add(known)
            current.flush()
    except IntegrityError:
        pass  # the same visitor, twice at the same moment


def votes_of(article_id: int, revision: int | None = None) -> Votes:
    """What was said of an article, of all its revisions or of one: one query."""
    query = select(ArticleVote).where(ArticleVote.article_id == article_id)
    if revision is not None:
        query = query.where(ArticleVote.revision == revision)
    rows = db.session().scalars(query.order_by(ArticleVote.id.desc()).limit(2000)).all()
    against = [row for row in rows if not row.helpful]
    why = Counter(row.why for row in against if row.why is not None)
    return Votes(
        helpful=len(rows) - len(against),
        not_helpful=len(against),
        why=why.most_common(),
        said=[row.said for row in against if row.said][:20],
    )


def found_unhelpful(since: datetime, least: int = 2) -> list[tuple[int, str, int]]:
    """(article id, title, how often) of what readers said did not help, of the revision read now.

    One query.
    """
    rows = db.session().execute(
        select(Article.id, Revision.title, func.count())
        .join(ArticleVote, ArticleVote.article_id == Article.id)
        .join(
            Revision,
            (Revision.article_id == Article.id) & (Revision.number == Article.published_number),
        )
        .where(
            ArticleVote.helpful.is_(False),
            ArticleVote.revision == Article.published_number,
            ArticleVote.created_at >= since,
            Article.state == ArticleState.PUBLISHED,
        )
        .group_by(Article.id, Revision.title)
        .having(func.count() >= least)
        .order_by(func.count().desc(), Article.id)
        .limit(50)
    )
    return [(number, title, count) for number, title, count in rows]


def forget_old(limit: int) -> int:
    """Delete at most ``limit`` votes that are too old to say anything; returns how many."""
    current = db.session()
    old = select(ArticleVote.id).where(ArticleVote.created_at < now() - KEPT).limit(limit)
    numbers = list(current.scalars(old))
    current.execute(delete(ArticleVote).where(ArticleVote.id.in_(numbers)))
    return len(numbers)
