"""Reading articles: what a reader may see, and what editors work on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, and_, func, or_, select, tuple_
from sqlalchemy.orm import Session, defer, joinedload

from knowledge.articles.models import Article, ArticleState, Audience, Revision
from support.kernel import db
from support.kernel.errors import NotVisible
from support.people.models import Agent
from support.people.permissions import Permission, may, require


@dataclass(frozen=True)
class PublishedArticle:
    """An article as its readers see it. ``revision`` is the number that they read."""

    id: int
    slug: str
    language: str
    audience: Audience
    title: str
    summary: str
    body_markdown: str
    revision: int
    keywords: tuple[str, ...]
    procedures: tuple[str, ...]
    reasons: tuple[str, ...]
    families: tuple[str, ...]
    checked_on: date | None
    source_note: str
    source_id: str | None
    change_number: int
    updated_at: datetime


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
    updated_at: datetime


def audience_of(agent: Agent | None) -> Audience:
    """What somebody may read: the public part, or the staff's as well."""
    if agent is not None and may(agent, Permission.READ_STAFF_ARTICLES):
        return Audience.STAFF
    return Audience.PUBLIC


def readable_by(audience: Audience) -> tuple[Audience, ...]:
    return tuple(Audience) if audience is Audience.STAFF else (Audience.PUBLIC,)


def by_slug(slug: str, audience: Audience) -> PublishedArticle:
    """One published article. Raises NotVisible when there is none for this reader."""
    return _one(_published().where(Article.slug == slug, _readable(audience)))


def by_ids(article_ids: Sequence[int], audience: Audience) -> list[PublishedArticle]:
    """Those of ``article_ids`` that are published for this reader, in one query for all."""
    query = _published().where(Article.id.in_(article_ids), _readable(audience))
    return [_as_published(article, revision) for article, revision in db.session().execute(query)]


def readable_ids(article_ids: Sequence[int], audience: Audience) -> set[int]:
    """Those of ``article_ids`` that are published for ``audience`` at this moment."""
    return set(
        db.session().scalars(
            select(Article.id).where(
                Article.id.in_(article_ids),
                Article.state == ArticleState.PUBLISHED,
                _readable(audience),
            )
        )
    )


def sent_revisions(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Those of the (article id, revision) ``pairs`` that the public may have been given.

    The article is public and published now; the revision is the one that is read, or one from
    before it.
    """
    known = {
        (article_id, number)
        for article_id, number in db.session().execute(
            select(Revision.article_id, Revision.number)
            .join(Article, Article.id == Revision.article_id)
            .where(
                Article.id.in_({article_id for article_id, _number in pairs}),
                Article.state == ArticleState.PUBLISHED,
                Article.audience == Audience.PUBLIC,
                Revision.number <= Article.published_number,
            )
        )
    }
    return [pair for pair in pairs if pair in known]


def published(
    audience: Audience, *, procedure: str | None = None, reason: str | None = None
) -> list[PublishedArticle]:
    """The published articles of one procedure or reason, by title."""
    query = _published().where(_readable(audience))
    if procedure is not None:
        query = query.where(Article.procedures.any(code=procedure))
    if reason is not None:
        query = query.where(Article.reasons.any(code=reason))
    rows = db.session().execute(query.order_by(Revision.title)).all()
    return [_as_published(article, revision) for article, revision in rows]


def for_editors(
    *,
    by: Agent,
    state: ArticleState | None = None,
    audience: Audience | None = None,
    text: str = "",
    after: tuple[datetime, int] | None = None,
    limit: int = 50,
) -> list[EditorLine]:
    """Articles in every state, last changed first.

    ``text`` is looked for in titles and slugs. ``after``: the ``(updated_at, id)`` of the last
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


@dataclass(frozen=True)
class Change:
    """A change that an index must follow: ``article`` is None when readers lost it."""

    article_id: int
    change_number: int
    article: PublishedArticle | None


def changes_since(number: int, *, limit: int, session: Session) -> list[Change]:
    """What readers could see changing after ``number``, in its order.

    ``session`` is given: an index must only ever read what is committed.
    """
    rows = session.execute(
        select(Article, Revision)
        .outerjoin(
            Revision,
            and_(Revision.article_id == Article.id, Revision.number == Article.published_number),
        )
        .where(Article.change_number > number)
        .order_by(Article.change_number)
        .limit(limit)
    ).all()
    return [
        Change(
            article.id,
            article.change_number,
            _as_published(article, revision)
            if article.state is ArticleState.PUBLISHED and revision is not None
            else None,
        )
        for article, revision in rows
    ]


def every_published(after_id: int, *, limit: int, session: Session) -> list[PublishedArticle]:
    """Published articles in the order of their ids, after ``after_id``: to build an index."""
    rows = session.execute(
        _published().where(Article.id > after_id).order_by(Article.id).limit(limit)
    ).all()
    return [_as_published(article, revision) for article, revision in rows]


def _published() -> Select[tuple[Article, Revision]]:
    return (
        select(Article, Revision)
        .join(
            Revision,
            and_(Revision.article_id == Article.id, Revision.number == Article.published_number),
        )
        .where(Article.state == ArticleState.PUBLISHED)
    )


def _readable(audience: Audience) -> Any:
    return Article.audience.in_(readable_by(audience))


def _one(query: Select[tuple[Article, Revision]]) -> PublishedArticle:
    row = db.session().execute(query).first()
    if row is None:
        raise NotVisible.of("article.not_found")
    return _as_published(row.Article, row.Revision)


def _as_published(article: Article, revision: Revision) -> PublishedArticle:
    return PublishedArticle(
        id=article.id,
        slug=article.slug,
        language=article.language,
        audience=article.audience,
        title=revision.title,
        summary=revision.summary,
        body_markdown=revision.body_markdown,
        revision=revision.number,
        keywords=tuple(article.keywords),
        procedures=tuple(p.code for p in article.procedures),
        reasons=tuple(r.code for r in article.reasons),
        families=tuple(dict.fromkeys(p.family for p in article.procedures)),
        checked_on=article.checked_on,
        source_note=article.source_note,
        source_id=article.source_id,
        change_number=article.change_number,
        updated_at=article.updated_at,
    )


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
        updated_at=article.updated_at,
    )
