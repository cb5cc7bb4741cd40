"""Putting a mail where it belongs, whatever became of it before: once, with nothing lost.

Called inside the transaction of a page. The row is held first, then the tickets in the order of
their numbers, so that two agents wait for each other instead of stopping each other.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import select

from channels.mail import forwarded
from channels.mail.bounce_filing import believe
from channels.mail.composing import titled
from channels.mail.guarding import nobody_reads
from channels.mail.reading import OpenedMail, describe, digest, incoming, open_mail, usable
from channels.mail.understanding import settle_mail
from support.intake.models import Channel, Outcome, Received
from support.intake.receiving import raw_of
from support.intake.settling import settle
from support.kernel import db
from support.kernel.errors import Conflict, Invalid, NotVisible
from support.people.models import Agent, Role
from support.people.permissions import Permission, require
from support.tickets.filing import (
    Filed,
    Incoming,
    answers_level,
    append,
    belongs,
    open_from,
    take_for_level,
)
from support.tickets.following_up import close_as_duplicate, left_empty, move_message, take_away
from support.tickets.journal import note_event
from support.tickets.models import Follower, Ticket
from support.tickets.noting import add_note
from support.tickets.references import shown
from support.tickets.timeline import Entry, EntryKind
from support.tickets.visibility import PAGE, hold, visible_to

FILED = (Outcome.CREATED, Outcome.APPENDED)


def state_of(received: Received) -> str:
    """What a page shows of it, as a token: should it differ later, somebody was quicker."""
    at = received.filed_at.isoformat() if received.filed_at else ""
    return f"{received.outcome or ''}.{received.ticket_id or ''}.{at}"


def put_on(
    received_id: int,
    ticket: Ticket,
    *,
    by: Agent,
    add_follower: bool = False,
    seen: str | None = None,
) -> Filed:
    """The mail belongs to ``ticket``, which the caller has found visible.

    ``add_follower``: from now on mail from this address joins the ticket by itself. Done already,
    nothing changes. Raises NotVisible ``mail.unknown``; Conflict ``mail.sorted`` when it is no
    more what ``seen`` says, ``refile.not_understood``; Invalid ``message.empty``.
    """
    received = take(received_id, by)
    entry = _entry_of(received)
    if entry is not None and entry.ticket_id == ticket.id:
        return Filed(received.outcome or Outcome.APPENDED, ticket, entry)
    refuse_changed(received, seen)
    if entry is not None:
        filed = _moved(received, entry, ticket, by)
    else:
        hold(ticket)
        filed = _put(received, ticket, by, add_follower)
    settle(received, filed.outcome, ticket_id=ticket.id, entry_id=_id(filed.entry))
    return filed


def open_anew(received_id: int, *, by: Agent, seen: str | None = None) -> Filed:
    """The mail is a request of its own. Raises as :func:`put_on`."""
    require(by, Permission.OPEN_TICKETS)
    received = take(received_id, by)
    refuse_changed(received, seen)
    opened = _opened(received)
    _refuse_of_level(incoming(opened, received))
    entry = _entry_of(received)
    old = _left(entry, by) if entry is not None else None
    if entry is not None and old is not None:
        hold(old)
        take_away(entry)
    filed = open_from(incoming(opened, received), referent=_referent(opened.sender))
    assert filed.ticket is not None
    _tell(old, filed.ticket, by, received)
    settle(received, Outcome.CREATED, ticket_id=filed.ticket.id, entry_id=_id(filed.entry))
    received.digest = None
    return filed


def open_forwarded(received_id: int, *, by: Agent, seen: str | None = None) -> Filed:
    """One of us forwarded a person's mail: a request of that person, who is told; what the
    forwarder wrote is a note for colleagues. ``by`` has read who that is and confirms it.

    Raises as :func:`put_on`; Conflict ``refile.not_forwarded``.
    """
    require(by, Permission.OPEN_TICKETS)
    received = take(received_id, by)
    refuse_changed(received, seen)
    if received.outcome in FILED:
        raise Conflict.of("refile.filed")
    opened = open_mail(raw_of(received))
    found = forwarded.read(opened)
    if found is None:
        raise Conflict.of("refile.not_forwarded")
    message = incoming(opened, received, forwarded_by=opened.sender)
    filed = open_from(
        replace(
            message,
            sender=usable(found.sender),
            sender_name=found.sender.name,
            subject=titled(found.subject, None, reply=False),
            words=replace(message.words, text=found.text, html=None, files=found.files),
            language=found.language,
            may_acknowledge=not nobody_reads(usable(found.sender)),
        )
    )
    assert filed.ticket is not None
    note_event(filed.ticket, "forwarded", by=by, sender=opened.sender)
    if found.note:
        add_note(filed.ticket, found.note, by=by)
    describe(received, opened)
    settle(received, Outcome.CREATED, ticket_id=filed.ticket.id, entry_id=_id(filed.entry))
    received.digest = None
    return filed


def judge_again(received_id: int, *, by: Agent, seen: str | None = None) -> Filed:
    """Let the rules file it as if it came now. Raises as :func:`put_on`; Conflict ``refile.filed``
    for what is on a ticket already.
    """
    received = take(received_id, by)
    refuse_changed(received, seen)
    if received.outcome in FILED:
        raise Conflict.of("refile.filed")
    was = received.outcome.value if received.outcome else ""
    filed = settle_mail(open_mail(raw_of(received)), received)
    if filed.outcome in FILED and filed.ticket is not None:
        note_event(filed.ticket, "mail_sorted", by=by, outcome=filed.outcome.value, why=was)
        received.digest = None
    return filed


def take(received_id: int, by: Agent) -> Received:
    """The row of a mail, held until the end of the transaction."""
    require(by, Permission.SORT_MAIL)
    query = select(Received).where(Received.id == received_id, Received.channel == Channel.EMAIL)
    held = query.with_for_update().execution_options(populate_existing=True)
    received = db.session().scalar(held)
    if received is None:
        raise NotVisible.of("mail.unknown")
    if received.outcome is None:
        raise Conflict.of("refile.not_understood")
    of_level = select(Entry.id).where(
        Entry.received_id == received.id, Entry.kind == EntryKind.EXCHANGE
    )
    if db.session().scalar(of_level) is not None:
        # Said between levels: nowhere else may it be read by the public.
        raise Conflict.of("refile.of_level")
    return received


def refuse_changed(received: Received, seen: str | None) -> None:
    """Raises Conflict ``mail.sorted`` when it is no more what was on screen."""
    if seen is not None and seen != state_of(received):
        raise Conflict.of("mail.sorted")


def _put(received: Received, ticket: Ticket, by: Agent, add_follower: bool) -> Filed:
    """What was on no ticket is put on one."""
    opened = open_mail(raw_of(received))
    if opened.mail.verdict.bounce and (entry := believe(opened, ticket)) is not None:
        received.digest = digest(opened)
        return Filed(Outcome.BOUNCE, ticket, entry)
    message = incoming(opened, received)
    of_level = take_for_level(message, ticket)
    if of_level is None:
        _refuse_of_level(message)
    else:
        describe(received, opened)
        _tell(None, ticket, by, received)
        received.digest = None
        return of_level
    refuse_empty(opened)
    data: dict[str, Any] = {}
    if opened.sender and not belongs(opened.sender, ticket):
        said = opened.mail.sender
        data = {"from": opened.sender, "from_name": said.name if said else ""}
        if add_follower:
            db.session().add(
                Follower(ticket_id=ticket.id, address=opened.sender, name=data["from_name"][:160])
            )
    filed = append(incoming(opened, received, **data), ticket, by=_requester(ticket))
    describe(received, opened)
    _tell(None, ticket, by, received)
    received.digest = None
    return filed


def _moved(received: Received, entry: Entry, ticket: Ticket, by: Agent) -> Filed:
    """What was on one ticket goes on on another."""
    old = _left(entry, by)
    for one in sorted((old, ticket), key=lambda one: one.id):
        hold(one)
    data: dict[str, Any] = {}
    if received.sender and not belongs(received.sender, ticket):
        name = entry.author_person.full_name if entry.author_person else ""
        data = {"from": received.sender, "from_name": entry.data.get("from_name") or name}
    moved = move_message(entry, ticket, by=_requester(ticket), data=data)
    _tell(old, ticket, by, received)
    return Filed(Outcome.APPENDED, ticket, moved)


def _tell(old: Ticket | None, new: Ticket, by: Agent, received: Received) -> None:
    """A line on both timelines; a ticket left with nothing at all is closed."""
    if old is None:
        why = received.reason or (received.outcome.value if received.outcome else "")
        note_event(new, "mail_sorted", by=by, outcome=Outcome.APPENDED.value, why=why)
        return
    note_event(old, "mail_moved_away", by=by, to=shown(new.reference))
    note_event(new, "mail_moved_here", by=by, **{"from": shown(old.reference)})
    if left_empty(old):
        close_as_duplicate(old, new, by=by)


def _entry_of(received: Received) -> Entry | None:
    """The message on a ticket that this mail became, when it became one."""
    query = select(Entry).where(Entry.received_id == received.id, Entry.kind == EntryKind.MESSAGE)
    return db.session().scalar(query) if received.outcome in FILED else None


def _left(entry: Entry, by: Agent) -> Ticket:
    """The ticket that the mail leaves; whoever does not see it moves nothing from it."""
    query = select(Ticket).options(*PAGE).where(Ticket.id == entry.ticket_id, visible_to(by))
    ticket = db.session().scalar(query)
    if ticket is None:
        raise NotVisible.of("mail.unknown")
    return ticket


def _opened(received: Received) -> OpenedMail:
    opened = open_mail(raw_of(received))
    refuse_empty(opened)
    return opened


def _refuse_of_level(message: Incoming) -> None:
    """What answers a mail between levels is theirs alone: it becomes no requester's word.

    Raises Conflict ``refile.of_level``.
    """
    if answers_level(message):
        raise Conflict.of("refile.of_level")


def refuse_empty(opened: OpenedMail) -> None:
    """Raises Invalid ``message.empty``."""
    if not opened.text and not opened.files:
        raise Invalid.of("message.empty")


def _requester(ticket: Ticket) -> Any:
    return ticket.person or ticket.requester_agent


def _id(entry: Entry | None) -> int | None:
    return entry.id if entry is not None else None


def _referent(address: str) -> Agent | None:
    agent = select(Agent).where(Agent.email == address, Agent.role == Role.SITE_REFERENT)
    return db.session().scalar(agent) if address else None
