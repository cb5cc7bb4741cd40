"""Mails filed together become what they would have become alone, for a fraction of the cost."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from sqlalchemy import func, select, update

from channels.mail import inbox, plain
from support.intake.models import Channel, Outcome, Received
from support.intake.receiving import TOPIC, take_up_left_over
from support.kernel import db
from support.outbox.models import OutboxRow, OutboxState
from support.people.models import Person
from support.tickets.models import Ticket
from support.tickets.timeline import Entry
from tests.channels.mail.conftest import SENDER, MailRoom, a_bounce, a_raw_mail
from tests.factories import counted

PILE = [
    a_raw_mail(message_id="<1@pile>", sender="Ali Khan <ali@example.org>"),
    a_raw_mail("Et ceci.", message_id="<2@pile>", sender="Ali Khan <ali@example.org>"),
    a_raw_mail(message_id="<3@pile>", sender="ALI KHAN <Ali@Example.org>"),
    a_raw_mail(message_id="<4@pile>", sender="sans-nom@example.org"),
    a_raw_mail("Suite.", message_id="<5@pile>", in_reply_to="<1@pile>",
               sender="Ali Khan <ali@example.org>"),
    a_raw_mail("Suite d'un autre.", message_id="<6@pile>", in_reply_to="<1@pile>",
               sender="Moussa <moussa@example.org>"),
    a_raw_mail("Un.", message_id="<7@pile>", sender="Un <un@example.org>"),
    a_raw_mail("Deux.", message_id="<7@pile>", sender="Deux <deux@example.org>"),
    a_raw_mail(message_id="<8@pile>", auto_submitted="auto-replied"),
    a_raw_mail("", message_id="<9@pile>", subject=""),
    a_raw_mail(message_id="<10@pile>", sender="Conseil <teleadviser@relais.test>"),
    a_raw_mail(message_id="<11@pile>", subject="[#2611-2004-8312] Ma demande"),
    a_raw_mail("", message_id="<12@pile>", files=(("a.pdf", "application/pdf", b"%PDF-1.4"),)),
    a_bounce("<nobody@pile>"),
    b"ceci n'est pas un courriel",
]  # fmt: skip


def together(raws: Sequence[bytes]) -> list[int]:
    kept = inbox.take_in_all(((raw, "test") for raw in raws), at_once=True)
    news = {one.received.id: raw for one, raw in zip(kept, raws, strict=True)}
    assert inbox.understand_all(news) == {}
    return [one.received.id for one in kept]


def one_by_one(raws: Sequence[bytes]) -> list[int]:
    numbers = []
    for raw in raws:
        numbers.append(inbox.take_in(raw, "test").received.id)
        inbox.understand(numbers[-1])
    return numbers


def told(numbers: Sequence[int]) -> list[object]:
    """All that became of them, in words that do not depend on the numbers drawn."""
    found: list[object] = []
    with db.transaction(write=False) as session:
        for number in numbers:
            row = session.get_one(Received, number)
            ticket = session.get(Ticket, row.ticket_id) if row.ticket_id else None
            entry = session.get(Entry, row.entry_id) if row.entry_id else None
            person = ticket.person if ticket else None
            found.append(
                (
                    (row.outcome, row.reason, row.sender, row.subject, row.attempts),
                    ticket and (ticket.subject, ticket.state, ticket.chasers, ticket.channel),
                    ticket and ticket.sort_due == ticket.promised_at,
                    person and (person.full_name, [(c.kind, c.value) for c in person.contacts]),
                    entry and (entry.kind, entry.text, entry.message_id, len(entry.attachments)),
                    ticket and [e.kind for e in lines(ticket)],
                )
            )
        found.append(session.scalar(select(func.count()).select_from(Person)))
    return found


def lines(ticket: Ticket) -> Sequence[Entry]:
    query = select(Entry).where(Entry.ticket_id == ticket.id).order_by(Entry.id)
    return db.session().scalars(query).all()


def test_together_they_become_what_they_are_alone(mail_room: MailRoom, real_cast, engine):
    alone = told(one_by_one(PILE))
    _forget_all(engine)
    in_a_group = told(together(PILE))
    assert in_a_group == alone
    assert sum(1 for row in alone[:-1] if row[0][0] is Outcome.CREATED) >= 8


def _forget_all(engine) -> None:
    """Back to before the first pile: rows of mail, and of those who wrote."""
    from tests.schema import tables

    mail = {"received", "outbox", "ticket", "ticket_access", "entry", "attachment", "clock",
            "delivery", "follower", "ticket_link"}  # fmt: skip
    known = {"Ali Khan", "", "Moussa", "Un", "Deux"}
    with engine.begin() as connection:
        for table in tables():
            if table.name in mail:
                connection.execute(table.delete())
        people = [
            row.id
            for row in connection.execute(select(Person.id, Person.given_name, Person.family_name))
            if f"{row.given_name} {row.family_name}".strip() in known
        ]
        for table in tables():
            if table.name in ("person_contact", "person_name_word"):
                connection.execute(table.delete().where(table.c.person_id.in_(people)))
        for table in tables():
            if table.name == "person":
                connection.execute(table.delete().where(table.c.id.in_(people)))


@pytest.mark.parametrize("number", [10, 50])
def test_the_number_of_statements_does_not_depend_on_the_number_of_mails(
    mail_room: MailRoom, real_cast, number
):
    raws = [a_raw_mail(sender=f"P{n} <p{n}.{number}@example.org>") for n in range(number)]
    with counted() as sql:
        together(raws)
    assert len(sql) <= 40, "\n".join(s[:90] for s in sql)


@pytest.mark.parametrize("number", [1, len(PILE)])
def test_what_is_settled_asks_for_nothing_more(mail_room: MailRoom, real_cast, number):
    together(PILE[:number])
    with db.transaction(write=False) as session:
        rows = session.scalars(select(OutboxRow).where(OutboxRow.topic.startswith("intake"))).all()
    assert {row.state for row in rows} == {OutboxState.DONE}


def test_one_that_cannot_be_filed_holds_up_none_of_the_others(
    mail_room: MailRoom, real_cast, monkeypatch
):
    """Nothing of the group is written when one of it fails: each is then taken alone."""

    def refuse(*_: object) -> set[int]:
        plain_settle(*_)
        raise ValueError("one of them")

    plain_settle = plain.settle_plain
    monkeypatch.setattr(inbox, "settle_plain", refuse)
    numbers = together(PILE[:4])
    with db.transaction(write=False) as session:
        outcomes = session.scalars(select(Received.outcome).where(Received.id.in_(numbers))).all()
        assert session.scalar(select(func.count()).select_from(Ticket)) == 4
    assert outcomes == [Outcome.CREATED] * 4


def test_a_process_that_died_in_between_leaves_them_to_the_worker(mail_room: MailRoom, real_cast):
    kept = inbox.take_in_all(((raw, "test") for raw in PILE[:3]), at_once=True)
    assert mail_room.drain() == 0  # whoever took them in may still be at it
    inbox.understand(kept[1].received.id)  # it got that far
    with db.transaction() as session:
        session.execute(update(OutboxRow).values(available_at=OutboxRow.created_at))
    while mail_room.drain():
        pass
    outcomes = [mail_room.received(one.received.id).outcome for one in kept]
    assert outcomes == [Outcome.CREATED] * 3
    assert SENDER not in {one.received.sender for one in kept}


def test_what_is_left_over_is_asked_for_once(mail_room: MailRoom, real_cast):
    kept = inbox.take_in_all(((raw, "test") for raw in PILE[:3]), at_once=True)
    numbers = [one.received.id for one in kept]
    for _ in range(2):  # a worker that dies after the first time is followed by another
        with db.transaction():
            take_up_left_over(Channel.EMAIL, numbers)
    with db.transaction(write=False) as session:
        wanted = select(func.count()).where(OutboxRow.topic == TOPIC)
        assert session.scalar(wanted) == 3
