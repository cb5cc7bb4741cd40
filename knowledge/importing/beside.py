"""What stands beside the words of an exported article: its family, its old addresses, blocks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from knowledge.articles import sharing
from knowledge.articles.front_matter import ArticleFile, BlockFile
from knowledge.articles.models import Article, ArticleRedirect, SharedBlock
from knowledge.search import entries
from knowledge.search.entries import EntryKind, VocabularyEntry
from support.kernel import db
from support.people.models import Agent

COMMENT = "Import"


def apply_beside(file: ArticleFile) -> None:
    """Once its words are written: what it translates, and the addresses that lead to it."""
    article = _by_slug(file.slug)
    if article is None:
        return
    original = _by_slug(file.translation_of) if file.translation_of else None
    if original is not None and original.id != article.id:
        article.translation_of_id, article.plain = original.id, file.plain
        followed = original.published_number or original.latest_number
        article.translated_number = followed if file.up_to_date else 0
    for slug in file.redirects:
        if _by_slug(slug) is None:
            db.session().merge(ArticleRedirect(slug=slug, article_id=article.id))
    db.session().flush()


def apply_block(file: BlockFile, by: Agent) -> None:
    """Raises Invalid for a block that could not be written on its page."""
    known = db.session().scalar(select(SharedBlock).where(SharedBlock.name == file.name))
    if known is None:
        sharing.create(file.name, file.body, by=by, comment=COMMENT)
    elif known.body_markdown != file.body.strip():
        sharing.revise(known, file.body, based_on=known.number, by=by, comment=COMMENT)


def apply_words(given: Sequence[dict[str, Any]], by: Agent) -> None:
    """Add what the vocabulary does not have yet. Raises Invalid, KeyError for another file."""
    near = {weight: name for name, weight in entries.WEIGHTS.items()}
    known = {
        (entry.kind, tuple(entry.phrases))
        for entry in db.session().scalars(select(VocabularyEntry))
    }
    for one in given:
        kind, phrases = EntryKind(one["kind"]), [str(phrase) for phrase in one["phrases"]]
        if (kind, tuple(phrases)) not in known:
            entries.add(kind, phrases, by=by, near=near.get(float(one["weight"]), "same"))


def _by_slug(slug: str) -> Article | None:
    return db.session().scalar(select(Article).where(Article.slug == slug))
