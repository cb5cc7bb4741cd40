"""Which articles an answer was made of, in the words that the reader received."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import select

from support.kernel import db
from support.tickets.timeline import ArticleUse, Entry


class Given(NamedTuple):
    """``blocks``: the last change of a shared block that the text had seen; None: not known."""

    article_id: int
    revision: int
    blocks: int | None = None


def note_given(entry: Entry, articles: Iterable[Given]) -> None:
    """Remember what went out with ``entry``, each article once."""
    for one in dict.fromkeys(articles):
        db.session().add(ArticleUse(entry_id=entry.id, **one._asdict()))


def given_with(entry: Entry) -> list[Given]:
    """What went out with ``entry``, to be used again."""
    query = select(ArticleUse.article_id, ArticleUse.revision, ArticleUse.blocks)
    rows = db.session().execute(query.where(ArticleUse.entry_id == entry.id))
    return [Given(*row) for row in rows]
