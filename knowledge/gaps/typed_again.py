"""The same text typed again and again by agents: what an article would have said once.

A night notes the long paragraphs of the answers by a sum of their words: the words themselves
stay where they were written.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Date, ForeignKey, Index, String, delete, distinct, func, select
from sqlalchemy.orm import Mapped, joinedload, mapped_column

from knowledge.articles.models import Article, Revision
from knowledge.articles.plain_text import to_text
from knowledge.articles.proposing import stripped
from knowledge.folding import fold
from support.kernel import db
from support.kernel.db import Base, BigKey
from support.kernel.time import PARIS, now, today
from support.tickets.models import Ticket
from support.tickets.timeline import ArticleUse, Entry, EntryKind

WINDOW = timedelta(days=90)
SHORTEST = 120  # characters of a paragraph: less is politeness
LEAST = 3  # tickets
MOST = 20
PARAGRAPHS = 5  # looked at for each text that is shown
NAMED = 5  # tickets named for each text
_WORDS = re.compile(r"[^\W\d_]+")
_LEADS_TO_ARTICLE = re.compile(r"/aide/[a-z0-9]")


class TypedPassage(Base):
    """A paragraph of an answer. ``key``: the same for the same words, whatever their numbers."""

    __tablename__ = "typed_passage"
    __table_args__ = (
        Index("ix_typed_passage_key", "key", "day"),
        Index("ix_typed_passage_day", "day"),
    )

    entry_id: Mapped[int] = mapped_column(
        BigKey, ForeignKey("entry.id", ondelete="CASCADE"), primary_key=True
    )
    key: Mapped[str] = mapped_column(String(32), primary_key=True)
    ticket_id: Mapped[int] = mapped_column(BigKey)
    day: Mapped[date] = mapped_column(Date)


@dataclass(frozen=True)
class TypedAgain:
    """What is typed together is one text, named by the ``key`` of its most typed paragraph.

    ``text`` is stripped of what says who somebody is; ``references`` name the latest tickets.
    """

    key: str
    tickets: int
    text: str
    references: Sequence[str]


def collect(limit: int, after: int | None = None) -> tuple[int, int]:
    """Note the paragraphs of at most ``limit`` answers later than the entry ``after``.

    Without it, later than the latest known. Returns how many answers were read, and the last.
    """
    current = db.session()
    if after is None:
        after = current.scalar(select(func.max(TypedPassage.entry_id))) or 0
    entries = current.scalars(
        select(Entry)
        .where(
            Entry.id > after,
            Entry.kind == EntryKind.REPLY,
            Entry.author_agent_id.is_not(None),
            Entry.created_at >= now() - WINDOW,
        )
        .order_by(Entry.id)
        .limit(limit)
    ).all()
    inserted = _inserted([entry.id for entry in entries])
    for entry in entries:
        day = entry.created_at.astimezone(PARIS).date()
        for key in {key_of(p) for p in paragraphs(entry.text)} - inserted.get(entry.id, set()):
            current.add(
                TypedPassage(entry_id=entry.id, key=key, ticket_id=entry.ticket_id, day=day)
            )
    current.flush()
    return len(entries), entries[-1].id if entries else after


def typed_again(since: date) -> list[TypedAgain]:
    """Texts typed on at least LEAST tickets since then, the most typed first: four queries."""
    current = db.session()
    times = func.count(distinct(TypedPassage.ticket_id))
    found = current.execute(
        select(TypedPassage.key, times, func.max(TypedPassage.entry_id))
        .where(TypedPassage.day >= since)
        .group_by(TypedPassage.key)
        .having(times >= LEAST)
        .order_by(times.desc(), TypedPassage.key)
        .limit(MOST * PARAGRAPHS)
    ).all()
    together: dict[int, list[tuple[str, int]]] = {}
    for key, tickets, entry_id in found:
        together.setdefault(entry_id, []).append((key, tickets))
    texts = _texts({entry_id: {key for key, _n in keys} for entry_id, keys in together.items()})
    named = _references([keys[0][0] for keys in together.values()], since)
    return [
        TypedAgain(*keys[0], texts.get(entry_id, ""), named.get(keys[0][0], ()))
        for entry_id, keys in together.items()
    ][:MOST]


def one(key: str) -> str:
    """The text of that sum as it was typed last, with what was typed again along with it;
    stripped; empty when there is none any more.
    """
    current = db.session()
    entry_id = current.scalar(
        select(func.max(TypedPassage.entry_id)).where(TypedPassage.key == key)
    )
    if entry_id is None:
        return ""
    along = select(TypedPassage.key).where(TypedPassage.entry_id == entry_id)
    again = current.scalars(
        select(TypedPassage.key)
        .where(TypedPassage.key.in_(along))
        .group_by(TypedPassage.key)
        .having(func.count(distinct(TypedPassage.ticket_id)) >= LEAST)
    )
    return _texts({entry_id: {key, *again}}).get(entry_id, "")


def typed_between(key: str, first: date, last: date) -> int:
    """On how many tickets a text was typed from ``first`` to ``last``, both included."""
    found = db.session().scalar(
        select(func.count(distinct(TypedPassage.ticket_id))).where(
            TypedPassage.key == key, TypedPassage.day.between(first, last)
        )
    )
    return found or 0


def forget_old(limit: int) -> int:
    """Delete at most ``limit`` notes that are older than twice the window; returns how many."""
    current = db.session()
    old = current.execute(
        select(TypedPassage.entry_id, TypedPassage.key)
        .where(TypedPassage.day < today() - 2 * WINDOW)
        .limit(limit)
    ).all()
    for entry_id in {row.entry_id for row in old}:
        current.execute(delete(TypedPassage).where(TypedPassage.entry_id == entry_id))
    return len(old)


def paragraphs(text: str) -> Iterator[str]:
    """The long ones that lead to no article: what stands between two blank lines."""
    for paragraph in re.split(r"\n\s*\n", text.replace("\r\n", "\n")):
        if len(paragraph.strip()) >= SHORTEST and not _LEADS_TO_ARTICLE.search(paragraph):
            yield paragraph.strip()


def key_of(paragraph: str) -> str:
    """The sum of its words: neither accents, capitals, signs nor numbers make another text."""
    words = " ".join(_WORDS.findall(fold(paragraph)))
    return hashlib.sha256(words.encode()).hexdigest()[:32]


def _inserted(entry_ids: Sequence[int]) -> dict[int, set[str]]:
    """By answer: the sums of what an article put there, which nobody typed."""
    rows = db.session().execute(
        select(ArticleUse.entry_id, Revision.body_markdown)
        .join(
            Revision,
            (Revision.article_id == ArticleUse.article_id)
            & (Revision.number == ArticleUse.revision),
        )
        .join(Article, Article.id == ArticleUse.article_id)
        .where(ArticleUse.entry_id.in_(entry_ids))
    )
    found: dict[int, set[str]] = {}
    for entry_id, body in rows:
        found.setdefault(entry_id, set()).update(key_of(p) for p in paragraphs(to_text(body)))
    return found


def _texts(wanted: Mapping[int, set[str]]) -> dict[int, str]:
    """By answer: those of its paragraphs that have these sums."""
    rows = db.session().execute(
        select(Entry, Ticket)
        .join(Ticket, Ticket.id == Entry.ticket_id)
        .where(Entry.id.in_(wanted))
        .options(
            joinedload(Entry.author_agent),
            joinedload(Ticket.person),
            joinedload(Ticket.requester_agent),
        )
    )
    found = {}
    for entry, ticket in rows:
        author = [entry.author_agent.full_name] if entry.author_agent else []
        typed = [p for p in paragraphs(entry.text) if key_of(p) in wanted[entry.id]]
        found[entry.id] = stripped("\n\n".join(typed), [ticket.requester_name, *author])
    return found


def _references(keys: Sequence[str], since: date) -> dict[str, list[str]]:
    place = func.row_number().over(
        partition_by=TypedPassage.key, order_by=TypedPassage.entry_id.desc()
    )
    ranked = (
        select(TypedPassage.key, TypedPassage.ticket_id, place.label("place"))
        .where(TypedPassage.key.in_(keys), TypedPassage.day >= since)
        .subquery()
    )
    rows = db.session().execute(
        select(ranked.c.key, Ticket.reference)
        .join(Ticket, Ticket.id == ranked.c.ticket_id)
        .where(ranked.c.place <= NAMED)
        .order_by(ranked.c.place)
    )
    found: dict[str, list[str]] = {}
    for key, reference in rows:
        if reference not in found.setdefault(key, []):
            found[key].append(reference)
    return found
