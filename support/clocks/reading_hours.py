"""Opening hours as people write them: « 9:00-12:30, 13:30-17 » a day, closures one a line. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import pairwise

from support.clocks.calendar import ZONES
from support.kernel.errors import Invalid, Problem

DAYS = range(7)
_TIME = r"(\d{1,2})\s*(?:[:hH.]\s*(\d{2})?)?"
_RANGE = re.compile(rf"{_TIME}\s*(?:-|–|à|a)\s*{_TIME}")
_BETWEEN = re.compile(r"\s*(?:[,;/]|\bet\b)\s*")


@dataclass(frozen=True)
class Hours:
    """As a Calendar keeps them."""

    weekly: dict[str, list[list[str]]]
    zone: str
    closures: list[str]


def read_hours(days: Mapping[int, str], zone: str, closures: str) -> Hours:
    """``days``: what was typed for each weekday (0 = Monday), empty when closed.

    Raises Invalid with a problem for each wrong field (``day_0`` … ``day_6``, ``zone``,
    ``closures``): ``hours.unreadable``, ``hours.backwards``, ``hours.overlap``, ``hours.never``,
    ``field.choice``, ``hours.closure`` (with ``words``).
    """
    problems: list[Problem] = []
    weekly = {}
    for day in DAYS:
        try:
            ranges = _ranges(days.get(day, ""))
        except Invalid as refusal:
            problems.append(Problem(refusal.code, f"day_{day}"))
            continue
        if ranges:
            weekly[str(day)] = [[a.isoformat("minutes"), b.isoformat("minutes")] for a, b in ranges]
    if not weekly and not problems:
        problems.append(Problem("hours.never", "day_0"))
    if zone not in ZONES:
        problems.append(Problem("field.choice", "zone"))
    closed = []
    for line in filter(None, map(str.strip, closures.splitlines())):
        day_ = _day(line)
        if day_ is None:
            problems.append(Problem("hours.closure", "closures", {"words": line[:40]}))
        else:
            closed.append(day_.isoformat())
    if problems:
        raise Invalid(*problems)
    return Hours(weekly, zone, sorted(set(closed)))


def _ranges(typed: str) -> list[tuple[time, time]]:
    found: list[tuple[time, time]] = []
    for words in filter(None, _BETWEEN.split(typed.strip())):
        read = _RANGE.fullmatch(words.strip())
        if read is None:
            raise Invalid.of("hours.unreadable")
        opens, closes = _time(read[1], read[2]), _time(read[3], read[4])
        if opens is None or closes is None:
            raise Invalid.of("hours.unreadable")
        if closes <= opens:  # a night is written on the two days that it belongs to
            raise Invalid.of("hours.backwards")
        found.append((opens, closes))
    found.sort()
    if any(after[0] < before[1] for before, after in pairwise(found)):
        raise Invalid.of("hours.overlap")
    return found


def _time(hour: str, minute: str | None) -> time | None:
    at = int(hour), int(minute or 0)
    return time(*at) if at[0] < 24 and at[1] < 60 else None


def _day(words: str) -> date | None:
    for form in ("%Y-%m-%d", "%d/%m/%Y"):
        try:
            return datetime.strptime(words, form).date()
        except ValueError:
            continue
    return None


def written(ranges: Sequence[Sequence[str]]) -> str:
    """The ranges of a day as they are typed."""
    return ", ".join(f"{opens}-{closes}" for opens, closes in ranges)
