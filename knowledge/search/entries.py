"""The words that editors add to the vocabulary, beside those that the product comes with."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from knowledge.articles import counting
from knowledge.folding import fold
from knowledge.search import vocabulary
from knowledge.search.vocabulary import Synonyms
from support.kernel import db
from support.kernel.db import Base, BigKey, PrimaryKey, word
from support.kernel.errors import Invalid, NotVisible, Problem
from support.kernel.time import Instant, now
from support.people.models import Agent
from support.people.permissions import Permission, require

WEIGHTS = {"same": 0.9, "subject": 0.7, "neighbour": 0.5}
LONGEST = 80
MOST = 12


class EntryKind(StrEnum):
    SYNONYMS = "synonyms"
    SHORTHAND = "shorthand"  # what is typed, and what it stands for


class VocabularyEntry(Base):
    """Phrases that mean the same, or a short form and its long one. ``weight`` of synonyms."""

    __tablename__ = "vocabulary_entry"

    id: Mapped[PrimaryKey]
    kind: Mapped[EntryKind] = mapped_column(word(EntryKind))
    phrases: Mapped[list[str]] = mapped_column(JSON)
    weight: Mapped[float] = mapped_column(default=0.9)
    agent_id: Mapped[int] = mapped_column(BigKey, ForeignKey("agent.id"))
    created_at: Mapped[datetime] = mapped_column(Instant, default=now)

    agent: Mapped[Agent] = relationship()


def listing(*, by: Agent) -> Sequence[VocabularyEntry]:
    """The latest first. Raises Forbidden."""
    require(by, Permission.WRITE_ARTICLES)
    return db.session().scalars(select(VocabularyEntry).order_by(VocabularyEntry.id.desc())).all()


def add(kind: EntryKind, phrases: Sequence[str], *, by: Agent, near: str = "same") -> None:
    """Every node searches with it within seconds. Raises Invalid (``vocabulary.*``), Forbidden."""
    require(by, Permission.WRITE_ARTICLES)
    said = [" ".join(phrase.split()) for phrase in phrases if phrase.strip()]
    problems = _problems(kind, said, near)
    if problems:
        raise Invalid(*problems)
    db.session().add(VocabularyEntry(kind=kind, phrases=said, weight=WEIGHTS[near], agent_id=by.id))
    counting.raise_counter()
    db.session().flush()


def remove(entry_id: int, *, by: Agent) -> None:
    """Raises NotVisible (``vocabulary.unknown``), Forbidden."""
    require(by, Permission.WRITE_ARTICLES)
    found = db.session().get(VocabularyEntry, entry_id)
    if found is None:
        raise NotVisible.of("vocabulary.unknown")
    db.session().delete(found)
    counting.raise_counter()
    db.session().flush()


def collected(session: Session) -> list[dict[str, Any]]:
    """What the database holds, as an index keeps it beside its files."""
    rows = session.execute(
        select(VocabularyEntry.kind, VocabularyEntry.phrases, VocabularyEntry.weight).order_by(
            VocabularyEntry.id
        )
    )
    return [
        {"kind": kind.value, "phrases": phrases, "weight": weight} for kind, phrases, weight in rows
    ]


def use(kept: Sequence[dict[str, Any]]) -> None:
    """Search from now on with what :func:`collected` gave."""
    synonyms = [one for one in kept if one["kind"] == EntryKind.SYNONYMS]
    short = [one["phrases"] for one in kept if one["kind"] == EntryKind.SHORTHAND]
    vocabulary.extend(
        [Synonyms(tuple(one["phrases"]), one["weight"]) for one in synonyms],
        {fold(typed): meant for typed, meant in short},
    )


def _problems(kind: EntryKind, said: Sequence[str], near: str) -> list[Problem]:
    if len(said) < 2:
        return [Problem("vocabulary.two", "phrases")]
    if len(said) > MOST or any(len(phrase) > LONGEST for phrase in said):
        return [Problem("vocabulary.too_long", "phrases", {"most": MOST, "letters": LONGEST})]
    if any(not re.search(r"[^\W_]", phrase) or "=" in phrase for phrase in said):
        return [Problem("vocabulary.no_word", "phrases")]
    if kind is EntryKind.SHORTHAND and (len(said) != 2 or " " in said[0]):
        return [Problem("vocabulary.one_word", "phrases")]
    if near not in WEIGHTS:
        return [Problem("field.choice", "near")]
    return []
