"""From text to terms, the same for what is indexed and for what is typed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from knowledge.folding import fold
from knowledge.search import vocabulary
from knowledge.search.stemming import stem

# Letters and digits, with the marks that some scripts put on them. Apostrophes part words, so
# that an elided article (l', d', qu', jusqu') stands alone and is dropped as a small word.
_WORD = re.compile(r"[^\W_][^\W_\u0300-\u036f]*(?:[\u0300-\u036f\u064b-\u0652]+[^\W_]*)*")
_JOINED = re.compile(rf"{_WORD.pattern}(?:[-‐‑]{_WORD.pattern})+")

# What is joined by a hyphen for grammar's sake only: avez-vous, est-ce, celui-ci.
_GRAMMAR_WORDS = "je tu il elle on nous vous ils elles ce t moi toi la le les lui leur en y ci"
_GRAMMAR = frozenset(_GRAMMAR_WORDS.split())
_TRULY_JOINED = frozenset({"rendezvous"})
LONGEST_WORD = 60


class Token(NamedTuple):
    """One word: ``word`` as typed but folded, ``term`` what is indexed.

    ``position`` counts every word, small ones too. A compound (VLS-TS) gives its parts, then
    itself with ``parts`` > 1 at the position of its first part.
    """

    word: str
    term: str
    position: int
    parts: int = 1


def normalise(text: str) -> str:
    """The form in which texts are kept, so that positions mean the same everywhere."""
    return unicodedata.normalize("NFC", text).replace("\u02bc", "'")


@lru_cache(maxsize=512)
def spans(text: str) -> Sequence[tuple[int, int]]:
    """Where each word of a normalised text begins and ends; the index is its position."""
    return [match.span() for match in _WORD.finditer(text)]


def first_spans(text: str, count: int) -> Sequence[tuple[int, int]]:
    """The first ``count`` of :func:`spans`: to show a passage, one need not read to the end."""
    return [match.span() for match in islice(_WORD.finditer(text), count)]


@lru_cache(maxsize=1 << 16)
def term_of(word: str) -> str:
    """The term of a folded word: that of its family, otherwise its stem."""
    listed = vocabulary.whole_words().get(word) or vocabulary.families().get(word)
    if listed is not None:
        return listed
    stemmed = stem(word)
    return _families_of_stems().get(stemmed, stemmed)


@lru_cache(maxsize=1)
def _families_of_stems() -> Mapping[str, str]:
    """So that a family takes in the forms that it does not list."""
    return {stem(word): term for word, term in vocabulary.families().items() if len(word) > 3}


def tokens(text: str) -> Iterator[Token]:
    """The words of ``text`` that carry meaning."""
    small = vocabulary.small_words()
    text = normalise(text)
    starts: dict[int, int] = {}
    for position, match in enumerate(_WORD.finditer(text)):
        starts[match.start()] = position
        word = fold(match.group())[:LONGEST_WORD]
        if word not in small:
            yield Token(word, term_of(word), position)
    for match in _JOINED.finditer(text):
        parts = [fold(part) for part in re.split("[-‐‑]", match.group())]
        joined = "".join(parts)[:LONGEST_WORD]
        if parts[-1] not in _GRAMMAR or joined in _TRULY_JOINED:
            yield Token(joined, term_of(joined), starts[match.start()], len(parts))


def terms(text: str) -> list[str]:
    """The terms of a phrase in order, a compound as one: for phrases of the vocabulary."""
    found = sorted(tokens(text), key=lambda t: (t.position, -t.parts))
    chosen: list[str] = []
    after = 0
    for token in found:
        if token.position >= after:
            chosen.append(token.term)
            after = token.position + token.parts
    return chosen
