"""What a week of a place was: given, kept, missed, given up, and what nobody could have."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy import func, select

from support.help_sessions import offering, orienting, places, quotas
from support.help_sessions.assistance_log import AssistanceEntry, Door, Result
from support.help_sessions.models import (
    Appointment,
    AppointmentReason,
    AppointmentState,
    BookingChannel,
    GroupSession,
    HelpPoint,
    UnmetSearch,
)
from support.help_sessions.offering import Asked
from support.help_sessions.slots import minutes_open
from support.kernel import db
from support.people.models import Agent
from support.people.permissions import Permission, require

S = AppointmentState
HONOURED = (S.COMPLETED, S.IN_PROGRESS, S.CHECKED_IN)
SATURATED = 0.9  # of the capacity of a week given: said to be nearly full


@dataclass(frozen=True)
class Line:
    """One reason by one channel. ``given``: all that were not moved elsewhere."""

    reason: str
    label: str
    channel: BookingChannel
    states: Mapping[AppointmentState, int]

    @property
    def given(self) -> int:
        return sum(n for state, n in self.states.items() if state is not S.RESCHEDULED)

    @property
    def honoured(self) -> int:
        return sum(self.states.get(state, 0) for state in HONOURED)


@dataclass(frozen=True)
class Workshops:
    """Those that took place, or will: their places, who has one, who came."""

    count: int
    capacity: int
    taken: int
    came: int


@dataclass(frozen=True)
class Week:
    """``capacity``: how many the week's quota allows, or else as many half-hours as the desks are
    open. ``unmet``: who looked in vain. ``first_free``: the next place for the usual reason.
    """

    monday: date
    lines: Sequence[Line]
    minutes: int
    capacity: int
    unmet: int
    helped: int
    results: Mapping[Result, int] = field(default_factory=dict)
    first_free: datetime | None = None
    redirected: Mapping[Door, int] = field(default_factory=dict)
    workshops: Workshops | None = None

    def count(self, *states: AppointmentState) -> int:
        return sum(line.states.get(state, 0) for line in self.lines for state in states)

    @property
    def given(self) -> int:
        return sum(line.given for line in self.lines)

    @property
    def taken(self) -> int:
        """Of the capacity: what was given back does not take it up, who came besides neither."""
        left = self.count(S.CANCELLED_BY_USER, S.CANCELLED_BY_SERVICE)
        besides = sum(line.given for line in self.lines if line.channel is BookingChannel.WALK_IN)
        return self.given - left - besides

    @property
    def saturated(self) -> bool:
        return self.capacity > 0 and self.taken >= SATURATED * self.capacity


def week_of(point: HelpPoint, monday: date, *, by: Agent) -> Week:
    """Raises Forbidden."""
    require(by, Permission.RECEIVE)
    return of_week(point, monday)


def of_week(point: HelpPoint, monday: date) -> Week:
    """As :func:`week_of`, for Relais itself."""
    days = [monday + timedelta(days=n) for n in range(7)]
    start, end = places.span(point, days)
    minutes = minutes_open(places.hours_of(point), days)
    shares = [g.capacity for g in quotas.gauges(point, monday) if g.group == quotas.ALL]
    results = _results(point, start, end)
    return Week(
        monday=monday,
        lines=_lines(point, start, end),
        minutes=minutes,
        capacity=sum(shares) if shares else minutes // 30,
        unmet=_unmet(point, days),
        helped=sum(results.values()),
        results=results,
        first_free=_first_free(point),
        redirected=orienting.counted(point, start, end),
        workshops=_workshops(point, start, end),
    )


def _lines(point: HelpPoint, start: datetime, end: datetime) -> list[Line]:
    rows = db.session().execute(
        select(
            AppointmentReason.code,
            AppointmentReason.label,
            AppointmentReason.position,
            Appointment.channel,
            Appointment.state,
            func.count(),
        )
        .join(AppointmentReason, AppointmentReason.id == Appointment.reason_id)
        .where(
            Appointment.help_point_id == point.id,
            Appointment.session_id.is_(None),
            Appointment.starts_at >= start,
            Appointment.starts_at < end,
        )
        .group_by(
            AppointmentReason.code,
            AppointmentReason.label,
            AppointmentReason.position,
            Appointment.channel,
            Appointment.state,
        )
        .order_by(AppointmentReason.position, Appointment.channel)
    )
    found: dict[tuple[str, str, BookingChannel], Counter[AppointmentState]] = {}
    for code, label, _position, channel, state, count in rows:
        found.setdefault((code, label, channel), Counter())[state] += count
    return [Line(*key, states) for key, states in found.items()]


def _workshops(point: HelpPoint, start: datetime, end: datetime) -> Workshops | None:
    held = (
        GroupSession.help_point_id == point.id,
        GroupSession.called_off_at.is_(None),
        GroupSession.starts_at >= start,
        GroupSession.starts_at < end,
    )
    count, capacity, taken = db.session().execute(
        select(
            func.count(),
            func.coalesce(func.sum(GroupSession.capacity), 0),
            func.coalesce(func.sum(GroupSession.taken), 0),
        ).where(*held)
    ).one()  # fmt: skip
    if not count:
        return None
    came = select(func.count()).where(
        Appointment.session_id.in_(select(GroupSession.id).where(*held)),
        Appointment.state.in_(HONOURED),
    )
    return Workshops(count, int(capacity), int(taken), db.session().scalar(came) or 0)


def _unmet(point: HelpPoint, days: Sequence[date]) -> int:
    query = select(func.sum(UnmetSearch.times)).where(
        UnmetSearch.help_point_id == point.id,
        UnmetSearch.day >= min(days),
        UnmetSearch.day <= max(days),
    )
    return int(db.session().scalar(query) or 0)


def _results(point: HelpPoint, start: datetime, end: datetime) -> dict[Result, int]:
    rows = db.session().execute(
        select(AssistanceEntry.result, func.count())
        .where(
            AssistanceEntry.help_point_id == point.id,
            AssistanceEntry.at >= start,
            AssistanceEntry.at < end,
        )
        .group_by(AssistanceEntry.result)
    )
    return {row[0]: row[1] for row in rows}


def _first_free(point: HelpPoint) -> datetime | None:
    query = select(AppointmentReason).where(AppointmentReason.active)
    usual = db.session().scalar(query.order_by(AppointmentReason.position).limit(1))
    if usual is None:
        return None
    found = offering.nearest(Asked(point, usual, BookingChannel.PHONE), 1)
    return found[0].start if found else None
