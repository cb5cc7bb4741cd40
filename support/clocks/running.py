"""Starting, pausing, resuming and stopping a clock. One live clock of a kind per ticket."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from support.clocks.calendar import add_working, working_between
from support.clocks.calendars import hours_of
from support.clocks.models import Clock, ClockKind
from support.clocks.warning import Stage, next_warning
from support.kernel import db
from support.kernel.time import now


@dataclass(frozen=True)
class Start:
    """A clock to be started: ``minutes`` of working time in the calendar ``calendar_code``."""

    ticket_id: int
    minutes: int
    calendar_code: str


def start(ticket_id: int, kind: ClockKind, minutes: int, calendar_code: str) -> Clock:
    """Start a clock of ``minutes`` of working time. The database refuses a second live one."""
    clock = started([Start(ticket_id, minutes, calendar_code)], kind)[0]
    db.session().add(clock)
    db.session().flush()
    return clock


def started(several: Sequence[Start], kind: ClockKind) -> list[Clock]:
    """Clocks that start now, at one instant, to be added by the caller."""
    begun = now()
    spans = {(one.calendar_code, one.minutes) for one in several}
    hours = {code: hours_of(code) for code in {code for code, _ in spans}}
    ends = {(code, minutes): add_working(begun, minutes, hours[code]) for code, minutes in spans}
    warned = {
        (code, minutes): next_warning(minutes, minutes, Stage.NOBODY, begun, hours[code])
        for code, minutes in spans
        if kind is ClockKind.ANSWER
    }
    return [
        Clock(
            ticket_id=one.ticket_id,
            kind=kind,
            calendar_code=one.calendar_code,
            budget_minutes=one.minutes,
            started_at=begun,
            deadline=ends[one.calendar_code, one.minutes],
            warn_at=warned.get((one.calendar_code, one.minutes)),
        )
        for one in several
    ]


def start_until(ticket_id: int, kind: ClockKind, deadline: datetime, calendar_code: str) -> Clock:
    """Start a clock that ends at ``deadline``, from now on; as :func:`start`."""
    instant, hours = now(), hours_of(calendar_code)
    budget = working_between(instant, deadline, hours)
    clock = Clock(
        ticket_id=ticket_id,
        kind=kind,
        calendar_code=calendar_code,
        budget_minutes=budget,
        started_at=instant,
        deadline=deadline,
        warn_at=next_warning(budget, budget, Stage.NOBODY, instant, hours)
        if kind is ClockKind.ANSWER
        else None,
    )
    db.session().add(clock)
    db.session().flush()
    return clock


def live(ticket_id: int, kind: ClockKind = ClockKind.ANSWER) -> Clock | None:
    return db.session().scalar(
        select(Clock).where(
            Clock.ticket_id == ticket_id, Clock.kind == kind, Clock.stopped_at.is_(None)
        )
    )


def latest(ticket_id: int, kind: ClockKind = ClockKind.ANSWER) -> Clock | None:
    """The live clock, or else the last one that ran."""
    query = select(Clock).where(Clock.ticket_id == ticket_id, Clock.kind == kind)
    return db.session().scalar(query.order_by(Clock.id.desc()).limit(1))


def pause(clock: Clock) -> None:
    """Stop counting while the person owes us something. Pausing twice changes nothing.

    A deadline that has passed stays where it is: a broken promise cannot be mended by waiting.
    """
    instant = now()
    if clock.paused_at is None and clock.deadline is not None and instant <= clock.deadline:
        clock.left_minutes = working_between(instant, clock.deadline, hours_of(clock.calendar_code))
        clock.paused_at, clock.deadline, clock.warn_at = instant, None, None


def resume(clock: Clock) -> datetime | None:
    """Count again from now; returns the new deadline. A running clock keeps its own."""
    if clock.paused_at is not None:
        instant, left, hours = now(), clock.left_minutes or 0, hours_of(clock.calendar_code)
        clock.deadline = add_working(instant, left, hours)
        clock.warn_at = next_warning(clock.budget_minutes, left, clock.warned, instant, hours)
        clock.paused_at = clock.left_minutes = None
    return clock.deadline


def replace(clock: Clock, deadline: datetime) -> Clock:
    """End this promise for another one, which runs until ``deadline``.

    What was promised first was neither kept nor, in time, broken: ``kept`` stays unsaid unless
    the date had passed already.
    """
    session, instant = db.session(), now()
    late = clock.breached_at is not None or (clock.deadline or instant) < instant
    clock.stopped_at, clock.kept = instant, False if late else None
    session.flush()  # one live clock of a kind: this one first
    return start_until(clock.ticket_id, clock.kind, deadline, clock.calendar_code)


def spent(clock: Clock) -> int | None:
    """Working minutes that a stopped clock ran, the pauses left out; None when nobody can say."""
    if clock.stopped_at is None:
        return None
    if clock.deadline is None:
        return clock.budget_minutes - (clock.left_minutes or 0)
    hours = hours_of(clock.calendar_code)
    left = working_between(clock.stopped_at, clock.deadline, hours)
    over = working_between(clock.deadline, clock.stopped_at, hours)
    return max(clock.budget_minutes - left + over, 0)


def stop(clock: Clock) -> bool:
    """The promise is over. Returns whether it was kept."""
    instant = now()
    kept = clock.breached_at is None and (clock.deadline is None or instant <= clock.deadline)
    clock.stopped_at, clock.kept = instant, kept
    return kept
