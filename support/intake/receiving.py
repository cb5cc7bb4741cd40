"""Keeping what came in, once, before it is understood."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from support.intake.models import Channel, Received
from support.kernel import db, files
from support.outbox.publishing import publish

# Above this a raw message lives in the file store, so that the table stays quick to read.
INLINE_LIMIT = 256 * 1024


@dataclass(frozen=True)
class Kept:
    """``again`` is True when the very same thing had already been kept."""

    received: Received
    again: bool


def receive(channel: Channel, raw: bytes, *, source: str, dedupe_key: str) -> Kept:
    """Keep ``raw`` as it came. ``dedupe_key`` (64 hex) tells the same thing sent twice.

    Publishes ``intake.received`` for what is new. The caller commits: only then is it ours.
    """
    session = db.session()
    known = _known(channel, dedupe_key)
    if known is not None:
        return Kept(known, again=True)
    small = len(raw) <= INLINE_LIMIT
    received = Received(
        channel=channel,
        source=source[:200],
        dedupe_key=dedupe_key,
        raw=raw if small else None,
        raw_key=None if small else files.store().put(raw).key,
        size=len(raw),
    )
    try:
        with session.begin_nested():
            session.add(received)
    except IntegrityError:
        # Another process kept the same thing between our look and our insert.
        known = _known(channel, dedupe_key)
        if known is None:
            raise
        return Kept(known, again=True)
    publish("intake.received", received_id=received.id, channel=channel.value)
    return Kept(received, again=False)


def receive_form(channel: Channel, raw: bytes, *, source: str, dedupe_key: str) -> Kept:
    """Keep a form (JSON), told by the key drawn when it was shown.

    Sent twice (a double click) it is one. Sent again with other words, from a page gone back
    to, it is another one: its words are never dropped.
    """
    kept = receive(channel, raw, source=source, dedupe_key=dedupe_key)
    if not kept.again or _meaning(raw_of(kept.received)) == _meaning(raw):
        return kept
    other = key_of(dedupe_key, _meaning(raw))
    return receive(channel, raw, source=source, dedupe_key=other)


def kept_before(channel: Channel, raw: bytes, *, dedupe_key: str) -> bool:
    """Whether ``receive_form`` has kept this very form already."""
    first = _known(channel, dedupe_key)
    if first is None or _meaning(raw_of(first)) == _meaning(raw):
        return first is not None
    return _known(channel, key_of(dedupe_key, _meaning(raw))) is not None


def raw_of(received: Received) -> bytes:
    """The bytes as they came."""
    if received.raw_key is not None:
        return files.store().read(received.raw_key)
    return received.raw or b""


def key_of(*parts: bytes | str) -> str:
    """A dedupe key from the parts that make a thing the same thing."""
    digest = hashlib.sha256()
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        digest.update(len(data).to_bytes(8, "big") + data)
    return digest.hexdigest()


def _meaning(raw: bytes) -> bytes:
    """A form's content, whatever the order in which its files came."""
    read = json.loads(raw)
    read["files"] = sorted(read.get("files", ()), key=lambda f: json.dumps(f, sort_keys=True))
    return json.dumps(read, sort_keys=True).encode()


def not_understood(limit: int = 100) -> Sequence[int]:
    """Identifiers of what was kept but has no outcome yet, oldest first."""
    return (
        db.session()
        .scalars(
            select(Received.id).where(Received.outcome.is_(None)).order_by(Received.id).limit(limit)
        )
        .all()
    )


def _known(channel: Channel, dedupe_key: str) -> Received | None:
    return db.session().scalar(
        select(Received).where(Received.channel == channel, Received.dedupe_key == dedupe_key)
    )
