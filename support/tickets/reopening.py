"""Reopening a closed ticket from our side: something is still to be said or done."""

from __future__ import annotations

from support.kernel.errors import Forbidden
from support.people.models import Agent
from support.people.permissions import Permission, may, require
from support.tickets import promising
from support.tickets.handing import belongs_to, bring_home, hand_to
from support.tickets.models import State, Ticket
from support.tickets.replying import fronts
from support.tickets.states import move, refused


def reopen(ticket: Ticket, *, by: Agent) -> None:
    """``by`` has the ticket in hand again, with a new promised date.

    The requester is not told: the reply that follows tells them. The caller holds the ticket's
    row. Raises Forbidden ``reply.not_front``, Conflict ``ticket.move_refused`` when it is open.
    """
    require(by, Permission.REPLY)
    if not fronts(by, ticket):
        raise Forbidden.of("reply.not_front", team=ticket.home_team.label)
    if ticket.state is not State.CLOSED:
        raise refused(ticket, State.REOPENED)
    bring_home(ticket)
    move(ticket, State.REOPENED, by=by)
    ticket.reopenings += 1
    ticket.closed_at = ticket.closed_how = None
    promising.promise(ticket)
    if belongs_to(by, ticket.home_team):
        hand_to(ticket, ticket.home_team, by)
        ticket.home_owner, ticket.home_owner_id = ticket.owner, ticket.owner_id
    move(ticket, State.IN_PROGRESS, by=by)


def can_reopen(ticket: Ticket, agent: Agent) -> bool:
    return ticket.state is State.CLOSED and may(agent, Permission.REPLY) and fronts(agent, ticket)
