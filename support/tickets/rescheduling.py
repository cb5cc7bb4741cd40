"""Opening hours change: what that means for the clocks that run, and saying so.

A date that was announced never moves: what changes is the time that is left until it, and with it
the warnings. What levels have agreed among themselves moves with the hours.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import func, select

from support.clocks.calendar import WorkingHours, add_working, working_between
from support.clocks.calendars import working_hours
from support.clocks.models import Calendar, Clock, ClockKind
from support.clocks.reading_hours import Hours
from support.clocks.warning import next_warning
from support.kernel import db
from support.kernel.errors import NotVisible
from support.kernel.time import now
from support.outbox.publishing import publish
from support.people.models import Agent
from support.people.permissions import Permission, require
from support.tickets import first_words
from support.tickets.authors import SYSTEM
from support.tickets.journal import note_event
from support.tickets.models import Ticket
from support.tickets.timeline import Entry

TOPIC = "calendar.edited"
AGREED = "agreement.moved"  # for the hand-over that holds the same instant
BATCH = 200
LOOKED_AT = 500  # of the soonest promises, before somebody decides


def one_calendar(code: str, *, by: Agent, lock: bool = False) -> Calendar:
    """Raises NotVisible ``calendar.unknown``."""
    require(by, Permission.ADMINISTER)
    query = select(Calendar).where(Calendar.code == code)
    found = db.session().scalar(query.with_for_update() if lock else query)
    if found is None:
        raise NotVisible.of("calendar.unknown")
    return found


def edit(calendar: Calendar, hours: Hours, *, by: Agent) -> None:
    """Other hours from now on. The clocks that run follow by the outbox, some at a time."""
    require(by, Permission.ADMINISTER)
    was = asdict(Hours(dict(calendar.weekly), calendar.zone, list(calendar.closures or ())))
    calendar.weekly, calendar.zone, calendar.closures = hours.weekly, hours.zone, hours.closures
    db.session().flush()
    publish(TOPIC, code=calendar.code, was=was, since=now().isoformat(), after=0)


def preview(calendar: Calendar, hours: Hours) -> tuple[int, int]:
    """How many promises and agreements run in these hours, and how many of the soonest promises
    would have less time left than they have.
    """
    old, new = working_hours(calendar), _hours(calendar, asdict(hours))
    running = _running(calendar.code).where(Clock.kind.not_in(first_words.BOTH))
    count = db.session().scalar(select(func.count()).select_from(running.subquery())) or 0
    promises = running.where(Clock.kind == ClockKind.ANSWER).order_by(Clock.deadline)
    pressed = sum(
        working_between(now(), clock.deadline, new) < working_between(now(), clock.deadline, old)
        for clock in db.session().scalars(promises.limit(LOOKED_AT))
        if clock.deadline is not None
    )
    return count, pressed


def recompute(payload: Mapping[str, Any]) -> None:
    """What an edit means for the next running clocks; the rest is asked for. Safe to run twice."""
    code, at = str(payload["code"]), datetime.fromisoformat(payload["since"])
    calendar = db.session().scalar(select(Calendar).where(Calendar.code == code))
    if calendar is None:
        return
    old, new = _hours(calendar, payload["was"]), working_hours(calendar)
    query = _running(code).where(Clock.id > int(payload["after"])).order_by(Clock.id).limit(BATCH)
    clocks = db.session().scalars(query.with_for_update()).all()
    tickets = _tickets(clocks)
    keys = [_key(clock, at) for clock in clocks]
    told = set(db.session().scalars(select(Entry.once_key).where(Entry.once_key.in_(keys))))
    for clock in clocks:
        ticket = tickets.get(clock.ticket_id)
        if ticket is not None and _key(clock, at) not in told:
            _follow(clock, ticket, old, new, at)
    db.session().flush()
    if len(clocks) == BATCH:
        publish(TOPIC, **{**payload, "after": clocks[-1].id})


def _follow(
    clock: Clock, ticket: Ticket, old: WorkingHours, new: WorkingHours, at: datetime
) -> None:
    assert clock.deadline is not None
    before = working_between(at, clock.deadline, old)
    if clock.kind in first_words.BOTH:
        # An aim of ours, which nobody was told and which never stands still: as if these had
        # always been the hours. Done twice, it is the same.
        clock.deadline = add_working(clock.started_at, clock.budget_minutes, new)
        return
    if clock.kind is ClockKind.LEVEL:
        until = add_working(at, before, new)
        if until == clock.deadline:
            return
        clock.deadline = until
        publish(AGREED, ticket_id=ticket.id, team_id=ticket.team_id, until=until.isoformat())
        facts: dict[str, Any] = {"until": until.isoformat()}
    else:
        after = working_between(at, clock.deadline, new)
        if after == before or clock.kind is not ClockKind.ANSWER:
            return
        clock.warn_at = next_warning(clock.budget_minutes, after, clock.warned, at, new)
        facts = {"less": after < before}
    key = _key(clock, at)
    note_event(ticket, "hours_changed", by=SYSTEM, once_key=key, kind=clock.kind.value, **facts)


def _running(code: str) -> Any:
    return select(Clock).where(
        Clock.calendar_code == code,
        Clock.stopped_at.is_(None),
        Clock.breached_at.is_(None),
        Clock.deadline.is_not(None),
    )


def _tickets(clocks: Any) -> dict[int, Ticket]:
    query = select(Ticket).where(Ticket.id.in_([clock.ticket_id for clock in clocks]))
    return {ticket.id: ticket for ticket in db.session().scalars(query)}


def _key(clock: Clock, at: datetime) -> str:
    return f"hours:{clock.id}:{at:%Y%m%d%H%M%S%f}"


def _hours(calendar: Calendar, said: Mapping[str, Any]) -> WorkingHours:
    weekly = {
        int(day): [(time.fromisoformat(a), time.fromisoformat(b)) for a, b in ranges]
        for day, ranges in said["weekly"].items()
    }
    closures = frozenset(date.fromisoformat(day) for day in said["closures"])
    return replace(working_hours(calendar), weekly=weekly, zone=said["zone"], closures=closures)
