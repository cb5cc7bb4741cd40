"""A reply against a server that takes it, puts it off, refuses it, hangs, or vanishes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
import time_machine
from sqlalchemy import select

from channels.mail import delivering
from channels.mail.delivering import pause_after
from channels.mail.sending import SmtpTransport
from support.kernel import db
from support.kernel.time import now
from support.outbox.draining import MAX_ATTEMPTS
from support.outbox.models import OutboxRow, OutboxState
from support.tickets import withdrawing
from support.tickets.models import Ticket
from support.tickets.timeline import DeliveryState
from tests.cast import Cast, again
from tests.channels.mail.conftest import PUBLIC_URL, SENDER, MailRoom, a_raw_mail
from tests.servers.smtp import SmtpServer

pytestmark = pytest.mark.mail
START = datetime(2026, 11, 23, 9, tzinfo=UTC)
D = DeliveryState


@pytest.fixture
def ticket(mail_room: MailRoom, real_cast: Cast) -> Ticket:
    found = mail_room.ticket(mail_room.arrive(a_raw_mail()))
    mail_room.drain()
    mail_room.smtp.clear()
    transport = SmtpTransport(mail_room.smtp.url, timeout=0.5)
    delivering.configure(delivering.Post(transport, ("Relais", SENDER), PUBLIC_URL, "Relais"))
    return found


def nothing(_server: SmtpServer) -> None: ...


# What the server does; what the delivery is then, after how long it is tried again, and what it is
# when the server is well again; how often the server has had the mail in all.
BEHAVIOURS: dict[str, tuple[Callable[[SmtpServer], None], D, int | None, D, int]] = {
    "250": (nothing, D.SENT, None, D.SENT, 1),
    "421": (lambda s: s.set_reply("mail", 421, "4.3.2 closing"), D.DELAYED, 5, D.SENT, 1),
    "451": (lambda s: s.set_reply("rcpt", 451, "4.7.1 greylisted"), D.DELAYED, 5, D.SENT, 1),
    "451 after": (lambda s: s.set_reply("data", 451, "4.3.0 later"), D.DELAYED, 5, D.SENT, 1),
    "550": (lambda s: s.set_reply("rcpt", 550, "5.1.1 unknown"), D.REFUSED, None, D.REFUSED, 0),
    "550 after": (lambda s: s.set_reply("data", 550, "5.7.1 spam"), D.REFUSED, None, D.REFUSED, 0),
    "hang": (lambda s: s.hang(), D.DELAYED, 1, D.SENT, 1),
    "drop after DATA": (lambda s: s.drop_after_data(), D.DELAYED, 1, D.SENT, 2),
}


@pytest.mark.parametrize("behaviour", BEHAVIOURS)
def test_each_way_a_server_behaves(
    mail_room: MailRoom, real_cast: Cast, ticket: Ticket, behaviour: str
) -> None:
    misbehave, first, minutes, last, copies = BEHAVIOURS[behaviour]
    misbehave(mail_room.smtp)
    entry_id = mail_room.reply(real_cast, ticket)
    mail_room.drain()
    delivery = mail_room.delivery(entry_id)
    assert delivery.state is first
    assert bool(delivery.last_words) is (first is not D.SENT)
    if minutes is None:
        assert delivery.next_try_at is None
    else:
        assert delivery.next_try_at is not None
        left = delivery.next_try_at - now()
        assert timedelta(minutes=minutes - 0.5) < left <= timedelta(minutes=minutes)
    mail_room.smtp.hang(False)
    mail_room.smtp.drop_after_data(False)
    kept = list(mail_room.smtp.messages)
    mail_room.smtp.clear()
    mail_room.drain(after=timedelta(minutes=6))
    delivery = mail_room.delivery(entry_id)
    assert delivery.state is last
    assert delivery.next_try_at is None
    taken = kept + mail_room.smtp.messages
    assert len(taken) == copies
    assert len({mail.data for mail in taken}) <= 1
    with db.transaction(write=False):
        assert (mail_room.held(ticket.id).unheard_since is not None) is (last is D.REFUSED)


def test_the_pauses_grow_for_about_two_days() -> None:
    for code in (0, 421, 451):
        pauses = [pause_after(attempts, code) for attempts in range(MAX_ATTEMPTS - 1)]
        assert all(a <= b for a, b in pairwise(pauses))
        assert timedelta(hours=40) < sum(pauses, timedelta()) < timedelta(hours=56)


def test_put_off_for_two_days_it_is_refused(
    mail_room: MailRoom, real_cast: Cast, ticket: Ticket
) -> None:
    mail_room.smtp.set_reply("rcpt", 451, "4.7.1 come back")
    with time_machine.travel(START, tick=False) as clock:
        entry_id = mail_room.reply(real_cast, ticket)
        for _ in range(MAX_ATTEMPTS - 1):
            mail_room.drain()
            delivery = mail_room.delivery(entry_id)
            assert delivery.state is D.DELAYED
            assert delivery.next_try_at is not None
            clock.move_to(delivery.next_try_at + timedelta(seconds=1))
        mail_room.drain()
        assert timedelta(hours=40) < now() - START < timedelta(hours=56)
    delivery = mail_room.delivery(entry_id)
    assert (delivery.state, delivery.next_try_at) == (D.REFUSED, None)
    assert len(mail_room.events(ticket.id, "delivery_refused")) == 1


def held_reply(mail_room: MailRoom, cast: Cast, ticket: Ticket) -> int:
    return mail_room.reply(cast, ticket, undo_for=timedelta(seconds=15))


def test_a_reply_leaves_when_its_time_for_second_thoughts_is_over(
    mail_room: MailRoom, real_cast: Cast, ticket: Ticket
) -> None:
    with time_machine.travel(START, tick=False) as clock:
        entry_id = held_reply(mail_room, real_cast, ticket)
        clock.shift(timedelta(seconds=14))
        mail_room.drain()
        with pytest.raises(delivering.TryLater) as later:
            delivering.deliver({"entry_id": entry_id})
        assert later.value.after == timedelta(seconds=1)
        assert mail_room.sent == []
        clock.shift(timedelta(seconds=1))
        mail_room.drain()
        assert len(mail_room.sent) == 1
        delivery = mail_room.delivery(entry_id)
        assert delivery.state is D.SENT
        assert delivery.begun_at is not None


def test_a_reply_taken_back_never_leaves_and_is_no_part_of_the_thread(
    mail_room: MailRoom, real_cast: Cast, ticket: Ticket
) -> None:
    entry_id = held_reply(mail_room, real_cast, ticket)
    with db.transaction():
        withdrawing.withdraw(mail_room.held(ticket.id), entry_id, by=again(real_cast.teleadviser))
    for minutes in (0, 1, 60):
        mail_room.drain(after=timedelta(minutes=minutes))
    assert mail_room.sent == []
    assert mail_room.delivery(entry_id).state is D.WITHDRAWN
    assert mail_room.waiting_rows("message.send") == []
    (withdrawn,) = [e.message_id for e in mail_room.entries(ticket.id) if e.id == entry_id]
    with db.transaction(write=False) as session:
        row = session.scalars(select(OutboxRow).where(OutboxRow.key == f"message:{entry_id}")).one()
    assert row.state is OutboxState.DONE
    mail_room.reply(real_cast, ticket, "Mieux.")
    mail_room.drain()
    (mail,) = mail_room.sent
    assert withdrawn not in mail["References"]


def test_an_answer_that_arrives_later_takes_the_ticket_off_the_list(
    mail_room: MailRoom, real_cast: Cast, ticket: Ticket
) -> None:
    mail_room.smtp.set_reply("rcpt", 550, "5.2.2 mailbox full", times=1)
    for unheard in (True, False):
        mail_room.reply(real_cast, ticket)
        mail_room.drain()
        with db.transaction(write=False):
            assert (mail_room.held(ticket.id).unheard_since is not None) is unheard
