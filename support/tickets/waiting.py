"""Waiting for the person: the promised date stands still until they answer."""

from __future__ import annotations

from support.people.models import Agent
from support.people.permissions import Permission, require
from support.tickets import promising
from support.tickets.models import State, Ticket
from support.tickets.states import move


def wait_for_person(ticket: Ticket, *, by: Agent) -> None:
    """Raises Conflict when the ticket is higher up or closed."""
    require(by, Permission.REPLY)
    move(ticket, State.WAITING_PERSON, by=by)
    promising.pause(ticket)


def stop_waiting(ticket: Ticket, *, by: Agent) -> None:
    require(by, Permission.REPLY)
    move(ticket, State.IN_PROGRESS, by=by)
    promising.resume(ticket)
