"""An article as the search sees it: its terms by field, and what a result shows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from knowledge.articles.models import Audience
from knowledge.articles.plain_text import to_words
from knowledge.articles.queries import PublishedArticle
from knowledge.search import analysis

LONGEST_INITIALS = 6


class Part(StrEnum):
    """The fields of an article, each with its own lengths and rarities."""

    TITLE = "title"
    KEYWORDS = "keywords"
    HEADINGS = "headings"
    SUMMARY = "summary"
    BODY = "body"


PARTS = tuple(Part)  # going over the members of an enumeration costs more than it seems

# In one field for finding, each part as often as it matters there; ranking looks closer.
REPEATED = {Part.TITLE: 4, Part.KEYWORDS: 3, Part.HEADINGS: 2, Part.SUMMARY: 2, Part.BODY: 1}


@dataclass(frozen=True)
class FieldTerms:
    """The terms of a field with the places where they stand, counted in words.

    ``places`` is one string, a line a term (``"\\nterm 3 17\\n"``): hundreds of documents are
    read for a search that asks each for a few terms, and finding a line is cheaper than taking
    all of them apart.
    """

    length: int
    places: str

    @classmethod
    def of(cls, length: int, positions: Mapping[str, list[int]]) -> FieldTerms:
        lines = (f"{term} {' '.join(map(str, there))}" for term, there in positions.items())
        return cls(length, "\n" + "\n".join(lines) + "\n")

    def positions(self, term: str) -> list[int]:
        start = self.places.find(f"\n{term} ")
        if start < 0:
            return []
        start += len(term) + 2
        return [int(p) for p in self.places[start : self.places.index("\n", start)].split()]

    def terms(self) -> dict[str, list[int]]:
        lines = (line.split() for line in self.places.split("\n") if line)
        return {term: [int(p) for p in there] for term, *there in lines}


@dataclass(frozen=True)
class Document:
    """``text`` is the body as plain text; its words are those that positions count.

    ``readers``: those who see the article like this; others may have another document of it.
    """

    article_id: int
    family: int  # one article and its translations
    slug: str
    title: str
    summary: str
    revision: int
    audience: Audience
    readers: tuple[Audience, ...]
    source_id: str | None
    language: str
    procedures: tuple[str, ...]
    reasons: tuple[str, ...]
    checked_on: str | None
    check_due_on: str | None
    solved: Mapping[str, int]  # reason to step, see knowledge.articles.learned
    change_number: int
    text: str
    parts: Mapping[Part, FieldTerms]
    words: frozenset[str] = field(default_factory=frozenset)

    def positions(self, part: Part, term: str) -> list[int]:
        return self.parts[part].positions(term)


def document_of(article: PublishedArticle) -> Document:
    """Analyse a published article."""
    plain = to_words(article.body_markdown)
    text = analysis.normalise(plain.text)
    texts = {
        Part.TITLE: article.title,
        Part.KEYWORDS: " . ".join(article.keywords),
        Part.HEADINGS: " . ".join(plain.headings),
        Part.SUMMARY: article.summary,
        Part.BODY: text,
    }
    words: set[str] = set()
    parts = {part: _field(value, words) for part, value in texts.items()}
    initials = [initials_term(letters) for letters in _initials(article.title)]
    return Document(
        article_id=article.id,
        family=article.family,
        slug=article.slug,
        title=article.title,
        summary=article.summary,
        revision=article.revision,
        audience=article.audience,
        readers=article.readers,
        source_id=article.source_id,
        language=article.language,
        procedures=article.procedures,
        reasons=article.reasons,
        checked_on=article.checked_on.isoformat() if article.checked_on else None,
        check_due_on=article.check_due_on.isoformat() if article.check_due_on else None,
        solved=dict(article.solved),
        change_number=article.change_number,
        text=text,
        parts=_with_keywords(parts, initials),
        words=frozenset(words).union(initials),
    )


def _field(text: str, words: set[str]) -> FieldTerms:
    positions: dict[str, list[int]] = {}
    length = 0
    for token in analysis.tokens(text):
        positions.setdefault(token.term, []).append(token.position)
        words.add(token.word)
        length += token.parts == 1
    return FieldTerms.of(length, positions)


def _with_keywords(parts: dict[Part, FieldTerms], more: Iterable[str]) -> dict[Part, FieldTerms]:
    """A title's initials count among its keywords, so that an abbreviation finds it."""
    keywords = parts[Part.KEYWORDS]
    positions = keywords.terms() | {term: [0] for term in more}
    return {**parts, Part.KEYWORDS: FieldTerms.of(keywords.length, positions)}


def initials_term(letters: str) -> str:
    """The term of an abbreviation made of initials; no word can be the same."""
    return f"^{letters}"


def _initials(title: str) -> Iterable[str]:
    letters = [t.word[0] for t in analysis.tokens(title) if t.parts == 1]
    for start in range(len(letters)):
        for end in range(start + 3, min(len(letters), start + LONGEST_INITIALS) + 1):
            yield "".join(letters[start:end])


def packed(document: Document) -> dict[str, Any]:
    """A document as an engine keeps it: plain lists, words and numbers."""
    kept = {name: getattr(document, name) for name in _PLAIN}
    kept["audience"] = document.audience.value
    kept["readers"] = [reader.value for reader in document.readers]
    kept["parts"] = {
        part.value: (terms.length, terms.places) for part, terms in document.parts.items()
    }
    return kept


def unpacked(kept: Mapping[str, Any]) -> Document:
    """The reverse of :func:`packed`; ``words`` are not kept, only the index needs them."""
    return Document(
        **{name: _plain(kept[name]) for name in _PLAIN},
        audience=Audience(kept["audience"]),
        readers=tuple(Audience(reader) for reader in kept["readers"]),
        parts={
            Part(name): FieldTerms(length, places)
            for name, (length, places) in kept["parts"].items()
        },
    )


def _plain(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


_PLAIN = (
    "article_id", "family", "slug", "title", "summary", "revision", "source_id", "language",
    "procedures", "reasons", "checked_on", "check_due_on", "solved", "change_number", "text",
)  # fmt: skip
