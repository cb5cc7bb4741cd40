"""Where a mail ends: a new ticket, its own ticket, or a person who sorts. Nothing is lost."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from channels.mail import inbox, understanding
from support.intake.models import Outcome, Received
from support.kernel import db, files
from support.outbox.draining import TryLater
from support.people.models import Person
from support.tickets.closing import close
from support.tickets.filing import Why
from support.tickets.models import ClosedHow, State, Ticket
from support.tickets.references import shown
from support.tickets.timeline import Entry, EntryKind
from support.tickets.waiting import wait_for_person
from tests.cast import Cast, again
from tests.channels.mail.conftest import SENDER, MailRoom, a_raw_mail

pytestmark = pytest.mark.mail


def count(what: type) -> int:
    with db.transaction(write=False) as session:
        return session.scalar(select(func.count()).select_from(what)) or 0


def test_a_first_mail_opens_a_ticket(mail_room: MailRoom, real_cast: Cast) -> None:
    raw = a_raw_mail(
        "Bonjour,\nmon dossier est bloqué.\n",
        message_id="<premier@mail.example.org>",
        files=(("capture.png", "image/png", b"\x89PNG not really"),),
    )
    received = mail_room.arrive(raw)
    ticket = mail_room.ticket(received)
    (entry,) = [one for one in mail_room.entries(ticket.id) if one.kind is EntryKind.MESSAGE]
    assert received.outcome is Outcome.CREATED
    assert (received.entry_id, entry.received_id) == (entry.id, received.id)
    assert ticket.subject == "Ma demande de titre"
    assert ticket.person_id == real_cast.awa.id
    assert entry.text == "Bonjour,\nmon dossier est bloqué."
    assert entry.message_id == "<premier@mail.example.org>"
    (file,) = entry.attachments
    assert (file.filename, file.content_type) == ("capture.png", "image/png")
    assert files.store().read(file.file_key) == b"\x89PNG not really"


def test_a_mail_that_kills_the_process_each_time_is_left_to_a_person(
    mail_room: MailRoom, real_cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    def killed(_raw: bytes) -> None:
        raise Killed

    monkeypatch.setattr(inbox, "open_mail", killed)
    kept = inbox.take_in(a_raw_mail(), "test").received.id
    for _ in range(inbox.MOST_DEATHS):
        with pytest.raises(Killed):
            inbox.understand(kept)
    inbox.understand(kept)
    left = mail_room.received(kept)
    assert (left.outcome, left.reason) == (Outcome.QUARANTINED, Why.UNREADABLE)


def test_understanding_twice_changes_nothing(mail_room: MailRoom, real_cast: Cast) -> None:
    received = mail_room.arrive(a_raw_mail())
    before = len(mail_room.entries(received.ticket_id))
    inbox.understand(received.id)
    mail_room.drain()
    assert count(Ticket) == 1
    messages = [e for e in mail_room.entries(received.ticket_id) if e.kind is EntryKind.MESSAGE]
    assert (before, len(messages)) == (2, 1)


def test_the_thread_goes_both_ways(mail_room: MailRoom, real_cast: Cast) -> None:
    first = mail_room.arrive(a_raw_mail(message_id="<q1@mail.example.org>"))
    ticket = mail_room.ticket(first)
    mail_room.drain()
    mail_room.reply(real_cast, ticket, "Essayez ceci.")
    mail_room.drain()
    acknowledgement, answer = mail_room.sent
    assert answer["In-Reply-To"] == acknowledgement["In-Reply-To"] == "<q1@mail.example.org>"
    assert answer["References"].split() == ["<q1@mail.example.org>", acknowledgement["Message-ID"]]
    assert answer["Subject"] == f"Re: [#{shown(ticket.reference)}] Ma demande de titre"

    second = mail_room.arrive(
        a_raw_mail(
            "Merci, mais non.",
            subject="rien qui vaille",
            message_id="<q2@mail.example.org>",
            in_reply_to=answer["Message-ID"],
        )
    )
    assert (second.outcome, second.ticket_id) == (Outcome.APPENDED, ticket.id)
    mail_room.reply(real_cast, ticket, "Alors cela.")
    mail_room.drain()
    last = mail_room.sent[-1]
    assert last["In-Reply-To"] == "<q2@mail.example.org>"
    assert last["References"].split()[-2:] == [answer["Message-ID"], "<q2@mail.example.org>"]
    assert count(Ticket) == 1


def test_an_old_reference_finds_the_ticket_when_the_nearest_is_unknown(
    mail_room: MailRoom, real_cast: Cast
) -> None:
    first = mail_room.arrive(a_raw_mail(message_id="<q1@mail.example.org>"))
    later = mail_room.arrive(
        a_raw_mail(
            "Suite",
            in_reply_to="<lost@elsewhere.example>",
            references="<q1@mail.example.org> <lost@elsewhere.example>",
        )
    )
    assert later.ticket_id == first.ticket_id


def test_the_tag_in_the_subject_is_enough_for_the_requester(
    mail_room: MailRoom, real_cast: Cast
) -> None:
    ticket = mail_room.ticket(mail_room.arrive(a_raw_mail()))
    tagged = f"Tr: [#{shown(ticket.reference)}] Ma demande"
    received = mail_room.arrive(a_raw_mail("Des nouvelles ?", subject=tagged))
    assert (received.outcome, received.ticket_id) == (Outcome.APPENDED, ticket.id)


def test_the_tag_opens_nothing_to_a_stranger(mail_room: MailRoom, real_cast: Cast) -> None:
    ticket = mail_room.ticket(mail_room.arrive(a_raw_mail()))
    before = len(mail_room.entries(ticket.id))
    received = mail_room.arrive(
        a_raw_mail(
            "Je voudrais savoir",
            sender="Quelqu'un <stranger@example.org>",
            subject=f"Re: [#{shown(ticket.reference)}]",
        )
    )
    assert (received.outcome, received.reason) == (Outcome.QUARANTINED, Why.STRANGER)
    assert received.ticket_id is None
    assert received.digest is not None
    assert received.digest["suggested_ticket_id"] == ticket.id
    assert received.digest["from"] == "stranger@example.org"
    assert len(mail_room.entries(ticket.id)) == before


def test_a_stranger_who_knows_the_thread_is_sorted_by_a_person(
    mail_room: MailRoom, real_cast: Cast
) -> None:
    mail_room.arrive(a_raw_mail(message_id="<q1@mail.example.org>"))
    received = mail_room.arrive(
        a_raw_mail("Moi aussi", sender="x@example.org", in_reply_to="<q1@mail.example.org>")
    )
    assert (received.outcome, received.reason) == (Outcome.QUARANTINED, Why.STRANGER)
    assert count(Ticket) == 1


@pytest.mark.parametrize("reference", ["2611-0000-0005", "2611-2004-8317", "0000-0000-0000"])
def test_an_unknown_reference_in_the_subject_is_a_new_ticket(
    mail_room: MailRoom, real_cast: Cast, reference: str
) -> None:
    received = mail_room.arrive(a_raw_mail(subject=f"Re: [#{reference}] Bonjour"))
    assert received.outcome is Outcome.CREATED
    assert mail_room.ticket(received).subject == "Bonjour"


def test_a_mail_reopens_its_closed_ticket_and_says_so(mail_room: MailRoom, real_cast: Cast) -> None:
    ticket = mail_room.ticket(mail_room.arrive(a_raw_mail(message_id="<q1@mail.example.org>")))
    mail_room.reply(real_cast, ticket)
    with db.transaction():
        close(mail_room.held(ticket.id), ClosedHow.ANSWERED, by=again(real_cast.teleadviser))
    mail_room.drain()
    received = mail_room.arrive(a_raw_mail("Cela continue", in_reply_to="<q1@mail.example.org>"))
    mail_room.drain()
    ticket = mail_room.ticket(received)
    assert (received.outcome, ticket.state, ticket.reopenings) == (
        Outcome.APPENDED,
        State.REOPENED,
        1,
    )
    assert "est rouverte" in mail_room.sent[-1]["Subject"]


def test_an_answer_to_our_question_ends_the_waiting(mail_room: MailRoom, real_cast: Cast) -> None:
    ticket = mail_room.ticket(mail_room.arrive(a_raw_mail(message_id="<q1@mail.example.org>")))
    with db.transaction():
        wait_for_person(mail_room.held(ticket.id), by=again(real_cast.teleadviser))
    mail_room.arrive(a_raw_mail("Voici", in_reply_to="<q1@mail.example.org>"))
    with db.transaction(write=False):
        assert mail_room.held(ticket.id).state is State.IN_PROGRESS


def test_mail_from_a_staff_address_is_not_believed(mail_room: MailRoom, real_cast: Cast) -> None:
    received = mail_room.arrive(a_raw_mail(sender="Thomas Wagner <admin@demo.relais>"))
    assert (received.outcome, received.reason) == (Outcome.QUARANTINED, Why.STAFF_ADDRESS)


@pytest.mark.parametrize(
    ("raw", "outcome", "why"),
    [
        (b"", Outcome.QUARANTINED, Why.NO_SENDER),
        (b"\xff\xfe\x00 nothing like a mail \x80", Outcome.QUARANTINED, Why.NO_SENDER),
        (b"Subject: Qui suis-je\r\n\r\nBonjour\r\n", Outcome.QUARANTINED, Why.NO_SENDER),
        (b"From: awa@example.org\r\n\r\n\r\n", Outcome.QUARANTINED, Why.EMPTY),
        (b"From: awa@example.org\r\nSubject: Urgent\r\n\r\n", Outcome.CREATED, None),
        (b"From: awa@example.org\nContent-Type: multipart/mixed; boundary=x\n\n--x\nAppelez-moi",
         Outcome.CREATED, None),
        (b"From: List <l@example.org>\r\nList-Id: <l.example.org>\r\n\r\nNews\r\n",
         Outcome.QUARANTINED, Why.MAILING_LIST),
    ],
)  # fmt: skip
def test_malformed_mail_gets_a_clear_outcome(
    mail_room: MailRoom, real_cast: Cast, raw: bytes, outcome: Outcome, why: Why | None
) -> None:
    received = mail_room.arrive(raw)
    assert received.outcome is outcome
    if why is Why.NO_SENDER and not raw.strip():
        assert received.reason in (Why.NO_SENDER, Why.EMPTY)
    elif why is not None:
        assert received.reason == why


def test_a_wrong_character_set_keeps_every_letter(mail_room: MailRoom, real_cast: Cast) -> None:
    raw = (
        b"From: Awa <awa@example.org>\r\nSubject: =?utf-8?q?Pr=E9fecture?=\r\n"
        b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
        + "Mon récépissé expire bientôt à Saint-Étienne.\r\n".encode("cp1252")
    )
    entry = mail_room.entries(mail_room.arrive(raw).ticket_id)[-1]
    assert entry.text == "Mon récépissé expire bientôt à Saint-Étienne."


def test_a_nul_in_the_text_loses_nothing(mail_room: MailRoom, real_cast: Cast) -> None:
    received = mail_room.arrive(b"From: awa@example.org\r\n\r\nBon\x00jour\r\n")
    assert received.outcome is Outcome.CREATED


def test_thirty_megabytes_are_kept_byte_for_byte(mail_room: MailRoom, real_cast: Cast) -> None:
    content = bytes(range(256)) * (30 * 4096)
    received = mail_room.arrive(a_raw_mail(files=(("scan.pdf", "application/pdf", content),)))
    entries = mail_room.entries(received.ticket_id)
    (file,) = [file for entry in entries for file in entry.attachments]
    assert file.size == 30 * 1024 * 1024
    assert files.store().read(file.file_key) == content


def test_our_own_mail_that_comes_back_is_a_duplicate(mail_room: MailRoom, real_cast: Cast) -> None:
    ticket = mail_room.ticket(mail_room.arrive(a_raw_mail()))
    entry_id = mail_room.reply(real_cast, ticket)
    mail_room.drain()
    before = len(mail_room.entries(ticket.id))
    sent = [mail.data for mail in mail_room.smtp.messages]
    back = [mail_room.arrive(b"Received: from a forwarding rule\r\n" + ours) for ours in sent]
    assert [one.outcome for one in back] == [Outcome.DUPLICATE] * 2
    assert entry_id in [one.entry_id for one in back]
    assert len(mail_room.entries(ticket.id)) == before
    assert count(Ticket) == 1


def test_words_under_a_stolen_message_id_are_not_hidden(
    mail_room: MailRoom, real_cast: Cast
) -> None:
    ticket = mail_room.ticket(mail_room.arrive(a_raw_mail()))
    mail_room.reply(real_cast, ticket)
    mail_room.drain()
    ours = mail_room.sent[-1]["Message-ID"]
    received = mail_room.arrive(a_raw_mail("De vrais mots", message_id=ours, subject="Autre"))
    assert received.outcome in (Outcome.CREATED, Outcome.APPENDED)
    assert any(e.text == "De vrais mots" for e in mail_room.entries(received.ticket_id))


def test_a_forged_own_mark_is_shown_to_a_person(mail_room: MailRoom, real_cast: Cast) -> None:
    received = mail_room.arrive(a_raw_mail("Bonjour", **{"x_relais_message": "forged"}))
    assert (received.outcome, received.reason) == (Outcome.QUARANTINED, Why.ECHO)


def test_the_same_words_re_encoded_on_another_way_are_a_duplicate(
    mail_room: MailRoom, real_cast: Cast
) -> None:
    head = b"Message-ID: <q@mail.example.org>\r\nFrom: awa@example.org\r\nMIME-Version: 1.0\r\n"
    head += b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: "
    first = mail_room.arrive(head + b"8bit\r\n\r\n" + "Déjà payé\r\n".encode())
    second = mail_room.arrive(head + b"quoted-printable\r\n\r\nD=C3=A9j=C3=A0 pay=C3=A9\r\n")
    assert (first.outcome, second.outcome) == (Outcome.CREATED, Outcome.DUPLICATE)
    assert second.ticket_id == first.ticket_id


def test_what_cannot_be_understood_three_times_is_left_to_a_person(
    mail_room: MailRoom, real_cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_opened: object, _received: object) -> None:
        raise KeyError("a fault of ours")

    monkeypatch.setattr(inbox, "settle_mail", broken)
    kept = inbox.take_in(a_raw_mail(), "test").received
    for tries in (1, 2):
        with pytest.raises(KeyError):
            inbox.understand(kept.id)
        assert (mail_room.received(kept.id).attempts, mail_room.received(kept.id).outcome) == (
            tries,
            None,
        )
    inbox.understand(kept.id)
    received = mail_room.received(kept.id)
    assert (received.outcome, received.reason) == (Outcome.QUARANTINED, Why.UNREADABLE)


def test_a_fault_that_is_mended_in_time_leaves_no_trace(
    mail_room: MailRoom, real_cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = inbox.take_in(a_raw_mail(), "test").received
    with monkeypatch.context() as broken:
        broken.setattr(understanding, "file", lambda _message: 1 / 0)
        mail_room.drain()
    mail_room.drain(after=timedelta(minutes=1))
    assert mail_room.received(kept.id).outcome is Outcome.CREATED
    assert count(Ticket) == 1


def test_a_database_that_is_away_is_no_fault_of_the_message(
    mail_room: MailRoom, real_cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(_opened: object, _received: object) -> None:
        raise OperationalError("SELECT", None, Exception("connection refused"))

    kept = inbox.take_in(a_raw_mail(), "test").received
    with monkeypatch.context() as broken:
        broken.setattr(inbox, "settle_mail", away)
        for _ in range(5):
            with pytest.raises(TryLater):
                inbox.understand(kept.id)
    assert mail_room.received(kept.id).attempts == 0
    inbox.understand(kept.id)
    assert mail_room.received(kept.id).outcome is Outcome.CREATED


def test_two_workers_file_one_mail_once(mail_room: MailRoom, real_cast: Cast) -> None:
    kept = [inbox.take_in(a_raw_mail(f"Message {n}"), "test").received for n in range(6)]
    workers = [
        threading.Thread(target=lambda: [inbox.understand(one.id) for one in kept])
        for _ in range(3)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert {mail_room.received(one.id).outcome for one in kept} == {Outcome.CREATED}
    assert count(Ticket) == 6
    with db.transaction(write=False) as session:
        kinds = select(func.count()).select_from(Entry).where(Entry.kind == EntryKind.MESSAGE)
        assert session.scalar(kinds) == 6


def test_first_mails_of_one_stranger_at_once_make_one_person(
    mail_room: MailRoom, real_cast: Cast
) -> None:
    persons = count(Person)
    sender = "Lina Haddad <lina@example.org>"
    kept = [inbox.take_in(a_raw_mail(f"{n}", sender=sender), "").received for n in range(4)]
    workers = [threading.Thread(target=inbox.understand, args=(one.id,)) for one in kept]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert count(Person) == persons + 1
    assert count(Ticket) == 4


def test_nothing_is_ever_removed(mail_room: MailRoom, real_cast: Cast) -> None:
    raws = [a_raw_mail("Un"), b"", a_raw_mail("Un", sender=SENDER), a_raw_mail(list_id="<l.org>")]
    for raw in raws:
        mail_room.arrive(raw)
    assert count(Received) == len(raws)
