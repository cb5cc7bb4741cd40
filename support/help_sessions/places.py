"""The places where people are received: which an agent may see, their hours, what is taken."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import joinedload, selectinload

from support.help_sessions.models import (
    FREED,
    Appointment,
    BookingChannel,
    BookingWindow,
    Closure,
    HelpPoint,
    OpeningWindow,
)
from support.help_sessions.slots import Busy, Hours, Window
from support.kernel import db
from support.kernel.errors import NotVisible
from support.kernel.time import now
from support.people.models import Agent
from support.people.permissions import Permission, may, require

LONGEST_APPOINTMENT = timedelta(hours=8)
_WHOLE = (joinedload(HelpPoint.site), selectinload(HelpPoint.desks))


def own(*, by: Agent) -> HelpPoint | None:
    """The place where the agent works, if they work at one."""
    if by.team.site_id is None:
        return None
    query = select(HelpPoint).where(HelpPoint.site_id == by.team.site_id).options(*_WHOLE)
    return db.session().scalar(query)


def bookable(*, by: Agent) -> Sequence[HelpPoint]:
    """Where the agent may give appointments: at their own place, or where the contact centre may.

    Raises Forbidden.
    """
    require(by, Permission.BOOK)
    mine = own(by=by)
    if mine is not None:
        return [mine]
    query = select(HelpPoint).where(HelpPoint.centre_booking, HelpPoint.active).options(*_WHOLE)
    return db.session().scalars(query.order_by(HelpPoint.id)).all()


def one_bookable(help_point_id: int, *, by: Agent) -> HelpPoint:
    """Raises NotVisible, Forbidden."""
    require(by, Permission.BOOK)
    found = _one(help_point_id)
    if found.site_id == by.team.site_id or (by.team.site_id is None and found.centre_booking):
        return found
    raise NotVisible.of("help_point.unknown")


def one_to_set_up(help_point_id: int, *, by: Agent) -> HelpPoint:
    """One's own place, or any for who administers. Raises NotVisible, Forbidden."""
    require(by, Permission.SET_UP_SITE)
    found = _one(help_point_id)
    if found.site_id == by.team.site_id or may(by, Permission.ADMINISTER):
        return found
    raise NotVisible.of("help_point.unknown")


def channel_of(by: Agent) -> BookingChannel:
    """By which channel an agent gives appointments on the telephone."""
    return BookingChannel.CONTACT_CENTRE if by.team.site_id is None else BookingChannel.PHONE


def hours_of(point: HelpPoint) -> Hours:
    """When the place receives. A window without desks is for all that are in use."""
    desks = frozenset(desk.id for desk in point.desks if desk.active)
    rows = db.session().scalars(
        select(OpeningWindow).where(OpeningWindow.help_point_id == point.id)
    )
    windows = [
        Window(
            row.starts, row.ends, desks if row.desk_ids is None else desks & {*row.desk_ids},
            row.weekday, row.day, row.first_day, row.last_day, frozenset(row.groups),
        )
        for row in rows
    ]  # fmt: skip
    return Hours(windows, point.timezone, point.zone)


def takes_bookings(point: HelpPoint, channel: BookingChannel, at: datetime) -> bool:
    """Whether appointments are given by that channel at that moment."""
    rows = db.session().scalars(
        select(BookingWindow).where(
            BookingWindow.help_point_id == point.id, BookingWindow.channel == channel
        )
    )
    windows = [Window(row.starts, row.ends, frozenset({0}), row.weekday) for row in rows]
    local = at.astimezone(ZoneInfo(point.timezone))
    on = Hours(windows, point.timezone, point.zone).windows_on(local.date())
    return not windows or any(w.starts <= local.time() < w.ends for w in on)


def busy_between(
    point: HelpPoint, start: datetime, end: datetime, channel: BookingChannel | None = None
) -> list[Busy]:
    """What is taken of the desks, and when they are shut.

    For the public, a place that somebody gave back stays taken until it may be shown again.
    """
    still: ColumnElement[bool] = Appointment.state.not_in(FREED)
    if channel is BookingChannel.PUBLIC:
        still = or_(still, Appointment.public_from > now())
    rows = db.session().execute(
        select(Appointment.desk_id, Appointment.starts_at, Appointment.ends_at).where(
            Appointment.help_point_id == point.id,
            Appointment.desk_id.is_not(None),
            Appointment.starts_at > start - LONGEST_APPOINTMENT,
            Appointment.starts_at < end,
            still,
        )
    )
    taken = [Busy(row[0], row[1], row[2]) for row in rows]
    return taken + _shut(point, closures_between(point, start, end))


def closures_between(point: HelpPoint, start: datetime, end: datetime) -> Sequence[Closure]:
    return (
        db.session()
        .scalars(
            select(Closure)
            .where(
                Closure.help_point_id == point.id, Closure.ends_at > start, Closure.starts_at < end
            )
            .order_by(Closure.starts_at)
        )
        .all()
    )


def span(point: HelpPoint, days: Sequence[date]) -> tuple[datetime, datetime]:
    """The instants between which these local days lie."""
    zone = ZoneInfo(point.timezone)
    first = datetime.combine(min(days), time(), zone).astimezone(UTC)
    last = datetime.combine(max(days) + timedelta(days=1), time(), zone).astimezone(UTC)
    return first, last


def local_day(point: HelpPoint, at: datetime) -> date:
    return at.astimezone(ZoneInfo(point.timezone)).date()


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _shut(point: HelpPoint, closures: Iterable[Closure]) -> list[Busy]:
    return [
        Busy(desk.id, closure.starts_at, closure.ends_at)
        for closure in closures
        for desk in point.desks
        if closure.desk_id in (None, desk.id)
    ]


def one_of(help_point_id: int) -> HelpPoint:
    """With its site and desks, whoever asks. Raises NotVisible."""
    return _one(help_point_id)


def _one(help_point_id: int) -> HelpPoint:
    found = db.session().get(HelpPoint, help_point_id, options=_WHOLE)
    if found is None:
        raise NotVisible.of("help_point.unknown")
    return found
