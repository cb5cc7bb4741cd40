"""Where a message that came by mail belongs: a known ticket, a new one, or a person must sort.

A message joins a ticket only when its sender belongs to that ticket: an address can be
guessed and a subject copied, so a tag alone opens nothing. One of our own addresses opens
nothing by itself either: whoever forges it would speak to the next level as one of us.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Protocol

from sqlalchemy import select

from support.catalogue.models import ContactReason
from support.intake.models import Channel, Outcome, Received
from support.kernel import db
from support.kernel.time import now
from support.people.identifying import Identity, recognise_or_create_all
from support.people.models import Agent, ContactKind, Person, Role
from support.people.vouching import reached, vouch
from support.tickets.following_up import long_closed
from support.tickets.journal import Words
from support.tickets.linking import end_of_duplicates, link
from support.tickets.looping import in_circles, last_ticket, tell_owner
from support.tickets.models import ClosedHow, Follower, Link, Ticket
from support.tickets.opening import TicketDraft, open_tickets
from support.tickets.replying import person_replies
from support.tickets.timeline import Entry, EntryKind
from support.tickets.visibility import PAGE, hold

UNSORTED_REASON = "other"
THREADS = 100  # of the messages it answers, the nearest: a hostile mail names thousands


class Why(StrEnum):
    """Why a person must sort it. Words for each are given by the pages."""

    STRANGER = "stranger"  # answers a ticket that the sender does not belong to
    STAFF_ADDRESS = "staff_address"  # says it is from one of us: an address proves nothing
    NO_SENDER = "no_sender"
    MAILING_LIST = "mailing_list"
    EMPTY = "empty"  # says nothing and brings nothing
    ECHO = "echo"  # carries our own mark, yet is no mail of ours that we know
    UNREADABLE = "unreadable"
    DELEGATE = "delegate"  # answers for a level, from an address that may not
    LOOP = "loop"  # one address sends, or one ticket answers, as only a machine does
    BOUNCE_UNSURE = "bounce_unsure"  # does not say which mail of ours it is about
    TOO_LARGE = "too_large"


@dataclass(frozen=True)
class Incoming:
    """A message understood. ``threads``: Message-IDs it answers, nearest first.

    ``reference``: twelve digits read in the subject. ``sender`` is normalised, "" when none.
    ``vouched``: whether a server of ours vouches for the sender; None when none is asked to.
    """

    sender: str
    sender_name: str
    subject: str
    words: Words
    received: Received
    threads: Sequence[str] = ()
    reference: str | None = None
    language: str = "fr"
    may_acknowledge: bool = True
    vouched: bool | None = None


@dataclass(frozen=True)
class Filed:
    outcome: Outcome
    ticket: Ticket | None = None
    entry: Entry | None = None
    why: Why | None = None


class OfLevel(Protocol):
    """What a level says that works by mail; None when the message is none of that."""

    def __call__(
        self, message: Incoming, ticket: Ticket, *, trusted: bool = False
    ) -> Filed | None: ...


_level: OfLevel | None = None


def configure(of_level: OfLevel) -> None:
    """Who understands the answers between levels. They are asked inside the transaction that
    files the message: it is the level's word, or a person must sort it, never neither.
    """
    global _level
    _level = of_level


def _of_level(message: Incoming, ticket: Ticket) -> Filed | None:
    return _level(message, ticket) if _level is not None else None


def answers_level(message: Incoming) -> bool:
    """Whether it answers a mail between levels: what it says is for no requester to read."""
    ours = select(Entry.id).where(
        Entry.message_id.in_(message.threads[:THREADS]), Entry.kind == EntryKind.EXCHANGE
    )
    return bool(message.threads) and db.session().scalar(ours.limit(1)) is not None


def take_for_level(message: Incoming, ticket: Ticket) -> Filed | None:
    """An agent takes it for a level's word, from whatever address. The caller holds the ticket."""
    return _level(message, ticket, trusted=True) if _level is not None else None


def file(message: Incoming) -> Filed:
    """Put the message where it belongs, or say why a person must."""
    if not message.sender:
        return Filed(Outcome.QUARANTINED, why=Why.NO_SENDER)
    ticket = find_ticket(message)
    agent = _agent_at(message.sender)
    if ticket is not None:
        return _answer(message, ticket, agent)
    if agent is not None:
        if message.vouched and agent.active and agent.role is Role.SITE_REFERENT:
            return open_from(message, referent=agent)
        return Filed(Outcome.QUARANTINED, why=Why.STAFF_ADDRESS)
    began, person = now(), recognise_or_create_all([_identity(message)])[0]
    if person.created_at < began and in_circles(message.sender):
        last = last_ticket(person)
        tell_owner(last, message.sender)
        return Filed(Outcome.QUARANTINED, last, why=Why.LOOP)
    return open_from(message, person=person)


def _answer(message: Incoming, ticket: Ticket, agent: Agent | None) -> Filed:
    """It names a ticket: there, unless its sender may not, or the ticket has long been closed."""
    hold(ticket)
    of_level = _of_level(message, ticket)
    if of_level is not None:
        return of_level
    if not belongs(message.sender, ticket):
        # Of one of us, that is the news: who sorts it must not read a colleague's word in it.
        why = Why.STRANGER if agent is None else Why.STAFF_ADDRESS
        return Filed(Outcome.QUARANTINED, ticket, why=why)
    if agent is not None and not (agent.active and _is_the_agent(message, ticket)):
        return Filed(Outcome.QUARANTINED, ticket, why=Why.STAFF_ADDRESS)
    if in_circles(message.sender, ticket):
        tell_owner(ticket, message.sender)
        return Filed(Outcome.QUARANTINED, ticket, why=Why.LOOP)
    if ticket.person is not None and answers(message, ticket):
        # Who answers a message of ours has received it.
        vouch(ticket.person, ContactKind.EMAIL, message.sender)
        reached(ticket.person, ContactKind.EMAIL, message.sender)
    if ticket.closed_how is ClosedHow.DUPLICATE:
        going_on = end_of_duplicates(ticket)
        if going_on.id != ticket.id and belongs(message.sender, going_on):
            hold(going_on)
            ticket = going_on
    if long_closed(ticket):
        return _open_beside(message, ticket)
    return append(_signed(message, ticket), ticket, by=_author(ticket))


def _is_the_agent(message: Incoming, ticket: Ticket) -> bool:
    """Whether one of our addresses is to be believed: a server of ours vouches for it or, where
    none is asked to, it names a mail of ours that only its reader knows.
    """
    return answers(message, ticket) if message.vouched is None else message.vouched


def _open_beside(message: Incoming, earlier: Ticket) -> Filed:
    """A new ticket that says which long closed one it goes on from."""
    own = is_requester(message.sender, earlier)
    filed = open_from(
        message,
        referent=earlier.requester_agent if own else None,
        person=earlier.person if own else None,
    )
    assert filed.ticket is not None
    link(filed.ticket, earlier, Link.FOLLOWS, by=_author(filed.ticket))
    return filed


def append(message: Incoming, ticket: Ticket, *, by: Person | Agent) -> Filed:
    entry = person_replies(ticket, unrepeated(message).words, by=by)
    return Filed(Outcome.APPENDED, ticket, entry)


def open_from(
    message: Incoming, referent: Agent | None = None, person: Person | None = None
) -> Filed:
    """A new ticket of the sender (found out unless given), to be qualified by its first reader."""
    message = unrepeated(message)
    author = referent or person
    ticket = (_open([(message, author)]) if author else open_all([message]))[0]
    return Filed(Outcome.CREATED, ticket, db.session().get(Entry, ticket.last_entry_id))


def open_all(messages: Sequence[Incoming]) -> list[Ticket]:
    """A new ticket for each, in as many statements as for one.

    Each has a sender, and a Message-ID that no entry has yet (or none).
    """
    persons = recognise_or_create_all([_identity(message) for message in messages])
    return _open(list(zip(messages, persons, strict=True)))


def _open(pairs: Sequence[tuple[Incoming, Person | Agent]]) -> list[Ticket]:
    unsorted = select(ContactReason).where(ContactReason.code == UNSORTED_REASON)
    reason = db.session().scalars(unsorted).one()
    return open_tickets([(_draft(message, author, reason), author) for message, author in pairs])


def _draft(message: Incoming, author: Person | Agent, reason: ContactReason) -> TicketDraft:
    person = author if isinstance(author, Person) else None
    return TicketDraft(
        subject=message.subject,
        words=message.words,
        reason=reason,
        channel=Channel.EMAIL,
        person=person,
        requester_agent=author if isinstance(author, Agent) else None,
        language=message.language,
        department=person.department if person else None,
        acknowledge=message.may_acknowledge,
        first_received_at=message.received.received_at,
    )


def find_ticket(message: Incoming) -> Ticket | None:
    """By the messages it answers, nearest first; then by the tag in its subject."""
    found = _by_threads(message.threads)
    if found is None and message.reference:
        found = db.session().scalar(
            select(Ticket).options(*PAGE).where(Ticket.reference == message.reference)
        )
    return found


def belongs(address: str, ticket: Ticket) -> bool:
    """Whether mail from ``address`` may join the ticket."""
    if is_requester(address, ticket):
        return True
    followers = select(Follower.id).where(
        Follower.ticket_id == ticket.id, Follower.address == address
    )
    return db.session().scalar(followers) is not None


def is_requester(address: str, ticket: Ticket) -> bool:
    """Whether ``address`` is the requester's own."""
    if ticket.requester_agent is not None:
        return ticket.requester_agent.email == address
    contacts = ticket.person.contacts if ticket.person is not None else []
    return any(c.kind is ContactKind.EMAIL and c.value == address for c in contacts)


def _signed(message: Incoming, ticket: Ticket) -> Incoming:
    """What a follower writes carries their name: it is not the requester's word."""
    if is_requester(message.sender, ticket):
        return message
    data = {"from": message.sender, "from_name": message.sender_name, **(message.words.data or {})}
    return replace(message, words=replace(message.words, data=data))


def _by_threads(threads: Sequence[str]) -> Ticket | None:
    if not threads:
        return None
    rows = db.session().execute(
        select(Entry.message_id, Entry.ticket_id).where(Entry.message_id.in_(threads[:THREADS]))
    )
    known = {row.message_id: row.ticket_id for row in rows}
    nearest = next((known[m] for m in threads if m in known), None)
    if nearest is None:
        return None
    return db.session().scalar(select(Ticket).options(*PAGE).where(Ticket.id == nearest))


def answers(message: Incoming, ticket: Ticket) -> bool:
    """Whether it names a message of the ticket: unlike a tag, that cannot be guessed."""
    found = _by_threads(message.threads)
    return found is not None and found.id == ticket.id


def _author(ticket: Ticket) -> Person | Agent:
    if ticket.requester_agent is not None:
        return ticket.requester_agent
    assert ticket.person is not None
    return ticket.person


def _identity(message: Incoming) -> Identity:
    given, _, family = message.sender_name.strip().partition(" ")
    return Identity(
        given_name=given, family_name=family, email=message.sender, language=message.language
    )


def _agent_at(address: str) -> Agent | None:
    return db.session().scalar(select(Agent).where(Agent.email == address))


def unrepeated(message: Incoming) -> Incoming:
    """Two different messages may carry one Message-ID (bad senders): the second keeps none."""
    taken = select(Entry.id).where(Entry.message_id == message.words.message_id)
    if message.words.message_id and db.session().scalar(taken) is not None:
        return replace(message, words=replace(message.words, message_id=None))
    return message
