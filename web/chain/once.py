"""A form that opens a ticket opens it once, however often it is sent."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select

from support.intake.models import Channel, Outcome, Received
from support.intake.receiving import key_of, receive
from support.intake.settling import settle, take_unsettled
from support.kernel import db
from support.people.models import Agent
from support.tickets.models import Ticket

Opener = Callable[[Received], Ticket]


def sent_before(channel: Channel, key: str, by: Agent) -> bool:
    """Whether this very form has opened its ticket already."""
    known = select(Received.id).where(
        Received.channel == channel, Received.dedupe_key == _key(by, key)
    )
    return db.session().scalar(known) is not None


def open_once(channel: Channel, raw: bytes, key: str, by: Agent, opener: Opener) -> Ticket:
    """Keep the form as it came and open its ticket; the same ``key`` gives the same ticket."""
    kept = receive(channel, raw, source=by.email, dedupe_key=_key(by, key))
    received = take_unsettled(kept.received.id)
    if received is None:
        known = select(Ticket).join(Received, Received.ticket_id == Ticket.id)
        return db.session().scalars(known.where(Received.id == kept.received.id)).one()
    ticket = opener(received)
    settle(received, Outcome.CREATED, ticket_id=ticket.id, entry_id=ticket.last_entry_id)
    return ticket


def _key(by: Agent, key: str) -> str:
    return key_of(str(by.id), key)
