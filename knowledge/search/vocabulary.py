"""The words of the field, as data: synonyms, abbreviations, shorthand, families, small words."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

import yaml

from knowledge.folding import fold

_FILE = "vocabulary.yaml"


@dataclass(frozen=True)
class Synonyms:
    """Phrases that mean the same here; ``weight`` is how far one may stand for another."""

    phrases: tuple[str, ...]
    weight: float


@lru_cache(maxsize=1)
def _data() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(_text())
    return loaded


def _text() -> str:
    return files("knowledge.search").joinpath(_FILE).read_text(encoding="utf-8")


@lru_cache(maxsize=1)
def small_words() -> frozenset[str]:
    """Words that every text has and no search needs, folded."""
    return frozenset(fold(word) for word in " ".join(_data()["small_words"]).split())


@lru_cache(maxsize=1)
def articles() -> frozenset[str]:
    """Small words that a phrase may have or lack (carte de séjour, carte séjour), folded."""
    return frozenset(fold(_data()["articles"]).split())


@lru_cache(maxsize=1)
def families() -> Mapping[str, str]:
    """Folded word to the term that it shares with its family (perte, perdu: ``perdre``)."""
    return _members("families")


@lru_cache(maxsize=1)
def whole_words() -> Mapping[str, str]:
    """The same for families that take in no other form than those listed."""
    return _members("whole_words")


def _members(section: str) -> dict[str, str]:
    members: dict[str, str] = {}
    for line in _data()[section]:
        words = fold(line).split()
        members |= dict.fromkeys(words, words[0])
    return members


_added: tuple[tuple[Synonyms, ...], Mapping[str, str]] = ((), {})
_on_change: list[Callable[[], None]] = []


def extend(groups: Sequence[Synonyms], short: Mapping[str, str]) -> None:
    """Take these words in the place of those added before; what the product brings stays."""
    global _added
    if _added == (tuple(groups), dict(short)):
        return
    _added = (tuple(groups), dict(short))
    shorthand.cache_clear()
    synonyms.cache_clear()
    for forget in _on_change:
        forget()


def on_change(forget: Callable[[], None]) -> None:
    """Have ``forget`` called when words were added: for what is worked out from them."""
    _on_change.append(forget)


@lru_cache(maxsize=1)
def shorthand() -> Mapping[str, str]:
    """Folded word, as people type on a telephone, to what it stands for."""
    known = {fold(str(short)): long for short, long in _data()["shorthand"].items()}
    return {**known, **_added[1]}


@lru_cache(maxsize=1)
def synonyms() -> tuple[Synonyms, ...]:
    groups: list[Synonyms] = []
    for weight, lines in _data()["synonyms"].items():
        groups += [
            Synonyms(tuple(phrase.strip() for phrase in line.split("=")), float(weight))
            for line in lines
        ]
    return (*groups, *_added[0])


@lru_cache(maxsize=1)
def fingerprint() -> str:
    """Changes with anything that changes what is indexed: small words and families."""
    indexed = repr(
        (sorted(small_words()), sorted(families().items()), sorted(whole_words().items()))
    )
    return hashlib.sha256(indexed.encode()).hexdigest()[:16]
