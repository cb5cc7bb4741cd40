"""A request sent again gets its first answer again (``Idempotency-Key``)."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Index, LargeBinary, String, UniqueConstraint, delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from support.kernel import db
from support.kernel.db import Base, BigKey, PrimaryKey
from support.kernel.errors import Invalid
from support.kernel.time import Instant, now

KEPT = timedelta(days=7)
LONGEST_KEY = 255


class FirstAnswer(Base):
    """What a sender was answered under a key. ``fingerprint`` tells one request from another."""

    __tablename__ = "first_answer"
    __table_args__ = (
        UniqueConstraint("sender_id", "key"),
        Index("ix_first_answer_created", "created_at"),
    )

    id: Mapped[PrimaryKey]
    sender_id: Mapped[int] = mapped_column(BigKey)  # the token that showed the key
    key: Mapped[str] = mapped_column(String(LONGEST_KEY))
    fingerprint: Mapped[str] = mapped_column(String(64))
    status: Mapped[int]
    body: Mapped[bytes] = mapped_column(LargeBinary, default=b"")
    created_at: Mapped[datetime] = mapped_column(Instant, default=now)


def first_answer(sender_id: int, key: str, fingerprint: str) -> FirstAnswer | None:
    """The answer given before; None when this is the first time.

    The first time claims the key: whoever sends it meanwhile waits for this transaction's end.
    Raises Invalid ``api.key_long``, ``api.key_reused`` when the key came with another request.
    """
    if len(key) > LONGEST_KEY:
        raise Invalid.of("api.key_long", "Idempotency-Key", most=LONGEST_KEY)
    session = db.session()
    claim = FirstAnswer(sender_id=sender_id, key=key, fingerprint=fingerprint, status=0)
    try:
        with session.begin_nested():
            session.add(claim)
    except IntegrityError:
        before = _claimed(sender_id, key)
        if before is None:
            raise
        if before.fingerprint != fingerprint:
            raise Invalid.of("api.key_reused", "Idempotency-Key") from None
        return before
    return None


def remember(sender_id: int, key: str, status: int, body: bytes) -> None:
    """Write down the answer to a key claimed in this transaction."""
    claimed = _claimed(sender_id, key)
    assert claimed is not None
    claimed.status, claimed.body = status, body


def forget_answers(limit: int = 1000) -> int:
    """Delete up to ``limit`` answers that nobody will ask for again; returns how many."""
    old = select(FirstAnswer.id).where(FirstAnswer.created_at < now() - KEPT).limit(limit)
    result = db.session().execute(
        delete(FirstAnswer)
        .where(FirstAnswer.id.in_(old))
        .execution_options(synchronize_session=False)
    )
    return int(result.rowcount)  # type: ignore[attr-defined]


def _claimed(sender_id: int, key: str) -> FirstAnswer | None:
    return db.session().scalar(
        select(FirstAnswer).where(FirstAnswer.sender_id == sender_id, FirstAnswer.key == key)
    )
