"""The allowed moves of a ticket. The only place that assigns a state."""

from __future__ import annotations

from typing import Any

from support.kernel.errors import Conflict
from support.tickets.authors import Author
from support.tickets.handing import at_home
from support.tickets.journal import note_event
from support.tickets.models import State, Ticket

S = State
_WORKED_ON = {S.IN_PROGRESS, S.WAITING_PERSON, S.ESCALATED, S.CLOSED}

MOVES: dict[State, frozenset[State]] = {
    S.NEW: frozenset(_WORKED_ON),
    S.IN_PROGRESS: frozenset({S.WAITING_PERSON, S.ESCALATED, S.CLOSED}),
    S.WAITING_PERSON: frozenset({S.IN_PROGRESS, S.ESCALATED, S.CLOSED}),
    # While it is higher up it may climb again, come down, or be called back.
    S.ESCALATED: frozenset({S.ESCALATED, S.RETURNED, S.IN_PROGRESS}),
    S.RETURNED: frozenset({S.IN_PROGRESS, S.WAITING_PERSON, S.ESCALATED, S.RETURNED, S.CLOSED}),
    S.REOPENED: frozenset(_WORKED_ON),
    S.CLOSED: frozenset({S.REOPENED}),
}


def move(ticket: Ticket, to: State, *, by: Author, **facts: Any) -> None:
    """Put ``ticket`` in state ``to`` and write it in the timeline.

    Raises Conflict ``ticket.move_refused`` when that is not allowed from where it is.
    """
    if to not in MOVES[ticket.state]:
        raise refused(ticket, to)
    was, ticket.state = ticket.state, to
    ticket.is_open = to is not S.CLOSED
    note_event(ticket, "state", by=by, was=was.value, to=to.value, **facts)


def put_back(ticket: Ticket, to: State, *, by: Author) -> None:
    """Undo what an answer did that nobody has heard: back in the state that it was given in.

    Raises Conflict ``ticket.move_refused`` when the allowed moves do not lead from there to here.
    """
    if ticket.state is to:
        return
    further = {state for near in MOVES[to] for state in MOVES[near]}
    if ticket.state not in MOVES[to] | further:
        raise refused(ticket, to)
    was, ticket.state = ticket.state, to
    ticket.is_open = to is not S.CLOSED
    note_event(ticket, "state", by=by, was=was.value, to=to.value, undone=True)


def can_move(ticket: Ticket, to: State) -> bool:
    return to in MOVES[ticket.state]


def require_home(ticket: Ticket, to: State) -> None:
    """For the moves of the team that answers the requester, with the ticket in its hands.

    Raises Conflict ``ticket.move_refused``.
    """
    if not (at_home(ticket) and can_move(ticket, to)):
        raise refused(ticket, to)


def refused(ticket: Ticket, to: State) -> Conflict:
    return Conflict.of("ticket.move_refused", state=ticket.state.value, to=to.value)
