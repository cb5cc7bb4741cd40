"""Answers that did not arrive: on a list until the requester has been reached otherwise."""

from __future__ import annotations

from support.kernel.errors import Forbidden
from support.people.models import Agent
from support.people.permissions import Permission, require
from support.tickets.journal import note_event
from support.tickets.models import Ticket
from support.tickets.replying import fronts


def reached(ticket: Ticket, *, by: Agent) -> None:
    """``by`` has seen to it; a second time changes nothing.

    Raises Forbidden ``reply.not_front``.
    """
    require(by, Permission.REPLY)
    if not fronts(by, ticket):
        raise Forbidden.of("reply.not_front", team=ticket.home_team.label)
    if ticket.unheard_since is not None:
        ticket.unheard_since = None
        note_event(ticket, "reached", by=by)
