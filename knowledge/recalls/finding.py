"""Which tickets were answered with words of an article that are not right any more."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, func, or_, select

from knowledge.articles.models import Article
from knowledge.recalls.models import Recall
from knowledge.recalls.words_given import WordsGiven
from support.kernel import db
from support.kernel.time import now
from support.tickets.models import State, Ticket
from support.tickets.timeline import ArticleUse, Entry

RECENT = timedelta(days=90)  # a closed ticket is told of what changes within


@dataclass(frozen=True)
class Affected:
    """``open`` of the ``ticket_ids`` are not closed. ``before``: the latest of the words that
    they were given, ``after``: those that are read now, both as Markdown and as the public reads
    them. ``blocks``: the last change of a shared block in the latter.
    """

    ticket_ids: Sequence[int]
    open: int
    before: str = ""
    after: str = ""
    blocks: int = 0


NOBODY = Affected([], 0)


def affected(article: Article) -> Affected:
    """Open and recent tickets answered with this article to which it last said something else
    than is read now, in its own text or in a block that it shows. A correction that reached them
    counts as said.
    """
    if article.published_number is None:
        return NOBODY
    used = select(ArticleUse.revision).where(ArticleUse.article_id == article.id).distinct()
    numbers = set(db.session().scalars(used))
    if not numbers:
        return NOBODY
    corrected = select(Recall.upto).where(Recall.article_id == article.id).distinct()
    words = WordsGiven(article, numbers.union(db.session().scalars(corrected)))
    if words.never_differed:
        return NOBODY
    wrong = [
        said for said in _last_said(article) if words.differ(said.revision, said.blocks, said.at)
    ]
    if not wrong:
        return NOBODY
    latest = max(wrong, key=lambda said: said.at)
    return Affected(
        [said.ticket_id for said in wrong],
        sum(said.state is not State.CLOSED for said in wrong),
        words.given(latest.revision, latest.blocks, latest.at),
        words.now(),
        words.blocks,
    )


def answered_before(article_ids: Collection[int], moment: datetime) -> Mapping[int, int]:
    """By article, how many open and recent tickets were answered with it before ``moment``."""
    if not article_ids:
        return {}
    rows = db.session().execute(
        select(ArticleUse.article_id, func.count(Entry.ticket_id.distinct()))
        .join(Entry, Entry.id == ArticleUse.entry_id)
        .join(Ticket, Ticket.id == Entry.ticket_id)
        .where(ArticleUse.article_id.in_(article_ids), Entry.created_at < moment, _open_or_recent())
        .group_by(ArticleUse.article_id)
    )
    return {row[0]: row[1] for row in rows}


def waiting_for(article_id: int) -> Recall | None:
    """The correction that somebody has still to read."""
    return db.session().scalar(
        select(Recall).where(Recall.article_id == article_id, Recall.decided_at.is_(None))
    )


def once_key(recall: Recall, ticket_id: int) -> str:
    """Names that a ticket was told of those words by that correction, so that it is told once."""
    return f"recall:{recall.article_id}:{recall.upto}.{recall.blocks or 0}:{ticket_id}:{recall.id}"


def told_last(
    article_id: int, ticket_ids: Collection[int] | Select[tuple[int]]
) -> Mapping[int, Told]:
    """By ticket, the last correction of this article that reached it."""
    rows = db.session().execute(
        select(Entry.ticket_id, Entry.once_key, Entry.created_at)
        .where(
            Entry.once_key.startswith(f"recall:{article_id}:", autoescape=True),
            Entry.ticket_id.in_(ticket_ids),
        )
        .order_by(Entry.id)
    )
    return {row.ticket_id: _told(row.once_key, row.created_at) for row in rows}


@dataclass(frozen=True)
class Told:
    """What a correction said: the revision and the last change of a block in it."""

    revision: int
    blocks: int | None
    at: datetime


@dataclass(frozen=True)
class _Said:
    """What an article last said to a ticket."""

    ticket_id: int
    state: State
    revision: int
    blocks: int | None
    at: datetime


def _last_said(article: Article) -> list[_Said]:
    answers = _last_answers(article)
    told = told_last(article.id, _answered_with(article))
    return [
        replace(said, revision=later.revision, blocks=later.blocks, at=later.at)
        if (later := told.get(said.ticket_id)) and later.at >= said.at
        else said
        for said in answers
    ]


def _answered_with(article: Article) -> Select[tuple[int]]:
    return (
        select(Entry.ticket_id)
        .join(ArticleUse, ArticleUse.entry_id == Entry.id)
        .where(ArticleUse.article_id == article.id)
    )


def _last_answers(article: Article) -> list[_Said]:
    last = (
        select(func.max(ArticleUse.id))
        .join(Entry, Entry.id == ArticleUse.entry_id)
        .where(ArticleUse.article_id == article.id)
        .group_by(Entry.ticket_id)
    )
    rows = db.session().execute(
        select(Ticket.id, Ticket.state, ArticleUse.revision, ArticleUse.blocks, Entry.created_at)
        .join(Entry, Entry.ticket_id == Ticket.id)
        .join(ArticleUse, ArticleUse.entry_id == Entry.id)
        .where(ArticleUse.id.in_(last), _open_or_recent())
        .order_by(Ticket.id)
    )
    return [_Said(*row) for row in rows]


def _told(once: str, at: datetime) -> Told:
    revision, _dot, blocks = once.split(":")[2].partition(".")
    return Told(int(revision), int(blocks) if blocks else None, at)


def _open_or_recent() -> ColumnElement[bool]:
    return or_(Ticket.state != State.CLOSED, Entry.created_at > now() - RECENT)
