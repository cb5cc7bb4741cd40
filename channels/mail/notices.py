"""Letters that leave by themselves: received, reopened, passed on. Each once, never to a robot."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from channels.mail import post
from channels.mail.guarding import nobody_reads
from channels.mail.rendering import Facts, language_of, render_letter
from support.intake.models import Channel
from support.kernel import db
from support.kernel.time import now
from support.people.normalising import shown_phone
from support.tickets.authors import SYSTEM
from support.tickets.journal import Words, write
from support.tickets.models import ClosedHow, Ticket
from support.tickets.references import shown
from support.tickets.replying import dispatch, requester_address
from support.tickets.timeline import Delivery, Entry, EntryKind
from support.tickets.visibility import PAGE, hold

log = logging.getLogger(__name__)

LETTERS = frozenset({"acknowledgement", "reopened", "passed_on"})
# Two machines that answer each other would never stop: an address hears this much, no more.
MOST_A_DAY = 10

__all__ = ["LETTERS", "facts_of", "render_letter", "send", "written"]


def send(payload: Mapping[str, Any]) -> None:
    """Write the letter ``payload["letter"]`` on ``payload["ticket_id"]``, once, to be sent.

    ``payload["about"]`` tells apart letters of one kind on one ticket.
    """
    letter = str(payload["letter"])
    if letter not in LETTERS:
        raise ValueError(f"no letter {letter!r}")
    with db.transaction() as session:
        ticket = session.get(Ticket, int(payload["ticket_id"]), options=PAGE)
        if ticket is None:
            return
        hold(ticket)
        once = ":".join(str(p) for p in (letter, ticket.id, payload.get("about")) if p is not None)
        if not written(once) and _wanted(letter, ticket):
            _write(letter, ticket, once)


def facts_of(ticket: Ticket) -> Facts:
    """What a letter may say of the ticket."""
    team = ticket.home_team
    site = team.site
    return Facts(
        name=ticket.requester_name,
        reference=shown(ticket.reference),
        subject=ticket.subject,
        received_at=ticket.first_received_at,
        promised_at=ticket.promised_at if ticket.is_open else None,
        service=team.public_label or post.current().service_name,
        address=team.address or (site.address if site else ""),
        phone=shown_phone(team.phone or (site.phone if site else "")),
        email=team.email or (site.email if site else ""),
    )


def _write(letter: str, ticket: Ticket, once: str) -> None:
    subject, text, _html = render_letter(letter, ticket.language, facts_of(ticket))
    language = language_of(letter, ticket.language)
    words = Words(
        text,
        channel=Channel.EMAIL,
        message_id=post.fresh_message_id(),
        data={"letter": letter, "subject": subject, "language": language},
        once_key=once,
    )
    dispatch(ticket, write(ticket, EntryKind.NOTICE, words, by=SYSTEM))


def written(once: str) -> bool:
    """Whether the letter of this key has been written."""
    return db.session().scalar(select(Entry.id).where(Entry.once_key == once)) is not None


def _wanted(letter: str, ticket: Ticket) -> bool:
    address = requester_address(ticket)
    if not address or nobody_reads(address):
        return False
    if letter == "acknowledgement" and ticket.closed_how is ClosedHow.FIRST_CONTACT:
        return False
    if _heard_enough(address):
        log.warning("ticket %s: no %s, the address had %s today", ticket.id, letter, MOST_A_DAY)
        return False
    return True


def _heard_enough(address: str) -> bool:
    tenth = db.session().scalar(
        select(Entry.created_at)
        .join(Delivery, Delivery.entry_id == Entry.id)
        .where(Delivery.address == address, Entry.kind == EntryKind.NOTICE)
        .order_by(Delivery.id.desc())
        .offset(MOST_A_DAY - 1)
        .limit(1)
    )
    return tenth is not None and tenth > now() - timedelta(days=1)
