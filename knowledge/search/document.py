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

_LETTER = {part: part.value[0] for part in Part}
_PART = {letter: part for part, letter in _LETTER.items()}

# In one field for finding, each part as often as it matters there; ranking looks closer.
REPEATED = {Part.TITLE: 4, Part.KEYWORDS: 3, Part.HEADINGS: 2, Part.SUMMARY: 2, Part.BODY: 1}


@dataclass(frozen=True)
class Terms:
    """The terms of an article with the places where they stand, counted in words of their field.

    ``places`` is one string, a line a term (``"\\nterm t3,17 b5\\n"``, each field by its letter):
    hundreds of documents are read for a search that asks each for a few terms, and finding a
    line is cheaper than taking all of them apart. ``lengths`` count the terms of each field.
    """

    lengths: Mapping[Part, int]
    places: str

    @classmethod
    def of(cls, fields: Mapping[Part, FieldTerms]) -> Terms:
        lines: dict[str, list[str]] = {}
        for part, one in fields.items():
            for term, there in one.positions.items():
                lines.setdefault(term, []).append(_LETTER[part] + ",".join(map(str, there)))
        places = "\n".join(f"{term} {' '.join(chunks)}" for term, chunks in lines.items())
        lengths = {part: one.length for part, one in fields.items()}
        return cls(lengths, f"\n{places}\n")

    def where(self, term: str) -> dict[Part, str]:
        """The fields that have ``term``, each with its places as :func:`numbers` reads them.

        Most are only counted, which their commas tell.
        """
        start = self.places.find(f"\n{term} ")
        if start < 0:
            return {}
        start += len(term) + 2
        chunks = self.places[start : self.places.index("\n", start)].split(" ")
        return {_PART[chunk[0]]: chunk[1:] for chunk in chunks}

    def as_said(self, part: Part) -> list[str]:
        """The terms of one field, each as often as it stands there."""
        letter, found = _LETTER[part], []
        for line in self.places.split("\n"):
            term, *chunks = line.split(" ")
            for chunk in chunks:
                if chunk[0] == letter:
                    found += [term] * (chunk.count(",") + 1)
        return found


def numbers(places: str) -> list[int]:
    return [int(place) for place in places.split(",")]


@dataclass(frozen=True)
class FieldTerms:
    """One field, while a document is made."""

    length: int
    positions: Mapping[str, list[int]]


@dataclass(frozen=True)
class Document:
    """``text`` is the body as plain text; its words are those that positions count.

    ``readers``: those who see the article like this; others may have another document of it.
    ``title_terms``: those of the title, which every ranking looks at.
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
    terms: Terms
    title_terms: tuple[str, ...]
    words: frozenset[str] = field(default_factory=frozenset)

    def positions(self, part: Part, term: str) -> list[int]:
        there = self.terms.where(term).get(part)
        return numbers(there) if there else []


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
        terms=Terms.of(_with_keywords(parts, initials)),
        title_terms=tuple(parts[Part.TITLE].positions),
        words=frozenset(words).union(initials),
    )


def _field(text: str, words: set[str]) -> FieldTerms:
    positions: dict[str, list[int]] = {}
    length = 0
    for token in analysis.tokens(text):
        positions.setdefault(token.term, []).append(token.position)
        words.add(token.word)
        length += token.parts == 1
    return FieldTerms(length, positions)


def _with_keywords(parts: dict[Part, FieldTerms], more: Iterable[str]) -> dict[Part, FieldTerms]:
    """A title's initials count among its keywords, so that an abbreviation finds it."""
    keywords = parts[Part.KEYWORDS]
    positions = {**keywords.positions, **{term: [0] for term in more}}
    return {**parts, Part.KEYWORDS: FieldTerms(keywords.length, positions)}


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
    kept["lengths"] = [document.terms.lengths[part] for part in PARTS]
    kept["places"] = document.terms.places
    return kept


def unpacked(kept: Mapping[str, Any]) -> Document:
    """The reverse of :func:`packed`; ``words`` are not kept, only the index needs them."""
    values = {name: _plain(kept[name]) for name in _PLAIN}
    values["audience"] = Audience(kept["audience"])
    values["readers"] = tuple(Audience(reader) for reader in kept["readers"])
    values["terms"] = Terms(dict(zip(PARTS, kept["lengths"], strict=True)), kept["places"])
    values["words"] = frozenset()
    # A frozen class assigns its twenty fields one by one, for each of the eighty documents that
    # a search reads.
    document = object.__new__(Document)
    document.__dict__.update(values)
    return document


def _plain(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


_PLAIN = (
    "article_id", "family", "slug", "title", "summary", "revision", "source_id", "language",
    "procedures", "reasons", "checked_on", "check_due_on", "solved", "change_number", "text",
    "title_terms",
)  # fmt: skip
