"""What came in is kept once, whole, before anybody understands it."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import select

from support.intake import receiving
from support.intake.models import Channel, Outcome, Received
from support.intake.receiving import INLINE_LIMIT, key_of, not_understood, raw_of, receive
from support.kernel import db, files
from support.outbox.models import OutboxRow

ALL_BYTES = bytes(range(256))


def keep(raw: bytes, channel: Channel = Channel.EMAIL, key: str | None = None):
    return receive(channel, raw, source="imap://box", dedupe_key=key or key_of(raw))


def told() -> list[int]:
    rows = db.session().scalars(select(OutboxRow).where(OutboxRow.topic == "intake.received"))
    return [row.payload["received_id"] for row in rows]


@pytest.mark.parametrize("raw", [b"", ALL_BYTES, b"x" * INLINE_LIMIT], ids=["none", "any", "full"])
def test_small_things_are_kept_as_they_came(db_session, raw):
    received = keep(raw).received
    db_session.flush()
    db_session.expire(received)
    assert (received.raw_key, raw_of(received), received.size) == (None, raw, len(raw))
    assert told() == [received.id]


def test_large_things_are_kept_in_the_file_store(db_session):
    raw = ALL_BYTES * 1024 + b"!"
    received = keep(raw).received
    db_session.expire(received)
    assert received.raw is None
    assert files.store().read(received.raw_key) == raw_of(received) == raw


def test_the_same_thing_twice_changes_nothing(db_session):
    first, second = keep(b"bonjour"), keep(b"bonjour")
    assert (first.again, second.again) == (False, True)
    assert first.received is second.received
    assert len(told()) == 1


def test_channels_do_not_share_their_keys(db_session):
    assert keep(b"a").received is not keep(b"a", Channel.FORM).received


def test_the_same_thing_at_the_same_time_is_kept_once(real_db):
    kept, together = [], threading.Barrier(4)

    def worker():
        together.wait()
        with db.transaction():
            result = keep(b"bonjour")
            kept.append((result.received.id, result.again))

    threads = [threading.Thread(target=worker) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(again for _, again in kept) == [False, True, True, True]
    assert len({number for number, _ in kept}) == 1
    with db.transaction():
        assert len(told()) == 1


def test_losing_the_race_between_look_and_insert_is_no_error(db_session, monkeypatch):
    first = keep(b"bonjour").received
    known, looks = receiving._known_all, []

    def not_yet(channel, keys):
        looks.append(keys)
        return {} if len(looks) == 1 else known(channel, keys)

    monkeypatch.setattr(receiving, "_known_all", not_yet)
    assert keep(b"bonjour").received is first
    assert len(looks) == 3  # before, to see why it failed, and again
    assert db_session.scalars(select(Received)).all() == [first]


def test_what_is_not_understood_is_listed_oldest_first(db_session):
    received = [keep(bytes([n])).received for n in range(3)]
    received[1].outcome = Outcome.CREATED
    db_session.flush()
    assert not_understood() == [received[0].id, received[2].id]
    assert not_understood(limit=1) == [received[0].id]


def test_keys_tell_parts_apart():
    assert key_of("ab", "c") != key_of("a", "bc")
    assert key_of("a", "") != key_of("a")
    assert key_of("é") == key_of("é".encode())
    assert len(key_of()) == 64
