"""Against a real Dovecot: what it says it delivered is what we have, or the difference is told."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest
from sqlalchemy import delete, func, select

from channels.mail import inbox, limits, reconciling
from channels.mail.keys import mail_key, stored_key
from channels.mail.limits import Limits
from channels.mail.models import MailboxMessage, MailboxPlace, MailReconciliation
from channels.mail.reconciling import Gap
from support.clocks.models import Clock
from support.intake.models import Outcome, Received
from support.intake.receiving import raw_of
from support.kernel import db, files
from support.outbox.models import OutboxRow
from support.tickets.models import Ticket
from tests.cast import Cast
from tests.channels.mail.conftest import MailRoom, a_raw_mail
from tests.servers.dovecot import DovecotServer

ARCHIVE = "Archive/Relais"
FEW = 200_000  # bytes: « too large » in these tests


@pytest.fixture
def user() -> str:
    return f"u{uuid.uuid4().hex[:10]}"


@pytest.fixture(params=["", ARCHIVE], ids=["deleted", "archived"])
def archive(request: pytest.FixtureRequest) -> Iterator[str]:
    limits.configure(Limits(archive=request.param))
    yield request.param
    limits.configure(Limits())


@pytest.fixture
def archived() -> Iterator[None]:
    limits.configure(Limits(archive=ARCHIVE))
    yield
    limits.configure(Limits())


class Box:
    """A mailbox on the server and what reading it does."""

    def __init__(self, server: DovecotServer, user: str) -> None:
        self.server, self.user, self.url = server, user, server.imap_url(user)

    def gets(self, *raws: bytes) -> None:
        for raw in raws:
            self.server.deliver(raw, self.user)

    def fetched(self) -> list[int]:
        return inbox.fetch(self.url).received

    def night(self) -> tuple[list[str], MailReconciliation]:
        result = reconciling.reconcile(self.url)
        return [gap["what"] for gap in result.gaps], result


@pytest.fixture
def box(mail_room: MailRoom, real_cast: Cast, dovecot_server: DovecotServer, user: str) -> Box:
    made = Box(dovecot_server, user)
    made.gets(a_raw_mail("la toute première"))
    made.fetched()
    made.night()
    return made


def forget(received_id: int) -> None:
    """As a table put back from an older copy."""
    with db.transaction() as session:
        ticket_id = session.get_one(Received, received_id).ticket_id
        session.execute(delete(OutboxRow))
        session.execute(delete(Clock).where(Clock.ticket_id == ticket_id))
        session.execute(delete(Ticket).where(Ticket.id == ticket_id))
        session.execute(delete(Received).where(Received.id == received_id))


def test_a_quiet_night(box: Box, archive: str) -> None:
    box.gets(*(a_raw_mail(f"n° {n}") for n in range(3)))
    box.fetched()
    box.gets(a_raw_mail("qui attend encore"))
    gaps, result = box.night()
    assert gaps == []
    assert (result.announced, result.taken, result.failure) == (4, 4, None)
    assert box.server.count(box.user, ARCHIVE) == (3 if archive else 0)
    assert box.server.count(box.user) == 1


def test_what_another_program_removed_is_reported(box: Box, archive: str) -> None:
    box.gets(a_raw_mail("un"), a_raw_mail("deux"))
    with box.server.imap(box.user) as client:
        client.select("INBOX")
        client.store("1", "+FLAGS", "\\Deleted")
        client.expunge()
    box.fetched()
    gaps, result = box.night()
    assert gaps == [Gap.VANISHED]
    assert (result.announced, result.taken) == (2, 1)
    assert box.night()[0] == []


def test_a_lost_row_is_taken_again_from_the_archive(
    box: Box, archived: None, mail_room: MailRoom
) -> None:
    raw = a_raw_mail("à ne pas perdre", message_id="<dear@mail.example.org>")
    box.gets(raw)
    (received,) = box.fetched()
    forget(received)
    gaps, result = box.night()
    assert (gaps, result.retaken) == ([Gap.RETAKEN], 1)
    with db.transaction(write=False) as session:
        again = session.scalars(select(Received).order_by(Received.id.desc()).limit(1)).one()
        assert raw_of(again) == raw
    mail_room.drain()
    assert mail_room.received(again.id).outcome is Outcome.CREATED
    assert box.night()[0] == []


def test_a_whole_database_put_back_from_a_copy_is_made_good(box: Box, archived: None) -> None:
    """Neither the rows nor the memory of having taken them are left."""
    box.gets(a_raw_mail("un"), a_raw_mail("deux").replace(b"Message-ID", b"X-No-Id"))
    for received in box.fetched():
        forget(received)
    with db.transaction() as session:
        last = select(func.max(MailboxMessage.id)).scalar_subquery()
        session.execute(delete(MailboxMessage).where(MailboxMessage.id > last - 2))
        place = session.scalars(select(MailboxPlace)).one()
        place.uid_next += 2
    assert box.night()[0] == [Gap.RETAKEN, Gap.RETAKEN]
    assert box.night()[0] == []


def test_without_an_archive_a_lost_row_is_reported(box: Box) -> None:
    box.gets(a_raw_mail("perdu", message_id="<gone@mail.example.org>"))
    (received,) = box.fetched()
    forget(received)
    gaps, result = box.night()
    assert gaps == [Gap.LOST]
    assert result.gaps[0]["message_id"] == "<gone@mail.example.org>"


def test_a_mailbox_that_cannot_be_read_says_so(box: Box) -> None:
    box.url = box.url.replace(":secret@", ":wrong@")
    gaps, result = box.night()
    assert gaps == []
    assert result.failure
    assert "wrong" not in result.failure


@pytest.mark.parametrize("end", [b"", b"\r\n", b" \r\n\r\n\t\r\n", b"\r"])
@pytest.mark.parametrize("body", [b"", b"x", b"a\r\nb\nc\rd", b"line\r\n" * 400_000])
def test_a_stored_mail_has_the_key_of_the_same_bytes(
    file_store: files.DiskStore, body: bytes, end: bytes
) -> None:
    raw = b"From: a@example.org\r\nMessage-ID: <k@example.org>\r\n\r\n" + body + end
    pieces = [raw[at : at + 700_001] for at in range(0, len(raw), 700_001)]
    stored = file_store.put_stream(pieces)
    assert (stored.key, stored.size) == (file_store.put(raw).key, len(raw))
    assert stored_key(stored.key) == mail_key(raw)


@pytest.fixture
def small() -> Iterator[None]:
    limits.configure(Limits(largest=FEW))
    yield
    limits.configure(Limits())


def heavy(sender: str = "Awa <awa@example.org>", **headers: str) -> bytes:
    text = "Voici mes photos.\n" + "x" * 70 + "\n"
    return a_raw_mail(text * (3_000_000 // len(text)), sender=sender, **headers)


def test_a_mail_too_large_is_kept_whole_and_its_sender_told(
    box: Box, small: None, mail_room: MailRoom
) -> None:
    mail_room.drain()
    sent = len(mail_room.sent)
    raw = heavy(message_id="<heavy@mail.example.org>")
    box.gets(raw)
    (received_id,) = box.fetched()
    mail_room.drain()
    received = mail_room.received(received_id)
    assert (received.outcome, received.sender) == (Outcome.TOO_LARGE, "awa@example.org")
    with db.transaction(write=False) as session:
        assert raw_of(session.get_one(Received, received_id)) == raw
    (told,) = mail_room.sent[sent:]
    assert told["Auto-Submitted"] == "auto-replied"
    assert told["In-Reply-To"] == "<heavy@mail.example.org>"
    assert "trop lourd" in told["Subject"]
    assert mail_room.smtp.messages[-1].envelope_from in ("", "<>")


def test_a_machine_is_not_told_and_a_person_not_for_ever(
    mail_room: MailRoom, real_cast: Cast, small: None
) -> None:
    mail_room.arrive(heavy(sender="no-reply@example.org"))
    mail_room.arrive(heavy(auto_submitted="auto-generated"))
    for n in range(5):
        mail_room.arrive(heavy(sender="lourd@example.org", subject=f"Photos {n}"))
    mail_room.drain()
    assert 1 <= len(mail_room.sent) <= 4
    assert {mail["To"] for mail in mail_room.sent} == {"lourd@example.org"}
