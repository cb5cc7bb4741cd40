"""Everything that ever came in, exactly as it came, and what became of it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from support.kernel.db import Base, BigKey, PrimaryKey, plain, word
from support.kernel.time import Instant, now


class Channel(StrEnum):
    """How words came in."""

    EMAIL = "email"
    FORM = "form"
    PHONE = "phone"
    STAFF = "staff"  # an agent writes for themselves or a colleague: a referent's report
    COUNTER = "counter"  # a person came to a help point, whose agent writes
    LETTER = "letter"  # a letter, typed in by an agent
    FOLLOW = "follow"  # added on the follow page
    API = "api"


class Outcome(StrEnum):
    CREATED = "created"
    APPENDED = "appended"
    DUPLICATE = "duplicate"
    BOUNCE = "bounce"
    AUTO_REPLY = "auto_reply"
    QUARANTINED = "quarantined"
    SET_ASIDE = "set_aside"  # a person looked at it and it needs nothing
    TOO_LARGE = "too_large"  # above the limit: kept whole, its sender told so


class Received(Base):
    """One thing as it came. Never edited; only what became of it is written beside it.

    The raw bytes are in ``raw`` when small and in the file store under ``raw_key`` otherwise.
    ``outcome`` is None until it has been understood.
    """

    __tablename__ = "received"
    __table_args__ = (
        UniqueConstraint("channel", "dedupe_key"),
        Index("ix_received_outcome", "outcome", "id"),
        # The ledger, the newest first.
        Index("ix_received_at", "channel", "received_at", "id"),
        # How much one address has sent lately.
        Index("ix_received_sender", "sender", "received_at"),
        Index("ix_received_message_id", "message_id"),
    )

    id: Mapped[PrimaryKey]
    channel: Mapped[Channel] = mapped_column(word(Channel))
    source: Mapped[str] = mapped_column(String(200), default="")
    dedupe_key: Mapped[str] = mapped_column(String(64))
    raw: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    raw_key: Mapped[str | None] = mapped_column(String(64))
    # Of a mail, once it is understood: who wrote, in our form, what about, and its Message-ID.
    sender: Mapped[str] = mapped_column(plain(254), default="")
    subject: Mapped[str] = mapped_column(String(300), default="")
    message_id: Mapped[str | None] = mapped_column(String(500))
    # What a trusted server found out about the sender: see channels/mail/authenticating.py
    auth: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    size: Mapped[int] = mapped_column(default=0)
    received_at: Mapped[datetime] = mapped_column(Instant, default=now)
    attempts: Mapped[int] = mapped_column(default=0)
    outcome: Mapped[Outcome | None] = mapped_column(word(Outcome))
    reason: Mapped[str | None] = mapped_column(Text)
    # A short view for the person who sorts: {"from", "subject", "suggested_ticket_id", …}
    digest: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    ticket_id: Mapped[int | None] = mapped_column(BigKey, index=True)
    entry_id: Mapped[int | None] = mapped_column(BigKey)
    filed_at: Mapped[datetime | None] = mapped_column(Instant)
