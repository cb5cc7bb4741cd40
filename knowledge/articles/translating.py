"""Articles in other languages, and in plain French: French is the authority, each translation
says which revision of it it follows.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import aliased

from knowledge.articles import writing
from knowledge.articles.models import Article, ArticleState, Audience, Revision
from knowledge.articles.queries import readable_by
from knowledge.articles.writing import About, Words
from support.kernel import db
from support.kernel.errors import Conflict, Invalid
from support.people.models import Agent
from support.people.permissions import Permission, require

AUTHORITY = "fr"
MOST = 500


@dataclass(frozen=True)
class Translation:
    """``behind``: how many revisions the published French has gone on since."""

    article_id: int
    slug: str
    title: str
    language: str
    plain: bool
    state: ArticleState
    follows: int
    behind: int
    original_id: int
    original_title: str


@dataclass(frozen=True)
class Variant:
    """A published article of the family, as one language reads it."""

    article_id: int
    family: int
    slug: str
    title: str
    summary: str
    language: str
    plain: bool
    revision: int


def begin(article: Article, language: str, *, by: Agent, plain: bool = False) -> Article:
    """A draft in ``language``, its words still the French ones, to be written over.

    ``plain``: in plain French. Raises Invalid (``translation.of_translation``,
    ``translation.language``), Conflict (``translation.exists``), Forbidden.
    """
    require(by, Permission.WRITE_ARTICLES)
    if article.translation_of_id is not None or article.language != AUTHORITY:
        raise Invalid.of("translation.of_translation")
    if (language == AUTHORITY) is not plain:
        raise Invalid.of("translation.language")
    number = article.published_number or article.latest_number
    words = (
        db.session()
        .scalars(
            select(Revision).where(Revision.article_id == article.id, Revision.number == number)
        )
        .one()
    )
    made = writing.draft(
        _slug(article.slug, "simple" if plain else language),
        Words(words.title, words.summary, words.body_markdown),
        _about(article, language),
        by=by,
    )
    try:
        with db.session().begin_nested():
            made.translation_of_id, made.translated_number = article.id, number
            made.plain = plain
            db.session().flush()
    except IntegrityError as error:
        raise Conflict.of("translation.exists") from error
    return made


def follow(translation: Article, *, by: Agent) -> None:
    """It says what the published French says. Raises Invalid (``translation.none``), Forbidden."""
    require(by, Permission.WRITE_ARTICLES)
    original = _original(translation)
    translation.translated_number = original.published_number or original.latest_number
    writing.touch(translation)


def of_article(article: Article) -> Sequence[Translation]:
    """The translations of an article, by language."""
    return _translations(Article.translation_of_id == article.id)


def one(translation: Article) -> Translation:
    """What a translation is of. Raises Invalid (``translation.none``)."""
    _original(translation)
    return _translations(Article.id == translation.id)[0]


def behind(*, by: Agent) -> Sequence[Translation]:
    """Published translations that the French has left behind, the furthest first.

    Raises Forbidden.
    """
    require(by, Permission.WRITE_ARTICLES)
    found = _translations(
        Article.translation_of_id.is_not(None), Article.state == ArticleState.PUBLISHED
    )
    return sorted((one for one in found if one.behind), key=lambda one: (-one.behind, one.title))


def variants(families: Iterable[int], language: str, audience: Audience) -> dict[int, Variant]:
    """By family, the article that a reader of ``language`` is shown; none where there is none."""
    return {
        one.family: one
        for one in _family(families, audience, Article.language == language)
        if not one.plain
    }


def siblings(family: int, audience: Audience) -> Sequence[Variant]:
    """Every published article of a family, French first."""
    found = _family([family], audience)
    return sorted(found, key=lambda one: (one.language != AUTHORITY, one.plain, one.language))


def _family(
    families: Iterable[int], audience: Audience, *more: ColumnElement[bool]
) -> list[Variant]:
    wanted = set(families)
    if not wanted:
        return []
    rows = db.session().execute(
        select(Article, Revision)
        .join(
            Revision,
            and_(Revision.article_id == Article.id, Revision.number == Article.published_number),
        )
        .where(
            Article.family.in_(wanted),
            Article.state == ArticleState.PUBLISHED,
            Article.audience.in_(readable_by(audience)),
            *more,
        )
    )
    return [
        Variant(
            article.id, article.translation_of_id or article.id, article.slug, revision.title,
            revision.summary, article.language, article.plain, revision.number,
        )
        for article, revision in rows
    ]  # fmt: skip


def _translations(*conditions: ColumnElement[bool]) -> Sequence[Translation]:
    original, words = aliased(Article), aliased(Revision)
    rows = db.session().execute(
        select(Article, Revision.title, original, words.title)
        .join(
            Revision,
            and_(Revision.article_id == Article.id, Revision.number == Article.latest_number),
        )
        .join(original, original.id == Article.translation_of_id)
        .join(words, and_(words.article_id == original.id, words.number == original.latest_number))
        .where(*conditions)
        .order_by(Article.language, Article.plain)
        .limit(MOST)
    )
    return [
        Translation(
            article.id, article.slug, title, article.language, article.plain, article.state,
            article.translated_number or 0,
            max(0, (first.published_number or 0) - (article.translated_number or 0)),
            first.id, french,
        )
        for article, title, first, french in rows
    ]  # fmt: skip


def _original(translation: Article) -> Article:
    found = (
        db.session().get(Article, translation.translation_of_id)
        if translation.translation_of_id is not None
        else None
    )
    if found is None:
        raise Invalid.of("translation.none")
    return found


def _about(article: Article, language: str) -> About:
    return About(
        audience=article.audience,
        procedures=[p.code for p in article.procedures],
        reasons=[r.code for r in article.reasons],
        language=language,
        checked_on=article.checked_on,
        source_note=article.source_note,
    )


def _slug(slug: str, ending: str) -> str:
    return f"{slug[: writing.LONGEST['slug'] - len(ending) - 1].rstrip('-')}-{ending}"
