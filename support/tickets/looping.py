"""Two machines that answer each other: stopped soon, with every message kept for a person."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from sqlalchemy import Select, case, func, or_, select

from support.intake.models import Received
from support.kernel import db
from support.kernel.time import now
from support.people.models import Person
from support.tickets.authors import SYSTEM
from support.tickets.journal import note_event, written
from support.tickets.models import Ticket
from support.tickets.timeline import Delivery, Entry, EntryKind
from support.tickets.visibility import hold

# Messages of one address; a person who sends each photograph in a mail of its own stays below.
MOST_AN_HOUR = 12
MOST_A_DAY = 40
# It takes two for a circle: so many letters of ours left for that address by themselves in a day.
ANSWERED = 5
# Letters that left by themselves on one ticket in a day.
MOST_LETTERS = 5


def in_circles(sender: str, ticket: Ticket | None = None) -> bool:
    """Whether ``sender`` and we answer each other, or ``ticket`` writes, as only machines do."""
    if circling([sender]):
        return True
    if ticket is None:
        return False
    letters = _letters().where(Entry.ticket_id == ticket.id).limit(MOST_LETTERS).subquery()
    count = db.session().scalar(select(func.count()).select_from(letters))
    return (count or 0) >= MOST_LETTERS


def circling(senders: Collection[str]) -> set[str]:
    """Those of ``senders`` who write as often as only a machine does, and whom we answer each
    time. Many mails that nobody answers are no circle: each is a request.
    """
    hour, day = now() - timedelta(hours=1), now() - timedelta(days=1)
    lately = func.sum(case((Received.received_at > hour, 1), else_=0))
    busy = (
        select(Received.sender)
        .where(Received.sender.in_(senders), Received.received_at > day)
        .group_by(Received.sender)
        .having(or_(lately >= MOST_AN_HOUR, func.count() >= MOST_A_DAY))
    )
    found = db.session().scalars(busy).all() if senders else []
    return {sender for sender in found if _answered(sender)}


def _answered(address: str) -> bool:
    """Whether so many letters left for the address that it may be answering them."""
    letters = _letters().join(Delivery, Delivery.entry_id == Entry.id)
    few = letters.where(Delivery.address == address).limit(ANSWERED).subquery()
    return (db.session().scalar(select(func.count()).select_from(few)) or 0) >= ANSWERED


def _letters() -> Select[tuple[int]]:
    day = now() - timedelta(days=1)
    return select(Entry.id).where(Entry.kind == EntryKind.NOTICE, Entry.created_at > day)


def tell_owner(ticket: Ticket | None, sender: str) -> None:
    """Say once a day on the ticket that its mails go in circles. The caller holds it."""
    if ticket is None:
        return
    once = f"loop:{ticket.id}:{now():%Y%m%d}"
    if not written(once):
        note_event(ticket, "loop", by=SYSTEM, once_key=once, sender=sender)


def last_ticket(person: Person) -> Ticket | None:
    """The person's newest ticket, held: where its owner is told."""
    ticket = db.session().scalar(
        select(Ticket).where(Ticket.person_id == person.id).order_by(Ticket.id.desc()).limit(1)
    )
    if ticket is not None:
        hold(ticket)
    return ticket
