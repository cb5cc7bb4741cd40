"""Any mail is put where it belongs with one action, once, and both tickets say so."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from sqlalchemy import select

from channels.mail import ledger, refiling
from channels.mail.ledger import Search
from support.intake.models import Outcome, Received
from support.intake.receiving import raw_of
from support.kernel import db
from support.kernel.errors import Conflict, DomainError, Forbidden, NotVisible
from support.tickets.filing import Why
from support.tickets.models import ClosedHow, State, Ticket, TicketAccess
from support.tickets.references import shown
from support.tickets.timeline import Delivery, DeliveryState, Entry, EntryKind
from tests.cast import Cast, again
from tests.channels.mail.conftest import MailRoom, a_bounce, a_raw_mail

pytestmark = pytest.mark.mail
FIRST = "<q1@mail.example.org>"


@pytest.fixture
def ticket(mail_room: MailRoom, real_cast: Cast) -> Ticket:
    found = mail_room.ticket(mail_room.arrive(a_raw_mail(message_id=FIRST)))
    mail_room.drain()
    return found


@pytest.fixture
def other(mail_room: MailRoom, real_cast: Cast) -> Ticket:
    raw = a_raw_mail("Autre chose", sender="Dmytro Kovalenko <dmytro@example.org>", subject="Visa")
    return mail_room.ticket(mail_room.arrive(raw))


def put_on(
    received: Received,
    ticket: Ticket,
    cast: Cast,
    by: str = "teleadviser",
    seen: str | None = None,
) -> None:
    with db.transaction():
        refiling.put_on(received.id, again(ticket), by=again(getattr(cast, by)), seen=seen)


def messages(mail_room: MailRoom, ticket_id: int | None) -> list[Entry]:
    return [e for e in mail_room.entries(ticket_id) if e.kind is EntryKind.MESSAGE]


AGAIN = a_raw_mail("Bonjour encore", message_id="<twice@mail.example.org>")
# name: (what comes first, what comes then, what becomes of it)
KINDS: dict[str, tuple[bytes | None, Callable[[], bytes], Outcome]] = {
    "auto reply": (None, lambda: a_raw_mail("Je suis absente", auto_submitted="auto-replied"),
                   Outcome.AUTO_REPLY),
    "list": (None, lambda: a_raw_mail("Lettre", list_id="<l.org>"), Outcome.QUARANTINED),
    "bounce": (None, lambda: a_bounce("<unknown@elsewhere.example>"), Outcome.BOUNCE),
    "duplicate": (AGAIN, lambda: AGAIN.replace(b"To: ", b"X-Way: 2\r\nTo: ").replace(
        b"09:30:00", b"09:30:01"), Outcome.DUPLICATE),
    "created wrongly": (None, lambda: a_raw_mail("Pour un autre ticket"), Outcome.CREATED),
    "appended wrongly": (None, lambda: a_raw_mail("Ici", in_reply_to=FIRST), Outcome.APPENDED),
}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_any_of_them_goes_on_a_given_ticket(
    mail_room: MailRoom, real_cast: Cast, ticket: Ticket, other: Ticket, kind: str
) -> None:
    before, make, outcome = KINDS[kind]
    if before is not None:
        mail_room.arrive(before)
    raw = make()
    received = mail_room.arrive(raw)
    assert received.outcome is outcome
    put_on(received, other, real_cast)
    put_on(received, other, real_cast)  # a double click
    after = mail_room.received(received.id)
    (there,) = [e for e in messages(mail_room, other.id) if e.received_id == received.id]
    assert (after.outcome, after.ticket_id) == (Outcome.APPENDED, other.id)
    assert after.entry_id == there.id
    with db.transaction(write=False) as session:
        assert raw_of(session.get_one(Received, received.id)) == raw


def test_a_moved_message_leaves_whole_and_both_tickets_say_so(
    mail_room: MailRoom, real_cast: Cast, ticket: Ticket, other: Ticket
) -> None:
    wrong = mail_room.arrive(
        a_raw_mail("Voici la pièce", message_id="<m@mail.example.org>", in_reply_to=FIRST,
                   files=(("a.pdf", "application/pdf", b"%PDF-1.4"),))
    )  # fmt: skip
    put_on(wrong, other, real_cast)
    (moved,) = [e for e in messages(mail_room, other.id) if e.received_id == wrong.id]
    assert (moved.text, moved.message_id) == ("Voici la pièce", "<m@mail.example.org>")
    assert [a.filename for a in moved.attachments] == ["a.pdf"]
    assert moved.data["from"] == "awa@example.org"
    assert [e.text for e in messages(mail_room, ticket.id)] == ["Bonjour,\n\nJe n'arrive pas à "
                                                                "déposer ma demande."]  # fmt: skip
    (away,) = mail_room.events(ticket.id, "mail_moved_away")
    (here,) = mail_room.events(other.id, "mail_moved_here")
    assert away.data["to"] == shown(other.reference)
    assert here.data["from"] == shown(ticket.reference)
    assert away.author_agent_id == real_cast.teleadviser.id
    assert mail_room.ticket(wrong.__class__(ticket_id=ticket.id)).is_open


def test_a_ticket_left_with_nothing_is_closed_and_linked(
    mail_room: MailRoom, real_cast: Cast, ticket: Ticket, other: Ticket
) -> None:
    created = mail_room.arrive(a_raw_mail("Suite de l'autre", message_id="<late@x.example>"))
    put_on(created, other, real_cast)
    with db.transaction(write=False):
        left = mail_room.held(created.ticket_id or 0)
        assert (left.state, left.closed_how) == (State.CLOSED, ClosedHow.DUPLICATE)
    # An answer to it goes on where it went: to a person, for its sender does not belong there.
    later = mail_room.arrive(a_raw_mail("Et ?", in_reply_to="<late@x.example>"))
    assert later.outcome is Outcome.QUARANTINED


def test_a_filed_message_becomes_a_request_of_its_own(
    mail_room: MailRoom, real_cast: Cast, ticket: Ticket
) -> None:
    wrong = mail_room.arrive(
        a_raw_mail("Tout autre chose", message_id="<m@mail.example.org>", in_reply_to=FIRST)
    )
    with db.transaction():
        opened = refiling.open_anew(wrong.id, by=again(real_cast.teleadviser)).ticket
        assert opened is not None
    after = mail_room.received(wrong.id)
    assert (after.outcome, after.ticket_id) == (Outcome.CREATED, opened.id)
    (entry,) = messages(mail_room, opened.id)
    assert (entry.message_id, entry.received_id) == ("<m@mail.example.org>", wrong.id)
    assert len(messages(mail_room, ticket.id)) == 1
    assert mail_room.events(ticket.id, "mail_moved_away")
    assert mail_room.events(opened.id, "mail_moved_here")


def test_the_rules_are_run_again(mail_room: MailRoom, real_cast: Cast, other: Ticket) -> None:
    """A message set aside by the rules of yesterday is filed by those of today."""
    received = mail_room.arrive(a_raw_mail("Bonjour", list_id="<l.org>"))
    with db.transaction() as session:
        held = session.get_one(Received, received.id)
        held.raw = (held.raw or b"").replace(b"List-Id", b"X-Old-List")
    with db.transaction():
        assert refiling.judge_again(received.id, by=again(real_cast.teleadviser)).ticket
    assert mail_room.received(received.id).outcome is Outcome.CREATED
    with pytest.raises(Conflict, match=r"refile\.filed"), db.transaction():
        refiling.judge_again(received.id, by=again(real_cast.teleadviser))


def test_what_changed_meanwhile_is_not_done_twice(
    mail_room: MailRoom, real_cast: Cast, ticket: Ticket, other: Ticket
) -> None:
    received = mail_room.arrive(a_raw_mail("Bonjour", list_id="<l.org>"))
    seen = refiling.state_of(received)
    put_on(received, ticket, real_cast)
    with pytest.raises(Conflict, match=r"mail\.sorted"):
        put_on(received, other, real_cast, "colleague", seen)


def test_two_agents_who_move_across_each_other_both_end(
    mail_room: MailRoom, real_cast: Cast, ticket: Ticket, other: Ticket
) -> None:
    here = mail_room.arrive(a_raw_mail("Un", in_reply_to=FIRST))
    there = mail_room.arrive(
        a_raw_mail("Deux", sender="dmytro@example.org", subject=f"[#{shown(other.reference)}]")
    )
    start, told = threading.Barrier(2, timeout=30), []

    def agent(name: str, received: Received, to: Ticket) -> None:
        start.wait()
        try:
            put_on(received, to, real_cast, name)
        except DomainError as error:
            told.append(error)

    threads = [
        threading.Thread(target=agent, args=("teleadviser", here, other)),
        threading.Thread(target=agent, args=("colleague", there, ticket)),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert told == []
    assert mail_room.received(here.id).ticket_id == other.id
    assert mail_room.received(there.id).ticket_id == ticket.id


def test_nobody_moves_what_they_do_not_see(
    mail_room: MailRoom, real_cast: Cast, ticket: Ticket, other: Ticket
) -> None:
    received = mail_room.arrive(a_raw_mail("Bonjour", in_reply_to=FIRST))
    with pytest.raises(Forbidden):
        put_on(received, other, real_cast, "dp")
    with pytest.raises(NotVisible), db.transaction():
        refiling.put_on(999_999, again(other), by=again(real_cast.teleadviser))


def test_a_bounce_that_names_no_mail_is_proposed_and_believed_on_a_word(
    mail_room: MailRoom, real_cast: Cast, ticket: Ticket
) -> None:
    """The acknowledgement went to Awa: a report on her address is likely to be about it."""
    report = a_bounce("<x@x>").replace(b"Message-ID: <x@x>\r\n", b"")
    received = mail_room.arrive(report)
    assert (received.outcome, received.reason) == (Outcome.QUARANTINED, Why.BOUNCE_UNSURE)
    assert received.digest is not None
    assert received.digest["suggested_ticket_id"] == ticket.id
    put_on(received, ticket, real_cast)
    with db.transaction(write=False) as session:
        delivery = session.scalars(select(Delivery)).one()
        assert delivery.state is DeliveryState.REFUSED
        assert again(real_cast.awa).contacts[0].failed_at is not None
    assert mail_room.received(received.id).outcome is Outcome.BOUNCE
    assert len(messages(mail_room, ticket.id)) == 1


@pytest.mark.parametrize("words", ["no address", "another address", "two tickets"])
def test_a_bounce_that_may_be_about_anything_is_proposed_nowhere(
    mail_room: MailRoom, real_cast: Cast, ticket: Ticket, words: str
) -> None:
    if words == "two tickets":
        mail_room.arrive(a_raw_mail("Autre chose"))
        mail_room.drain()
    failed = "nobody@example.org" if words == "another address" else "awa@example.org"
    named = "<unknown@elsewhere.example>" if words == "no address" else "<x@x>"
    report = a_bounce(named, recipient=failed).replace(b"Message-ID: <x@x>\r\n", b"")
    assert mail_room.arrive(report).outcome is Outcome.BOUNCE


def test_every_mail_is_in_the_ledger_exactly_once(
    mail_room: MailRoom, real_cast: Cast, ticket: Ticket, other: Ticket
) -> None:
    for _before, raw, _outcome in KINDS.values():
        mail_room.arrive(raw())
    with db.transaction(write=False) as session:
        kept = set(session.scalars(select(Received.id)))
        shown_ = ledger.lines(Search(), by=again(real_cast.teleadviser), limit=100)
        assert sorted(line.received.id for line in shown_) == sorted(kept)
        assert all(line.readable and line.received.outcome for line in shown_)


def test_what_one_may_not_see_is_neither_read_nor_found(
    mail_room: MailRoom, real_cast: Cast, ticket: Ticket
) -> None:
    """Once with the project directorate alone, the centre has no eyes on it any more."""
    with db.transaction() as session:
        session.execute(TicketAccess.__table__.delete())
    with db.transaction(write=False):
        by, admin = again(real_cast.teleadviser), again(real_cast.admin)
        (line,) = ledger.lines(Search(), by=by, limit=10)
        assert not line.readable
        for search in (Search(sender="awa"), Search(words="titre"), Search(message_id=FIRST)):
            assert ledger.lines(search, by=by, limit=10) == []
            assert len(ledger.lines(search, by=admin, limit=10)) == 1
        with pytest.raises(NotVisible):
            ledger.one_line(line.received.id, by=by)
