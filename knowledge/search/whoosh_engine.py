"""Candidates from Whoosh, the embedded engine: pure Python, a folder of files."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from whoosh import fields, index
from whoosh.query.compound import Or, Require
from whoosh.query.qcore import Every, Query
from whoosh.query.terms import Term
from whoosh.query.wrappers import ConstantScoreQuery
from whoosh.searching import Searcher

from knowledge.articles.models import Audience
from knowledge.articles.queries import readable_by
from knowledge.search.document import Document, Part, packed, unpacked
from knowledge.search.recent import Recent

# In one field for finding, each part as often as it matters there; ranking looks closer.
_REPEATED = {Part.TITLE: 4, Part.KEYWORDS: 3, Part.HEADINGS: 2, Part.SUMMARY: 2, Part.BODY: 1}
_MOST_TERMS = 48


def _schema() -> fields.Schema:
    counted = {part.value: fields.KEYWORD(scorable=True) for part in Part}
    known = {f"words_{audience.value}": fields.KEYWORD() for audience in Audience}
    return fields.Schema(
        article_id=fields.ID(unique=True),
        readers=fields.KEYWORD(),
        procedures=fields.KEYWORD(),
        reasons=fields.KEYWORD(),
        everything=fields.KEYWORD(scorable=True),
        document=fields.STORED(),
        **counted,
        **known,
    )


class WhooshKind:
    name = "whoosh-1"  # the number changes with the schema

    def create(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        index.create_in(str(folder), _schema()).close()

    def open(self, folder: Path) -> WhooshEngine:
        return WhooshEngine(folder)

    def replace(self, folder: Path, documents: Iterable[Document], removed: Iterable[int]) -> None:
        with _writing(folder) as writer:
            for article_id in removed:
                writer.delete_by_term("article_id", str(article_id))
            for document in documents:
                writer.update_document(**_entry(document))

    def add(self, folder: Path, documents: Iterable[Document]) -> None:
        with _writing(folder, optimize=True) as writer:
            for document in documents:
                writer.add_document(**_entry(document))


@contextmanager
def _writing(folder: Path, *, optimize: bool = False) -> Iterator[Any]:
    with closing(index.open_dir(str(folder))) as opened:
        writer: Any = opened.writer(limitmb=128)
        try:
            yield writer
            writer.commit(optimize=optimize)
        except BaseException:
            if not writer.is_closed:
                writer.cancel()
            raise
    _sync(folder)


class WhooshEngine:
    """A Whoosh index, frozen as it was when opened. Not for two threads at once."""

    def __init__(self, folder: Path) -> None:
        self._index = index.open_dir(str(folder))
        self._searcher: Searcher = self._index.searcher()
        self._reader: Any = self._searcher.reader()
        self._count = int(self._reader.doc_count())
        self._frequencies: dict[tuple[Part, str], int] = {}
        self._documents: Recent[int, Document] = Recent(600)

    def count(self) -> int:
        return self._count

    def average_length(self, part: Part) -> float:
        return float(self._reader.field_length(part.value)) / max(1, self._reader.doc_count_all())

    def frequency(self, part: Part, term: str) -> int:
        key = (part, term)
        if key not in self._frequencies:
            self._frequencies[key] = int(self._reader.doc_frequency(part.value, term))
        return self._frequencies[key]

    def candidates(
        self, terms: Mapping[str, float], audience: Audience, limit: int
    ) -> Sequence[Document]:
        heaviest = sorted(terms, key=lambda term: -terms[term])[:_MOST_TERMS]
        found = [
            Term("everything", term, boost=terms[term])
            for term in heaviest
            if ("everything", term) in self._reader
        ]
        if not found:
            return []
        return self._documents_of(Or(found), audience, limit)

    def about(
        self, audience: Audience, *, procedure: str | None, reason: str | None, limit: int
    ) -> Sequence[Document]:
        wanted: list[Query] = []
        if reason is not None:
            wanted.append(Term("reasons", reason, boost=2.0))
        if procedure is not None:
            wanted.append(Term("procedures", procedure))
        return self._documents_of(Or(wanted) if wanted else Every(), audience, limit)

    def words(self, audience: Audience) -> Mapping[str, int]:
        counts: dict[str, int] = {}
        for part in readable_by(audience):
            for text, info in self._reader.iter_field(f"words_{part.value}"):
                word = text.decode("utf-8")
                counts[word] = counts.get(word, 0) + int(info.doc_frequency())
        return counts

    def close(self) -> None:
        self._searcher.close()
        self._index.close()

    def _documents_of(self, wanted: Query, audience: Audience, limit: int) -> list[Document]:
        # The audience is part of the query: no other document is scored, counted or read.
        allowed = ConstantScoreQuery(Term("readers", audience.value), 0.0)
        results = self._searcher.search(Require(wanted, allowed), limit=limit)
        return [self._document(number) for _score, number in results.top_n]

    def _document(self, number: int) -> Document:
        known = self._documents.get(number)
        if known is None:
            known = unpacked(self._reader.stored_fields(number)["document"])
            self._documents.put(number, known)
        return known


def _entry(document: Document) -> dict[str, Any]:
    parts = {
        part: " ".join(
            term for term, places in document.parts[part].positions.items() for _ in places
        )
        for part in Part
    }
    readers = [a.value for a in Audience if document.audience in readable_by(a)]
    return {
        "article_id": str(document.article_id),
        "readers": " ".join(readers),
        "procedures": " ".join(document.procedures),
        "reasons": " ".join(document.reasons),
        "everything": " ".join(
            text for part, text in parts.items() for _ in range(_REPEATED[part])
        ),
        "document": packed(document),
        f"words_{document.audience.value}": " ".join(sorted(document.words)),
        **{part.value: text for part, text in parts.items()},
    }


def _sync(folder: Path) -> None:
    """Whoosh leaves its files to the system's good will: a power cut must not take them."""
    for path in [*folder.iterdir(), folder]:
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
