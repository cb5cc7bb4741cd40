"""The promised date of a ticket: started once, paused while the person owes us something."""

from __future__ import annotations

from collections.abc import Sequence

from support.catalogue.models import ContactReason
from support.clocks import running
from support.clocks.models import Clock, ClockKind
from support.clocks.warning import Stage
from support.kernel import db
from support.kernel.time import FAR_FUTURE
from support.tickets.authors import SYSTEM
from support.tickets.journal import note_event, written
from support.tickets.models import Ticket
from support.tickets.visibility import hold

_BROKEN = {
    ClockKind.ANSWER: "promise_broken",
    ClockKind.LEVEL: "agreement_overdue",
    ClockKind.NEXT_NEWS: "news_overdue",
    ClockKind.ACKNOWLEDGEMENT: "acknowledgement_overdue",
    ClockKind.FIRST_ANSWER: "first_answer_overdue",
}


def promise(ticket: Ticket) -> None:
    """Announce a date: the reason's delay in the working hours of the team that answers."""
    db.session().add_all(promised([ticket]))
    db.session().flush()


def promised(tickets: Sequence[Ticket]) -> list[Clock]:
    """Announce a date for each, from this instant on; the clocks are to be added by the caller.

    The tickets have their numbers, and need not be written yet.
    """
    starts = [
        running.Start(ticket.id, minutes_for(ticket.reason), ticket.home_team.calendar_code)
        for ticket in tickets
    ]
    clocks = running.started(starts, ClockKind.ANSWER)
    for ticket, clock in zip(tickets, clocks, strict=True):
        ticket.promised_at = clock.deadline
        ticket.sort_due = clock.deadline or FAR_FUTURE
        ticket.pressing = Stage.NOBODY
    return clocks


def minutes_for(reason: ContactReason) -> int:
    """How long we give ourselves: what it has really taken lately, not what we would wish; what
    the operator has set, as long as too few have been answered to say.
    """
    return reason.measured_minutes or reason.answer_hours * 60


def pause(ticket: Ticket) -> None:
    clock = running.live(ticket.id)
    if clock is not None:
        running.pause(clock)
        ticket.sort_due, ticket.pressing = FAR_FUTURE, Stage.NOBODY


def resume(ticket: Ticket) -> None:
    """The promise runs again; a date that moved is written in the timeline."""
    clock = running.live(ticket.id)
    if clock is not None:
        was, ticket.promised_at = ticket.promised_at, running.resume(clock)
        ticket.sort_due = ticket.promised_at or FAR_FUTURE
        ticket.pressing = Stage.LEADERS if clock.breached_at else clock.warned
        if was is not None and ticket.promised_at is not None and was != ticket.promised_at:
            to = ticket.promised_at.isoformat()
            note_event(ticket, "promise_moved", by=SYSTEM, was=was.isoformat(), to=to)


def settle(ticket: Ticket) -> bool | None:
    """The answer has been given. Returns whether the promise was kept; None if none ran."""
    clock = running.live(ticket.id)
    ticket.sort_due, ticket.pressing = FAR_FUTURE, Stage.NOBODY
    return running.stop(clock) if clock is not None else None


def note_breach(ticket_id: int, clock_id: int) -> None:
    """Write in the timeline, once, that a date has passed: the person's, or one between us."""
    session = db.session()
    once = f"breach:{clock_id}"
    ticket = session.get(Ticket, ticket_id)
    if ticket is not None:
        hold(ticket)  # an answer may be going out at this very instant
    told = written(once)
    if ticket is None or told or not ticket.is_open:
        return
    clock = session.get(Clock, clock_id)
    kind = clock.kind if clock is not None else ClockKind.ANSWER
    note_event(ticket, _BROKEN[kind], by=SYSTEM, once_key=once, team=ticket.team.label)
    if kind is ClockKind.ANSWER and clock is not None and clock.stopped_at is None:
        ticket.pressing = Stage.LEADERS
    if kind is ClockKind.FIRST_ANSWER and clock is not None and clock.stopped_at is None:
        ticket.pressing = max(ticket.pressing, Stage.TEAM)


def note_warning(ticket_id: int, clock_id: int, stage: int) -> None:
    """Say once, to who it is told by ``stage``, that the promise will soon break."""
    session = db.session()
    ticket, once = session.get(Ticket, ticket_id), f"warning:{clock_id}:{stage}"
    if ticket is None:
        return
    hold(ticket)  # an answer may be going out at this very instant
    clock = session.get(Clock, clock_id, populate_existing=True)
    runs = clock is not None and clock.stopped_at is None and clock.paused_at is None
    told = written(once)
    if runs and not told and ticket.is_open:
        ticket.pressing = max(ticket.pressing, stage)
        note_event(ticket, "promise_presses", by=SYSTEM, once_key=once, stage=stage)
