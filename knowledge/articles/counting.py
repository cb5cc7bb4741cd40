"""The counter of visible changes, which the search index of each node follows."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from knowledge.articles.models import KnowledgeRevision
from support.kernel import db

THE_ROW = 1


@dataclass(frozen=True)
class Position:
    """How far a database has come: ``lineage`` is which one, ``value`` its last change."""

    lineage: str
    value: int


def raise_counter() -> int:
    """The number of the change being made.

    The row stays locked until the commit, so numbers become visible in their own order and a
    follower that has seen one has seen all the smaller ones.
    """
    current = db.session()
    raised = (
        update(KnowledgeRevision)
        .where(KnowledgeRevision.id == THE_ROW)
        .values(value=KnowledgeRevision.value + 1)
        .returning(KnowledgeRevision.value)
        .execution_options(synchronize_session=False)
    )
    value = current.scalar(raised)
    if value is None:
        _create(current)
        value = current.scalar(raised)
    assert value is not None
    return value


def position(current: Session) -> Position:
    """Where the database of ``current`` stands; an empty lineage before the first change."""
    row = current.execute(
        select(KnowledgeRevision.lineage, KnowledgeRevision.value).where(
            KnowledgeRevision.id == THE_ROW
        )
    ).first()
    return Position(row.lineage, row.value) if row else Position("", 0)


def _create(current: Session) -> None:
    try:
        with current.begin_nested():
            current.add(KnowledgeRevision(id=THE_ROW, value=0, lineage=secrets.token_hex(16)))
    except IntegrityError:
        pass  # somebody made the first change at the same moment: the row is there
