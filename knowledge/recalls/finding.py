"""Which tickets were answered with words of an article that are not right any more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import aliased

from knowledge.articles.composing import compose
from knowledge.articles.models import Article, Audience, Revision
from knowledge.articles.queries import reading_as
from knowledge.recalls.models import Recall
from support.kernel import db
from support.kernel.time import now
from support.tickets.models import State, Ticket
from support.tickets.timeline import ArticleUse, Entry

RECENT = timedelta(days=90)  # a closed ticket is told of what changes within


@dataclass(frozen=True)
class Affected:
    """``open`` of the ``ticket_ids`` are not closed. ``revisions``: those that say otherwise."""

    ticket_ids: Sequence[int]
    open: int
    revisions: Sequence[int]


NOBODY = Affected((), 0, ())


def affected(article: Article) -> Affected:
    """Open and recent tickets answered with an earlier text than the one that is read.

    What readers of both would find the same (a heading's mark, a passage for agents) is no
    difference; who has been told of this revision is left out.
    """
    if article.published_number is None:
        return NOBODY
    used = db.session().scalars(
        select(ArticleUse.revision)
        .where(ArticleUse.article_id == article.id, ArticleUse.revision < article.published_number)
        .distinct()
    )
    old = _different(article, set(used))
    if not old:
        return NOBODY
    rows = db.session().execute(
        select(Ticket.id, Ticket.state)
        .join(Entry, Entry.ticket_id == Ticket.id)
        .join(ArticleUse, ArticleUse.entry_id == Entry.id)
        .where(
            ArticleUse.article_id == article.id,
            ArticleUse.revision.in_(old),
            or_(Ticket.state != State.CLOSED, Entry.created_at > now() - RECENT),
            ~_answered_since(article),
        )
        .group_by(Ticket.id, Ticket.state)
        .order_by(Ticket.id)
    )
    left = _not_told(article, [(row.id, row.state) for row in rows])
    return Affected(
        [number for number, _state in left],
        sum(state is not State.CLOSED for _number, state in left),
        sorted(old),
    )


def waiting_for(article_id: int) -> Recall | None:
    """The correction that somebody has still to read."""
    return db.session().scalar(
        select(Recall).where(Recall.article_id == article_id, Recall.decided_at.is_(None))
    )


def _answered_since(article: Article) -> ColumnElement[bool]:
    """Whether the ticket was given, later, the revision that is read now."""
    use, entry = aliased(ArticleUse), aliased(Entry)
    return exists().where(
        entry.id == use.entry_id,
        entry.ticket_id == Ticket.id,
        use.article_id == article.id,
        use.revision >= article.published_number,
    )


def _not_told(article: Article, tickets: Sequence[tuple[int, State]]) -> list[tuple[int, State]]:
    keys = {once_key(article.id, article.published_number or 0, number) for number, _s in tickets}
    told = set(db.session().scalars(select(Entry.once_key).where(Entry.once_key.in_(keys))))
    return [
        (number, state)
        for number, state in tickets
        if once_key(article.id, article.published_number or 0, number) not in told
    ]


def once_key(article_id: int, revision: int, ticket_id: int) -> str:
    """Names that a ticket was told of that revision, so that it is told once."""
    return f"recall:{article_id}:{revision}:{ticket_id}"


def as_public(article: Article, *numbers: int) -> list[str]:
    """What the public reads of these revisions, as Markdown, in their order."""
    revisions = _revisions(article, set(numbers))
    return [_public(revisions[number]) for number in numbers]


def _different(article: Article, used: set[int]) -> set[int]:
    revisions = _revisions(article, used | {article.published_number or 0})
    said = {number: _as_given(revision) for number, revision in revisions.items()}
    return {number for number in used if said.get(number) != said[article.published_number or 0]}


def _revisions(article: Article, numbers: set[int]) -> dict[int, Revision]:
    found = db.session().scalars(
        select(Revision).where(Revision.article_id == article.id, Revision.number.in_(numbers))
    )
    return {revision.number: revision for revision in found}


def _as_given(revision: Revision) -> tuple[str, str]:
    # Line breaks apart: the page of the editor compares, and need not draw each text first.
    return revision.title, " ".join(_public(revision).split())


def _public(revision: Revision) -> str:
    return compose(revision.body_markdown, reading_as(Audience.PUBLIC), {})
