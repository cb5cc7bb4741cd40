"""Hours as they are typed: « 9h-12h, 13:30-16:30 »."""

from __future__ import annotations

from datetime import time

from support.clocks.reading_hours import read_hours


def ranges(typed: str) -> list[tuple[time, time]]:
    """In order; none for nothing. Raises Invalid ``hours.*``."""
    if not typed.strip():
        return []
    said = read_hours({0: typed}, "metropole", "").weekly.get("0", [])
    return [(time.fromisoformat(a), time.fromisoformat(b)) for a, b in said]
