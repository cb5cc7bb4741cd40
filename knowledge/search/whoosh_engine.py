"""Candidates from Whoosh, the embedded engine: pure Python, a folder of files."""

from __future__ import annotations

import heapq
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from math import log
from pathlib import Path
from typing import Any

from whoosh import fields, index

from knowledge.articles.models import Audience
from knowledge.search.document import REPEATED, Document, Part, packed, unpacked
from knowledge.search.recent import Recent

_MOST_TERMS = 48
_SATURATION = 3.0  # higher than usual: the parts are repeated
_LENGTH_NORM = 0.5


def _schema() -> fields.Schema:
    counted = {part.value: fields.KEYWORD(scorable=True) for part in Part}
    return fields.Schema(
        article_id=fields.ID(),
        readers=fields.KEYWORD(),
        procedures=fields.KEYWORD(),
        reasons=fields.KEYWORD(),
        everything=fields.KEYWORD(scorable=True),
        document=fields.STORED(),
        **counted,
    )


class WhooshKind:
    name = "whoosh-2"  # the number changes with the schema

    def create(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        index.create_in(str(folder), _schema()).close()

    def open(self, folder: Path) -> WhooshEngine:
        return WhooshEngine(folder)

    def replace(self, folder: Path, documents: Iterable[Document], removed: Iterable[int]) -> None:
        with _writing(folder) as writer:
            for article_id in removed:
                writer.delete_by_term("article_id", str(article_id))
            fresh = list(documents)
            for article_id in {document.article_id for document in fresh}:
                writer.delete_by_term("article_id", str(article_id))
            for document in fresh:
                writer.add_document(**_entry(document))

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
    """A Whoosh index, frozen as it was when opened. Not for two threads at once.

    Term by term over the postings, the rarest first. Whoosh's own collectors are not used:
    skipping blocks inside a required filter fails in them, and our ranking needs only
    promising candidates, whose impacts can be kept from one search to the next.
    """

    def __init__(self, folder: Path) -> None:
        self._index = index.open_dir(str(folder))
        self._reader: Any = self._index.reader()
        self._count = int(self._reader.doc_count())
        self._average = max(1.0, self._average_length("everything"))
        self._allowed: dict[Audience, frozenset[int]] = {}
        self._norms: dict[int, float] = {}
        self._frequencies: dict[tuple[Part, str], int] = {}
        self._impacts: Recent[tuple[Audience, str], dict[int, float]] = Recent(2000)
        self._documents: Recent[int, Document] = Recent(1500)

    def count(self) -> int:
        return self._count

    def average_length(self, part: Part) -> float:
        return self._average_length(part.value)

    def frequency(self, part: Part, term: str) -> int:
        key = (part, term)
        if key not in self._frequencies:
            # Whoosh still counts what was replaced, until its segments are merged.
            having = int(self._reader.doc_frequency(part.value, term))
            self._frequencies[key] = min(having, self._count)
        return self._frequencies[key]

    def candidates(
        self, terms: Mapping[str, float], audience: Audience, limit: int
    ) -> Sequence[Document]:
        heaviest = sorted(terms, key=lambda term: -terms[term])[:_MOST_TERMS]
        impacts = [(terms[term], self._impacts_of(term, audience)) for term in heaviest]
        impacts.sort(key=lambda weighted: len(weighted[1]))
        scores: dict[int, float] = {}
        for weight, impact in impacts:
            # What only has the commonest words cannot come first any more.
            known = scores.keys() & impact.keys() if len(scores) >= 8 * limit else impact
            for number in known:
                scores[number] = scores.get(number, 0.0) + weight * impact[number]
        best = heapq.nlargest(limit, scores, key=scores.__getitem__)
        return [self._document(number) for number in best]

    def about(
        self, audience: Audience, *, procedure: str | None, reason: str | None, limit: int
    ) -> Sequence[Document]:
        allowed = self._allowed_to(audience)
        if procedure is None and reason is None:
            return [self._document(number) for number in sorted(allowed)[:limit]]
        on_reason = self._numbers("reasons", reason) & allowed
        on_procedure = self._numbers("procedures", procedure) & allowed
        wanted = sorted(
            on_reason | on_procedure, key=lambda n: (n not in on_reason, n not in on_procedure, n)
        )
        return [self._document(number) for number in wanted[:limit]]

    def close(self) -> None:
        self._reader.close()
        self._index.close()

    def _average_length(self, name: str) -> float:
        return float(self._reader.field_length(name)) / max(1, self._reader.doc_count_all())

    def _impacts_of(self, term: str, audience: Audience) -> dict[int, float]:
        """What ``term`` is worth in each document that ``audience`` may read, and no other."""
        key = (audience, term)
        known = self._impacts.get(key)
        if known is None:
            allowed = self._allowed_to(audience)
            known = {
                number: times / (times + self._norm(number))
                for number, times in self._postings("everything", term)
                if number in allowed
            }
            rarity = log(1 + (self._count + 0.5) / (len(known) + 0.5))
            known = {number: rarity * share for number, share in known.items()}
            self._impacts.put(key, known)
        return known

    def _norm(self, number: int) -> float:
        if number not in self._norms:
            length = self._reader.doc_field_length(number, "everything", 1) / self._average
            self._norms[number] = _SATURATION * (1 - _LENGTH_NORM + _LENGTH_NORM * float(length))
        return self._norms[number]

    def _allowed_to(self, audience: Audience) -> frozenset[int]:
        if audience not in self._allowed:
            self._allowed[audience] = self._numbers("readers", audience.value)
        return self._allowed[audience]

    def _numbers(self, name: str, term: str | None) -> frozenset[int]:
        if term is None:
            return frozenset()
        return frozenset(number for number, _times in self._postings(name, term))

    def _postings(self, name: str, term: str) -> Iterator[tuple[int, float]]:
        if (name, term) not in self._reader:
            return
        matcher = self._reader.postings(name, term)
        while matcher.is_active():
            yield matcher.id(), matcher.weight()
            matcher.next()

    def _document(self, number: int) -> Document:
        known = self._documents.get(number)
        if known is None:
            known = unpacked(self._reader.stored_fields(number)["document"])
            self._documents.put(number, known)
        return known


def _entry(document: Document) -> dict[str, Any]:
    parts = {part: " ".join(document.terms.as_said(part)) for part in Part}
    return {
        "article_id": str(document.article_id),
        "readers": " ".join(reader.value for reader in document.readers),
        "procedures": " ".join(document.procedures),
        "reasons": " ".join(document.reasons),
        "everything": " ".join(text for part, text in parts.items() for _ in range(REPEATED[part])),
        "document": packed(document),
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
