"""Tickets begun in GLPI: taken over here with their history, and kept in step from then on.

History is loaded as of its own dates; nothing of it leaves again. What was private there becomes
a note here, which the requester never sees.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select

from escalation.glpi import linking
from escalation.glpi.markup import to_text
from escalation.glpi.models import Direction, GlpiTicket
from escalation.glpi.port import ItemKind, RemoteItem, RemoteTicket, RemoteUser
from escalation.glpi.read import Read, known
from escalation.glpi.settings import CLOSED, SOLVED, Settings
from support.catalogue.models import ContactReason, Priority
from support.clocks.models import Clock
from support.intake.models import Channel
from support.kernel import db
from support.kernel.errors import Invalid
from support.kernel.time import as_of
from support.people.identifying import Identity, recognise_or_create
from support.people.models import Agent, Person
from support.people.normalising import email_address
from support.tickets import promising
from support.tickets.authors import SYSTEM
from support.tickets.closing import close_by_itself
from support.tickets.handing import at_home, front_teams
from support.tickets.journal import Words, note_event, write
from support.tickets.models import ClosedHow, State, Ticket
from support.tickets.opening import TicketDraft, open_ticket
from support.tickets.replying import person_replies
from support.tickets.states import can_move
from support.tickets.timeline import EntryKind

_LEAST = timedelta(seconds=1)
OTHER = "other"


def adopt(found: Read, settings: Settings) -> Ticket | None:
    """The new ticket; None when it was here already. In the caller's transaction."""
    remote = found.ticket
    if linking.by_remote(remote.id) is not None:
        return None
    with as_of(remote.created_at):
        ticket = _open(found, settings)
    link = GlpiTicket(
        ticket_id=ticket.id,
        direction=Direction.ADOPTED,
        remote_id=remote.id,
        remote_status=remote.status,
        remote_changed_at=remote.changed_at,
        status_by="glpi",
    )
    db.session().add(link)
    linking.tie(("ticket", ticket.id), ("Ticket", remote.id), url=found.url)
    for item in found.items:
        with as_of(max(item.at, remote.created_at + _LEAST)):
            _history(ticket, item, found)
    _settle(ticket, remote)
    link.noticed_entry_id = link.pushed_entry_id = ticket.last_entry_id or 0
    db.session().flush()
    return ticket


def go_on(ticket: Ticket, link: GlpiTicket, found: Read) -> None:
    """What is new in GLPI of a ticket that was taken over. The caller holds the ticket."""
    for item in found.items:
        if not known(item, ticket):
            _new(ticket, item, found)
    status, was = found.ticket.status, link.remote_status
    if status == was:
        return
    link.remote_status, link.status_by = status, "glpi"
    meaning = "answered" if status >= SOLVED else "working"
    facts: dict[str, Any] = {
        "number": found.ticket.id,
        "was": was,
        "to": status,
        "meaning": meaning,
    }
    note_event(ticket, "glpi_status", by=SYSTEM, **facts)
    if status == CLOSED and at_home(ticket) and can_move(ticket, State.CLOSED):
        close_by_itself(ticket, ClosedHow.SOLVED)


def _open(found: Read, settings: Settings) -> Ticket:
    remote, who = found.ticket, _requester(found.requester)
    facts = {
        "glpi_author": found.requester.name if found.requester is not None else "",
        "glpi_category": remote.category or remote.category_id,
    }
    draft = TicketDraft(
        subject=remote.title,
        words=Words(to_text(remote.html) or remote.title, channel=Channel.API, data=facts),
        reason=_reason(remote, settings),
        channel=Channel.API,
        person=who if isinstance(who, Person) else None,
        requester_agent=who if isinstance(who, Agent) else None,
        team=front_teams(for_referent=True)[0],
        acknowledge=False,  # they have been answered there, or have waited for long
        first_received_at=remote.created_at,
    )
    ticket = open_ticket(draft, by=SYSTEM)
    order = list(Priority)
    wanted = [p for p, urgency in settings.maps.urgencies.items() if urgency <= remote.priority]
    ticket.priority = max([ticket.priority, *wanted], key=order.index)
    return ticket


def _requester(found: RemoteUser | None) -> Agent | Person:
    """An agent of ours by their address; otherwise a person, known by it from then on."""
    address = _address(found.email) if found is not None else None
    if address is not None:
        known_here = select(Agent).where(
            Agent.email == address, Agent.active.is_(True), Agent.by_mail.is_(False)
        )
        agent = db.session().scalar(known_here)
        if agent is not None:
            return agent
    given, _, family = (found.name if found is not None else "").strip().rpartition(" ")
    return recognise_or_create(Identity(given, family or "GLPI", address))


def _address(typed: str) -> str | None:
    try:
        return email_address(typed) if typed.strip() else None
    except Invalid:
        return None


def _reason(remote: RemoteTicket, settings: Settings) -> ContactReason:
    """The reason that its category stands for; otherwise « other », and the category is kept."""
    for code in (settings.maps.reason_code(remote.category_id), OTHER):
        found = db.session().scalar(select(ContactReason).where(ContactReason.code == code))
        if found is not None:
            return found
    raise RuntimeError("no reason « other »: load the catalogue first")


def _by_requester(item: RemoteItem, requester: RemoteUser | None) -> bool:
    who = requester.id if requester is not None else 0
    public = item.kind is ItemKind.FOLLOWUP and not item.private
    return public and who != 0 and item.author_id == who


def _history(ticket: Ticket, item: RemoteItem, found: Read) -> None:
    author = ticket.person or ticket.requester_agent
    if _by_requester(item, found.requester) and author is not None:
        entry = write(ticket, EntryKind.MESSAGE, _words(item, found), by=author)
    else:
        entry = write(ticket, EntryKind.NOTE, _words(item, found), by=SYSTEM)
    linking.tie(("entry", entry.id), (item.kind.value, item.id))


def _new(ticket: Ticket, item: RemoteItem, found: Read) -> None:
    words, author = _words(item, found), ticket.person or ticket.requester_agent
    if _by_requester(item, found.requester) and author is not None and words.text:
        entry = person_replies(ticket, words, by=author)
    else:
        entry = write(ticket, EntryKind.NOTE, words, by=SYSTEM)
    linking.tie(("entry", entry.id), (item.kind.value, item.id))


def _words(item: RemoteItem, found: Read) -> Words:
    words = found.words(item)
    return Words(words.text, channel=Channel.API, data=words.data, files=words.files)


def _settle(ticket: Ticket, remote: RemoteTicket) -> None:
    """As it stands there: closed stays closed, without a promise that nobody ever made; what is
    open is promised a date from now on.
    """
    db.session().execute(delete(Clock).where(Clock.ticket_id == ticket.id))
    ticket.promised_at = None
    if remote.status in (SOLVED, CLOSED):
        with as_of(max(remote.solved_at or remote.changed_at, remote.created_at)):
            close_by_itself(ticket, ClosedHow.SOLVED)
    else:
        promising.promise(ticket)
    note_event(ticket, "glpi_adopted", by=SYSTEM, number=remote.id)
