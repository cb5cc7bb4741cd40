"""What editors work on: articles in every state, with their revisions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, func, or_, select, tuple_
from sqlalchemy.orm import aliased, defer, joinedload, lazyload

from knowledge.articles.models import Article, ArticleState, Audience, Revision
from knowledge.articles.queries import audience_of, readable_by, reads_whole
from support.kernel import db
from support.kernel.errors import Conflict, NotVisible
from support.kernel.time import today
from support.people.models import Agent
from support.people.permissions import Permission, require


@dataclass(frozen=True)
class EditorLine:
    """One line of the editors' list; ``published_number`` is None for what nobody reads."""

    id: int
    slug: str
    title: str
    state: ArticleState
    audience: Audience
    latest_number: int
    published_number: int | None
    owner: str
    checked_on: date | None
    check_due_on: date | None
    submitted_number: int | None
    publish_at: datetime | None
    updated_at: datetime


def for_editors(
    *,
    by: Agent,
    state: ArticleState | None = None,
    audience: Audience | None = None,
    text: str = "",
    late: bool = False,
    submitted: bool = False,
    after: tuple[datetime, int] | None = None,
    limit: int = 50,
) -> list[EditorLine]:
    """Articles in every state, last changed first.

    ``text`` is looked for in titles and slugs. ``late``: to be checked again by now.
    ``submitted``: waiting for a second reader. ``after``: the ``(updated_at, id)`` of the last
    line of the page before. Raises Forbidden.
    """
    require(by, Permission.WRITE_ARTICLES)
    query = (
        select(Article, Revision.title, Agent)
        .join(
            Revision,
            and_(Revision.article_id == Article.id, Revision.number == Article.latest_number),
        )
        .join(Agent, Agent.id == Article.owner_agent_id)
        .order_by(Article.updated_at.desc(), Article.id.desc())
        .limit(limit)
    )
    if state is not None:
        query = query.where(Article.state == state)
    if audience is not None:
        query = query.where(Article.audience == audience)
    if late:
        read = (ArticleState.PUBLISHED, ArticleState.WITHDRAWN)
        query = query.where(Article.check_due_on < today(), Article.state.in_(read))
    if submitted:
        query = query.where(Article.submitted_at.is_not(None))
    if text.strip():
        wanted = text.strip().lower()
        query = query.where(
            or_(
                func.lower(Revision.title).contains(wanted, autoescape=True),
                Article.slug.contains(wanted, autoescape=True),
            )
        )
    if after is not None:
        query = query.where(tuple_(Article.updated_at, Article.id) < after)
    return [_as_line(*row) for row in db.session().execute(query).all()]


def one_for_editor(article_id: int, *, by: Agent) -> tuple[Article, Revision]:
    """An article with its latest revision. Raises NotVisible, Forbidden."""
    require(by, Permission.WRITE_ARTICLES)
    row = (
        db.session()
        .execute(
            select(Article, Revision)
            .join(Revision, Revision.article_id == Article.id)
            .where(Article.id == article_id, Revision.number == Article.latest_number)
        )
        .first()
    )
    if row is None:
        raise NotVisible.of("article.not_found")
    return row.Article, row.Revision


def revisions(article_id: int, *, by: Agent) -> Sequence[Revision]:
    """Every revision of an article, the latest first, their bodies not yet read.

    Raises Forbidden.
    """
    require(by, Permission.WRITE_ARTICLES)
    return (
        db.session()
        .scalars(
            select(Revision)
            .where(Revision.article_id == article_id)
            .options(joinedload(Revision.author, innerjoin=True), defer(Revision.body_markdown))
            .order_by(Revision.number.desc())
        )
        .all()
    )


def one_revision(article_id: int, number: int, *, by: Agent) -> Revision:
    """One revision, whole. Raises NotVisible, Forbidden."""
    require(by, Permission.WRITE_ARTICLES)
    found = db.session().scalar(
        select(Revision).where(Revision.article_id == article_id, Revision.number == number)
    )
    if found is None:
        raise NotVisible.of("article.no_such_revision", number=number)
    return found


def _as_line(article: Article, title: str, owner: Agent) -> EditorLine:
    return EditorLine(
        id=article.id,
        slug=article.slug,
        title=title,
        state=article.state,
        audience=article.audience,
        latest_number=article.latest_number,
        published_number=article.published_number,
        owner=owner.full_name,
        checked_on=article.checked_on,
        check_due_on=article.check_due_on,
        submitted_number=article.submitted_number,
        publish_at=article.publish_at,
        updated_at=article.updated_at,
    )


@dataclass(frozen=True)
class Waiting:
    """A revision that waits for a second reader."""

    article_id: int
    number: int
    title: str
    audience: Audience
    asked_by_id: int
    asked_by: str
    asked_at: datetime
    publish_at: datetime | None
    new: bool  # nobody has read the article yet


def submitted(*, by: Agent, limit: int = 100) -> list[Waiting]:
    """What waits for a second reader who may read all of it, the oldest first: one query.

    Raises Forbidden.
    """
    require(by, Permission.REVIEW_ARTICLES)
    shown = aliased(Revision)
    rows = db.session().execute(
        select(Article, Revision, shown.body_markdown, Agent)
        .join(
            Revision,
            and_(Revision.article_id == Article.id, Revision.number == Article.submitted_number),
        )
        .outerjoin(
            shown,
            and_(shown.article_id == Article.id, shown.number == Article.published_number),
        )
        .join(Agent, Agent.id == Article.submitted_by_id)
        .where(Article.submitted_at.is_not(None), _readable(by))
        .options(lazyload(Article.procedures), lazyload(Article.reasons))
        .order_by(Article.submitted_at)
        .limit(limit)
    )
    return [
        Waiting(
            article.id, revision.number, revision.title, article.audience, agent.id,
            agent.full_name, article.submitted_at, article.publish_at,
            article.published_number is None,
        )
        for article, revision, before, agent in rows
        if reads_whole(audience_of(by), revision.body_markdown, before or "")
    ]  # fmt: skip


def waiting_count(by: Agent) -> int:
    """How many revisions wait for a second reader whom ``by`` could be."""
    return sum(one.asked_by_id != by.id for one in submitted(by=by))


def one_submitted(article_id: int, *, by: Agent) -> tuple[Article, Revision, Revision | None]:
    """The article, the revision that waits, the one that readers see.

    Raises NotVisible, Conflict (``review.gone`` when nothing waits any more), Forbidden.
    """
    require(by, Permission.REVIEW_ARTICLES)
    article = db.session().scalar(select(Article).where(Article.id == article_id, _readable(by)))
    if article is None:
        raise NotVisible.of("article.not_found")
    if article.submitted_number is None:
        raise Conflict.of("review.gone")
    wanted = {article.submitted_number, article.published_number}
    found = {
        revision.number: revision
        for revision in db.session().scalars(
            select(Revision).where(
                Revision.article_id == article_id, Revision.number.in_(wanted - {None})
            )
        )
    }
    new, old = found[article.submitted_number], found.get(article.published_number or 0)
    if not reads_whole(audience_of(by), new.body_markdown, old.body_markdown if old else ""):
        raise NotVisible.of("article.not_found")
    return article, new, old


def _readable(by: Agent) -> ColumnElement[bool]:
    return Article.audience.in_(readable_by(audience_of(by)))
