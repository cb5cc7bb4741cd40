"""The port: an engine finds candidates and counts words. Ranking them is ours.

An engine is one index open for reading. Writers go through :class:`EngineKind`, one at a time
on a node (``index.py`` holds the lock).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from knowledge.articles.models import Audience
from knowledge.search.document import Document, Part


class Statistics(Protocol):
    """What rarity and length are measured against."""

    def count(self) -> int:
        """How many documents there are."""

    def average_length(self, part: Part) -> float:
        """The mean number of terms of that field, over all documents."""

    def frequency(self, part: Part, term: str) -> int:
        """How many documents have ``term`` in that field."""


class Engine(Statistics, Protocol):
    """One index open for reading, as it was when it was opened."""

    def candidates(
        self, terms: Mapping[str, float], audience: Audience, limit: int
    ) -> Sequence[Document]:
        """Documents that have some of ``terms`` (term to weight), the most promising first.

        Only those that ``audience`` may read are ever looked at.
        """

    def about(
        self, audience: Audience, *, procedure: str | None, reason: str | None, limit: int
    ) -> Sequence[Document]:
        """Documents on a reason or a procedure, or any when neither is given."""

    def close(self) -> None: ...


class EngineKind(Protocol):
    """How to make, change and open an index of one kind in a folder."""

    name: str

    def create(self, folder: Path) -> None:
        """An empty index."""

    def open(self, folder: Path) -> Engine:
        """Raises any error when the folder holds no index in working order."""

    def replace(self, folder: Path, documents: Iterable[Document], removed: Iterable[int]) -> None:
        """Put ``documents`` in the place of their former selves, take ``removed`` out.

        On disk for good when it returns.
        """

    def add(self, folder: Path, documents: Iterable[Document]) -> None:
        """Like :meth:`replace` for documents that are known to be new; faster."""
