"""The timeline of a ticket: append-only entries, their attachments and deliveries."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from support.intake.models import Channel
from support.kernel.db import Base, BigKey, PrimaryKey, word
from support.kernel.time import Instant, now
from support.people.models import Agent, Person


class EntryKind(StrEnum):
    MESSAGE = "message"  # from the requester
    REPLY = "reply"  # from an agent to the requester
    NOTICE = "notice"  # automatic, to the requester: acknowledgement and the like
    NOTE = "note"  # internal, within a team
    EXCHANGE = "exchange"  # internal, between levels
    CALL = "call"  # internal: what was said on the telephone
    EVENT = "event"  # what happened: moves, assignments, clocks


PUBLIC_KINDS = (EntryKind.MESSAGE, EntryKind.REPLY, EntryKind.NOTICE)


class Entry(Base):
    """One line of the timeline. Public exactly when its kind is in ``PUBLIC_KINDS``.

    ``text`` is what the author newly wrote; ``full_text`` the whole body when that is longer.
    For an event, ``event`` names it and ``data`` holds its facts. ``message_id`` is the mail's,
    given before its first try when it leaves.
    """

    __tablename__ = "entry"
    __table_args__ = (Index("ix_entry_ticket", "ticket_id", "id"),)

    id: Mapped[PrimaryKey]
    ticket_id: Mapped[int] = mapped_column(BigKey, ForeignKey("ticket.id", ondelete="CASCADE"))
    kind: Mapped[EntryKind] = mapped_column(word(EntryKind))
    channel: Mapped[Channel | None] = mapped_column(word(Channel))
    author_person_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("person.id"))
    author_agent_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("agent.id"))
    text: Mapped[str] = mapped_column(Text, default="")
    full_text: Mapped[str | None] = mapped_column(Text)
    html: Mapped[str | None] = mapped_column(Text, deferred=True)
    event: Mapped[str | None] = mapped_column(String(60))
    data: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    message_id: Mapped[str | None] = mapped_column(String(500), unique=True)
    received_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("received.id"), unique=True)
    # Refused by the database when the same consequence runs twice ("acknowledgement:17").
    once_key: Mapped[str | None] = mapped_column(String(80), unique=True)
    created_at: Mapped[datetime] = mapped_column(Instant, default=now)

    author_person: Mapped[Person | None] = relationship()
    author_agent: Mapped[Agent | None] = relationship()
    attachments: Mapped[list[Attachment]] = relationship(
        back_populates="entry", order_by="Attachment.id"
    )
    delivery: Mapped[Delivery | None] = relationship(back_populates="entry")
    call: Mapped[Call | None] = relationship(back_populates="entry")

    @property
    def is_public(self) -> bool:
        return self.kind in PUBLIC_KINDS


class Attachment(Base):
    """A file on an entry; its bytes are in the file store under ``file_key``."""

    __tablename__ = "attachment"

    id: Mapped[PrimaryKey]
    entry_id: Mapped[int] = mapped_column(
        BigKey, ForeignKey("entry.id", ondelete="CASCADE"), index=True
    )
    filename: Mapped[str] = mapped_column(String(255))
    content_type: Mapped[str] = mapped_column(String(120), default="application/octet-stream")
    size: Mapped[int]
    file_key: Mapped[str] = mapped_column(String(64))
    content_id: Mapped[str | None] = mapped_column(String(255))
    inline: Mapped[bool] = mapped_column(default=False)

    entry: Mapped[Entry] = relationship(back_populates="attachments")


class DeliveryState(StrEnum):
    WAITING = "waiting"
    SENT = "sent"
    DELAYED = "delayed"  # refused for now: tried again
    REFUSED = "refused"  # refused for good, or given up
    NO_ADDRESS = "no_address"  # nothing to send to: read on the follow page or by telephone
    WITHDRAWN = "withdrawn"  # taken back by its author before it left: the public never sees it


class Delivery(Base):
    """How a public entry of ours reached the requester.

    ``leaves_at``: until then its author may take it back; None leaves at once. ``begun_at``: when
    the post took it, after which nobody may. ``before``: what taking it back restores
    (``withdrawing``). ``next_try_at``: while it is delayed.
    """

    __tablename__ = "delivery"
    __table_args__ = (
        Index("ix_delivery_state", "state", "id"),
        # How much an address has heard of us lately.
        Index("ix_delivery_address", "address", "id"),
    )

    id: Mapped[PrimaryKey]
    entry_id: Mapped[int] = mapped_column(
        BigKey, ForeignKey("entry.id", ondelete="CASCADE"), unique=True
    )
    address: Mapped[str] = mapped_column(String(254), default="")
    state: Mapped[DeliveryState] = mapped_column(word(DeliveryState), default=DeliveryState.WAITING)
    attempts: Mapped[int] = mapped_column(default=0)
    last_words: Mapped[str | None] = mapped_column(Text)
    sent_at: Mapped[datetime | None] = mapped_column(Instant)
    leaves_at: Mapped[datetime | None] = mapped_column(Instant)
    begun_at: Mapped[datetime | None] = mapped_column(Instant)
    next_try_at: Mapped[datetime | None] = mapped_column(Instant)
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON)

    entry: Mapped[Entry] = relationship(back_populates="delivery")


class SpokenThrough(StrEnum):
    """Who speaks when it is not the person alone."""

    INTERPRETER = "interpreter"
    RELAY = "relay"  # an operator who writes or signs for who does not hear or speak
    THIRD_PARTY = "third_party"  # a relative, a social worker: calls for the person


class Call(Base):
    """A telephone call. Metadata and a note only: nothing is recorded.

    A call about several requests has a row on each: ``main_call_id`` is set on all but the
    first, whose ``shared`` is True; its duration counts once. ``helper_*`` name who speaks for
    or with the person; ``consent``: whether the person agrees that this third party calls.
    """

    __tablename__ = "call"

    id: Mapped[PrimaryKey]
    entry_id: Mapped[int] = mapped_column(
        BigKey, ForeignKey("entry.id", ondelete="CASCADE"), unique=True
    )
    number: Mapped[str] = mapped_column(String(40), default="")
    started_at: Mapped[datetime] = mapped_column(Instant)
    ended_at: Mapped[datetime] = mapped_column(Instant)
    wrap_up: Mapped[str] = mapped_column(String(40))
    # The call as the telephone exchange told it, a plain number: the timeline knows no exchange.
    phone_call_id: Mapped[int | None] = mapped_column(BigKey, index=True)
    main_call_id: Mapped[int | None] = mapped_column(BigKey, index=True)
    shared: Mapped[bool] = mapped_column(default=False)
    through: Mapped[SpokenThrough | None] = mapped_column(word(SpokenThrough))
    helper_name: Mapped[str] = mapped_column(String(120), default="")
    helper_organisation: Mapped[str] = mapped_column(String(120), default="")
    helper_language: Mapped[str] = mapped_column(String(3), default="")
    consent: Mapped[bool | None]

    entry: Mapped[Entry] = relationship(back_populates="call")

    @property
    def seconds(self) -> int:
        return max(0, int((self.ended_at - self.started_at).total_seconds()))

    @property
    def counted_seconds(self) -> int:
        """What figures add up: a call about three requests lasted once."""
        return 0 if self.main_call_id is not None else self.seconds


class ArticleUse(Base):
    """An article put into a reply, in the words that the reader received: its revision, and the
    shared blocks as of the change ``blocks`` (None: as they stood when the reply was written).
    """

    __tablename__ = "article_use"
    __table_args__ = (Index("ix_article_use_article", "article_id", "revision"),)

    id: Mapped[PrimaryKey]
    entry_id: Mapped[int] = mapped_column(
        BigKey, ForeignKey("entry.id", ondelete="CASCADE"), index=True
    )
    article_id: Mapped[int] = mapped_column(BigKey)
    revision: Mapped[int]
    blocks: Mapped[int | None] = mapped_column(BigKey)
