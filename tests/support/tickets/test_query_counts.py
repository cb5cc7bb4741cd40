"""Reading costs the same number of queries with ten tickets or five hundred."""

from __future__ import annotations

import secrets

import pytest
from sqlalchemy import select

from support.intake.models import Channel
from support.people.models import (
    Agent,
    ContactKind,
    Person,
    PersonContact,
    PersonNameWord,
    Role,
)
from support.tickets.journal import Words
from support.tickets.models import Ticket, TicketAccess
from support.tickets.queue import Filters, Order, View, count_views, read_queue
from support.tickets.references import new_reference
from support.tickets.replying import person_replies
from support.tickets.thread import read_thread
from support.tickets.timeline import Attachment, Entry, EntryKind
from support.tickets.visibility import one_visible
from tests.cast import PASSWORD_HASH
from tests.factories import a_ticket, counted


def fill(cast, session, count: int) -> list[Ticket]:
    """Tickets of as many persons, each with an owner of their own, written in bulk."""
    people = [
        Person(
            given_name="Ali",
            family_name=f"Khan{n}",
            search_name="khan ali",
            contacts=[PersonContact(kind=ContactKind.EMAIL, value=f"{secrets.token_hex(8)}@x.org")],
            name_words=[PersonNameWord(word="khan")],
        )
        for n in range(count)
    ]
    owners = [
        Agent(
            email=f"{secrets.token_hex(8)}@demo.relais",
            given_name="A",
            family_name=str(n),
            role=Role.TELEADVISER,
            team=cast.teams["ccc_a"],
            password_hash=PASSWORD_HASH,
        )
        for n in range(count)
    ]
    model = a_ticket(cast)
    # None of them twice, nor one that is there: drawn at random, some would be.
    taken = set(session.scalars(select(Ticket.reference)))
    references: set[str] = set()
    while len(references) < count:
        references |= {new_reference(model.created_at)} - taken
    tickets = [
        Ticket(
            reference=reference,
            subject="x",
            channel=Channel.FORM,
            person=person,
            reason=model.reason,
            procedure=cast.procedures["student"],
            field=model.field,
            team=model.team,
            home_team=model.team,
            owner=owner,
            home_owner=owner,
            sort_due=model.sort_due,
            follow_salt="x",
        )
        for person, owner, reference in zip(people, owners, references, strict=True)
    ]
    session.add_all(tickets)
    session.flush()
    session.add_all(TicketAccess(ticket_id=t.id, team_id=t.team_id) for t in tickets)
    session.flush()
    return tickets


def write_entries(ticket: Ticket, session, count: int) -> None:
    for n in range(count):
        entry = Entry(ticket_id=ticket.id, kind=EntryKind.NOTE, author_agent=ticket.owner)
        entry.attachments = [Attachment(filename=str(n), size=1, file_key="0" * 64)]
        session.add(entry)
    session.flush()


READINGS = {
    "queue": lambda agent, reference: used(read_queue(agent, Filters(view=View.ALL)).tickets),
    "newest": lambda agent, _: used(
        read_queue(agent, Filters(view=View.ALL, order=Order.NEWEST)).tickets
    ),
    "counts": lambda agent, _: count_views(agent, list(View)),
    "ticket": lambda agent, reference: used([one_visible(reference, agent)]),
    "locked ticket": lambda agent, reference: used([one_visible(reference, agent, lock=True)]),
    "thread": lambda agent, reference: [
        (e.author_agent, e.author_person, e.delivery, e.call, e.attachments)
        for e in read_thread(one_visible(reference, agent), by=agent)
    ],
}
# The queue: tickets, their persons' addresses, the count. The thread: the ticket and the
# requester's addresses, the entries, their files and their authors' addresses.
MOST = {"queue": 3, "newest": 3, "counts": 2, "ticket": 2, "locked ticket": 9, "thread": 5}


def used(tickets) -> None:
    """Read what a page shows of each."""
    for ticket in tickets:
        assert ticket.requester_name
        assert ticket.reason.label
        assert ticket.team.label
        assert ticket.owner is None or ticket.owner.full_name


@pytest.mark.parametrize("reading", READINGS)
def test_the_number_of_queries_does_not_grow(cast, db_session, reading):
    agent_id = cast.teleadviser.id

    def cost(ticket: Ticket) -> int:
        reference = ticket.reference
        db_session.flush()
        db_session.expunge_all()
        agent = db_session.get(Agent, agent_id)
        assert agent.team.label  # the door knows who it is before it reads
        with counted() as sql:
            READINGS[reading](agent, reference)
        return len(sql)

    few = fill(cast, db_session, 10)
    write_entries(few[0], db_session, 1)
    person_replies(few[0], Words("Bonjour"), by=few[0].person)
    first = cost(few[0])
    cast = refreshed(cast, db_session)
    many = fill(cast, db_session, 500 if reading in ("queue", "counts") else 60)
    write_entries(many[0], db_session, 90)
    person_replies(many[0], Words("Bonjour"), by=many[0].person)
    assert cost(many[0]) == first
    assert first <= MOST[reading]


def refreshed(cast, session):
    for group in (cast.teams, cast.reasons, cast.procedures, cast.persons):
        for name, item in group.items():
            group[name] = session.merge(item, load=True)
    return cast
