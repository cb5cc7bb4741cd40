"""What an index follows: articles as their readers see them, in the order of their changes."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from knowledge.articles import learned, links
from knowledge.articles.composing import audiences
from knowledge.articles.models import Article, ArticleState, Audience, Revision
from knowledge.articles.queries import (
    Pairs,
    PublishedArticle,
    as_published,
    blocks_for,
    bodies,
    pairs_of,
    published_rows,
    readable_by,
    reading_as,
    text_for,
    titles_of,
)


@dataclass(frozen=True)
class Change:
    """A change that an index must follow. ``variants``: the article once for those who see it
    alike, nothing when its readers lost it.
    """

    article_id: int
    change_number: int
    variants: tuple[PublishedArticle, ...]


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
    read = [
        (article, revision)
        for article, revision in rows
        if article.state is ArticleState.PUBLISHED and revision is not None
    ]
    variants = _variants(read, session)
    return [
        Change(article.id, article.change_number, variants.get(article.id, ()))
        for article, _revision in rows
    ]


def every_published(
    after_id: int, *, limit: int, session: Session
) -> list[tuple[PublishedArticle, ...]]:
    """Published articles in the order of their ids, after ``after_id``: to build an index.

    Each as often as there are readers who see it differently.
    """
    rows = session.execute(
        published_rows().where(Article.id > after_id).order_by(Article.id).limit(limit)
    )
    return list(_variants(pairs_of(rows), session).values())


def _variants(pairs: Pairs, session: Session) -> dict[int, tuple[PublishedArticle, ...]]:
    """By article: itself, once for all the readers who see the same of it."""
    blocks = blocks_for(pairs, session)
    solved = learned.steps({article.family for article, _revision in pairs}, session)
    slugs = links.wiki_slugs(bodies(pairs, blocks))
    titles = {audience: titles_of(slugs, audience, session) for audience in Audience}
    found = {}
    for article, revision in pairs:
        readers = [a for a in Audience if article.audience in readable_by(a)]
        alike: dict[str, list[Audience]] = {}
        # Most articles are the same for everybody, and composing them again would say so slowly.
        body = revision.body_markdown
        same = not audiences(body) and not links.wiki_slugs([body])
        for audience in readers[:1] if same else readers:
            reading = reading_as(audience)
            text = text_for(article, revision, reading, blocks, titles[audience])
            alike.setdefault(text, []).append(audience)
        if same:
            alike = dict.fromkeys(alike, readers)
        found[article.id] = tuple(
            replace(
                as_published(article, revision, tuple(those), text),
                solved=solved.get(article.family, {}),
            )
            for text, those in alike.items()
        )
    return found
