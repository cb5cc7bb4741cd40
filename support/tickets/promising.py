"""The promised date of a ticket: started once, paused while the person owes us something."""

from __future__ import annotations

from support.clocks import running
from support.clocks.models import ClockKind
from support.kernel.time import FAR_FUTURE
from support.tickets.models import Ticket


def promise(ticket: Ticket) -> None:
    """Announce a date: the reason's delay in the working hours of the team that answers."""
    minutes = ticket.reason.answer_hours * 60
    clock = running.start(ticket.id, ClockKind.ANSWER, minutes, ticket.home_team.calendar_code)
    ticket.promised_at = clock.deadline
    ticket.sort_due = clock.deadline or FAR_FUTURE


def pause(ticket: Ticket) -> None:
    clock = running.live(ticket.id)
    if clock is not None:
        running.pause(clock)
        ticket.sort_due = FAR_FUTURE


def resume(ticket: Ticket) -> None:
    clock = running.live(ticket.id)
    if clock is not None:
        ticket.promised_at = running.resume(clock)
        ticket.sort_due = ticket.promised_at or FAR_FUTURE


def settle(ticket: Ticket) -> bool | None:
    """The answer has been given. Returns whether the promise was kept; None if none ran."""
    clock = running.live(ticket.id)
    ticket.sort_due = FAR_FUTURE
    return running.stop(clock) if clock is not None else None
