"""Letting those who work on the same thing pass one by one, when no row exists yet to hold."""

from __future__ import annotations

import hashlib

from sqlalchemy import func, select

from support.kernel import db


def take_turn(word: str) -> None:
    """Wait until no other transaction holds ``word``; held until this one ends.

    For what no constraint can say: two first messages of one stranger must not make two
    persons. SQLite has one writer at a time anyway.
    """
    session = db.session()
    if session.get_bind().dialect.name == "postgresql":
        number = int.from_bytes(hashlib.sha256(word.encode()).digest()[:8], "big", signed=True)
        session.execute(select(func.pg_advisory_xact_lock(number)))
