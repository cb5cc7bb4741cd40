"""When each step of a story happens: staff in working hours, persons while they are awake."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from support.clocks.calendar import WorkingHours, add_working, working_between
from web.demo.foreseeing import Cut
from web.demo.reading import Step

AWAKE = WorkingHours(weekly={day: [(time(7, 20), time(22, 40))] for day in range(7)})
FROM_PERSONS = ("person", "chaser", "reopen")
FROM_ABOVE = ("level_reply", "ask_missing", "level_return", "pass_up")
FEW_TRIES = 8
# How often people write or call, by weekday: less at the week-end, most on Monday.
WEEKDAYS = (1.0, 0.9, 0.85, 0.85, 0.75, 0.35, 0.3)


@dataclass(frozen=True)
class Pace:
    """``centre`` and ``office``: working hours of the front line and of the levels above.

    ``slowness`` multiplies how long staff take: a few stories drag on.
    """

    centre: WorkingHours
    office: WorkingHours
    slowness: float = 1.0


def instants(start: datetime, cut: Cut, pace: Pace, rng: Random) -> list[datetime]:
    """When each step of ``cut`` happens, the first at ``start``."""
    found = [start]
    for step in cut.steps[1:]:
        found.append(_next(found[-1], step, _hours(step, cut, pace), pace.slowness, rng))
    return found


def instants_ending(end: datetime, cut: Cut, pace: Pace, seed: int) -> list[datetime]:
    """The same, with the last step at ``end`` or as shortly before it as hours allow."""
    start = _begin(end, cut, pace)
    for _ in range(FEW_TRIES):
        # The same draws at each try: only the start moves.
        found = instants(start, cut, pace, Random(seed))
        late = found[-1] - end
        if late <= timedelta(0):
            return found
        start = _begin(start - late, cut, pace)
    while found[-1] > end:
        start = _begin(start - timedelta(hours=6), cut, pace)
        found = instants(start, cut, pace, Random(seed))
    return found


def _next(
    before: datetime, step: Step, hours: WorkingHours, slowness: float, rng: Random
) -> datetime:
    minutes = step.after_hours * 60 * rng.uniform(0.6, 1.5) + rng.uniform(0.3, 4)
    if hours is AWAKE:
        # Hours as they pass, nights included.
        reached = before + timedelta(minutes=minutes)
        return add_working(reached, 0 if is_open(reached, hours) else rng.randint(5, 90), hours)
    reached = add_working(before, int(minutes * slowness), hours)
    return reached + timedelta(seconds=rng.randint(2, 57)) if is_open(reached, hours) else reached


def _hours(step: Step, cut: Cut, pace: Pace) -> WorkingHours:
    if step.what in FROM_ABOVE:
        return pace.office
    if step.what in FROM_PERSONS:
        return pace.office if cut.thread.requester == "referent" else AWAKE
    return pace.centre


def _begin(start: datetime, cut: Cut, pace: Pace) -> datetime:
    """A start when it may happen: a call needs the centre open, a person need only be awake."""
    hours = opening_hours(cut, pace)
    return start if is_open(start, hours) else back_working(start, 7, hours)


def opening_hours(cut: Cut, pace: Pace) -> WorkingHours:
    """When the story may begin."""
    if cut.steps[0].what == "call_note":
        return pace.centre
    return _hours(cut.steps[0], cut, pace)


def is_open(instant: datetime, hours: WorkingHours) -> bool:
    """Whether the minute that begins now is within the hours."""
    return working_between(instant, instant + timedelta(minutes=1), hours) == 1


def back_working(end: datetime, minutes: float, hours: WorkingHours) -> datetime:
    """The instant from which ``minutes`` of working time lead up to ``end``."""
    left = timedelta(minutes=minutes)
    day = end.astimezone(ZoneInfo(hours.timezone)).date()
    while True:
        for opens, closes in reversed(hours.ranges_on(day)):
            until = min(closes, end)
            if until > opens:
                if until - opens >= left:
                    return until - left
                left -= until - opens
        day -= timedelta(days=1)


def some_instant(first: datetime, last: datetime, hours: WorkingHours, rng: Random) -> datetime:
    """A moment between the two that is within ``hours``, as likely as the weekday is busy."""
    span = (last - first).total_seconds()
    while True:
        drawn = first + timedelta(seconds=int(rng.uniform(0, span)))
        if is_open(drawn, hours) and rng.random() < WEEKDAYS[drawn.weekday()]:
            return drawn.astimezone(UTC)


def deadline(
    cut: Cut, at: Sequence[datetime], minutes: int, hours: WorkingHours
) -> datetime | None:
    """The promised date as the clock will have it after the last step; None while it stands still.

    ``minutes``: the promise, in working time. The tickets' own clock decides in the end.
    """
    due: datetime | None = add_working(at[0], minutes, hours)
    left = 0
    for number, step in enumerate(cut.steps):
        if step.what == "reopen":
            due = add_working(at[number], minutes, hours)
        elif due is None and step.what in (*FROM_PERSONS, "call_note", "escalate"):
            due = add_working(at[number], left, hours)
        elif due is not None and at[number] <= due and _waits(step):
            left, due = working_between(at[number], due, hours), None
    return due


def _waits(step: Step) -> bool:
    """Whether it leaves us waiting for the person. A broken promise is not mended by that."""
    return step.what == "wait" or bool(step.more.get("wait"))
