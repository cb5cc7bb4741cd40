"""A mail is ours once committed, and only then leaves its mailbox; the same twice is one."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Engine, event, select
from sqlalchemy.exc import OperationalError

from channels.mail import inbox
from support.intake.models import Received
from support.intake.receiving import raw_of
from support.kernel import db
from tests.channels.mail.conftest import a_raw_mail
from tests.servers.fixtures import Mailbox

pytestmark = pytest.mark.mail


def kept() -> list[bytes]:
    with db.transaction(write=False) as session:
        return [raw_of(one) for one in session.scalars(select(Received).order_by(Received.id))]


@contextmanager
def failing_commits(engine: Engine, times: int = 10_000) -> Iterator[list[int]]:
    """The database breaks at the last instant: when it is told to commit."""
    broken: list[int] = []

    def fail(_connection: object) -> None:
        if len(broken) < times:
            broken.append(1)
            raise OperationalError("COMMIT", None, Exception("disk full"))

    event.listen(engine, "commit", fail)
    try:
        yield broken
    finally:
        event.remove(engine, "commit", fail)


def test_a_mailbox_is_empty_once_everything_is_kept(real_db: Engine, mailbox: Mailbox) -> None:
    raws = [a_raw_mail(f"Message {n}") for n in range(120)]
    mailbox.deliver(*raws)
    report = inbox.fetch(mailbox.url)
    assert (report.taken, report.failed, len(report.received)) == (120, 0, 120)
    assert kept() == raws
    assert mailbox.count() == 0


def test_what_is_not_committed_stays_on_the_server(real_db: Engine, mailbox: Mailbox) -> None:
    mailbox.deliver(a_raw_mail("Un"), a_raw_mail("Deux"))
    with failing_commits(real_db) as broken:
        report = inbox.fetch(mailbox.url)
    assert broken
    assert (report.taken, report.failed) == (0, 2)
    assert mailbox.count() == 2
    assert kept() == []
    assert inbox.fetch(mailbox.url).taken == 2
    assert (mailbox.count(), len(kept())) == (0, 2)


def test_a_group_that_fails_is_taken_one_by_one(real_db: Engine, mailbox: Mailbox) -> None:
    mailbox.deliver(*(a_raw_mail(f"Message {n}") for n in range(4)))
    with failing_commits(real_db, times=2):  # the group, then the first message alone
        report = inbox.fetch(mailbox.url)
    assert (report.taken, report.failed) == (3, 1)
    assert (mailbox.count(), len(kept())) == (1, 3)


def test_mail_removed_too_late_is_not_kept_again(real_db: Engine, mailbox: Mailbox) -> None:
    raw = a_raw_mail("Bonjour")
    inbox.take_in(raw, "an earlier reading that was killed before it removed the message")
    mailbox.deliver(raw)
    report = inbox.fetch(mailbox.url)
    assert (report.taken, report.received) == (1, [])
    assert (mailbox.count(), len(kept())) == (0, 1)


def test_a_message_larger_than_a_row_should_be_comes_back_whole(
    real_db: Engine, mailbox: Mailbox
) -> None:
    raw = a_raw_mail(files=(("scan.pdf", "application/pdf", bytes(range(256)) * 4000),))
    mailbox.deliver(raw)
    inbox.fetch(mailbox.url)
    assert kept() == [raw]


def test_two_readers_of_one_process_do_not_read_the_same_mailbox_at_once(
    real_db: Engine, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    mailbox.deliver(a_raw_mail("Bonjour"))
    inside, leave = threading.Event(), threading.Event()
    take_in_all = inbox.take_in_all

    def slow(messages, **how):  # type: ignore[no-untyped-def]
        inside.set()
        assert leave.wait(20)
        return take_in_all(messages, **how)

    monkeypatch.setattr(inbox, "take_in_all", slow)
    reader = threading.Thread(target=inbox.fetch, args=(mailbox.url,))
    reader.start()
    assert inside.wait(20)
    assert inbox.fetch(mailbox.url).taken == 0
    leave.set()
    reader.join(20)
    assert (mailbox.count(), len(kept())) == (0, 1)


@pytest.mark.parametrize(
    "again",
    [
        pytest.param(lambda raw: raw, id="the same bytes"),
        pytest.param(lambda raw: raw.replace(b"\r\n", b"\n"), id="other line ends"),
        pytest.param(lambda raw: b"Received: from mx by mail; today\r\n" + raw, id="another way"),
        pytest.param(lambda raw: raw + b"\r\n", id="a line end more"),
        pytest.param(lambda raw: b"From awa@example.org Fri Nov 20\n" + raw, id="from an archive"),
    ],
)
def test_the_same_mail_twice_is_kept_once(real_db: Engine, again) -> None:  # type: ignore[no-untyped-def]
    raw = a_raw_mail("Bonjour")
    first = inbox.take_in(raw, "one mailbox")
    second = inbox.take_in(again(raw), "another mailbox")
    assert (first.again, second.again) == (False, True)
    assert kept() == [raw]


@pytest.mark.parametrize(
    "other",
    [
        pytest.param({"sender": "Wei Chen <chen@example.org>"}, id="another sender"),
        pytest.param({"subject": "Autre chose"}, id="another subject"),
        pytest.param({"text": "Bonjour encore"}, id="other words"),
    ],
)
def test_two_mails_under_one_message_id_are_two(real_db: Engine, other: dict[str, str]) -> None:
    one = {"text": "Bonjour", "message_id": "<always@the.same>"}
    inbox.take_in(a_raw_mail(**one), "")  # type: ignore[arg-type]
    assert not inbox.take_in(a_raw_mail(**{**one, **other}), "").again  # type: ignore[arg-type]
    assert len(kept()) == 2


def test_mails_of_two_people_who_write_the_same_without_message_id(real_db: Engine) -> None:
    def anonymous(who: str) -> bytes:
        return f"From: {who}@example.org\r\nSubject: Question\r\n\r\nBonjour\r\n".encode()

    inbox.take_in(anonymous("awa"), "")
    assert not inbox.take_in(anonymous("chen"), "").again


def test_several_share_a_commit_and_each_is_told_apart(real_db: Engine) -> None:
    raw, other = a_raw_mail("Un"), a_raw_mail("Deux")
    told = inbox.take_in_all([(raw, "a"), (other, "b"), (raw, "c")])
    assert [one.again for one in told] == [False, False, True]
    assert told[0].received.id == told[2].received.id
