"""Bounces and absence notices: written where they belong, moving nothing."""

from __future__ import annotations

import pytest

from support.intake.models import Outcome
from support.kernel import db
from support.people.models import Person
from support.tickets.closing import close
from support.tickets.models import ClosedHow, State, Ticket
from support.tickets.timeline import DeliveryState, EntryKind
from tests.cast import Cast, again
from tests.channels.mail.conftest import SENDER, MailRoom, a_bounce, a_raw_mail

pytestmark = pytest.mark.mail


@pytest.fixture
def answered(mail_room: MailRoom, real_cast: Cast) -> tuple[Ticket, int, str]:
    """A ticket of Awa, the entry of a reply that was sent, and its Message-ID."""
    ticket = mail_room.ticket(mail_room.arrive(a_raw_mail()))
    entry_id = mail_room.reply(real_cast, ticket, message_id="<reply@relais.example.org>")
    mail_room.drain()
    return ticket, entry_id, "<reply@relais.example.org>"


def doubted(person: Person) -> list[str]:
    with db.transaction(write=False):
        return [one.value for one in again(person).contacts if one.failed_at is not None]


def test_a_bounce_is_told_with_the_servers_words(
    mail_room: MailRoom, real_cast: Cast, answered: tuple[Ticket, int, str]
) -> None:
    ticket, entry_id, message_id = answered
    received = mail_room.arrive(a_bounce(message_id))
    delivery = mail_room.delivery(entry_id)
    (event,) = mail_room.events(ticket.id, "bounce")
    assert (received.outcome, received.ticket_id) == (Outcome.BOUNCE, ticket.id)
    assert delivery.state is DeliveryState.REFUSED
    assert "no such user here" in (delivery.last_words or "")
    assert "no such user here" in event.data["words"]
    assert doubted(real_cast.awa) == ["awa@example.org"]


def test_two_bounces_of_one_mail_are_one_event(
    mail_room: MailRoom, answered: tuple[Ticket, int, str]
) -> None:
    ticket, _, message_id = answered
    mail_room.arrive(a_bounce(message_id))
    mail_room.arrive(a_bounce(message_id))
    assert len(mail_room.events(ticket.id, "bounce")) == 1


def test_a_delay_is_no_refusal(
    mail_room: MailRoom, real_cast: Cast, answered: tuple[Ticket, int, str]
) -> None:
    ticket, entry_id, message_id = answered
    received = mail_room.arrive(
        a_bounce(message_id, action="delayed", status="4.4.1", words="451 4.4.1 busy")
    )
    assert received.outcome is Outcome.BOUNCE
    assert mail_room.delivery(entry_id).state is DeliveryState.SENT
    assert len(mail_room.events(ticket.id, "delivery_delayed")) == 1
    assert doubted(real_cast.awa) == []


def test_a_full_mailbox_refuses_the_mail_but_not_the_address(
    mail_room: MailRoom, real_cast: Cast, answered: tuple[Ticket, int, str]
) -> None:
    _, entry_id, message_id = answered
    mail_room.arrive(a_bounce(message_id, status="5.2.2", words="552 5.2.2 mailbox full"))
    assert mail_room.delivery(entry_id).state is DeliveryState.REFUSED
    assert doubted(real_cast.awa) == []


def test_a_bounce_of_a_mail_that_is_not_ours_moves_nothing(
    mail_room: MailRoom, real_cast: Cast, answered: tuple[Ticket, int, str]
) -> None:
    ticket, entry_id, _ = answered
    received = mail_room.arrive(a_bounce("<forged@relais.example.org>"))
    assert (received.outcome, received.ticket_id) == (Outcome.BOUNCE, None)
    assert mail_room.delivery(entry_id).state is DeliveryState.SENT
    assert mail_room.events(ticket.id, "bounce") == []
    assert doubted(real_cast.awa) == []


def test_a_bounce_is_never_answered(mail_room: MailRoom, answered: tuple[Ticket, int, str]) -> None:
    before = len(mail_room.sent)
    mail_room.arrive(a_bounce(answered[2]))
    mail_room.arrive(a_bounce("<unknown@relais.example.org>"))
    mail_room.drain()
    assert len(mail_room.sent) == before


def test_an_absence_notice_is_noted_and_does_not_reopen(
    mail_room: MailRoom, real_cast: Cast, answered: tuple[Ticket, int, str]
) -> None:
    ticket, _, message_id = answered
    with db.transaction():
        close(mail_room.held(ticket.id), ClosedHow.ANSWERED, by=again(real_cast.teleadviser))
    received = mail_room.arrive(
        a_raw_mail(
            "Je suis absente jusqu'au 4 décembre.",
            subject="Réponse automatique : Ma demande de titre",
            in_reply_to=message_id,
            auto_submitted="auto-replied",
        )
    )
    mail_room.drain()
    (event,) = mail_room.events(ticket.id, "auto_reply")
    with db.transaction(write=False):
        assert mail_room.held(ticket.id).state is State.CLOSED
    assert (received.outcome, received.ticket_id) == (Outcome.AUTO_REPLY, ticket.id)
    assert "4 décembre" in event.data["text"]
    assert [e.kind for e in mail_room.entries(ticket.id)].count(EntryKind.MESSAGE) == 1


def test_a_title_alone_hides_nothing(mail_room: MailRoom, real_cast: Cast) -> None:
    received = mail_room.arrive(
        a_raw_mail("Que faire ?", subject="Réponse automatique : dossier bloqué")
    )
    mail_room.drain()
    assert received.outcome is Outcome.CREATED
    assert mail_room.sent == []


def test_a_title_in_answer_to_us_is_told_on_its_ticket(
    mail_room: MailRoom, answered: tuple[Ticket, int, str]
) -> None:
    ticket, _, message_id = answered
    subject = "Réponse automatique : Ma demande"
    mail_room.arrive(a_raw_mail("De retour lundi.", subject=subject, in_reply_to=message_id))
    (event,) = mail_room.events(ticket.id, "auto_reply")
    assert "De retour lundi." in event.data["text"]


def test_an_absence_notice_of_a_stranger_opens_and_tells_nothing(
    mail_room: MailRoom, answered: tuple[Ticket, int, str]
) -> None:
    received = mail_room.arrive(
        a_raw_mail("Absent", sender="x@example.org", auto_submitted="auto-replied")
    )
    assert (received.outcome, received.ticket_id) == (Outcome.AUTO_REPLY, None)
    assert mail_room.events(answered[0].id, "auto_reply") == []


def test_a_robots_first_mail_opens_a_ticket_but_gets_no_answer(
    mail_room: MailRoom, real_cast: Cast
) -> None:
    received = mail_room.arrive(a_raw_mail("Votre colis", sender="no-reply@example.org"))
    mail_room.drain()
    assert received.outcome is Outcome.CREATED
    assert mail_room.sent == []


def test_a_newsletter_waits_for_a_person(mail_room: MailRoom, real_cast: Cast) -> None:
    received = mail_room.arrive(
        a_raw_mail(
            "Soldes", sender="no-reply@example.org", list_unsubscribe="<https://example.org>"
        )
    )
    assert received.outcome is Outcome.QUARANTINED


def test_two_robots_do_not_talk_for_ever(mail_room: MailRoom, real_cast: Cast) -> None:
    # It declares nothing of itself, and writes back to each acknowledgement.
    for number in range(14):
        mail_room.arrive(a_raw_mail(f"Bien reçu {number}", sender="bot@example.org"))
        mail_room.drain()
    answers = [mail for mail in mail_room.sent if "bot@example.org" in mail["To"]]
    assert len(answers) == 10
    assert all(mail["Auto-Submitted"] and mail["From"].count(SENDER) for mail in answers)
