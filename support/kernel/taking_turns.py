"""Letting those who work on the same thing pass one by one, when no row exists yet to hold."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from sqlalchemy import BigInteger, func, select

from support.kernel import db


def take_turn(word: str) -> None:
    """Wait until no other transaction holds ``word``; held until this one ends.

    For what no constraint can say: two first messages of one stranger must not make two
    persons. SQLite has one writer at a time anyway.
    """
    take_turns([word])


def take_turns(words: Iterable[str]) -> None:
    """As :func:`take_turn` for each, always in the same order, so that nobody waits in a ring."""
    session = db.session()
    if session.get_bind().dialect.name != "postgresql":
        return
    numbers = sorted({_number(word) for word in words})
    if numbers:
        # The function is called for each row as it is read: in the order of the list.
        each = func.unnest(numbers, type_=BigInteger).column_valued("number")
        session.execute(select(func.pg_advisory_xact_lock(each)))


def _number(word: str) -> int:
    return int.from_bytes(hashlib.sha256(word.encode()).digest()[:8], "big", signed=True)
