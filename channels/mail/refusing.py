"""A mail of ours that did not reach its reader: the agent must see it, the address is doubted."""

from __future__ import annotations

import re

from sqlalchemy import select, update

from support.kernel import db
from support.kernel.time import now
from support.outbox.publishing import publish
from support.people.models import ContactKind, PersonContact
from support.tickets.authors import SYSTEM
from support.tickets.journal import note_event
from support.tickets.models import Ticket
from support.tickets.timeline import Delivery, DeliveryState, Entry, EntryKind

_ENHANCED = re.compile(r"\b5\.(\d{1,3})\.(\d{1,3})\b")
# Refusals of a mailbox; 552 and 554 refuse the message.
_MAILBOX_CODES = (550, 551, 553)


def refuse(
    ticket: Ticket, delivery: Delivery, words: str, *, event: str, address_fails: bool
) -> None:
    """Write down that the mail did not arrive, once. The caller holds the ticket."""
    entry = db.session().get_one(Entry, delivery.entry_id)
    if delivery.state is not DeliveryState.REFUSED:
        note_event(ticket, event, by=SYSTEM, words=words[:1000], entry_id=entry.id)
        if entry.kind is EntryKind.EXCHANGE:
            # A level that never got it will not answer: the ticket must not wait there.
            publish("level.unreached", entry_id=entry.id)
    delivery.state = DeliveryState.REFUSED
    delivery.last_words = words[:2000]
    if entry.kind is EntryKind.REPLY and ticket.unheard_since is None:
        ticket.unheard_since = now()
    if address_fails:
        doubt(delivery.address)


def heard(delivery: Delivery) -> None:
    """A reply has gone out: what did not arrive before it is no longer owed."""
    reply = select(Entry.ticket_id).where(
        Entry.id == delivery.entry_id, Entry.kind == EntryKind.REPLY
    )
    db.session().execute(
        update(Ticket)
        .where(Ticket.id == reply.scalar_subquery(), Ticket.unheard_since.is_not(None))
        .values(unheard_since=None)
        .execution_options(synchronize_session=False)
    )


def doubt(address: str) -> None:
    """Mail to this address fails: another one of the person is written to first."""
    db.session().execute(
        update(PersonContact)
        .where(
            PersonContact.kind == ContactKind.EMAIL,
            PersonContact.value == address,
            PersonContact.failed_at.is_(None),
        )
        .values(failed_at=now())
        .execution_options(synchronize_session="fetch")
    )


def blames_address(code: int, words: str) -> bool:
    """Whether a permanent refusal is of the mailbox, rather than of this one message."""
    said = _ENHANCED.search(words)
    if said:
        return said[1] == "1" or (said[1], said[2]) == ("2", "1")
    return code in _MAILBOX_CODES
