"""A day that somebody gives for an answer or for news: it ends when their team closes."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from support.clocks.calendars import hours_of
from support.kernel.errors import Problem
from support.kernel.time import now


def end_of(day: date, calendar_code: str) -> datetime | None:
    """When those who work in these hours close on that day; None when they do not open."""
    ranges = hours_of(calendar_code).ranges_on(day)
    return ranges[-1][1] if ranges else None


def read_day(
    day: date | None, calendar_code: str, *, field: str, farthest: timedelta
) -> tuple[datetime | None, list[Problem]]:
    """The end of ``day``, and what is wrong with it at ``field``: ``day.missing``, ``day.closed``,
    ``day.past``, ``day.far`` (with ``days``).
    """
    if day is None:
        return None, [Problem("day.missing", field)]
    until = end_of(day, calendar_code)
    if until is None:
        return None, [Problem("day.closed", field)]
    if until <= now():
        return until, [Problem("day.past", field)]
    if until > now() + farthest:
        return until, [Problem("day.far", field, {"days": farthest.days})]
    return until, []
