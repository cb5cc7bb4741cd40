"""A small base of documents on a real engine, without a database."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from knowledge.articles.front_matter import ArticleFile
from knowledge.articles.models import Audience
from knowledge.articles.queries import PublishedArticle, readable_by
from knowledge.search.document import Document, document_of
from knowledge.search.engine import Engine, EngineKind
from knowledge.search.expansion import Query, understand
from knowledge.search.lexicon import Lexicon
from knowledge.search.ranking import Context, Ranked, rank
from knowledge.search.whoosh_engine import WhooshKind
from knowledge.search.words import WordCounts


@dataclass
class SmallBase:
    engine: Engine
    lexicon: Lexicon
    audience: Audience = Audience.STAFF

    def understand(self, text: str, *, unfinished: bool = True) -> Query:
        return understand(text, self.lexicon, unfinished=unfinished)

    def ranked(
        self, text: str, context: Context | None = None, enough: int | None = None
    ) -> list[Ranked]:
        query = self.understand(text)
        found = self.engine.candidates(query.terms(), self.audience, 80)
        return rank(query, found, self.engine, context, enough)

    def slugs(self, text: str, context: Context | None = None) -> list[str]:
        return [one.document.slug for one in self.ranked(text, context)]


def small_base(
    folder: Path,
    documents: Iterable[Document],
    audience: Audience = Audience.STAFF,
    kind: EngineKind | None = None,
) -> SmallBase:
    documents = list(documents)
    kind, counts, lexicon = kind or WhooshKind(), WordCounts(), Lexicon()
    kind.create(folder)
    kind.add(folder, documents)
    for document in documents:
        counts.count(document)
    lexicon.refresh(counts.readable_by(audience))
    return SmallBase(kind.open(folder), lexicon, audience)


def document(number: int, title: str, body: str = "", **more: Any) -> Document:
    """A document whose slug is ``a<number>``."""
    values: dict[str, Any] = {
        "id": number,
        "slug": f"a{number}",
        "language": "fr",
        "audience": Audience.PUBLIC,
        "title": title,
        "summary": "",
        "body_markdown": body,
        "revision": 1,
        "keywords": (),
        "procedures": (),
        "reasons": (),
        "families": (),
        "checked_on": date(2026, 11, 3),
        "source_note": "",
        "source_id": None,
        "change_number": number,
        "updated_at": datetime(2026, 11, 3, tzinfo=UTC),
    }
    values |= {"check_due_on": None} | more
    readers = tuple(a for a in Audience if values["audience"] in readable_by(a))
    return document_of(PublishedArticle(**{"readers": readers, **values}))


def document_of_file(number: int, file: ArticleFile) -> Document:
    return document(
        number,
        file.words.title,
        file.words.body,
        slug=file.slug,
        summary=file.words.summary,
        audience=file.about.audience,
        keywords=tuple(file.about.keywords),
        procedures=tuple(file.about.procedures),
        reasons=tuple(file.about.reasons),
    )
