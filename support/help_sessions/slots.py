"""Which places are free: opening windows less holidays, closures and what is taken. Pure.

Windows are said in local time, instants are UTC. A day on which the clocks change has every
instant whose local time is within the window, no other: an hour fewer in spring, one more in
autumn, for a window that spans the change.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from support.clocks.calendar import METROPOLE, public_holidays

QUANTUM = timedelta(minutes=5)

Range = tuple[datetime, datetime]


@dataclass(frozen=True)
class Window:
    """People are received from ``starts`` until ``ends`` at each of ``desks`` at once.

    Either every week on ``weekday`` (0 = Monday), from the day ``first`` to the day ``last`` when
    these are given, or once on ``day``. ``groups``: of reasons; empty for every one.
    """

    starts: time
    ends: time
    desks: frozenset[int]
    weekday: int | None = None
    day: date | None = None
    first: date | None = None
    last: date | None = None
    groups: frozenset[str] = frozenset()

    def is_on(self, day: date) -> bool:
        if self.day is not None:
            return day == self.day
        begun = self.first is None or self.first <= day
        return day.weekday() == self.weekday and begun and (self.last is None or day <= self.last)


@dataclass(frozen=True)
class Hours:
    """When a place receives. ``zone``: whose public holidays it keeps."""

    windows: Sequence[Window] = ()
    timezone: str = "Europe/Paris"
    zone: str = METROPOLE

    def windows_on(self, day: date) -> Iterator[Window]:
        """Those of one local day. What was opened for that very day stands on a holiday too."""
        holiday = day in public_holidays(day.year, self.zone)
        for window in self.windows:
            if window.is_on(day) and (window.day is not None or not holiday):
                yield window


@dataclass(frozen=True)
class Busy:
    """``desk`` is taken, or shut, from ``start`` until ``end`` (UTC, the end not included)."""

    desk: int
    start: datetime
    end: datetime


@dataclass(frozen=True)
class Slot:
    """A free place: one person may be received by any of ``desks``, the best one first."""

    start: datetime
    end: datetime
    desks: tuple[int, ...]


def open_ranges(hours: Hours, day: date, group: str | None = None) -> dict[int, list[Range]]:
    """By desk, when it receives on a local day, in UTC and in order; never two that touch.

    ``group``: for reasons of that group only.
    """
    found: dict[int, list[Range]] = {}
    for window in hours.windows_on(day):
        if group is None or not window.groups or group in window.groups:
            for desk in window.desks:
                found.setdefault(desk, []).extend(instants(window, day, hours.timezone))
    return {desk: _merged(ranges) for desk, ranges in found.items()}


def instants(window: Window, day: date, timezone: str) -> list[Range]:
    """The window on that local day, in UTC."""
    zone = ZoneInfo(timezone)
    if not _clocks_change(day, timezone):
        start = datetime.combine(day, window.starts, zone).astimezone(UTC)
        end = datetime.combine(day, window.ends, zone).astimezone(UTC)
        return [(start, end)] if start < end else []
    inside = [
        (instant, instant + QUANTUM)
        for instant in _quanta_of(day, timezone)
        if window.starts <= instant.astimezone(zone).time() < window.ends
    ]
    return _merged(inside)


def free_slots(
    hours: Hours,
    busy: Iterable[Busy],
    days: Iterable[date],
    *,
    length: timedelta,
    group: str | None = None,
    earliest: datetime | None = None,
) -> list[Slot]:
    """Every free place of ``length`` on the local ``days``, in order; none before ``earliest``.

    Each free stretch of a desk is cut from its beginning, so that as many fit as can, whatever
    the lengths of those taken before.
    """
    taken = _by_desk(busy)
    free: dict[datetime, list[tuple[timedelta, int]]] = {}
    for day in days:
        for desk, ranges in open_ranges(hours, day, group).items():
            for start, end in _without(ranges, taken.get(desk, ())):
                for place in _cut(start, end, length):
                    # Of several desks the one with the shortest stretch left: long ones are
                    # kept for those who need long.
                    free.setdefault(place, []).append((end - start, desk))
    return [
        Slot(start, start + length, tuple(desk for _left, desk in sorted(desks)))
        for start, desks in sorted(free.items())
        if earliest is None or start >= earliest
    ]


def quanta(start: datetime, end: datetime) -> list[datetime]:
    """The beginnings of the five minutes that an appointment takes up."""
    count = -(-(end - start) // QUANTUM)
    return [start + n * QUANTUM for n in range(count)]


def minutes_open(hours: Hours, days: Iterable[date], group: str | None = None) -> int:
    """How long all desks together receive on those days."""
    return sum(
        int((end - start).total_seconds() // 60)
        for day in days
        for ranges in open_ranges(hours, day, group).values()
        for start, end in ranges
    )


def _cut(start: datetime, end: datetime, length: timedelta) -> Iterator[datetime]:
    while start + length <= end:
        yield start
        start += length


def _by_desk(busy: Iterable[Busy]) -> Mapping[int, list[Range]]:
    found: dict[int, list[Range]] = {}
    for one in busy:
        found.setdefault(one.desk, []).append((one.start, one.end))
    return {desk: _merged(ranges) for desk, ranges in found.items()}


def _without(ranges: Sequence[Range], taken: Sequence[Range]) -> Iterator[Range]:
    for start, end in ranges:
        for busy_from, busy_to in taken:
            if busy_to <= start or end <= busy_from:
                continue
            if start < busy_from:
                yield start, busy_from
            start = max(start, busy_to)
        if start < end:
            yield start, end


def _merged(ranges: Iterable[Range]) -> list[Range]:
    found: list[Range] = []
    for start, end in sorted(ranges):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found


@lru_cache(maxsize=4096)
def _clocks_change(day: date, timezone: str) -> bool:
    zone = ZoneInfo(timezone)
    midnights = (datetime.combine(d, time(), zone) for d in (day, day + timedelta(days=1)))
    before, after = (midnight.utcoffset() for midnight in midnights)
    return before != after


def _quanta_of(day: date, timezone: str) -> Iterator[datetime]:
    zone = ZoneInfo(timezone)
    instant = datetime.combine(day, time(), zone).astimezone(UTC)
    end = datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC)
    while instant < end:
        yield instant
        instant += QUANTUM
