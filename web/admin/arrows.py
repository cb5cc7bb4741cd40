"""The chain as a drawing: a box for each end, an arrow for each way up. Geometry only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from escalation.models import ChainStep
from support.people.models import TeamKind

BOX_WIDTH, BOX_HEIGHT = 190, 44  # the drawing's own units, scaled to the page
COLUMN, ROW = 280, 68
MARGIN = 10
# Signs of a label that fit on one line of a box.
FITS = 24

_COLUMNS = {TeamKind.PROJECT_DIRECTORATE: 1, TeamKind.BUSINESS_DIRECTORATE: 2}


@dataclass(frozen=True)
class Box:
    """``name`` is a kind of team for those who hand over, a team for those who receive."""

    key: str
    kind: TeamKind
    label: str | None
    x: int
    y: int

    @property
    def lines(self) -> Sequence[str]:
        return _wrapped(self.label) if self.label else ()


@dataclass(frozen=True)
class Arrow:
    path: str


@dataclass(frozen=True)
class Drawing:
    boxes: Sequence[Box]
    arrows: Sequence[Arrow]
    width: int
    height: int
    box_width: int = BOX_WIDTH
    box_height: int = BOX_HEIGHT


def draw(steps: Sequence[ChainStep]) -> Drawing:
    """Front line on the left, then the project directorate, then the business directorates."""
    columns: list[dict[str, tuple[TeamKind, str | None]]] = [{}, {}, {}]
    for step in steps:
        team = step.to_team
        columns[_COLUMNS.get(team.kind, 2)][_team_key(step)] = (team.kind, team.label)
    for step in steps:
        if step.from_kind not in _COLUMNS:
            columns[0][step.from_kind.value] = (step.from_kind, None)
    tallest = max((len(column) for column in columns), default=0)
    boxes = [
        Box(key, kind, label, MARGIN + n * COLUMN, _y(row, len(column), tallest))
        for n, column in enumerate(columns)
        for row, (key, (kind, label)) in enumerate(column.items())
    ]
    return Drawing(
        boxes=boxes,
        arrows=_arrows(steps, boxes),
        width=2 * COLUMN + BOX_WIDTH + 2 * MARGIN,
        height=max(tallest, 1) * ROW + MARGIN,
    )


def _arrows(steps: Sequence[ChainStep], boxes: Sequence[Box]) -> list[Arrow]:
    paths: dict[str, None] = {}  # in order, each once
    for step in steps:
        ends = [box for box in boxes if box.key == _team_key(step)]
        starts = [b for b in boxes if b.kind is step.from_kind and b.key != _team_key(step)]
        for start in starts:
            for end in ends:
                paths[_curve(start, end)] = None
    return [Arrow(path) for path in paths]


def _curve(start: Box, end: Box) -> str:
    x1, y1 = start.x + BOX_WIDTH, start.y + BOX_HEIGHT // 2
    x2, y2 = end.x - 6, end.y + BOX_HEIGHT // 2
    bend = (x2 - x1) // 2
    return f"M{x1} {y1} C{x1 + bend} {y1} {x2 - bend} {y2} {x2} {y2}"


def _team_key(step: ChainStep) -> str:
    return f"team-{step.to_team_id}"


def _y(row: int, count: int, tallest: int) -> int:
    """Columns are centred on the tallest one."""
    return MARGIN + row * ROW + (tallest - count) * ROW // 2


def _wrapped(label: str) -> list[str]:
    """At most two lines; what is left out is in the table below the drawing."""
    words, lines = label.split(), [""]
    for word in words:
        longer = f"{lines[-1]} {word}".strip()
        if len(longer) <= FITS or not lines[-1]:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines if len(lines) <= 2 else [lines[0], lines[1] + "…"]
