"""Links that lead nowhere, and articles that nothing leads to. One query each."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import and_, exists, select
from sqlalchemy.orm import aliased

from knowledge.articles.models import (
    Article,
    ArticleLink,
    ArticleRedirect,
    ArticleState,
    Revision,
    article_procedure,
    article_reason,
)
from support.kernel import db
from support.people.models import Agent
from support.people.permissions import Permission, require

MOST = 500


@dataclass(frozen=True)
class DeadLink:
    """``moved``: the address still leads somewhere, by a redirection."""

    article_id: int
    title: str
    slug: str
    moved: bool


def dead_links(*, by: Agent) -> list[DeadLink]:
    """Links of published articles to what is not published under that address.

    Raises Forbidden.
    """
    require(by, Permission.WRITE_ARTICLES)
    target = aliased(Article)
    rows = db.session().execute(
        select(
            Article.id,
            Revision.title,
            ArticleLink.slug,
            exists().where(ArticleRedirect.slug == ArticleLink.slug),
        )
        .join(ArticleLink, ArticleLink.article_id == Article.id)
        .join(
            Revision,
            and_(Revision.article_id == Article.id, Revision.number == Article.published_number),
        )
        .outerjoin(
            target, and_(target.slug == ArticleLink.slug, target.state == ArticleState.PUBLISHED)
        )
        .where(Article.state == ArticleState.PUBLISHED, target.id.is_(None))
        .order_by(Revision.title, ArticleLink.slug)
        .distinct()
        .limit(MOST)
    )
    return [DeadLink(*row) for row in rows]


def orphans(*, by: Agent) -> list[tuple[int, str]]:
    """(id, title) of published articles on no reason and no procedure, to which none leads.

    Only a search finds them. Raises Forbidden.
    """
    require(by, Permission.WRITE_ARTICLES)
    rows = db.session().execute(
        select(Article.id, Revision.title)
        .join(
            Revision,
            and_(Revision.article_id == Article.id, Revision.number == Article.published_number),
        )
        .where(
            Article.state == ArticleState.PUBLISHED,
            ~exists().where(ArticleLink.slug == Article.slug),
            ~exists().where(article_reason.c.article_id == Article.id),
            ~exists().where(article_procedure.c.article_id == Article.id),
        )
        .order_by(Revision.title)
        .limit(MOST)
    )
    return [(row.id, row.title) for row in rows]
