"""What the requester sees: where it stands, the promised date, the public words. No write."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from support.kernel import db
from support.kernel.errors import NotVisible
from support.people import links, vouching
from support.people.models import Agent, ContactKind, PersonContact, SignaturePolicy
from support.tickets.leaving import has_left, held
from support.tickets.models import ClosedHow, State, Ticket
from support.tickets.promise_history import Promised, promises_of
from support.tickets.references import read_reference
from support.tickets.timeline import PUBLIC_KINDS, Attachment, Delivery, Entry, EntryKind
from support.tickets.visibility import PAGE, hold

PURPOSE = "follow"
BY_MAIL = "follow.mail"  # as it stands in mails only: whoever has it reads that address
SEPARATOR = "|"  # no salt has it
SHOWN = 50  # entries on a page; older ones by key


class PublicState(StrEnum):
    """Where a request stands, for the person: each has one plain sentence (web)."""

    RECEIVED = "received"
    IN_HAND = "in_hand"
    WITH_SPECIALISTS = "with_specialists"
    WAITING_FOR_YOU = "waiting_for_you"
    ANSWERED = "answered"
    SOLVED = "solved"  # the person said so


@dataclass(frozen=True)
class PublicEntry:
    kind: EntryKind
    author: str | None  # None when it is the person
    text: str
    at: datetime
    attachments: Sequence[Attachment]


@dataclass(frozen=True)
class PublicView:
    """Everything the follow page shows; nothing internal can be in it."""

    reference: str
    subject: str
    state: PublicState
    promised_at: datetime | None
    received_at: datetime
    language: str
    service: str
    entries: Sequence[PublicEntry]
    token: str
    last_entry_id: int | None
    promises: Sequence[Promised] = ()  # every date given so far, the oldest first
    answered: bool = False  # whether we have written to the person, automatic mail aside
    older: int | None = None  # ``before`` of the page of older entries, when there are some


@dataclass(frozen=True)
class Known:
    """What the public may know of where the ticket stands."""

    state: State
    promised_at: datetime | None


def follow_token(ticket: Ticket) -> str:
    """The secret part of the link to follow ``ticket``."""
    return links.sign(PURPOSE, ticket.id, ticket.follow_salt)


def mail_token(ticket: Ticket, address: str) -> str:
    """The same for the mail that goes to ``address``: acting by it confirms that address."""
    contact = (
        vouching.contact_of(ticket.person, ContactKind.EMAIL, address) if ticket.person else None
    )
    if contact is None:
        return follow_token(ticket)
    return links.sign(BY_MAIL, ticket.id, f"{ticket.follow_salt}{SEPARATOR}{contact.id}")


def confirmable(ticket: Ticket, token: str) -> PersonContact | None:
    """The address of the requester that this link was mailed to, while nobody vouches for it."""
    read = links.read(BY_MAIL, token)
    if read is None or ticket.person is None:
        return None
    number = read[1].rpartition(SEPARATOR)[2]
    found = (c for c in ticket.person.contacts if str(c.id) == number and c.vouched_at is None)
    return next(found, None)


def confirm(ticket: Ticket, token: str) -> bool:
    """The person acts by a link that only their mailbox has. Whether that is news."""
    contact = confirmable(ticket, token)
    if contact is None or ticket.person is None:
        return False
    return vouching.vouch(ticket.person, contact.kind, contact.value)


def _read(token: str) -> tuple[int, str] | None:
    """The ticket's identifier and salt, from a link of either kind."""
    mailed = links.read(BY_MAIL, token)
    if mailed is not None:
        return mailed[0], mailed[1].rpartition(SEPARATOR)[0]
    return links.read(PURPOSE, token)


def by_token(token: str, *, lock: bool = False) -> Ticket:
    """The ticket of a secret link. Raises NotVisible ``follow.unknown`` for any other text."""
    read = _read(token)
    query = select(Ticket).options(*PAGE)
    ticket = None
    if read is not None:
        query = query.where(Ticket.id == read[0], Ticket.follow_salt == read[1])
        ticket = db.session().scalar(query)
    if ticket is not None and lock:
        hold(ticket)
    if ticket is None or read is None or ticket.follow_salt != read[1]:
        raise NotVisible.of("follow.unknown")
    return ticket


def by_reference(reference: str, contact: str) -> Ticket:
    """The ticket with this reference that came from this (normalised) address or number.

    Raises NotVisible ``follow.no_match``: which of the two is wrong is not told.
    """
    digits = read_reference(reference)
    query = select(Ticket).options(*PAGE).where(Ticket.reference == digits)
    ticket = db.session().scalar(query) if digits else None
    if ticket is None or contact not in _contacts(ticket):
        raise NotVisible.of("follow.no_match")
    return ticket


def public_view(ticket: Ticket, *, before: int | None = None) -> PublicView:
    """The newest ``SHOWN`` public entries (older than ``before``, an entry's id), oldest first."""
    entries, older = _public_entries(ticket, before)
    known = _as_the_public_knows(ticket)
    return PublicView(
        reference=ticket.reference,
        subject=ticket.subject,
        state=public_state(ticket, known.state),
        promised_at=_promise(known),
        received_at=ticket.first_received_at,
        language=ticket.language,
        service=ticket.home_team.public_label,
        entries=[_public_entry(e, ticket) for e in entries],
        token=follow_token(ticket),
        last_entry_id=ticket.last_entry_id,
        promises=promises_of(ticket),
        answered=any(e.kind is EntryKind.REPLY for e in entries) or older is not None,
        older=older,
    )


def _public_entries(ticket: Ticket, before: int | None) -> tuple[list[Entry], int | None]:
    query = select(Entry).where(Entry.ticket_id == ticket.id, Entry.kind.in_(PUBLIC_KINDS))
    query = query.outerjoin(Entry.delivery).where(has_left())
    if before is not None:
        query = query.where(Entry.id < before)
    query = query.options(
        joinedload(Entry.author_agent).joinedload(Agent.team, innerjoin=True),
        selectinload(Entry.attachments),
    )
    query = query.order_by(Entry.id.desc()).limit(SHOWN + 1)
    newest = list(db.session().scalars(query).unique())
    entries = newest[:SHOWN][::-1]
    return entries, entries[0].id if len(newest) > SHOWN else None


def _as_the_public_knows(ticket: Ticket) -> Known:
    """As before the answer that has not left yet, if there is one: it may be taken back."""
    query = select(Delivery).join(Entry, Delivery.entry_id == Entry.id)
    query = query.where(Entry.ticket_id == ticket.id, held()).order_by(Delivery.id.desc()).limit(1)
    last = db.session().scalar(query)
    if last is None or last.before is None or last.before["became"]["state"] != ticket.state:
        return Known(ticket.state, ticket.promised_at)
    was = last.before["was"]
    promised = datetime.fromisoformat(was["promised_at"]) if was["promised_at"] else None
    return Known(State(was["state"]), promised)


def public_state(ticket: Ticket, state: State) -> PublicState:
    if state is State.CLOSED:
        said_so = ticket.closed_how is ClosedHow.SOLVED
        return PublicState.SOLVED if said_so else PublicState.ANSWERED
    if state is State.WAITING_PERSON:
        return PublicState.WAITING_FOR_YOU
    if ticket.team_id != ticket.home_team_id:
        return PublicState.WITH_SPECIALISTS
    return PublicState.RECEIVED if state is State.NEW else PublicState.IN_HAND


def public_name(agent: Agent | None, service: str) -> str:
    """How an agent is named to the public (CRPA L111-2 and its exception for safety)."""
    policy = policy_of(agent) if agent else SignaturePolicy.SERVICE_ONLY
    if agent is None or policy is SignaturePolicy.SERVICE_ONLY:
        return service
    if policy is SignaturePolicy.PSEUDONYM:
        return agent.pseudonym or service  # never the name that it was to hide
    return agent.full_name


def policy_of(agent: Agent) -> SignaturePolicy:
    """The agent's own, or their team's where that one says less."""
    own, team = agent.signature_policy, agent.team.signature_policy
    return max(own, team or own, key=list(SignaturePolicy).index)


def attachment_of(ticket: Ticket, attachment_id: int) -> Attachment:
    """An attachment of a public entry of this very ticket. Raises NotVisible."""
    found = db.session().scalar(
        select(Attachment)
        .join(Entry, Attachment.entry_id == Entry.id)
        .outerjoin(Entry.delivery)
        .where(
            Attachment.id == attachment_id,
            Entry.ticket_id == ticket.id,
            Entry.kind.in_(PUBLIC_KINDS),
            has_left(),
        )
    )
    if found is None:
        raise NotVisible.of("attachment.unknown")
    return found


def _promise(known: Known) -> datetime | None:
    running = known.state not in (State.CLOSED, State.WAITING_PERSON)
    return known.promised_at if running else None


def _public_entry(entry: Entry, ticket: Ticket) -> PublicEntry:
    agent = entry.author_agent
    if entry.kind is not EntryKind.MESSAGE:
        author: str | None = public_name(agent, ticket.home_team.public_label)
    elif entry.data.get("from"):
        author = entry.data.get("from_name") or entry.data["from"]  # a follower, not the person
    elif agent is not None and ticket.person_id is not None:
        author = agent.team.public_label  # written for the person by who received them
    else:
        author = None
    return PublicEntry(entry.kind, author, entry.text, entry.created_at, entry.attachments)


def _contacts(ticket: Ticket) -> set[str]:
    if ticket.requester_agent is not None:
        return {ticket.requester_agent.email}
    contacts = ticket.person.contacts if ticket.person else []
    return {c.value for c in contacts if c.kind in (ContactKind.EMAIL, ContactKind.PHONE)}
