"""The places that may be given: the nearest ones, and those of a week."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from support.help_sessions import places, quotas
from support.help_sessions.models import (
    AppointmentReason,
    BookingChannel,
    HelpPoint,
    UnmetSearch,
)
from support.help_sessions.slots import Hours, Slot, free_slots
from support.kernel import db
from support.kernel.time import now

NEAREST = 3
SOON = 14  # days looked through first
_AGENTS = (BookingChannel.PHONE, BookingChannel.COUNTER)


@dataclass(frozen=True)
class Asked:
    """What is looked for: a place at ``point`` for ``reason``, given by ``channel``.

    ``beyond``: of weeks too whose quota is used up. ``everything``: what somebody gave back too,
    although the public is not shown it yet.
    """

    point: HelpPoint
    reason: AppointmentReason
    channel: BookingChannel
    beyond: bool = False
    everything: bool = False

    @property
    def length(self) -> timedelta:
        return timedelta(minutes=self.reason.minutes)

    @property
    def earliest(self) -> datetime:
        """The public and the centre book some hours ahead; who works there, from now on."""
        if self.channel in _AGENTS:
            return now()
        return now() + timedelta(hours=self.point.notice_hours)

    @property
    def last_day(self) -> date:
        return places.local_day(self.point, now()) + timedelta(days=self.point.horizon_days)


def of_days(asked: Asked, days: Sequence[date]) -> list[Slot]:
    """The places that are free on these local days, in order."""
    return _of_days(asked, days, places.hours_of(asked.point))


def of_week(asked: Asked, monday: date) -> list[Slot]:
    return of_days(asked, [monday + timedelta(days=n) for n in range(7)])


def nearest(asked: Asked, count: int = NEAREST) -> list[Slot]:
    """The next free places as far ahead as the place gives any."""
    return from_day(asked, places.local_day(asked.point, asked.earliest), count)[:count]


def from_day(asked: Asked, first: date, enough: int) -> list[Slot]:
    """The places of a fortnight from ``first`` on; when they are not ``enough``, those too of all
    the days that are left.
    """
    hours = places.hours_of(asked.point)
    days = [first + timedelta(days=n) for n in range((asked.last_day - first).days + 1)]
    found = _of_days(asked, days[:SOON], hours)
    if len(found) < enough:
        found += _of_days(asked, days[SOON:], hours)
    return found


def note_unmet(asked: Asked) -> None:
    """Somebody looked, and there was nothing: what cannot be seen in a full calendar."""
    session = db.session()
    sqlite = session.get_bind().dialect.name == "sqlite"
    insert = sqlite_insert if sqlite else postgresql_insert
    key = {
        "help_point_id": asked.point.id,
        "day": places.local_day(asked.point, now()),
        "group": asked.reason.group,
        "channel": asked.channel,
    }
    session.execute(insert(UnmetSearch).values(**key, times=0).on_conflict_do_nothing())
    session.execute(
        update(UnmetSearch)
        .filter_by(**key)
        .values(times=UnmetSearch.times + 1)
        .execution_options(synchronize_session=False)
    )


def _of_days(asked: Asked, days: Sequence[date], hours: Hours) -> list[Slot]:
    days = [day for day in days if day <= asked.last_day]
    if not days:
        return []
    if not asked.beyond:
        mondays = {places.monday_of(day) for day in days}
        left = quotas.left(asked.point, asked.reason.group, asked.channel, mondays)
        days = [day for day in days if left[places.monday_of(day)] != 0]
    if not days:
        return []
    seen_by = None if asked.everything else asked.channel
    busy = places.busy_between(asked.point, *places.span(asked.point, days), seen_by)
    return free_slots(
        hours, busy, days,
        length=asked.length, group=asked.reason.group, earliest=asked.earliest,
    )  # fmt: skip
