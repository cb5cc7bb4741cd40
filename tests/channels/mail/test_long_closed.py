"""An answer to a closed ticket: reopened, or a new one beside it when that was long ago."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from support.intake.models import Outcome, Received
from support.kernel import db
from support.kernel.time import now
from support.tickets.closing import close
from support.tickets.linking import linked_to
from support.tickets.models import ClosedHow, Link, State, Ticket
from support.tickets.references import shown
from support.tickets.timeline import EntryKind
from tests.cast import Cast, again
from tests.channels.mail.conftest import MailRoom, a_raw_mail


@pytest.fixture
def closed(mail_room: MailRoom, real_cast: Cast) -> Ticket:
    ticket = mail_room.ticket(mail_room.arrive(a_raw_mail(message_id="<q1@mail.example.org>")))
    mail_room.drain()
    with db.transaction():
        close(mail_room.held(ticket.id), ClosedHow.ANSWERED, by=again(real_cast.teleadviser))
    return ticket


def answer(
    mail_room: MailRoom, days: int, sender: str = "Awa Traoré <awa@example.org>"
) -> Received:
    with time_machine.travel(now() + timedelta(days=days), tick=True):
        return mail_room.arrive(
            a_raw_mail("Et maintenant ?", sender=sender, in_reply_to="<q1@mail.example.org>")
        )


def test_soon_enough_it_is_reopened(mail_room: MailRoom, closed: Ticket) -> None:
    received = answer(mail_room, 29)
    assert (received.outcome, received.ticket_id) == (Outcome.APPENDED, closed.id)
    assert mail_room.ticket(received).state is State.REOPENED


def test_later_a_linked_one_is_opened_and_the_person_told(
    mail_room: MailRoom, real_cast: Cast, closed: Ticket
) -> None:
    received = answer(mail_room, 31)
    assert received.outcome is Outcome.CREATED
    assert received.ticket_id != closed.id
    with db.transaction(write=False):
        fresh, old = mail_room.held(received.ticket_id or 0), mail_room.held(closed.id)
        (link,) = linked_to(fresh, by=again(real_cast.teleadviser))
        (back,) = linked_to(old, by=again(real_cast.teleadviser))
        assert (link.kind, link.other.id, link.earlier) == (Link.FOLLOWS, closed.id, True)
        assert (back.kind, back.other.id, back.earlier) == (Link.FOLLOWS, fresh.id, False)
        assert (fresh.person_id, old.state) == (old.person_id, State.CLOSED)
    (said,) = mail_room.events(fresh.id, "follows")
    assert said.data["reference"] == shown(closed.reference)
    assert len(mail_room.events(closed.id, "followed_by")) == 1
    sent = len(mail_room.sent)
    mail_room.drain(timedelta(days=31))
    assert shown(fresh.reference) in mail_room.sent[sent]["Subject"]
    (letter,) = [e for e in mail_room.entries(fresh.id) if e.kind is EntryKind.NOTICE]
    assert f"Votre demande {shown(closed.reference)} était close depuis longtemps" in letter.text


def test_a_stranger_still_opens_nothing(mail_room: MailRoom, closed: Ticket) -> None:
    assert answer(mail_room, 31, "autre@example.org").outcome is Outcome.QUARANTINED
