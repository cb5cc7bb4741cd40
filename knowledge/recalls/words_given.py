"""The words of one article as people were given them, and as they are read now."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select

from knowledge.articles import sharing
from knowledge.articles.composing import block_names, compose
from knowledge.articles.models import Article, Audience, Revision
from knowledge.articles.queries import reading_as
from knowledge.articles.sharing import BlockChange
from support.kernel import db

Blocks = tuple[BlockChange, ...]


class WordsGiven:
    """The published article and the revisions ``numbers`` of it, with what their blocks have said.

    What readers of both would find the same (a line broken elsewhere, a passage for agents) is
    no difference: only what the public reads counts.
    """

    def __init__(self, article: Article, numbers: Iterable[int]) -> None:
        assert article.published_number is not None
        self._published = article.published_number
        wanted = {*numbers, self._published}
        found = db.session().scalars(
            select(Revision).where(Revision.article_id == article.id, Revision.number.in_(wanted))
        )
        self._revisions = {revision.number: revision for revision in found}
        self._named = {n: block_names([r.body_markdown]) for n, r in self._revisions.items()}
        self._changes = sharing.changes_of(name for names in self._named.values() for name in names)
        self._read: dict[tuple[int, Blocks], str] = {}

    @property
    def never_differed(self) -> bool:
        """Whether every revision says the same, whenever it was given."""
        now = self._compared(self._published, self._last(self._published))
        changed = len({change.name for change in self._changes}) < len(self._changes)
        return not changed and all(self._compared(n, self._last(n)) == now for n in self._revisions)

    @property
    def blocks(self) -> int:
        """The last change of a block that is read now; 0 without blocks."""
        return max((change.id for change in self._last(self._published)), default=0)

    def differ(self, number: int, blocks: int | None, at: datetime) -> bool:
        """Whether who was given revision ``number``, with the blocks as of the change ``blocks``
        or else of the moment ``at``, has read something else than is read now.
        """
        if number not in self._revisions:
            return False
        given = self._compared(number, self._last(number, blocks, at))
        return given != self._compared(self._published, self._last(self._published))

    def given(self, number: int, blocks: int | None, at: datetime) -> str:
        """What they were given, as Markdown."""
        return self._public(number, self._last(number, blocks, at))

    def now(self) -> str:
        """What is read now, as Markdown."""
        return self._public(self._published, self._last(self._published))

    def _last(self, number: int, upto: int | None = None, at: datetime | None = None) -> Blocks:
        """The blocks of that revision, as of a change or a moment; of now with neither."""
        last: dict[str, BlockChange] = {}
        for change in self._changes:
            late = change.id > upto if upto is not None else at is not None and change.at > at
            if change.name in self._named[number] and not late:
                last[change.name] = change
        return tuple(last.values())

    def _compared(self, number: int, blocks: Blocks) -> str:
        # Line breaks apart: the page of the editor compares, and need not draw each text first.
        words = " ".join(self._public(number, blocks).split())
        return f"{self._revisions[number].title}\n{words}"

    def _public(self, number: int, blocks: Blocks) -> str:
        if (number, blocks) not in self._read:
            said = {change.name: change.body_markdown for change in blocks}
            body = self._revisions[number].body_markdown
            self._read[number, blocks] = compose(body, reading_as(Audience.PUBLIC), said)
        return self._read[number, blocks]
