"""Letters that leave by themselves: received, reopened, passed on. Each once, never to a robot."""

from __future__ import annotations

import logging
from calendar import monthrange
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from channels.mail import post
from channels.mail.guarding import nobody_reads
from channels.mail.rendering import Facts, language_of, render_letter
from support.catalogue.models import Silence
from support.intake.models import Channel
from support.kernel import db
from support.kernel.time import now
from support.people.normalising import shown_phone
from support.tickets import announcing, first_words
from support.tickets.authors import SYSTEM
from support.tickets.beside import goes_on_from
from support.tickets.following import public_name
from support.tickets.journal import Words, note_event, write, written
from support.tickets.models import ClosedHow, Ticket
from support.tickets.references import shown
from support.tickets.replying import dispatch, requester_address
from support.tickets.timeline import Delivery, Entry, EntryKind
from support.tickets.visibility import PAGE, hold

log = logging.getLogger(__name__)

CORRECTED = "answer_corrected"  # what an article said, and we passed on, was not right
ISSUE = "issue_ended"  # a known issue of which the ticket is one
ITEMS = "items_asked"  # what the next level needs and only the person knows
# Sent by name; what is acknowledged as a request in the sense of the law has words of its own.
OUTSIDE = "transferred"  # passed on to the authority that must answer it
LETTERS = frozenset(
    {
        "acknowledgement",
        "reopened",
        "passed_on",
        announcing.LETTER,
        ITEMS,
        ISSUE,
        OUTSIDE,
        CORRECTED,
    }
)
OF_REQUEST = "acknowledgement_of_request"
# Two machines that answer each other would never stop: an address hears this much, no more.
MOST_A_DAY = 10
_LATEST = 60  # deliveries to one address that are looked at, letters and replies

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
        if written(once):
            return
        if not _wanted(letter, ticket):
            if letter == "acknowledgement":  # nobody would read it
                first_words.acknowledged(ticket.id)
            return
        if _heard_enough(requester_address(ticket) or ""):
            log.warning("ticket %s: no %s, the address had %s", ticket.id, letter, MOST_A_DAY)
            facts = {"letter": letter, "most": MOST_A_DAY}
            note_event(ticket, "letter_capped", by=SYSTEM, once_key=once, **facts)
        else:
            _write(letter, ticket, once, payload.get("about"))


def facts_of(ticket: Ticket, language: str = "fr") -> Facts:
    """What a letter in ``language`` may say of the ticket."""
    team, owner = ticket.home_team, ticket.owner
    site, reason = team.site, ticket.reason
    named = public_name(owner, "") if owner else ""
    said_in = post.current().said_in
    ours = ticket.subject == reason.plain_label  # what somebody wrote is never translated
    return Facts(
        name=ticket.requester_name,
        reference=shown(ticket.reference),
        subject=said_in(ticket.subject, language) if ours else ticket.subject,
        received_at=ticket.first_received_at,
        promised_at=ticket.promised_at if ticket.is_open else None,
        service=said_in(team.public_label, language) or post.current().service_name,
        address=team.address or (site.address if site else ""),
        phone=shown_phone(team.phone or (site.phone if site else "")),
        email=team.email or (site.email if site else ""),
        agent=", ".join(part for part in (named, owner.title if owner and named else "") if part),
        silence_on=_months_later(ticket.first_received_at, reason.silence_months)
        if reason.silence_means and reason.silence_months
        else None,
        accepted=reason.silence_means is Silence.ACCEPTANCE,
        earlier=shown(earlier) if (earlier := goes_on_from(ticket)) else "",
    )


def _months_later(instant: datetime, months: int) -> datetime:
    """The same day of a later month, or its last one."""
    year, month = divmod(instant.month - 1 + months, 12)
    last = monthrange(instant.year + year, month + 1)[1]
    return instant.replace(year=instant.year + year, month=month + 1, day=min(instant.day, last))


def _write(letter: str, ticket: Ticket, once: str, about: int | None) -> None:
    reason = ticket.reason
    request = letter == "acknowledgement" and reason.silence_means and reason.silence_months
    name = OF_REQUEST if request else letter
    language = language_of(name, ticket.language)
    facts = facts_of(ticket, language)
    if letter == announcing.LETTER:
        facts = _with_news(facts, db.session().get_one(Entry, about))
    if letter == ISSUE:
        told = db.session().get_one(Entry, about)
        facts = replace(facts, explanation=told.data["explanation"])
    if letter == CORRECTED:
        texts = db.session().get_one(Entry, about).data["texts"]
        facts = replace(facts, explanation=texts.get(language) or texts["fr"])
    if letter == OUTSIDE:
        whither = db.session().get_one(Entry, about).data
        facts = replace(facts, to_service=whither["to"], to_contact=whither["contact"])
    if letter == ITEMS:
        asked = db.session().get_one(Entry, about).data["questions"].values()
        said_in = post.current().said_in
        facts = replace(facts, questions=tuple(said_in(one, language) for one in asked))
    subject, text, html = render_letter(name, language, facts)
    words = Words(
        text,
        html=html,
        channel=Channel.EMAIL,
        message_id=post.fresh_message_id(),
        data={"letter": letter, "subject": subject, "language": language},
        once_key=once,
    )
    dispatch(ticket, write(ticket, EntryKind.NOTICE, words, by=SYSTEM))


def _with_news(facts: Facts, told: Entry) -> Facts:
    """The dates as they were announced: another one may have been since."""
    was = datetime.fromisoformat(told.data["was"]) if told.data["was"] else None
    to = datetime.fromisoformat(told.data["to"])
    return replace(facts, promised_at=to, was=was, explanation=told.data["explanation"])


def _wanted(letter: str, ticket: Ticket) -> bool:
    address = requester_address(ticket)
    if not address or nobody_reads(address) or address == post.current().sender[1].lower():
        return False
    return letter != "acknowledgement" or ticket.closed_how is not ClosedHow.FIRST_CONTACT


def _heard_enough(address: str) -> bool:
    """Whether the address has had its share of automatic mail today, of whatever kind.

    Looks at its latest deliveries only: a fixed cost, whatever lies in the archive.
    """
    latest = select(Delivery.entry_id).where(Delivery.address == address)
    latest = latest.order_by(Delivery.id.desc()).limit(_LATEST)
    letters = db.session().scalar(
        select(func.count()).where(
            Entry.id.in_(latest),
            Entry.kind == EntryKind.NOTICE,
            Entry.created_at > now() - timedelta(days=1),
        )
    )
    return (letters or 0) >= MOST_A_DAY
