"""Reading a ticket's thread."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from support.kernel import db
from support.kernel.errors import NotVisible
from support.people.models import Agent
from support.people.permissions import Scope, scope_of
from support.tickets.leaving import has_left, is_held
from support.tickets.models import Ticket
from support.tickets.timeline import PUBLIC_KINDS, Attachment, Call, DeliveryState, Entry
from support.tickets.visibility import visible_to

# Newest entries shown at once; older ones on demand, by key.
SHOWN = 100


def read_thread(ticket: Ticket, *, by: Agent, before: int | None = None) -> Sequence[Entry]:
    """The newest entries that ``by`` may read, oldest first: a fixed number of queries."""
    query = (
        select(Entry)
        .where(Entry.ticket_id == ticket.id)
        .options(
            joinedload(Entry.author_agent),
            joinedload(Entry.author_person),
            joinedload(Entry.delivery),
            joinedload(Entry.call),
            selectinload(Entry.attachments),
        )
        .order_by(Entry.id.desc())
        .limit(SHOWN)
    )
    if before is not None:
        query = query.where(Entry.id < before)
    if not reads_internal(ticket, by):
        query = query.outerjoin(Entry.delivery)
        query = query.where(Entry.kind.in_(PUBLIC_KINDS), has_left())
    return list(reversed(db.session().scalars(query).unique().all()))


def _public(entry: Entry) -> bool:
    sent = entry.delivery
    unsaid = sent is not None and (sent.state is DeliveryState.WITHDRAWN or is_held(sent))
    return entry.kind in PUBLIC_KINDS and not unsaid


def shared_calls(entries: Sequence[Entry], *, by: Agent) -> Mapping[int, list[Ticket]]:
    """By entry, the other tickets of a call that was about several, those that ``by`` may see.

    No query when no call here was.
    """
    shared = {e.id: e.call.main_call_id or e.call.id for e in entries if e.call and e.call.shared}
    if not shared:
        return {}
    mains = set(shared.values())
    query = (
        select(func.coalesce(Call.main_call_id, Call.id), Entry.id, Ticket)
        .join(Entry, Entry.id == Call.entry_id)
        .join(Ticket, Ticket.id == Entry.ticket_id)
        .where(or_(Call.id.in_(mains), Call.main_call_id.in_(mains)), visible_to(by))
        .order_by(Call.id)
    )
    rows = db.session().execute(query).all()
    return {
        entry_id: [t for main, other, t in rows if main == mine and other != entry_id]
        for entry_id, mine in shared.items()
    }


def reads_internal(ticket: Ticket, agent: Agent) -> bool:
    """A requester on the staff reads what a requester reads: colleagues' notes stay theirs."""
    if ticket.requester_agent_id is None:
        return scope_of(agent) is not Scope.OWN
    return (
        agent.team_id == ticket.home_team_id
        or scope_of(agent) is Scope.ALL
        or (agent.team.level > 1)
    )


def entry_visible(ticket: Ticket, entry_id: int, *, by: Agent) -> Entry:
    """An entry of this ticket, with its delivery, that ``by`` may read. Raises NotVisible."""
    query = select(Entry).where(Entry.id == entry_id, Entry.ticket_id == ticket.id)
    entry = db.session().scalar(query.options(joinedload(Entry.delivery)))
    if entry is None or not (_public(entry) or reads_internal(ticket, by)):
        raise NotVisible.of("reply.unknown")
    return entry


def attachment_visible(attachment_id: int, *, by: Agent) -> Attachment:
    """The attachment of an entry that ``by`` may read. Raises NotVisible."""
    found = (
        db.session()
        .execute(
            select(Attachment, Entry, Ticket)
            .join(Entry, Attachment.entry_id == Entry.id)
            .join(Ticket, Entry.ticket_id == Ticket.id)
            .where(Attachment.id == attachment_id, visible_to(by))
        )
        .one_or_none()
    )
    if found is None:
        raise NotVisible.of("attachment.unknown")
    attachment, entry, ticket = found
    if not _public(entry) and not reads_internal(ticket, by):
        raise NotVisible.of("attachment.unknown")
    return attachment
