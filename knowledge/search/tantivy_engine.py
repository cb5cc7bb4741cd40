"""Candidates from tantivy, for large bases and busy nodes: compiled, a folder of files."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import tantivy
from tantivy import Occur, Query

from knowledge.articles.models import Audience
from knowledge.search.document import REPEATED, Document, Part, packed, unpacked
from knowledge.search.recent import Recent

_MOST_TERMS = 48
_MEMORY = 64_000_000  # bytes that a writer fills before it lays down a segment
_LENGTH = "length_"
_APART = ("places", "text")  # long: read as they are they cost a fifth of what JSON does


def _schema() -> tantivy.Schema:
    schema = tantivy.SchemaBuilder()
    for name in ("article_id", "readers", "procedures", "reasons"):
        schema.add_text_field(name, tokenizer_name="raw", index_option="basic")
    for name in ("everything", *Part):
        schema.add_text_field(str(name), tokenizer_name="whitespace", index_option="freq")
    for part in Part:
        schema.add_unsigned_field(_LENGTH + part.value, fast=True)
    for name in ("document", *_APART):
        schema.add_bytes_field(name, stored=True)
    return schema.build()


class TantivyKind:
    name = "tantivy-2"  # the number changes with the schema

    def create(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        tantivy.Index(_schema(), path=str(folder), reuse=False)

    def open(self, folder: Path) -> TantivyEngine:
        return TantivyEngine(folder)

    def replace(self, folder: Path, documents: Iterable[Document], removed: Iterable[int]) -> None:
        with _writing(folder) as writer:
            for article_id in removed:
                writer.delete_documents_by_term("article_id", str(article_id))
            fresh = list(documents)
            for article_id in {document.article_id for document in fresh}:
                writer.delete_documents_by_term("article_id", str(article_id))
            for document in fresh:
                writer.add_document(_entry(document))

    def add(self, folder: Path, documents: Iterable[Document]) -> None:
        with _writing(folder) as writer:
            for document in documents:
                writer.add_document(_entry(document))


@contextmanager
def _writing(folder: Path) -> Iterator[Any]:
    writer: Any = tantivy.Index.open(str(folder)).writer(_MEMORY, num_threads=1)
    try:
        yield writer
        writer.commit()  # on disk for good
    except BaseException:
        writer.rollback()
        raise
    finally:
        writer.wait_merging_threads()


class TantivyEngine:
    """A tantivy index, frozen as it was when opened."""

    def __init__(self, folder: Path) -> None:
        index = tantivy.Index.open(str(folder))
        self._schema = index.schema
        self._searcher: Any = index.searcher()
        self._lengths: dict[Part, float] = {}
        self._frequencies: Recent[tuple[Part, str], int] = Recent(50_000)
        self._documents: Recent[tuple[int, int], Document] = Recent(4000)

    def count(self) -> int:
        return int(self._searcher.num_docs)

    def average_length(self, part: Part) -> float:
        if part not in self._lengths:
            asked = {"mean": {"avg": {"field": _LENGTH + part.value}}}
            said = self._searcher.aggregate(Query.all_query(), asked)
            self._lengths[part] = float(said["mean"]["value"] or 0.0)
        return self._lengths[part]

    def frequency(self, part: Part, term: str) -> int:
        known = self._frequencies.get((part, term))
        if known is None:
            # What was replaced is still counted until its segment is merged.
            having = int(self._searcher.doc_freq(part.value, term))
            known = min(having, self.count())
            self._frequencies.put((part, term), known)
        return known

    def candidates(
        self, terms: Mapping[str, float], audience: Audience, limit: int
    ) -> Sequence[Document]:
        heaviest = sorted(terms, key=lambda term: -terms[term])[:_MOST_TERMS]
        if not heaviest:
            return []
        wanted = [
            (Occur.Should, Query.boost_query(self._term("everything", term, "freq"), terms[term]))
            for term in heaviest
        ]
        return self._found(self._readable(Query.boolean_query(wanted), audience), limit)

    def about(
        self, audience: Audience, *, procedure: str | None, reason: str | None, limit: int
    ) -> Sequence[Document]:
        if procedure is None and reason is None:
            return self._found(self._readable(Query.all_query(), audience), limit)
        asked = []
        for name, code, worth in (("reasons", reason, 2.0), ("procedures", procedure, 1.0)):
            if code is not None:
                exact = Query.const_score_query(self._term(name, code), worth)
                asked.append((Occur.Should, exact))
        found = self._found(self._readable(Query.boolean_query(asked), audience), limit)
        return sorted(
            found,
            key=lambda d: (reason not in d.reasons, procedure not in d.procedures),
        )

    def close(self) -> None:
        self._searcher = None

    def _term(self, name: str, term: str, option: str = "basic") -> Query:
        return Query.term_query(self._schema, name, term, option)

    def _readable(self, query: Query, audience: Audience) -> Query:
        # Allowed or not: who asks changes nothing in what a word is worth.
        allowed = Query.const_score_query(self._term("readers", audience.value), 0.0)
        return Query.boolean_query([(Occur.Must, query), (Occur.Must, allowed)])

    def _found(self, query: Query, limit: int) -> list[Document]:
        if limit <= 0:
            return []
        hits = self._searcher.search(query, limit, count=False).hits
        return [self._document(address) for _score, address in hits]

    def _document(self, address: Any) -> Document:
        key = (address.segment_ord, address.doc)
        known = self._documents.get(key)
        if known is None:
            found = self._searcher.doc(address)
            kept = json.loads(bytes(found.get_first("document")))
            for name in _APART:
                kept[name] = bytes(found.get_first(name)).decode()
            known = unpacked(kept)
            self._documents.put(key, known)
        return known


def _entry(document: Document) -> tantivy.Document:
    entry = tantivy.Document()
    entry.add_text("article_id", str(document.article_id))
    for reader in document.readers:
        entry.add_text("readers", reader.value)
    for code in document.procedures:
        entry.add_text("procedures", code)
    for code in document.reasons:
        entry.add_text("reasons", code)
    everything: list[str] = []
    for part, repeated in REPEATED.items():
        words = document.terms.as_said(part)
        entry.add_text(part.value, " ".join(words))
        entry.add_unsigned(_LENGTH + part.value, len(words))
        everything += words * repeated
    entry.add_text("everything", " ".join(everything))
    kept = packed(document)
    for name in _APART:
        entry.add_bytes(name, kept.pop(name).encode())
    entry.add_bytes("document", json.dumps(kept).encode())
    return entry
