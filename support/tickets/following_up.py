"""A mail about a matter that we know: reopened, opened anew beside it, or proposed to be united."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from support.intake.models import Channel, Received
from support.kernel import db
from support.kernel.errors import Conflict, Forbidden
from support.kernel.time import now
from support.people.models import Agent, Person
from support.people.permissions import Permission, require
from support.tickets import linking, promising
from support.tickets.authors import Author
from support.tickets.journal import FileDraft, Words, write
from support.tickets.linking import Linked
from support.tickets.models import ClosedHow, Link, State, Ticket
from support.tickets.replying import fronts, hear
from support.tickets.states import can_move, move
from support.tickets.timeline import Entry, EntryKind

_WORDS = 100  # messages of one requester within the hours of one matter: more is a robot


@dataclass(frozen=True, slots=True)
class Rules:
    """``same_matter``: how long after a first mail a second one is proposed as its follow-up.

    ``reopens``: how long after its end a ticket is still reopened by an answer.
    """

    same_matter: timedelta = timedelta(hours=6)
    reopens: timedelta = timedelta(days=30)


_rules = Rules()


def configure(rules: Rules) -> None:
    global _rules
    _rules = rules


def rules() -> Rules:
    return _rules


def long_closed(ticket: Ticket) -> bool:
    """Whether it was closed so long ago that an answer is a new matter, beside the old one."""
    if ticket.state is not State.CLOSED or ticket.closed_at is None:
        return False
    return ticket.closed_at < now() - _rules.reopens


def earlier_matter(
    ticket: Ticket, others: Sequence[Ticket], links: Sequence[Linked]
) -> tuple[Ticket, datetime] | None:
    """The ticket of which this one may be the follow-up, and when the requester last wrote there
    before this one; one query at most.

    ``others``: the requester's other tickets. Only what came by mail without saying what it
    answers is proposed, while nobody has worked on it or said that the two are apart.
    """
    if ticket.channel is not Channel.EMAIL or ticket.state is not State.NEW or not others:
        return None
    known = {one.other.id for one in links}
    since = ticket.first_received_at - _rules.same_matter
    wrote = _last_words(others, since, ticket.first_received_at)
    near = [
        (other, wrote.get(other.id, other.first_received_at))
        for other in others
        if since <= wrote.get(other.id, other.first_received_at) <= ticket.first_received_at
        and other.id < ticket.id
        and other.id not in known
        and other.closed_how is not ClosedHow.DUPLICATE
    ]
    return max(near, key=lambda found: (found[1], found[0].id), default=None)


def _last_words(
    tickets: Sequence[Ticket], since: datetime, until: datetime
) -> Mapping[int, datetime]:
    """By ticket, when its requester last wrote on it between the two instants."""
    query = (
        select(Entry.ticket_id, Entry.created_at, Entry.data)
        .where(
            Entry.ticket_id.in_([ticket.id for ticket in tickets]),
            Entry.kind == EntryKind.MESSAGE,
            Entry.created_at.between(since, until),
        )
        .order_by(Entry.id)
        .limit(_WORDS)
    )
    rows = db.session().execute(query).all()
    # What somebody else wrote there bears their address.
    return {id_: at for id_, at, data in rows if not data.get("from")}


def unite(ticket: Ticket, earlier: Ticket, *, by: Agent) -> None:
    """They are one matter: its messages go on on ``earlier``, and ``ticket`` is closed.

    The caller holds both. Raises Forbidden ``reply.not_front``; Conflict ``unite.other_person``,
    ``unite.worked_on`` when somebody has answered on ``ticket`` already, ``unite.same``.
    """
    require(by, Permission.REPLY)
    if not fronts(by, ticket):
        raise Forbidden.of("reply.not_front", team=ticket.home_team.label)
    if ticket.id == earlier.id:
        raise Conflict.of("unite.same")
    if _requester(ticket) != _requester(earlier):
        raise Conflict.of("unite.other_person")
    if not can_move(ticket, State.CLOSED) or _worked_on(ticket):
        raise Conflict.of("unite.worked_on")
    requester = earlier.person or earlier.requester_agent
    assert requester is not None
    for entry in _messages(ticket):
        move_message(entry, earlier, by=requester)
    close_as_duplicate(ticket, earlier, by=by)


def keep_apart(ticket: Ticket, earlier: Ticket, *, by: Agent) -> None:
    """They are two matters: never proposed again."""
    require(by, Permission.REPLY)
    if not fronts(by, ticket):
        raise Forbidden.of("reply.not_front", team=ticket.home_team.label)
    linking.link(ticket, earlier, Link.APART, by=by)


def move_message(
    entry: Entry, to: Ticket, *, by: Person | Agent, data: dict[str, Any] | None = None
) -> Entry:
    """Write a message, as said ``by`` them, on the ticket where it belongs, whole, and take it
    from where it was. ``data`` is added to the entry's.

    What stood on the wrong ticket could be read by the wrong person: the words leave it, and
    its timeline says so. Every mark of the message goes along, so that answers to it thread.
    """
    session = db.session()
    words = Words(
        entry.text,
        full_text=entry.full_text,
        html=entry.html,
        channel=entry.channel,
        message_id=entry.message_id,
        files=[FileDraft(a.filename, a.content_type, a.file_key, a.size, a.inline, a.content_id)
               for a in entry.attachments],
        data={**entry.data, **(data or {})},
    )  # fmt: skip
    received = session.get(Received, entry.received_id) if entry.received_id else None
    take_away(entry)
    moved = write(to, EntryKind.MESSAGE, replace(words, received=received), by=by)
    if received is not None:
        received.ticket_id, received.entry_id = to.id, moved.id
    hear(to, moved, by=by)
    session.flush()
    return moved


def take_away(entry: Entry) -> None:
    """The message leaves its ticket; the raw mail it came as is kept."""
    session = db.session()
    for attachment in [*entry.attachments]:
        session.delete(attachment)
    session.flush()
    session.expire(entry, ["attachments"])
    session.delete(entry)
    session.flush()


def close_as_duplicate(ticket: Ticket, earlier: Ticket, *, by: Author) -> None:
    """The matter goes on on ``earlier``: nothing more is promised here."""
    linking.link(ticket, earlier, Link.DUPLICATE, by=by)
    how = ClosedHow.DUPLICATE
    move(ticket, State.CLOSED, by=by, how=how.value, kept=promising.settle(ticket))
    ticket.closed_at, ticket.closed_how = now(), how


def left_empty(ticket: Ticket) -> bool:
    """Whether nothing of anybody is left on an open ticket, so that it may be closed."""
    spoken = (EntryKind.MESSAGE, EntryKind.REPLY, EntryKind.CALL, EntryKind.EXCHANGE,
              EntryKind.NOTE)  # fmt: skip
    found = select(Entry.id).where(Entry.ticket_id == ticket.id, Entry.kind.in_(spoken)).limit(1)
    return db.session().scalar(found) is None and can_move(ticket, State.CLOSED)


def _requester(ticket: Ticket) -> tuple[int | None, int | None]:
    return ticket.person_id, ticket.requester_agent_id


def _worked_on(ticket: Ticket) -> bool:
    """Whether one of us has spoken on it: it is then a conversation of its own."""
    kinds = (EntryKind.REPLY, EntryKind.EXCHANGE, EntryKind.CALL)
    found = select(Entry.id).where(Entry.ticket_id == ticket.id, Entry.kind.in_(kinds)).limit(1)
    return db.session().scalar(found) is not None


def _messages(ticket: Ticket) -> Sequence[Entry]:
    query = select(Entry).where(Entry.ticket_id == ticket.id, Entry.kind == EntryKind.MESSAGE)
    return db.session().scalars(query.order_by(Entry.id)).all()
