"""What the mail servers told us, so that it can be compared with what we have."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from support.kernel.db import Base, BigKey, PrimaryKey
from support.kernel.time import Instant, now


class MailboxPlace(Base):
    """How far a mailbox had come at the last comparison. ``mailbox``: ``user@host:port/FOLDER``."""

    __tablename__ = "mailbox_place"
    __table_args__ = (UniqueConstraint("mailbox"),)

    id: Mapped[PrimaryKey]
    mailbox: Mapped[str] = mapped_column(String(300))
    uid_validity: Mapped[int] = mapped_column(BigInteger)
    uid_next: Mapped[int] = mapped_column(BigInteger)
    checked_at: Mapped[datetime] = mapped_column(Instant, default=now)


class MailboxMessage(Base):
    """A message that we took from a mailbox. ``received_id`` names its row, should it be gone."""

    __tablename__ = "mailbox_message"
    __table_args__ = (UniqueConstraint("mailbox", "uid_validity", "uid"),)

    id: Mapped[PrimaryKey]
    mailbox: Mapped[str] = mapped_column(String(300))
    uid_validity: Mapped[int] = mapped_column(BigInteger)
    uid: Mapped[int] = mapped_column(BigInteger)
    message_id: Mapped[str | None] = mapped_column(String(500))
    size: Mapped[int] = mapped_column(BigInteger)
    received_id: Mapped[int] = mapped_column(BigKey)
    seen_at: Mapped[datetime] = mapped_column(Instant, default=now, index=True)


class MailReconciliation(Base):
    """One comparison of one mailbox.

    ``announced``: messages that the server has numbered since the last one; ``taken``: those of
    them that we have or that still wait there; ``retaken``: found in the archive and taken again.
    ``gaps``: ``[{"what", "uid", "message_id", "size"}]``, see ``reconciling.Gap``. ``failure``:
    why the mailbox could not be read.
    """

    __tablename__ = "mail_reconciliation"
    __table_args__ = (Index("ix_mail_reconciliation_ran", "ran_at", "id"),)

    id: Mapped[PrimaryKey]
    ran_at: Mapped[datetime] = mapped_column(Instant, default=now)
    mailbox: Mapped[str] = mapped_column(String(300))
    announced: Mapped[int] = mapped_column(default=0)
    taken: Mapped[int] = mapped_column(default=0)
    retaken: Mapped[int] = mapped_column(default=0)
    gaps: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    failure: Mapped[str | None] = mapped_column(Text)
