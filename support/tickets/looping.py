"""Two machines that answer each other: stopped soon, with every message kept for a person."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Select, func, select

from support.intake.models import Received
from support.kernel import db
from support.kernel.time import now
from support.people.models import Person
from support.tickets.authors import SYSTEM
from support.tickets.journal import note_event
from support.tickets.models import Ticket
from support.tickets.timeline import Entry, EntryKind
from support.tickets.visibility import hold

# Messages of one address; a person who sends each photograph in a mail of its own stays below.
MOST_AN_HOUR = 12
MOST_A_DAY = 40
# Letters that left by themselves on one ticket in a day.
MOST_LETTERS = 5


def in_circles(sender: str, ticket: Ticket | None = None) -> bool:
    """Whether so much has come from ``sender``, or gone out on ``ticket``, that a machine does it.

    One statement.
    """
    hour, day = now() - timedelta(hours=1), now() - timedelta(days=1)
    mails = select(Received.id).where(Received.sender == sender)
    counts = [
        _few(mails.where(Received.received_at > hour), MOST_AN_HOUR),
        _few(mails.where(Received.received_at > day), MOST_A_DAY),
    ]
    bounds = [MOST_AN_HOUR, MOST_A_DAY]
    if ticket is not None:
        letters = select(Entry.id).where(
            Entry.ticket_id == ticket.id, Entry.kind == EntryKind.NOTICE, Entry.created_at > day
        )
        counts.append(_few(letters, MOST_LETTERS))
        bounds.append(MOST_LETTERS)
    found = db.session().execute(select(*counts)).one()
    return any(count >= bound for count, bound in zip(found, bounds, strict=True))


def tell_owner(ticket: Ticket | None, sender: str) -> None:
    """Say once a day on the ticket that its mails go in circles. The caller holds it."""
    if ticket is None:
        return
    once = f"loop:{ticket.id}:{now():%Y%m%d}"
    if db.session().scalar(select(Entry.id).where(Entry.once_key == once)) is None:
        note_event(ticket, "loop", by=SYSTEM, once_key=once, sender=sender)


def last_ticket(person: Person) -> Ticket | None:
    """The person's newest ticket, held: where its owner is told."""
    ticket = db.session().scalar(
        select(Ticket).where(Ticket.person_id == person.id).order_by(Ticket.id.desc()).limit(1)
    )
    if ticket is not None:
        hold(ticket)
    return ticket


def _few(query: Select[tuple[int]], most: int):  # type: ignore[no-untyped-def]
    """How many rows, counted no further than ``most``."""
    return select(func.count()).select_from(query.limit(most).subquery()).scalar_subquery()
