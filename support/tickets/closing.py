"""Closing: the answer has been given, the promise is settled."""

from __future__ import annotations

from support.kernel.errors import Forbidden
from support.kernel.time import now
from support.people.models import Agent, Person
from support.people.permissions import Permission, require
from support.tickets import first_words, promising
from support.tickets.authors import SYSTEM, Author
from support.tickets.models import ClosedHow, State, Ticket
from support.tickets.replying import fronts
from support.tickets.states import move, require_home


def close(ticket: Ticket, how: ClosedHow, *, by: Agent) -> None:
    """Close the ticket. Raises Forbidden ``close.not_front``; Conflict while it is higher up."""
    require(by, Permission.CLOSE)
    if not fronts(by, ticket):
        raise Forbidden.of("close.not_front", team=ticket.home_team.label)
    _end(ticket, how, by)


def requester_closes(ticket: Ticket, *, by: Person | Agent) -> bool:
    """The requester says that it is solved. Returns whether this closed it: saying so again, or
    of a closed ticket, changes nothing.

    The caller holds the ticket's row, and has called it back if another level had it. Raises
    Conflict ``ticket.move_refused`` otherwise.
    """
    if ticket.state is State.CLOSED:
        return False
    _end(ticket, ClosedHow.SOLVED, by)
    return True


def close_by_itself(ticket: Ticket, how: ClosedHow) -> None:
    """What its requester asked has been answered to all at once. The caller holds the ticket.

    Raises Conflict ``ticket.move_refused``.
    """
    _end(ticket, how, SYSTEM)


def _end(ticket: Ticket, how: ClosedHow, by: Author) -> None:
    require_home(ticket, State.CLOSED)
    move(ticket, State.CLOSED, by=by, how=how.value, kept=promising.settle(ticket))
    ticket.closed_at, ticket.closed_how = now(), how
    first_words.answered(ticket.id)
