"""Who besides the requester belongs to a ticket: only whom one of us has said to belong.

From then on their mail joins the ticket by itself. Nothing is sent to them.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from support.kernel import db
from support.kernel.errors import Conflict, Forbidden, NotVisible
from support.people.models import Agent, ContactKind
from support.people.normalising import email_address
from support.people.permissions import Permission, require
from support.tickets.journal import note_event
from support.tickets.models import Follower, Ticket
from support.tickets.replying import fronts
from support.tickets.timeline import Entry


def followers_of(ticket: Ticket) -> Sequence[Follower]:
    """One query."""
    query = select(Follower).where(Follower.ticket_id == ticket.id).order_by(Follower.id)
    return db.session().scalars(query.limit(100)).all()


def may_change(ticket: Ticket, agent: Agent) -> bool:
    return fronts(agent, ticket)


def add_follower(ticket: Ticket, address: str, name: str, *, by: Agent) -> Follower:
    """``address`` belongs to the ticket; said twice, it is once. The caller holds the ticket.

    Raises Invalid for what is no address, Conflict ``follower.own`` for the requester's own,
    Forbidden ``reply.not_front``.
    """
    _require_front(ticket, by)
    found = email_address(address)
    if found in _own(ticket):
        raise Conflict.of("follower.own")
    query = select(Follower).where(Follower.ticket_id == ticket.id, Follower.address == found)
    known = db.session().scalar(query)
    if known is not None:
        return known
    follower = Follower(ticket_id=ticket.id, address=found, name=name.strip()[:160])
    db.session().add(follower)
    db.session().flush()
    note_event(ticket, "follower_added", by=by, address=found)
    return follower


def remove_follower(ticket: Ticket, follower_id: int, *, by: Agent) -> None:
    """Their next mail waits for a person. Raises NotVisible ``follower.unknown``."""
    _require_front(ticket, by)
    query = select(Follower).where(Follower.id == follower_id, Follower.ticket_id == ticket.id)
    follower = db.session().scalar(query)
    if follower is None:
        raise NotVisible.of("follower.unknown")
    note_event(ticket, "follower_removed", by=by, address=follower.address)
    db.session().delete(follower)
    db.session().flush()


def named_in(
    thread: Sequence[Entry], ticket: Ticket, followers: Sequence[Follower]
) -> list[dict[str, str]]:
    """[{"name", "address"}] of the people in To and Cc of its mails who do not belong yet."""
    known = {one.address for one in followers} | _own(ticket)
    found: dict[str, str] = {}
    for entry in thread:
        for name, address in entry.data.get("others") or ():
            if address not in known:
                found.setdefault(address, name)
    return [{"name": name, "address": address} for address, name in found.items()]


def _own(ticket: Ticket) -> set[str]:
    """The requester's own addresses."""
    if ticket.requester_agent is not None:
        return {ticket.requester_agent.email}
    contacts = ticket.person.contacts if ticket.person else []
    return {one.value for one in contacts if one.kind is ContactKind.EMAIL}


def _require_front(ticket: Ticket, by: Agent) -> None:
    require(by, Permission.REPLY)
    if not fronts(by, ticket):
        raise Forbidden.of("reply.not_front", team=ticket.home_team.label)
