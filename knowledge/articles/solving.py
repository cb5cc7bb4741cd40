"""« This article solved it »: said from a ticket by who answers it, once for each article."""

from __future__ import annotations

from sqlalchemy import select

from knowledge.articles.queries import audience_of, by_slug
from support.kernel import db
from support.people.models import Agent
from support.people.permissions import Permission, require
from support.tickets.journal import note_event
from support.tickets.models import Ticket
from support.tickets.timeline import ArticleUse, Entry

EVENT = "article_solved"


def solved_it(ticket: Ticket, slug: str, *, by: Agent) -> None:
    """Note it on the ticket, so that the article counts as what it was answered with.

    What was inserted in a reply counts already, in the revision that the person received. The
    caller holds the ticket's row. Raises NotVisible, Forbidden.
    """
    require(by, Permission.NOTE)
    article = by_slug(slug, audience_of(by))
    once = f"{EVENT}:{ticket.id}:{article.id}"
    current = db.session()
    if current.scalar(select(Entry.id).where(Entry.once_key == once)) is not None:
        return
    known = current.scalar(
        select(ArticleUse.id)
        .join(Entry, Entry.id == ArticleUse.entry_id)
        .where(Entry.ticket_id == ticket.id, ArticleUse.article_id == article.id)
        .limit(1)
    )
    entry = note_event(ticket, EVENT, by=by, once_key=once, title=article.title, slug=article.slug)
    if known is None:
        current.add(ArticleUse(entry_id=entry.id, article_id=article.id, revision=article.revision))
        current.flush()
