"""Closing: the answer has been given, the promise is settled."""

from __future__ import annotations

from support.kernel.errors import Forbidden
from support.kernel.time import now
from support.people.models import Agent
from support.people.permissions import Permission, require
from support.tickets import promising
from support.tickets.models import ClosedHow, State, Ticket
from support.tickets.replying import fronts
from support.tickets.states import move, require_home


def close(ticket: Ticket, how: ClosedHow, *, by: Agent) -> None:
    """Close the ticket. Raises Forbidden ``close.not_front``; Conflict while it is higher up."""
    require(by, Permission.CLOSE)
    if not fronts(by, ticket):
        raise Forbidden.of("close.not_front", team=ticket.home_team.label)
    require_home(ticket, State.CLOSED)
    move(ticket, State.CLOSED, by=by, how=how.value, kept=promising.settle(ticket))
    ticket.closed_at, ticket.closed_how = now(), how
