"""The history of an article besides its revisions: what happened to it, by whom and why."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from knowledge.articles.models import Article, ArticleEvent, Happening
from support.kernel import db
from support.people.models import Agent


def note(
    article: Article,
    kind: Happening,
    *,
    by: Agent | None,
    number: int | None = None,
    said: str = "",
) -> ArticleEvent:
    """``by`` is None for what time does by itself."""
    event = ArticleEvent(
        article_id=article.id,
        kind=kind,
        number=number,
        agent_id=by.id if by is not None else None,
        note=said.strip(),
    )
    db.session().add(event)
    db.session().flush()
    return event


def of_article(article_id: int, limit: int = 100) -> Sequence[ArticleEvent]:
    """The latest first, with who did it."""
    return (
        db.session()
        .scalars(
            select(ArticleEvent)
            .where(ArticleEvent.article_id == article_id)
            .options(joinedload(ArticleEvent.agent))
            .order_by(ArticleEvent.id.desc())
            .limit(limit)
        )
        .all()
    )
