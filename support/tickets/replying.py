"""Replies: an agent's to the requester, and the requester's to us."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm.attributes import set_committed_value

from support.intake.models import Channel
from support.kernel import db
from support.kernel.errors import Conflict, Forbidden, Invalid
from support.kernel.time import now
from support.outbox.publishing import publish
from support.people.models import Agent, Person, TeamKind
from support.people.permissions import Permission, require
from support.tickets import first_words, promising
from support.tickets.given import Given, note_given
from support.tickets.handing import at_home, bring_home, hand_to
from support.tickets.journal import FileDraft, Words, write
from support.tickets.leaving import not_withdrawn
from support.tickets.models import State, Ticket
from support.tickets.states import can_move, move
from support.tickets.timeline import Delivery, DeliveryState, Entry, EntryKind


class Then(StrEnum):
    """What a reply does to the ticket."""

    STAY = "stay"  # news: the promise goes on
    WAIT = "wait"  # a question: the promise stands still
    CLOSE = "close"  # the answer


@dataclass(frozen=True)
class ReplyDraft:
    """``seen_entry_id``: the newest entry that the agent had on screen; None skips the check.

    ``message_id``: the mail's, made by the caller. ``articles``: what it was made of.
    ``undo_for``: how long it waits before it leaves, so that it may be taken back.
    """

    text: str
    message_id: str
    seen_entry_id: int | None = None
    files: Sequence[FileDraft] = ()
    articles: Sequence[Given] = ()
    undo_for: timedelta = timedelta()


def fronts(agent: Agent, ticket: Ticket) -> bool:
    """Whether the agent's team is the one that answers this requester."""
    if agent.team_id == ticket.home_team_id:
        return True
    centre = TeamKind.CONTACT_CENTRE
    return agent.team.kind is centre and ticket.home_team.kind is centre


def agent_replies(ticket: Ticket, draft: ReplyDraft, *, by: Agent) -> Entry:
    """Write to the requester. The mail leaves by the outbox, after the commit.

    The caller holds the ticket's row (``visibility.one_visible(…, lock=True)``), so that of two
    agents who reply at once the second sees the first. Raises Invalid ``reply.empty``,
    Forbidden ``reply.not_front``, Conflict ``reply.newer`` (with ``entry``) or
    ``reply.closed``.
    """
    require(by, Permission.REPLY)
    if not fronts(by, ticket):
        raise Forbidden.of("reply.not_front", team=ticket.home_team.label)
    if not draft.text.strip():
        raise Invalid.of("reply.empty", "text")
    if ticket.state is State.CLOSED:
        raise Conflict.of("reply.closed")
    _refuse_unseen(ticket, draft.seen_entry_id)
    words = Words(
        draft.text.strip(), channel=Channel.EMAIL, message_id=draft.message_id, files=draft.files
    )
    entry = write(ticket, EntryKind.REPLY, words, by=by)
    note_given(entry, draft.articles)
    dispatch(ticket, entry, after=draft.undo_for)
    first_words.answered(ticket.id)
    if at_home(ticket):
        _take_up(ticket, by)
    return entry


def _take_up(ticket: Ticket, by: Agent) -> None:
    """Whoever answers has it in hand. While it is higher up, news changes nothing."""
    if ticket.owner_id is None:
        hand_to(ticket, ticket.team, by)
        ticket.home_owner, ticket.home_owner_id = ticket.owner, ticket.owner_id
    if ticket.state in (State.NEW, State.REOPENED, State.RETURNED):
        move(ticket, State.IN_PROGRESS, by=by)


def dispatch(ticket: Ticket, entry: Entry, *, after: timedelta = timedelta()) -> Delivery:
    """Put a public entry of ours in line for the requester's address, to leave ``after`` a time."""
    return send_to(requester_address(ticket), entry, after=after)


def send_to(address: str | None, entry: Entry, *, after: timedelta = timedelta()) -> Delivery:
    """Put an entry that has a Message-ID in line for an address; None: there is none."""
    leaves_at = now() + after if after else None
    delivery = Delivery(
        entry_id=entry.id,
        leaves_at=leaves_at,
        address=address or "",
        state=DeliveryState.WAITING if address else DeliveryState.NO_ADDRESS,
    )
    db.session().add(delivery)
    db.session().flush()
    set_committed_value(entry, "delivery", delivery)
    if address:
        publish("message.send", at=leaves_at, entry_id=entry.id, key=f"message:{entry.id}")
    return delivery


def requester_address(ticket: Ticket) -> str | None:
    if ticket.requester_agent is not None:
        return ticket.requester_agent.email
    return ticket.person.email if ticket.person else None


def person_replies(ticket: Ticket, words: Words, *, by: Person | Agent) -> Entry:
    """The requester writes again, by mail or on the follow page.

    A waiting ticket goes on, a closed one is reopened with a new promised date, any other is
    chased: the same ticket in every case. Raises Invalid ``message.empty``.
    """
    if not words.text.strip() and not words.files:
        raise Invalid.of("message.empty", "text")
    entry = write(ticket, EntryKind.MESSAGE, words, by=by)
    hear(ticket, entry, by=by)
    db.session().flush()
    return entry


def hear(ticket: Ticket, entry: Entry, *, by: Person | Agent) -> None:
    """The requester has spoken, in writing or (noted ``by`` an agent) by telephone."""
    if ticket.state is State.CLOSED:
        _reopen(ticket, entry, by)
    elif ticket.state is State.WAITING_PERSON:
        move(ticket, State.IN_PROGRESS, by=by)
        promising.resume(ticket)
    else:
        ticket.chasers += 1
        if ticket.team.mailbox and not at_home(ticket):
            publish("level.added", entry_id=entry.id, key=f"level.added:{entry.id}")


def _reopen(ticket: Ticket, entry: Entry, by: Person | Agent) -> None:
    # Back to the people who know it, at the level that answers.
    bring_home(ticket)
    move(ticket, State.REOPENED, by=by)
    ticket.reopenings += 1
    ticket.closed_at = ticket.closed_how = None
    promising.promise(ticket)
    publish("notice.send", ticket_id=ticket.id, letter="reopened", about=entry.id)


def _refuse_unseen(ticket: Ticket, seen: int | None) -> None:
    """Stop a reply begun before somebody else's words: the two would contradict each other."""
    if seen is None:
        return
    kinds = (EntryKind.MESSAGE, EntryKind.REPLY, EntryKind.EXCHANGE)
    newer = db.session().scalar(
        select(Entry.id)
        .outerjoin(Delivery, Delivery.entry_id == Entry.id)
        .where(Entry.ticket_id == ticket.id, Entry.id > seen, Entry.kind.in_(kinds))
        .where(not_withdrawn())
        .order_by(Entry.id.desc())
        .limit(1)
    )
    if newer is not None:
        raise Conflict.of("reply.newer", entry=newer)


def refuse_blind(ticket: Ticket) -> None:
    """For a reply that does not say what its writer had read: only a first one may leave so.

    Raises Conflict ``reply.newer`` (with ``entry``).
    """
    last = db.session().scalar(
        select(Entry.id)
        .outerjoin(Delivery, Delivery.entry_id == Entry.id)
        .where(Entry.ticket_id == ticket.id, Entry.kind == EntryKind.REPLY, not_withdrawn())
        .order_by(Entry.id.desc())
        .limit(1)
    )
    if last is not None:
        raise Conflict.of("reply.newer", entry=last)


def can_reply(ticket: Ticket, agent: Agent) -> bool:
    return fronts(agent, ticket) and ticket.state is not State.CLOSED


def can_close(ticket: Ticket, agent: Agent) -> bool:
    return fronts(agent, ticket) and at_home(ticket) and can_move(ticket, State.CLOSED)
