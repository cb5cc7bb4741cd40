"""What answering has really taken lately, reason by reason: each night, for the dates of the day.

A date drawn from a wish is broken; drawn from what most answers have really taken, it is kept.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from support.catalogue.models import ContactReason
from support.clocks.models import Clock, ClockKind
from support.clocks.percentiles import percentile
from support.clocks.running import spent
from support.kernel import db
from support.kernel.time import now
from support.tickets.models import State, Ticket

WINDOW = timedelta(days=90)
MOST = 400  # answers of a reason that are looked at, the latest
HOUR = 60


@dataclass(frozen=True)
class Rules:
    """``percent`` of the answers of a reason came within the delay that is announced; with fewer
    than ``least`` answers nothing is measured.
    """

    percent: int = 80
    least: int = 30


_rules = Rules()


def configure(rules: Rules) -> None:
    global _rules
    _rules = rules


def measure() -> int:
    """Write down the delay of each reason that has enough answers; how many have."""
    reasons = db.session().scalars(select(ContactReason).order_by(ContactReason.id)).all()
    measured = 0
    for reason in reasons:
        took = _taken(reason)
        enough = len(took) >= _rules.least
        # Up to a whole hour: nobody promises to the minute.
        minutes = -(-percentile(took, _rules.percent) // HOUR) * HOUR if enough else None
        reason.measured_minutes = max(minutes, HOUR) if minutes is not None else None
        reason.measured_count, reason.measured_at = len(took), now()
        measured += enough
    db.session().flush()
    return measured


def _taken(reason: ContactReason) -> list[int]:
    """Working minutes of each answer, from the opening to the closing, the pauses left out."""
    query = (
        select(Clock)
        .join(Ticket, Ticket.id == Clock.ticket_id)
        .where(
            Ticket.reason_id == reason.id,
            Ticket.state == State.CLOSED,
            Clock.kind == ClockKind.ANSWER,
            Clock.stopped_at >= now() - WINDOW,
        )
        .order_by(Clock.stopped_at.desc(), Clock.id.desc())
        .limit(MOST)
    )
    return _per_answer(list(db.session().scalars(query))[::-1])


def _per_answer(clocks: Iterable[Clock]) -> list[int]:
    """A promise replaced by another is part of the same answer."""
    running: dict[int, int] = {}
    took: list[int] = []
    for clock in clocks:
        minutes = running.pop(clock.ticket_id, 0) + (spent(clock) or 0)
        if clock.kept is None:
            running[clock.ticket_id] = minutes
        else:
            took.append(minutes)
    return took
