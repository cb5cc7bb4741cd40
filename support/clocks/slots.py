"""Times at which somebody may be called, within opening hours: hours and half-days. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from support.clocks.calendar import WorkingHours
from support.kernel.errors import Invalid

NOON = time(13, 0)  # between morning and afternoon
AN_HOUR = timedelta(hours=1)
QUARTER = timedelta(minutes=15)
LEEWAY = timedelta(minutes=30)  # « at three » is kept until half past
AHEAD = 30  # days looked through for an opening
FARTHEST = timedelta(days=92)


class Part(StrEnum):
    HOUR = "hour"
    MORNING = "morning"
    AFTERNOON = "afternoon"
    DAY = "day"


@dataclass(frozen=True)
class Slot:
    """From ``start`` until ``end``, in UTC."""

    start: datetime
    end: datetime
    part: Part


def proposals(at: datetime, hours: WorkingHours, count: int = 5) -> list[Slot]:
    """The next times to propose: in about an hour, then the half-days that follow."""
    found = []
    soon = _next_quarter(at + AN_HOUR)
    if _is_open(soon, hours):
        found.append(Slot(soon, soon + LEEWAY, Part.HOUR))
    for slot in _half_days(at, hours):
        if slot.end - at > AN_HOUR and len(found) < count:
            found.append(slot)
    return found


def slot_on(
    day: date, part: Part, at: datetime, hours: WorkingHours, hour: time | None = None
) -> Slot:
    """The slot asked for. ``at``: now. ``hour``: local time, for Part.HOUR.

    Raises Invalid ``slot.past``, ``slot.closed``, ``slot.hour_missing``, ``slot.far``.
    """
    if part is Part.HOUR:
        if hour is None:
            raise Invalid.of("slot.hour_missing", "hour")
        start = datetime.combine(day, hour, ZoneInfo(hours.timezone)).astimezone(UTC)
        slot = Slot(start, start + LEEWAY, part)
        open_then = _is_open(start, hours)
    else:
        ranges = [r for r in _halves(day, hours) if part is Part.DAY or r.part is part]
        open_then = bool(ranges)
        slot = Slot(ranges[0].start, ranges[-1].end, part) if ranges else Slot(at, at, part)
    if not open_then:
        raise Invalid.of("slot.closed", "day")
    if slot.end <= at:
        raise Invalid.of("slot.past", "day")
    if slot.start > at + FARTHEST:
        raise Invalid.of("slot.far", "day", days=FARTHEST.days)
    return slot


def _half_days(at: datetime, hours: WorkingHours) -> Iterator[Slot]:
    first = at.astimezone(ZoneInfo(hours.timezone)).date()
    for ahead in range(AHEAD):
        for slot in _halves(first + timedelta(days=ahead), hours):
            if slot.end > at:
                yield slot


def _halves(day: date, hours: WorkingHours) -> list[Slot]:
    noon = datetime.combine(day, NOON, ZoneInfo(hours.timezone)).astimezone(UTC)
    ranges = hours.ranges_on(day)
    before = [(a, min(b, noon)) for a, b in ranges if a < noon]
    after = [(max(a, noon), b) for a, b in ranges if b > noon]
    return [
        Slot(some[0][0], some[-1][1], part)
        for part, some in ((Part.MORNING, before), (Part.AFTERNOON, after))
        if some
    ]


def _is_open(at: datetime, hours: WorkingHours) -> bool:
    day = at.astimezone(ZoneInfo(hours.timezone)).date()
    return any(opens <= at < closes for opens, closes in hours.ranges_on(day))


def _next_quarter(at: datetime) -> datetime:
    past = timedelta(minutes=at.minute % 15, seconds=at.second, microseconds=at.microsecond)
    return at - past + QUARTER if past else at
