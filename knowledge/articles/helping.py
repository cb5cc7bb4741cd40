"""Whether articles shown before the public form spared a request: counted, naming nobody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, case, func, select, update
from sqlalchemy.orm import Mapped, mapped_column

from support.catalogue.models import ContactReason
from support.kernel import db
from support.kernel.db import Base, BigKey, PrimaryKey, word
from support.kernel.time import Instant, now


class Helped(StrEnum):
    SHOWN = "shown"  # nothing was said of it
    SOLVED = "solved"  # « this solves my problem »
    CONTINUED = "continued"  # the person went on to write


class ArticleShown(Base):
    """One article shown to one visitor for one reason. ``visit`` is drawn by the form."""

    __tablename__ = "article_shown"
    __table_args__ = (
        Index("uq_article_shown_visit", "visit", "article_id", unique=True),
        Index("ix_article_shown_article", "article_id", "shown_at"),
    )

    id: Mapped[PrimaryKey]
    visit: Mapped[str] = mapped_column(String(64))
    article_id: Mapped[int] = mapped_column(BigKey, ForeignKey("article.id", ondelete="CASCADE"))
    reason_id: Mapped[int] = mapped_column(BigKey, ForeignKey("contact_reason.id"))
    shown_at: Mapped[datetime] = mapped_column(Instant, default=now)
    helped: Mapped[Helped] = mapped_column(word(Helped), default=Helped.SHOWN)


@dataclass(frozen=True)
class Count:
    """For one reason: how often the article was shown, ended there, or did not do."""

    reason: str
    shown: int
    solved: int
    continued: int


def note_shown(visit: str, reason_id: int, article_ids: Sequence[int]) -> None:
    """Each article once a visit, however often the page is shown again."""
    known = set(db.session().scalars(_of(visit, ArticleShown.article_id)))
    db.session().add_all(
        ArticleShown(visit=visit, article_id=number, reason_id=reason_id)
        for number in article_ids
        if number not in known
    )
    db.session().flush()


def shown_in(visit: str) -> list[int]:
    """The articles shown to the visitor, in their order."""
    return list(db.session().scalars(_of(visit, ArticleShown.article_id).order_by(ArticleShown.id)))


def note_solved(visit: str, article_id: int) -> bool:
    """The visitor says that this article was the answer. Returns whether it had been shown."""
    changed = db.session().execute(
        update(ArticleShown)
        .where(ArticleShown.visit == visit, ArticleShown.article_id == article_id)
        .values(helped=Helped.SOLVED)
        .returning(ArticleShown.id)
    )
    return changed.first() is not None


def note_continued(visit: str) -> None:
    """None of those shown was; one that was said to be the answer stays so."""
    db.session().execute(
        update(ArticleShown)
        .where(ArticleShown.visit == visit, ArticleShown.helped == Helped.SHOWN)
        .values(helped=Helped.CONTINUED)
    )


def counts_of(article_id: int) -> list[Count]:
    """By reason, the most shown first: one query."""
    rows = db.session().execute(
        select(ContactReason.label, func.count(), _count(Helped.SOLVED), _count(Helped.CONTINUED))
        .join(ArticleShown, ArticleShown.reason_id == ContactReason.id)
        .where(ArticleShown.article_id == article_id)
        .group_by(ContactReason.label)
        .order_by(func.count().desc(), ContactReason.label)
    )
    return [
        Count(label, shown, int(solved), int(continued)) for label, shown, solved, continued in rows
    ]


def _count(helped: Helped):  # type: ignore[no-untyped-def]
    return func.sum(case((ArticleShown.helped == helped, 1), else_=0))


def _of(visit: str, column):  # type: ignore[no-untyped-def]
    return select(column).where(ArticleShown.visit == visit)
