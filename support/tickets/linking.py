"""Tickets that belong together, written down once and said on both timelines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from support.kernel import db
from support.people.models import Agent
from support.tickets.authors import Author
from support.tickets.journal import note_event
from support.tickets.models import Link, Ticket, TicketLink
from support.tickets.references import shown
from support.tickets.visibility import visible_to

# What each of the two timelines says: (on the later ticket, on the earlier one).
_EVENTS = {
    Link.FOLLOWS: ("follows", "followed_by"),
    Link.DUPLICATE: ("duplicate_of", "has_duplicate"),
    Link.APART: ("kept_apart", "kept_apart"),
}
_MOST_STEPS = 10  # of a chain of duplicates; nobody makes a longer one by hand


@dataclass(frozen=True, slots=True)
class Linked:
    """``other`` as seen from a ticket; ``earlier``: whether it is the older of the two."""

    kind: Link
    other: Ticket
    earlier: bool


def link(ticket: Ticket, earlier: Ticket, kind: Link, *, by: Author) -> None:
    """``ticket`` stands to ``earlier`` as ``kind`` says; said again, it changes what was said."""
    known = _between(ticket, earlier)
    if known is not None and known.kind is kind:
        return
    if known is None:
        known = TicketLink(ticket_id=ticket.id, earlier_id=earlier.id, kind=kind)
        db.session().add(known)
    known.kind = kind
    here, there = _EVENTS[kind]
    note_event(ticket, here, by=by, reference=shown(earlier.reference))
    note_event(earlier, there, by=by, reference=shown(ticket.reference))


def linked_to(ticket: Ticket, *, by: Agent) -> Sequence[Linked]:
    """The tickets that belong with this one, among those that ``by`` sees; one query."""
    return [one for one in links_of(ticket, by=by) if one.kind is not Link.APART]


def links_of(ticket: Ticket, *, by: Agent) -> Sequence[Linked]:
    """As :func:`linked_to`, with those that were said to be apart."""
    either = or_(
        (TicketLink.ticket_id == ticket.id) & (Ticket.id == TicketLink.earlier_id),
        (TicketLink.earlier_id == ticket.id) & (Ticket.id == TicketLink.ticket_id),
    )
    rows = db.session().execute(
        select(TicketLink, Ticket)
        .where(either, visible_to(by))
        .options(joinedload(Ticket.reason, innerjoin=True))
        .order_by(TicketLink.id.desc())
        .limit(50)
    )
    return [Linked(row.kind, other, row.earlier_id == other.id) for row, other in rows]


def end_of_duplicates(ticket: Ticket) -> Ticket:
    """The ticket on which the matter goes on: this one, unless it was found to be a duplicate."""
    for _ in range(_MOST_STEPS):
        earlier = db.session().scalar(
            select(Ticket)
            .join(TicketLink, TicketLink.earlier_id == Ticket.id)
            .where(TicketLink.ticket_id == ticket.id, TicketLink.kind == Link.DUPLICATE)
            .order_by(TicketLink.id.desc())
            .limit(1)
        )
        if earlier is None:
            break
        ticket = earlier
    return ticket


def _between(ticket: Ticket, earlier: Ticket) -> TicketLink | None:
    return db.session().scalar(
        select(TicketLink).where(
            TicketLink.ticket_id == ticket.id, TicketLink.earlier_id == earlier.id
        )
    )
