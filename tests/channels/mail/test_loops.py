"""Two machines that answer each other stop soon, and nothing that they said is lost."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from support.intake.models import Outcome, Received
from support.kernel import db
from support.tickets import looping
from support.tickets.filing import Why
from support.tickets.models import Ticket
from tests.cast import Cast
from tests.channels.mail.conftest import MailRoom, a_raw_mail

ROBOT = "karim.b@example.org"
ROUNDS = 30  # an unbounded pair would still be talking


def rows(**wanted: object) -> int:
    with db.transaction(write=False) as session:
        query = select(func.count()).select_from(Received)
        return session.scalar(query.filter_by(**wanted)) or 0


@pytest.mark.parametrize("threads", [True, False], ids=["in the thread", "a new mail each time"])
def test_a_robot_without_any_mark_is_stopped(
    mail_room: MailRoom, real_cast: Cast, threads: bool
) -> None:
    """It answers each mail of ours at once, as a person would write."""
    mail_room.arrive(a_raw_mail("Bonjour, ceci est ma demande.", sender=ROBOT))
    answered = 0
    for _ in range(ROUNDS):
        mail_room.drain()
        fresh = mail_room.sent[answered:]
        if not fresh:
            break
        answered += len(fresh)
        for mail in fresh:
            known = {"in_reply_to": mail["Message-ID"]} if threads else {}
            mail_room.arrive(a_raw_mail(f"Bien reçu, {answered}", sender=ROBOT, **known))
    assert 1 <= len(mail_room.sent) <= looping.MOST_AN_HOUR
    assert rows() == len(mail_room.sent) + 1
    assert rows(outcome=None) == 0


def test_a_flood_from_an_address_that_we_answer_waits_for_a_person(
    mail_room: MailRoom, real_cast: Cast
) -> None:
    many = looping.MOST_AN_HOUR + 4
    for n in range(many):
        mail_room.arrive(a_raw_mail(f"Message {n}", sender=ROBOT, subject=f"Alerte {n}"))
        mail_room.drain()
    stopped = rows(outcome=Outcome.QUARANTINED, reason=Why.LOOP.value)
    assert stopped == many - looping.MOST_AN_HOUR
    assert rows() == many
    with db.transaction(write=False) as session:
        newest = session.scalars(select(Ticket.id).order_by(Ticket.id.desc()).limit(1)).one()
        assert session.scalar(select(func.count()).select_from(Ticket)) == looping.MOST_AN_HOUR
    (told,) = mail_room.events(newest, "loop")
    assert told.data["sender"] == ROBOT


def test_many_mails_of_one_address_that_nobody_answers_are_requests(
    mail_room: MailRoom, real_cast: Cast
) -> None:
    """A form that writes for everybody, a mailbox emptied after a week: no circle."""
    for n in range(looping.MOST_AN_HOUR + 4):
        row = mail_room.arrive(a_raw_mail(f"Demande {n}", sender=ROBOT, subject=f"Demande {n}"))
        assert row.outcome is Outcome.CREATED


def test_a_ticket_that_answers_by_itself_too_often_is_silent(
    mail_room: MailRoom, real_cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looping, "MOST_LETTERS", 1)
    first = mail_room.arrive(a_raw_mail(message_id="<q1@mail.example.org>"))
    mail_room.drain()
    again = [
        mail_room.arrive(a_raw_mail(f"Encore {n}", in_reply_to="<q1@mail.example.org>"))
        for n in range(2)
    ]
    assert [one.reason for one in again] == [Why.LOOP, Why.LOOP]
    assert len(mail_room.events(first.ticket_id, "loop")) == 1


def test_somebody_else_is_not_held_up(mail_room: MailRoom, real_cast: Cast) -> None:
    for n in range(looping.MOST_AN_HOUR + 1):
        mail_room.arrive(a_raw_mail(f"Message {n}", sender=ROBOT))
        mail_room.drain()
    assert mail_room.arrive(a_raw_mail("Bonjour")).outcome is Outcome.CREATED
