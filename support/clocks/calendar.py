"""Working time: opening hours, French public holidays, daylight saving. Pure functions.

Durations are in working minutes. Instants are aware datetimes; results are in UTC.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

# A calendar without any opening within this span cannot keep a promise: an error, not a loop.
HORIZON_DAYS = 3700

Range = tuple[time, time]


class NeverOpen(ValueError):
    """The calendar has no opening hours within the horizon."""


@dataclass(frozen=True)
class WorkingHours:
    """``weekly`` maps a weekday (0 = Monday) to its opening ranges, in local time, in order."""

    timezone: str = "Europe/Paris"
    zone: str = "metropole"
    weekly: Mapping[int, Sequence[Range]] = field(default_factory=dict)
    closures: frozenset[date] = frozenset()

    def ranges_on(self, day: date) -> list[tuple[datetime, datetime]]:
        """The open ranges of a local day, as UTC instants, in order."""
        if day in self.closures or day in public_holidays(day.year, self.zone):
            return []
        zone = ZoneInfo(self.timezone)
        found = []
        for opens, closes in self.weekly.get(day.weekday(), ()):
            start = datetime.combine(day, opens, zone).astimezone(UTC)
            end = datetime.combine(day, closes, zone).astimezone(UTC)
            if start < end:
                found.append((start, end))
        return found


def add_working(start: datetime, minutes: int, hours: WorkingHours) -> datetime:
    """The instant when ``minutes`` of working time after ``start`` have passed.

    Zero minutes outside opening hours gives the next opening. Raises NeverOpen.
    """
    # In UTC throughout: Python adds on the wall clock of a local zone, an hour off twice a year.
    start, left = start.astimezone(UTC), timedelta(minutes=minutes)
    for opens, closes in _ranges_from(start, hours):
        begin = max(opens, start)
        if closes - begin >= left:
            return begin + left
        left -= closes - begin
    raise NeverOpen("no opening hours within ten years")


def working_between(start: datetime, end: datetime, hours: WorkingHours) -> int:
    """Working minutes between two instants; 0 when ``end`` is not after ``start``."""
    start, end, total = start.astimezone(UTC), end.astimezone(UTC), timedelta()
    if end <= start:
        return 0
    for opens, closes in _ranges_from(start, hours):
        if opens >= end:
            break
        total += min(closes, end) - max(opens, start)
    return int(total.total_seconds() // 60)


def working_days_between(start: datetime, end: datetime, hours: WorkingHours) -> int:
    """How many opening days after ``start``'s day up to ``end``'s day; negative when past."""
    zone = ZoneInfo(hours.timezone)
    first, last = start.astimezone(zone).date(), end.astimezone(zone).date()
    if last < first:
        return -working_days_between(end, start, hours)
    days = (first + timedelta(days=n) for n in range(1, (last - first).days + 1))
    return sum(1 for day in days if hours.ranges_on(day))


def _ranges_from(start: datetime, hours: WorkingHours) -> Iterator[tuple[datetime, datetime]]:
    day = start.astimezone(ZoneInfo(hours.timezone)).date()
    for _ in range(HORIZON_DAYS):
        for opens, closes in hours.ranges_on(day):
            if closes > start:
                yield opens, closes
        day += timedelta(days=1)


METROPOLE, ALSACE_MOSELLE = "metropole", "alsace_moselle"
# The day on which slavery is remembered as abolished: month and day (Labour Code, L3422-2).
ABOLITION = {
    "mayotte": (4, 27),
    "martinique": (5, 22),
    "guadeloupe": (5, 27),
    "saint_martin": (5, 28),
    "guyane": (6, 10),
    "saint_barthelemy": (10, 9),
    "reunion": (12, 20),
}
ZONES = (METROPOLE, ALSACE_MOSELLE, *ABOLITION)


@lru_cache(maxsize=256)
def public_holidays(year: int, zone: str = METROPOLE) -> frozenset[date]:
    """French public holidays (Labour Code, L3133-1; L3134-13 for Alsace and Moselle; L3422-2
    overseas). ``zone`` is one of ZONES.
    """
    easter = _easter(year)
    days = {date(year, m, d) for m, d in ((1, 1), (5, 1), (5, 8), (7, 14), (8, 15))}
    days |= {date(year, m, d) for m, d in ((11, 1), (11, 11), (12, 25))}
    days |= {easter + timedelta(days=n) for n in (1, 39, 50)}
    if zone in ABOLITION:
        days.add(date(year, *ABOLITION[zone]))
    if zone == ALSACE_MOSELLE:
        days |= {easter - timedelta(days=2), date(year, 12, 26)}
    return frozenset(days)


def _easter(year: int) -> date:
    """Western Easter Sunday, by the anonymous Gregorian computus (Meeus)."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = divmod(b, 4)
    f = (b + 8) // 25
    g = (b - f + 1) // 3
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    el = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 22 * el) // 451
    month, day = divmod(h + el - 7 * m + 114, 31)
    return date(year, month, day + 1)
