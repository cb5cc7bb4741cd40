"""Publishing: which revision readers see, and when none is seen any more."""

from __future__ import annotations

from sqlalchemy import select

from knowledge.articles.models import Article, ArticleState, Revision
from knowledge.articles.writing import touch
from support.kernel import db
from support.kernel.errors import Conflict
from support.people.models import Agent
from support.people.permissions import Permission, require


def publish(article: Article, *, number: int | None = None, by: Agent) -> Article:
    """Let readers see revision ``number`` (the latest by default).

    Raises Conflict (``article.no_such_revision``), Forbidden. Publishes ``knowledge.changed``
    with ``article_id`` and ``change_number``.
    """
    require(by, Permission.WRITE_ARTICLES)
    wanted = article.latest_number if number is None else number
    found = db.session().scalar(
        select(Revision.number).where(Revision.article_id == article.id, Revision.number == wanted)
    )
    if found is None:
        raise Conflict.of("article.no_such_revision", number=wanted)
    article.state = ArticleState.PUBLISHED
    article.published_number = wanted
    touch(article)
    return article


def archive(article: Article, *, by: Agent) -> Article:
    """Take an article away from its readers; its revisions stay and it can be published again.

    Raises Conflict (``article.already_archived``), Forbidden.
    """
    require(by, Permission.WRITE_ARTICLES)
    if article.state is ArticleState.ARCHIVED:
        raise Conflict.of("article.already_archived")
    article.state = ArticleState.ARCHIVED
    touch(article)
    return article
