"""The words that articles use, kept beside an index of any kind, for each audience.

Counts are those of the last whole build: a word that came since counts one, one that went
still counts. They only order guesses, and a guess that leads to no article is dropped.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from knowledge.articles.models import Audience
from knowledge.search.document import Document

_FILE = "words.json"


class WordCounts:
    """Folded words with how many of the articles that each audience may read have them."""

    def __init__(self, counts: dict[Audience, Counter[str]] | None = None) -> None:
        self._counts = counts or {audience: Counter() for audience in Audience}

    def count(self, document: Document) -> None:
        for reader in document.readers:
            self._counts[reader].update(document.words)

    def meet(self, documents: Iterable[Document]) -> bool:
        """Note the words that are new; returns whether there were any."""
        met = False
        for document in documents:
            for known in (self._counts[reader] for reader in document.readers):
                for word in document.words - known.keys():
                    known[word] = 1
                    met = True
        return met

    def readable_by(self, audience: Audience) -> Counter[str]:
        return self._counts[audience]


def load(folder: Path) -> WordCounts:
    """Raises OSError or ValueError when there are none."""
    kept = json.loads((folder / _FILE).read_text("utf-8"))
    return WordCounts({audience: Counter(kept[audience.value]) for audience in Audience})


def save(folder: Path, words: WordCounts) -> None:
    """On disk for good, in one stroke."""
    temporary = folder / f".{_FILE}.{os.getpid()}"
    kept = {audience.value: words.readable_by(audience) for audience in Audience}
    with temporary.open("w", encoding="utf-8") as out:
        json.dump(kept, out, ensure_ascii=False)
        out.flush()
        os.fsync(out.fileno())
    temporary.replace(folder / _FILE)


def mark(folder: Path) -> tuple[int, int]:
    """Something that differs after each :func:`save`, cheap to look at."""
    seen = (folder / _FILE).stat()
    return seen.st_ino, seen.st_mtime_ns
