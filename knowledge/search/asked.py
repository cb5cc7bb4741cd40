"""What people looked for, counted by day: what found nothing, what nobody opened.

Words only, and never a number or an address that could be somebody's: who asked is not kept.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from sqlalchemy import Date, Index, String, delete, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from knowledge.articles.models import Audience
from knowledge.folding import fold
from support.kernel import db
from support.kernel.db import Base, PrimaryKey, word
from support.kernel.time import today

LONGEST = 80
KEPT = timedelta(days=200)
_SOMEBODYS = re.compile(r"\S*@\S*|\S*\d(?:[\s.\-/]*\d){3,}\S*")


class SearchAsked(Base):
    """One question of one day: ``asked`` times, ``empty`` of them without a result, ``opened`` of
    them followed by an article that was opened.
    """

    __tablename__ = "search_asked"
    __table_args__ = (Index("uq_search_asked_day", "day", "words", "audience", unique=True),)

    id: Mapped[PrimaryKey]
    day: Mapped[date] = mapped_column(Date)
    words: Mapped[str] = mapped_column(String(LONGEST))
    audience: Mapped[Audience] = mapped_column(word(Audience))
    asked: Mapped[int] = mapped_column(default=0)
    empty: Mapped[int] = mapped_column(default=0)
    opened: Mapped[int] = mapped_column(default=0)


class Happened(StrEnum):
    FOUND = "found"
    EMPTY = "empty"
    OPENED = "opened"


@dataclass(frozen=True)
class Unanswered:
    """A question of the period. ``empty``: without a result; ``unopened``: nothing was opened."""

    words: str
    asked: int
    empty: int
    unopened: int


def kept(question: str) -> str:
    """A question as it is counted: folded, on one line, without what could be somebody's."""
    words = " ".join(_SOMEBODYS.sub("…", fold(question)).split())
    return words[:LONGEST].strip()


def note(question: str, audience: Audience, happened: Happened) -> None:
    """Count it; a question of which nothing may be kept is not counted, nor an article opened
    for words that nobody has looked for today: an address is easily made up.
    """
    words = kept(question)
    if not words.strip("… "):
        return
    changes = {
        Happened.FOUND: {"asked": SearchAsked.asked + 1},
        Happened.EMPTY: {"asked": SearchAsked.asked + 1, "empty": SearchAsked.empty + 1},
        Happened.OPENED: {"opened": SearchAsked.opened + 1},
    }[happened]
    current = db.session()
    counted = (
        update(SearchAsked)
        .where(
            SearchAsked.day == today(), SearchAsked.words == words,
            SearchAsked.audience == audience,
        )
        .values(changes)
        .returning(SearchAsked.id)
        .execution_options(synchronize_session=False)
    )  # fmt: skip
    if current.scalar(counted) is None and happened is not Happened.OPENED:
        try:
            with current.begin_nested():
                current.add(
                    SearchAsked(
                        day=today(), words=words, audience=audience, asked=0, empty=0, opened=0
                    )
                )
                current.flush()
        except IntegrityError:
            pass  # somebody asked the same at the same moment
        current.execute(counted)


def unanswered(since: date, least: int = 2, limit: int = 50) -> Sequence[Unanswered]:
    """Questions without a result, or after which nothing was opened, the most asked first.

    One query.
    """
    asked, empty = func.sum(SearchAsked.asked), func.sum(SearchAsked.empty)
    opened = func.sum(SearchAsked.opened)
    rows = db.session().execute(
        select(SearchAsked.words, asked, empty, opened)
        .where(SearchAsked.day >= since)
        .group_by(SearchAsked.words)
        .having(asked - opened >= least)
        .order_by((asked - opened).desc(), SearchAsked.words)
        .limit(limit)
    )
    return [
        Unanswered(words, int(times), int(none), max(0, int(times) - int(none) - int(read)))
        for words, times, none, read in rows
    ]


def asked_between(words: str, first: date, last: date) -> int:
    """How often a question led nowhere from ``first`` to ``last``, both included."""
    found = (
        db.session()
        .execute(
            select(func.sum(SearchAsked.asked), func.sum(SearchAsked.opened)).where(
                SearchAsked.words == words, SearchAsked.day.between(first, last)
            )
        )
        .one()
    )
    return max(0, int(found[0] or 0) - int(found[1] or 0))


def forget_old(limit: int) -> int:
    """Delete at most ``limit`` counts that are too old; returns how many."""
    current = db.session()
    old = select(SearchAsked.id).where(SearchAsked.day < today() - KEPT).limit(limit)
    numbers = list(current.scalars(old))
    current.execute(delete(SearchAsked).where(SearchAsked.id.in_(numbers)))
    return len(numbers)
