"""Keeping what came in, once, before it is understood."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from support.intake.models import Channel, Received
from support.kernel import db, files
from support.kernel.files import StoredFile
from support.kernel.numbering import number
from support.kernel.time import now
from support.kernel.writing import write_new
from support.outbox.models import OutboxRow
from support.outbox.publishing import publish, publish_all

# Above this a raw message lives in the file store, so that the table stays quick to read.
INLINE_LIMIT = 256 * 1024
TOPIC = "intake.received"
LEFT_OVER = "intake.left_over"
_soon = timedelta(minutes=2)


def configure(soon: timedelta) -> None:
    """``soon``: how long what is understood at once is left to whoever took it in."""
    global _soon
    _soon = soon


@dataclass(frozen=True)
class Kept:
    """``again`` is True when the very same thing had already been kept."""

    received: Received
    again: bool


@dataclass(frozen=True)
class Arrival:
    """Something to be kept as it came. ``dedupe_key`` (64 hex) tells the same thing sent twice.

    ``stored``: it is in the file store already, because of its size, and ``raw`` is empty.
    """

    raw: bytes
    source: str
    dedupe_key: str
    stored: StoredFile | None = None


def receive(channel: Channel, raw: bytes, *, source: str, dedupe_key: str) -> Kept:
    """Keep ``raw`` as it came.

    Publishes ``intake.received`` for what is new. The caller commits: only then is it ours.
    """
    return receive_all(channel, [Arrival(raw, source, dedupe_key)])[0]


def receive_all(
    channel: Channel, arrivals: Sequence[Arrival], *, tried: bool = False
) -> list[Kept]:
    """Keep each as :func:`receive` does, in as many statements as for one.

    ``tried``: the caller understands them at once, and counts that try now. Others leave them
    alone for a while, and take them up should the caller die (:func:`take_up_left_over`).
    Of several, what was kept is only to be read.
    """
    known = _known_all(channel, [one.dedupe_key for one in arrivals])
    fresh: dict[str, Received] = {}
    for one in arrivals:
        if one.dedupe_key not in known and one.dedupe_key not in fresh:
            fresh[one.dedupe_key] = _row(channel, one, tried=tried)
    try:
        with db.session().begin_nested():
            _write(list(fresh.values()))
    except IntegrityError:
        # Another process kept one of them between our look and our insert: look again.
        if not _known_all(channel, list(fresh)):
            raise
        return receive_all(channel, arrivals, tried=tried)
    _ask_for_understanding(channel, [received.id for received in fresh.values()], tried=tried)
    kept = []
    for one in arrivals:
        known_before = known.get(one.dedupe_key)
        received = known_before or fresh[one.dedupe_key]
        kept.append(Kept(received, again=known_before is not None))
        known[one.dedupe_key] = received
    return kept


def _write(rows: Sequence[Received]) -> None:
    if len(rows) > 1:
        number(rows)
        write_new(rows)
    else:
        db.session().add_all(rows)


def _ask_for_understanding(channel: Channel, numbers: Sequence[int], *, tried: bool) -> None:
    """A row for each or, of those that the caller goes on to, one for what it leaves over."""
    at = now() + _soon if tried else None
    if tried and numbers:
        payload = {"received_ids": numbers, "channel": channel.value}
        publish(LEFT_OVER, at=at, key=left_over_key(numbers[0]), **payload)
        return
    rows = [
        (outbox_key(number), {"received_id": number, "channel": channel.value})
        for number in numbers
    ]
    publish_all(TOPIC, rows, at=at)


def take_up_left_over(channel: Channel, numbers: Sequence[int]) -> None:
    """Ask for each of them that has no outcome, unless that is done already."""
    session = db.session()
    query = select(Received.id).where(Received.id.in_(numbers), Received.outcome.is_(None))
    keys = {outbox_key(number): number for number in session.scalars(query)}
    asked = set(session.scalars(select(OutboxRow.key).where(OutboxRow.key.in_(keys))))
    missing = [number for key, number in keys.items() if key not in asked]
    _ask_for_understanding(channel, sorted(missing), tried=False)


def outbox_key(received_id: int) -> str:
    """The key of the row that asks for it to be understood."""
    return f"{TOPIC}:{received_id}"


def left_over_key(first: int) -> str:
    """The key of the row that asks for what is left over of a group, by its first one."""
    return f"{LEFT_OVER}:{first}"


def _row(channel: Channel, one: Arrival, *, tried: bool) -> Received:
    stored = one.stored
    if stored is None and len(one.raw) > INLINE_LIMIT:
        stored = files.store().put(one.raw)
    return Received(
        channel=channel,
        source=one.source[:200],
        dedupe_key=one.dedupe_key,
        raw=None if stored else one.raw,
        raw_key=stored.key if stored else None,
        size=stored.size if stored else len(one.raw),
        attempts=int(tried),
    )


def receive_stored(channel: Channel, stored: StoredFile, *, source: str, dedupe_key: str) -> Kept:
    """As :func:`receive`, of what is in the file store already."""
    return receive_all(channel, [Arrival(b"", source, dedupe_key, stored)])[0]


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


def beginning_of(received: Received, length: int) -> bytes:
    """The first ``length`` bytes as they came: a large mail is not read whole for its headers."""
    if received.raw_key is None:
        return (received.raw or b"")[:length]
    with files.store().open(received.raw_key) as stored:
        return stored.read(length)


def key_of(*parts: bytes | str) -> str:
    """A dedupe key from the parts that make a thing the same thing."""
    maker = KeyMaker()
    for part in parts:
        maker.add(part)
    return maker.key


class KeyMaker:
    """A dedupe key made part by part; one part may come in pieces."""

    def __init__(self) -> None:
        self._digest = hashlib.sha256()

    def add(self, part: bytes | str) -> None:
        data = part.encode() if isinstance(part, str) else part
        self._digest.update(len(data).to_bytes(8, "big"))
        self._digest.update(data)

    def add_long(self, length: int, pieces: Iterable[bytes]) -> KeyMaker:
        """A part of ``length`` bytes in all."""
        self._digest.update(length.to_bytes(8, "big"))
        for piece in pieces:
            self._digest.update(piece)
        return self

    @property
    def key(self) -> str:
        return self._digest.hexdigest()


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
    return _known_all(channel, [dedupe_key]).get(dedupe_key)


def _known_all(channel: Channel, keys: Sequence[str]) -> dict[str, Received]:
    query = select(Received).where(Received.channel == channel, Received.dedupe_key.in_(keys))
    return {received.dedupe_key: received for received in db.session().scalars(query)}
