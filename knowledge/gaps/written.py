"""Articles written for want of one: how often the want was felt before, and since."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from enum import StrEnum

from sqlalchemy import Date, ForeignKey, Index, String, select
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from knowledge.articles.models import Article, ArticleState
from support.kernel import db
from support.kernel.db import Base, BigKey, PrimaryKey, word
from support.kernel.time import today

MEASURED = timedelta(days=30)  # before, and after
LONGEST = 200
SHOWN = 30


class Want(StrEnum):
    SEARCHED = "searched"  # words that led nowhere
    TYPED = "typed"  # a text that agents typed again and again
    REASON = "reason"  # a reason that no article is about


Counter = Callable[[str, date, date], int]


class GapWritten(Base):
    """``key`` names the want among its kind, ``words`` say it. ``before``: how often in the days
    before the article was begun; ``after``: how often in the ``days`` since it is read.
    """

    __tablename__ = "gap_written"
    __table_args__ = (Index("uq_gap_written", "kind", "key", "article_id", unique=True),)

    id: Mapped[PrimaryKey]
    kind: Mapped[Want] = mapped_column(word(Want))
    key: Mapped[str] = mapped_column(String(120))
    words: Mapped[str] = mapped_column(String(LONGEST))
    article_id: Mapped[int] = mapped_column(BigKey, ForeignKey("article.id", ondelete="CASCADE"))
    begun_on: Mapped[date] = mapped_column(Date)
    read_from: Mapped[date | None] = mapped_column(Date)
    before: Mapped[int]
    after: Mapped[int] = mapped_column(default=0)
    days: Mapped[int] = mapped_column(default=0)

    article: Mapped[Article] = relationship()


def note(
    kind: Want, key: str, words: str, article: Article, counters: Mapping[Want, Counter]
) -> None:
    """An article was begun because of that want."""
    first = today() - MEASURED
    before = counters[kind](key, first, today())
    db.session().add(
        GapWritten(
            kind=kind, key=key[:120], words=words[:LONGEST], article_id=article.id,
            begun_on=today(), before=before,
        )
    )  # fmt: skip
    db.session().flush()


def measure(counters: Mapping[Want, Counter]) -> int:
    """Count anew what is being measured; returns how many wants."""
    found = (
        db.session()
        .scalars(
            select(GapWritten)
            .where(GapWritten.days < MEASURED.days)
            .options(joinedload(GapWritten.article, innerjoin=True))
        )
        .all()
    )
    for one in found:
        _measure(one, counters[one.kind])
    db.session().flush()
    return len(found)


def latest() -> Sequence[GapWritten]:
    """The latest that were written for: one query."""
    return (
        db.session()
        .scalars(
            select(GapWritten)
            .options(joinedload(GapWritten.article, innerjoin=True))
            .order_by(GapWritten.id.desc())
            .limit(SHOWN)
        )
        .all()
    )


def _measure(one: GapWritten, counter: Counter) -> None:
    if one.read_from is None:
        if one.article.state is not ArticleState.PUBLISHED:
            return
        one.read_from = today()
    one.days = min(MEASURED.days, (today() - one.read_from).days)
    if one.days:
        # The day it was published belongs to neither.
        first = one.read_from + timedelta(days=1)
        one.after = counter(one.key, first, one.read_from + timedelta(days=one.days))
