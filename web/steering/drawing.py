"""A chart of two series of bars, day by day: geometry only, drawn by the template."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from web.steering.reading import Day

WIDTH, HEIGHT = 760, 240  # the drawing's own units, scaled to the page
LEFT, RIGHT, TOP, BOTTOM = 40, 8, 10, 26
GAP = 2


@dataclass(frozen=True)
class Bar:
    """``hidden``: too few to be shown; a mark stands on the base line instead of a bar."""

    kind: str  # opened | closed
    x: float
    y: float
    width: float
    height: float
    hidden: bool


@dataclass(frozen=True)
class Mark:
    at: float
    value: int


@dataclass(frozen=True)
class Chart:
    bars: Sequence[Bar]
    marks: Sequence[Mark]  # horizontal lines with their value
    weeks: Sequence[tuple[float, date]]  # where a Monday begins
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    base: int = HEIGHT - BOTTOM


def draw(days: Sequence[Day]) -> Chart:
    counts = [c.count or 0 for day in days for c in (day.opened, day.closed)]
    top = ceiling(max(counts, default=0))
    slot = (WIDTH - LEFT - RIGHT) / max(len(days), 1)
    bars, weeks = [], []
    for number, day in enumerate(days):
        x = LEFT + number * slot
        width = (slot - 3 * GAP) / 2
        for place, (kind, cell) in enumerate((("opened", day.opened), ("closed", day.closed))):
            if cell.count != 0:
                at = x + GAP + place * (width + GAP)
                bars.append(_bar(kind, at, width, cell.count, top))
        if day.day.weekday() == 0:
            weeks.append((round(x, 1), day.day))
    marks = [Mark(_y(value, top), value) for value in (0, top // 2, top)]
    return Chart(bars, marks, weeks)


def ceiling(most: int) -> int:
    """An even, round number above ``most``: 10, 20, 50, 100, 200…"""
    ten = 10
    while True:
        for step in (ten, 2 * ten, 4 * ten, 6 * ten):
            if step >= most:
                return step
        ten *= 10


def _bar(kind: str, x: float, width: float, count: int | None, top: int) -> Bar:
    base = HEIGHT - BOTTOM
    if count is None:
        return Bar(kind, round(x, 1), base - 3, round(width, 1), 3, hidden=True)
    y = _y(count, top)
    return Bar(kind, round(x, 1), y, round(width, 1), round(base - y, 1), hidden=False)


def _y(value: int, top: int) -> float:
    base = HEIGHT - BOTTOM
    return round(base - (base - TOP) * value / top, 1)
