"""Waiting for the person: the promised date stands still until they answer."""

from __future__ import annotations

from support.kernel.errors import Forbidden
from support.people.models import Agent
from support.people.permissions import Permission, require
from support.tickets import promising
from support.tickets.models import State, Ticket
from support.tickets.replying import fronts
from support.tickets.states import move, refused, require_home


def wait_for_person(ticket: Ticket, *, by: Agent) -> None:
    """Raises Forbidden ``reply.not_front``, Conflict when the ticket is higher up or closed."""
    _require_front(ticket, by)
    require_home(ticket, State.WAITING_PERSON)
    move(ticket, State.WAITING_PERSON, by=by)
    promising.pause(ticket)


def stop_waiting(ticket: Ticket, *, by: Agent) -> None:
    """Raises Forbidden ``reply.not_front``, Conflict when nobody is being waited for."""
    _require_front(ticket, by)
    if ticket.state is not State.WAITING_PERSON:
        raise refused(ticket, State.IN_PROGRESS)
    move(ticket, State.IN_PROGRESS, by=by)
    promising.resume(ticket)


def _require_front(ticket: Ticket, by: Agent) -> None:
    require(by, Permission.REPLY)
    if not fronts(by, ticket):
        raise Forbidden.of("reply.not_front", team=ticket.home_team.label)
