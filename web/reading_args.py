"""Numbers and places in lists as requests bring them: what means nothing is left out.

Addresses are typed, cut short and made up. A number that no row can have, a date that no clock
has shown or one without its zone is read as if it had not been given, never as an error.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

from flask import request

MOST = 2**63 - 1  # the greatest number that a row may have
FIRST_YEAR, LAST_YEAR = 2000, 2200
MOST_SMALL = 2**31 - 1  # the greatest that an ordinary integer column holds


@dataclass(frozen=True)
class Place:
    """Where a page of a list begins: after this instant and row, or before them."""

    at: datetime
    id: int
    backwards: bool


def number(text: str, most: int = MOST) -> int | None:
    """``text`` as a whole number from 0 to ``most``; None for anything else."""
    text = text.strip()
    # The length first: Python itself refuses to read thousands of digits.
    if not (text.isascii() and text.isdecimal()) or len(text) > len(str(most)):
        return None
    read = int(text)
    return read if read <= most else None


def row_number(source: Mapping[str, str], name: str, most: int = MOST) -> int | None:
    """The number under ``name`` in ``request.args`` or ``request.form``; None without one."""
    return number(source.get(name, ""), most)


def instant_and_number(text: str) -> tuple[datetime, int] | None:
    """« 2026-01-31T09:00:00+00:00_17 »; None unless the instant has its zone and a row number."""
    typed, _sep, identifier = text.partition("_")
    row, at = number(identifier), instant(typed)
    return None if row is None or at is None else (at, row)


def instant(text: str) -> datetime | None:
    """« 2026-01-31T09:00:00+00:00 » in UTC; None for anything else.

    An unescaped « + » of an address arrives as a blank.
    """
    try:
        at = datetime.fromisoformat(text.strip().replace(" ", "+"))
        # Without a zone it is no instant; at the ends of time it has no place in UTC.
        return at.astimezone(UTC) if at.tzinfo else None
    except (ValueError, OverflowError):
        return None


def a_day(text: str) -> date | None:
    """« 2026-01-31 »; None for anything else, and for a day so far that no calendar shows it."""
    try:
        found = date.fromisoformat(text.strip())
    except ValueError:
        return None
    return found if FIRST_YEAR <= found.year <= LAST_YEAR else None


def place_in_list() -> Place | None:
    """``?apres=`` or ``?avant=`` of a list by instant; None for its first page."""
    for name, backwards in (("apres", False), ("avant", True)):
        found = instant_and_number(request.args.get(name, ""))
        if found:
            return Place(*found, backwards)
    return None
