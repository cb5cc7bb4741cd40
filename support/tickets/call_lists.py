"""Who is to be called: the lists of a team, of one's day, and how many wait."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import joinedload

from support.kernel import db
from support.kernel.time import now
from support.people.models import Agent, ContactKind, Person, PersonContact
from support.people.permissions import Permission, may
from support.tickets.call_backs import CallBack, Origin
from support.tickets.models import Ticket
from support.tickets.visibility import visible_to

SHOWN = 100
COUNT_LIMIT = 100


def open_to(agent: Agent) -> ColumnElement[bool]:
    """A condition on CallBack: the agent's own, their team's, and those of no team."""
    mine = CallBack.agent_id == agent.id
    return or_(mine, CallBack.team_id == agent.team_id, CallBack.team_id.is_(None))


def waits_for(agent: Agent) -> ColumnElement[bool]:
    """A condition on CallBack: open, and no colleague has it."""
    free = or_(CallBack.agent_id.is_(None), CallBack.agent_id == agent.id)
    return CallBack.ended.is_(None) & open_to(agent) & free


def to_call_back(agent: Agent, origin: Origin, limit: int = SHOWN) -> Sequence[CallBack]:
    """Open ones that the agent may see, colleagues' included; the first due first."""
    query = _open(agent).where(CallBack.origin == origin).limit(limit)
    return db.session().scalars(query).unique().all()


def of_ticket(ticket: Ticket) -> Sequence[CallBack]:
    """Open ones about a ticket."""
    query = select(CallBack).where(CallBack.ticket_id == ticket.id, CallBack.ended.is_(None))
    query = query.options(joinedload(CallBack.agent)).order_by(CallBack.due_at, CallBack.id)
    return db.session().scalars(query).unique().all()


def of_the_day(agent: Agent, until: datetime, limit: int = 8) -> Sequence[CallBack]:
    """What waits for the agent before ``until``, the first due first."""
    query = _open(agent).where(waits_for(agent), CallBack.due_at < until).limit(limit)
    return db.session().scalars(query).unique().all()


def waiting_count(agent: Agent) -> ColumnElement[int]:
    """How many are due now and wait for the agent: part of a query, at most COUNT_LIMIT."""
    due = select(CallBack.id).where(waits_for(agent), CallBack.due_at <= now())
    bounded = due.limit(COUNT_LIMIT).subquery()
    return select(func.count()).select_from(bounded).scalar_subquery()


def persons_at(numbers: Sequence[str], by: Agent) -> Mapping[str, list[PersonContact]]:
    """By number, the contacts of every person reachable there: two queries."""
    if not numbers or not may(by, Permission.READ_PERSONS):
        return {}
    query = (
        select(PersonContact)
        .where(PersonContact.kind == ContactKind.PHONE, PersonContact.value.in_(numbers))
        .options(joinedload(PersonContact.person))
        .order_by(PersonContact.value, PersonContact.id)
        .limit(SHOWN * 5)
    )
    found: dict[str, list[PersonContact]] = {}
    for contact in db.session().scalars(query).unique():
        found.setdefault(contact.value, []).append(contact)
    return found


def open_tickets_of(
    persons: Sequence[Person], by: Agent, each: int = 3
) -> Mapping[int, list[Ticket]]:
    """By person, their open tickets that ``by`` may see, the nearest promise first: one query."""
    if not persons:
        return {}
    ids = {person.id for person in persons}
    query = (
        select(Ticket)
        .where(Ticket.person_id.in_(ids), Ticket.is_open, visible_to(by))
        .options(joinedload(Ticket.reason, innerjoin=True), joinedload(Ticket.team, innerjoin=True))
        .order_by(Ticket.sort_due, Ticket.id)
        .limit(SHOWN * 3)
    )
    found: dict[int, list[Ticket]] = {}
    for ticket in db.session().scalars(query).unique():
        mine = found.setdefault(ticket.person_id or 0, [])
        if len(mine) < each:
            mine.append(ticket)
    return found


def visible_tickets(ids: Sequence[int], by: Agent) -> Mapping[int, Ticket]:
    """Those of these tickets that ``by`` may see, by number."""
    wanted = [number for number in ids if number]
    if not wanted:
        return {}
    query = select(Ticket).where(Ticket.id.in_(wanted), visible_to(by))
    return {ticket.id: ticket for ticket in db.session().scalars(query)}


def _open(agent: Agent):  # type: ignore[no-untyped-def]
    return (
        select(CallBack)
        .where(CallBack.ended.is_(None), open_to(agent))
        .options(joinedload(CallBack.agent), joinedload(CallBack.person))
        .order_by(CallBack.due_at, CallBack.id)
    )
