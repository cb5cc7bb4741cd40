"""Reading a stored calendar as pure working hours."""

from __future__ import annotations

from datetime import date, time

from sqlalchemy import select

from support.clocks.calendar import WorkingHours
from support.clocks.models import Calendar
from support.kernel import db

OFFICE = {str(day): [["09:00", "12:30"], ["13:30", "17:00"]] for day in range(5)}


def hours_of(code: str) -> WorkingHours:
    """The working hours named ``code``; the office's when nobody has defined it."""
    return working_hours(calendar_named(code))


def calendar_named(code: str) -> Calendar:
    found = db.session().scalar(select(Calendar).where(Calendar.code == code))
    return found or Calendar(code=code, label=code, weekly=OFFICE, closures=[])


def working_hours(calendar: Calendar) -> WorkingHours:
    return WorkingHours(
        timezone=calendar.timezone or "Europe/Paris",
        zone=calendar.zone or "metropole",
        weekly={
            int(day): [(time.fromisoformat(a), time.fromisoformat(b)) for a, b in ranges]
            for day, ranges in calendar.weekly.items()
        },
        closures=frozenset(date.fromisoformat(day) for day in calendar.closures or ()),
    )
