"""Asking the person for just what the next level needs and nobody knows: once, in their language.

What they answer on their follow page is kept as facts of the ticket, and fills the hand-over in.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import select

from escalation import handover
from support.kernel import db
from support.kernel.errors import Conflict, Invalid
from support.outbox.publishing import publish
from support.people.models import Agent
from support.people.permissions import Permission, require
from support.tickets import waiting
from support.tickets.facts import facts_of
from support.tickets.journal import note_event
from support.tickets.models import State, Ticket
from support.tickets.timeline import Entry

EVENT = "items_asked"
LETTER = "items_asked"
# Items that a person can answer by themselves; the others are for agents to find out.
ASKABLE = (
    "step_reached",
    "exact_message",
    "browser",
    "tried",
    "account_email",
    "expiry_date",
    "visa_number",
)


def to_ask(ticket: Ticket, given: Mapping[str, str]) -> list[str]:
    """What the hand-over of this reason needs, that is not ``given`` and that the person can
    say; not what they have been asked already.
    """
    asked = set(pending(ticket))
    missing = handover.named_missing(ticket)
    return [
        item.code
        for item in handover.items_for(ticket.reason, tuple(missing))
        if item.code in ASKABLE and not given.get(item.code, "").strip() and item.code not in asked
    ]


def ask_person(
    ticket: Ticket, codes: Sequence[str], said: Mapping[str, str], *, by: Agent
) -> Entry:
    """Write to the person for these items only; the ticket waits for them.

    ``said``: each question in plain French, as the letter asks it. The caller holds the ticket.
    Raises Forbidden ``reply.not_front``; Conflict when the ticket is not at home, or
    ``ask.asked`` when all of it has been asked already; Invalid ``ask.nothing``.
    """
    require(by, Permission.REPLY)
    named = [code for code in dict.fromkeys(codes) if code in ASKABLE and said.get(code)]
    if not named:
        raise Invalid.of("ask.nothing", "items")
    before = set(pending(ticket))
    fresh = [code for code in named if code not in before]
    if not fresh:
        raise Conflict.of("ask.asked")
    if ticket.state is not State.WAITING_PERSON:
        waiting.wait_for_person(ticket, by=by)
    questions = {code: said[code] for code in fresh}
    asked = note_event(ticket, EVENT, by=by, items=fresh, questions=questions)
    publish("notice.send", ticket_id=ticket.id, letter=LETTER, about=asked.id)
    return asked


def pending(ticket: Ticket) -> list[str]:
    """What the person has been asked and has not answered since, in the order of asking."""
    query = select(Entry).where(Entry.ticket_id == ticket.id, Entry.event == EVENT)
    known = facts_of(ticket)
    found: dict[str, None] = {}
    for entry in db.session().scalars(query.order_by(Entry.id)):
        for code in entry.data["items"]:
            fact = known.get(code)
            if fact is None or fact.said_at < entry.created_at:
                found[code] = None
            else:
                found.pop(code, None)
    return list(found)
