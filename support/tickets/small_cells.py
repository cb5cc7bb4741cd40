"""Figures about so few people that they might be recognised are not shown. Pure functions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

LEAST = 11  # persons behind a figure that is shown


@dataclass(frozen=True)
class Counted:
    """How many, and how many different persons that is. Not to be shown as it is."""

    count: int
    persons: int


@dataclass(frozen=True)
class Cell:
    """``count`` is None when it may not be shown."""

    count: int | None

    @property
    def hidden(self) -> bool:
        return self.count is None


def hide(counted: Counted) -> Cell:
    """One figure on its own. Nobody stands behind a zero: it is shown."""
    few = counted.count > 0 and counted.persons < LEAST
    return Cell(None if few else counted.count)


def hide_row(row: Sequence[Counted]) -> list[Cell]:
    """Figures whose sum is known as well.

    When a single one is hidden, the sum would give it away: the next smallest goes with it.
    """
    cells = [hide(counted) for counted in row]
    if sum(cell.hidden for cell in cells) == 1:
        shown = [n for n, cell in enumerate(cells) if cell.count]
        if shown:
            smallest = min(shown, key=lambda n: row[n].count)
            cells[smallest] = Cell(None)
    return cells


def share(part: Counted, whole: Counted) -> int | None:
    """Whole percents of ``whole``; None when it is empty or too small to be shown."""
    if hide(whole).hidden or whole.count == 0:
        return None
    return round(100 * part.count / whole.count)
