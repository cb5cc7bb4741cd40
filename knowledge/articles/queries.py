"""Reading articles: what a reader may see, and what an index follows."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, and_, select
from sqlalchemy.orm import Session, defer

from knowledge.articles import kept_files, links
from knowledge.articles.composing import (
    NO_CASES,
    Cases,
    Reading,
    audiences,
    block_names,
    cases,
    compose,
)
from knowledge.articles.models import (
    Article,
    ArticleRedirect,
    ArticleState,
    Audience,
    KeptFile,
    Revision,
    SharedBlock,
)
from support.kernel import db
from support.kernel.errors import NotVisible
from support.kernel.time import today
from support.people.models import Agent
from support.people.permissions import Permission, may


@dataclass(frozen=True)
class PublishedArticle:
    """An article as ``readers`` see it today. ``revision`` is the number that they read.

    ``body_markdown`` is composed for them: without what is meant for others, with the shared
    blocks and the titles of the articles that it leads to. ``cases``: those between which it
    distinguishes, of an article that was asked for by its address. ``solved``: how often it did
    for requests of a reason, in steps (see ``learned``), where an index reads it.
    """

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
    check_due_on: date | None
    source_note: str
    source_id: str | None
    change_number: int
    updated_at: datetime
    readers: tuple[Audience, ...]
    cases: Cases = NO_CASES
    translation_of_id: int | None = None
    translated_number: int | None = None
    plain: bool = False
    solved: Mapping[str, int] = field(default_factory=dict)

    @property
    def family(self) -> int:
        """The French article of which this one is a translation, or itself."""
        return self.translation_of_id or self.id

    @property
    def late(self) -> bool:
        """Whether it should have been checked again by now."""
        return self.check_due_on is not None and self.check_due_on < today()


def audience_of(agent: Agent | None) -> Audience:
    """What somebody may read: the public part, or that of their level and those before it."""
    if agent is not None:
        if may(agent, Permission.READ_DIRECTORATE_ARTICLES):
            return Audience.DIRECTORATE
        if may(agent, Permission.READ_PROGRAMME_ARTICLES):
            return Audience.PROGRAMME
        if may(agent, Permission.READ_STAFF_ARTICLES):
            return Audience.STAFF
    return Audience.PUBLIC


def readable_by(audience: Audience) -> tuple[Audience, ...]:
    """The audiences whose articles ``audience`` reads."""
    order = tuple(Audience)
    return order[: order.index(audience) + 1]


def reads_whole(audience: Audience, *markdowns: str) -> bool:
    """Whether no passage of these texts is kept from ``audience``."""
    return set().union(*map(audiences, markdowns)) <= set(readable_by(audience))


def reading_as(audience: Audience) -> Reading:
    return Reading(audience, today())


def by_slug(
    slug: str,
    audience: Audience,
    *,
    departement: str | None = None,
    nationality: str | None = None,
) -> PublishedArticle:
    """One published article. Raises NotVisible when there is none for this reader."""
    query = published_rows().where(Article.slug == slug, _readable(audience))
    row = db.session().execute(query).first()
    if row is None:
        raise NotVisible.of("article.not_found")
    reading = Reading(audience, today(), departement, nationality)
    found = _composed([(row.Article, row.Revision)], reading)[0]
    return replace(found, cases=cases(row.Revision.body_markdown, reading))


def file_shown(slug: str, name: str, audience: Audience) -> KeptFile:
    """A file of a published article, while what ``audience`` reads of it shows the file.

    Raises NotVisible.
    """
    body = by_slug(slug, audience).body_markdown
    if name not in kept_files.shown_at(body, _files_at(slug)):
        raise NotVisible.of("article.not_found")
    return kept_files.by_name(name)


def moved_to(slug: str, audience: Audience) -> str | None:
    """Where an article is read now that once had the address ``slug``, or that took it over."""
    return db.session().scalar(
        select(Article.slug)
        .join(ArticleRedirect, ArticleRedirect.article_id == Article.id)
        .where(
            ArticleRedirect.slug == slug,
            Article.state == ArticleState.PUBLISHED,
            _readable(audience),
        )
    )


def titles_of(slugs: Iterable[str], audience: Audience, session: Session) -> dict[str, str]:
    """Address to title, of those that ``audience`` may read."""
    wanted = set(slugs)
    if not wanted:
        return {}
    found = session.execute(
        select(Article.slug, Revision.title)
        .join(
            Revision,
            and_(Revision.article_id == Article.id, Revision.number == Article.published_number),
        )
        .where(
            Article.slug.in_(wanted), Article.state == ArticleState.PUBLISHED, _readable(audience)
        )
    )
    return {row.slug: row.title for row in found}


def shared_bodies(names: Iterable[str], session: Session) -> dict[str, str]:
    """The texts of the shared blocks of these names."""
    wanted = set(names)
    if not wanted:
        return {}
    found = session.execute(
        select(SharedBlock.name, SharedBlock.body_markdown).where(SharedBlock.name.in_(wanted))
    )
    return {row.name: row.body_markdown for row in found}


def by_ids(article_ids: Sequence[int], audience: Audience) -> list[PublishedArticle]:
    """Those of ``article_ids`` that are published for this reader, in one query for all."""
    query = published_rows().where(Article.id.in_(article_ids), _readable(audience))
    return _composed(pairs_of(db.session().execute(query)), reading_as(audience))


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


def sent_revisions(pairs: Collection[tuple[int, int]]) -> set[tuple[int, int]]:
    """Those of the (article id, revision) ``pairs`` that the public may have been given.

    The article is public and published now; the revision is the one that is read, or one from
    before it.
    """
    return {
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
        if (article_id, number) in pairs
    }


def published(
    audience: Audience, *, procedure: str | None = None, reason: str | None = None
) -> list[PublishedArticle]:
    """The published articles of one procedure or reason, by title, for a list of them.

    Their translations apart, and without their texts: a list of thousands reads only titles.
    """
    query = published_rows().where(_readable(audience), Article.translation_of_id.is_(None))
    if procedure is not None:
        query = query.where(Article.procedures.any(code=procedure))
    if reason is not None:
        query = query.where(Article.reasons.any(code=reason))
    query = query.options(defer(Revision.body_markdown)).order_by(Revision.title)
    rows = db.session().execute(query)
    return [as_published(article, revision, (audience,), "") for article, revision in rows]


Pairs = Sequence[tuple[Article, Revision]]


def pairs_of(rows: Iterable[Any]) -> Pairs:
    return [(article, revision) for article, revision in rows]


def _composed(pairs: Pairs, reading: Reading) -> list[PublishedArticle]:
    session = db.session()
    blocks = blocks_for(pairs, session)
    titles = titles_of(links.wiki_slugs(bodies(pairs, blocks)), reading.audience, session)
    seen = (reading.audience,)
    return [
        as_published(article, revision, seen, text_for(article, revision, reading, blocks, titles))
        for article, revision in pairs
    ]


def blocks_for(pairs: Pairs, session: Session) -> dict[str, str]:
    return shared_bodies(block_names(r.body_markdown for _a, r in pairs), session)


def bodies(pairs: Pairs, blocks: Mapping[str, str]) -> list[str]:
    return [revision.body_markdown for _article, revision in pairs] + list(blocks.values())


def text_for(
    article: Article,
    revision: Revision,
    reading: Reading,
    blocks: Mapping[str, str],
    titles: Mapping[str, str],
) -> str:
    text = links.resolve(compose(revision.body_markdown, reading, blocks), titles)
    return kept_files.resolve(text, _files_at(article.slug))


def _files_at(slug: str) -> str:
    return f"/aide/{slug}/fichiers"


def published_rows() -> Select[tuple[Article, Revision]]:
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


def as_published(
    article: Article, revision: Revision, readers: tuple[Audience, ...], text: str
) -> PublishedArticle:
    return PublishedArticle(
        id=article.id,
        slug=article.slug,
        language=article.language,
        audience=article.audience,
        title=revision.title,
        summary=revision.summary,
        body_markdown=text,
        revision=revision.number,
        keywords=tuple(article.keywords),
        procedures=tuple(p.code for p in article.procedures),
        reasons=tuple(r.code for r in article.reasons),
        families=tuple(dict.fromkeys(p.family for p in article.procedures)),
        checked_on=article.checked_on,
        check_due_on=article.check_due_on,
        source_note=article.source_note,
        source_id=article.source_id,
        change_number=article.change_number,
        updated_at=article.updated_at,
        readers=readers,
        translation_of_id=article.translation_of_id,
        translated_number=article.translated_number,
        plain=article.plain,
    )
