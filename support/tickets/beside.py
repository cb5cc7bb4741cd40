"""A request that goes on from one closed long ago: opened beside it, and linked to it."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import aliased

from support.intake.models import Channel
from support.kernel import db
from support.people.models import Agent, Person
from support.tickets.journal import Words
from support.tickets.linking import link
from support.tickets.models import Link, Ticket, TicketLink
from support.tickets.opening import TicketDraft, open_ticket


def open_beside(earlier: Ticket, words: Words, *, channel: Channel, by: Person | Agent) -> Ticket:
    """The requester of ``earlier`` writes again: about the same matter, as far as we know.

    Raises Invalid ``ticket.empty``.
    """
    draft = TicketDraft(
        subject=earlier.subject,
        words=words,
        reason=earlier.reason,
        channel=channel,
        procedure=earlier.procedure,
        person=earlier.person,
        requester_agent=earlier.requester_agent,
        language=earlier.language,
        department=earlier.department,
        dossier_number=earlier.dossier_number,
        first_received_at=words.received.received_at if words.received else None,
    )
    ticket = open_ticket(draft, by=by)
    link(ticket, earlier, Link.FOLLOWS, by=by)
    return ticket


def goes_on_from(ticket: Ticket) -> str | None:
    """The reference of the same requester's request from which this one goes on."""
    earlier = aliased(Ticket)
    return db.session().scalar(
        select(earlier.reference)
        .join(TicketLink, TicketLink.earlier_id == earlier.id)
        .where(
            TicketLink.ticket_id == ticket.id,
            TicketLink.kind == Link.FOLLOWS,
            earlier.person_id == ticket.person_id
            if ticket.person_id
            else earlier.requester_agent_id == ticket.requester_agent_id,
        )
        .order_by(TicketLink.id)
        .limit(1)
    )
