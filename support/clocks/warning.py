"""Warning before a promise breaks: whoever has it first, then their team; those who lead it when
it is broken.

A quarter of the time is left, then an eighth, then none: each is said once. A pause moves them as
it moves the deadline.
"""

from __future__ import annotations

from datetime import datetime
from enum import IntEnum

from sqlalchemy import select, update

from support.clocks.calendar import WorkingHours, add_working, working_between
from support.clocks.calendars import hours_of
from support.clocks.models import Clock
from support.kernel import db
from support.kernel.time import now
from support.outbox.publishing import publish

TOPIC = "clock.warned"


class Stage(IntEnum):
    """To whom it has been said."""

    NOBODY = 0
    OWNER = 1
    TEAM = 2
    LEADERS = 3  # it is broken


# Which part of the time is left when it is said.
_PART_LEFT = {Stage.OWNER: 4, Stage.TEAM: 8}


def next_warning(
    budget: int, left: int, warned: int, start: datetime, hours: WorkingHours
) -> datetime | None:
    """When the stage after ``warned`` is reached by a clock of ``budget`` working minutes that
    has ``left`` of them at ``start``; None when only the deadline itself is left to pass.
    """
    if warned >= Stage.TEAM:
        return None
    until = left - budget // _PART_LEFT[Stage(warned + 1)]
    return add_working(start, until, hours) if until > 0 else start


def sweep(limit: int = 200) -> int:
    """Raise each clock whose time has come by one stage; returns how many were.

    By a guarded update that must change exactly one row: of two workers, one acts. After a stop
    the stages that passed meanwhile are said one after the other.
    """
    instant, session = now(), db.session()
    due = session.execute(
        select(Clock.id, Clock.ticket_id, Clock.warned, Clock.budget_minutes, Clock.deadline,
               Clock.calendar_code)
        .where(Clock.stopped_at.is_(None), Clock.breached_at.is_(None), Clock.warn_at.is_not(None),
               Clock.warn_at <= instant)
        .order_by(Clock.warn_at)
        .limit(limit)
    ).all()  # fmt: skip
    acted = 0
    for row in due:
        if row.deadline is None:
            continue
        stage, hours = Stage(row.warned + 1), hours_of(row.calendar_code)
        left = working_between(instant, row.deadline, hours)
        changed = session.execute(
            update(Clock)
            .where(
                Clock.id == row.id,
                Clock.warned == row.warned,
                Clock.stopped_at.is_(None),
                Clock.deadline == row.deadline,  # it may have been paused since we looked
            )
            .values(
                warned=int(stage),
                warn_at=next_warning(row.budget_minutes, left, stage, instant, hours),
            )
        )
        if changed.rowcount == 1:  # type: ignore[attr-defined]
            publish(TOPIC, ticket_id=row.ticket_id, clock_id=row.id, stage=int(stage))
            acted += 1
    return acted
