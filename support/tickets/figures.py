"""Counting tickets for those who steer: aggregated by the database, between two dates.

Nothing here names anybody; what is counted goes through ``small_cells`` before it is shown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, select

from support.clocks.models import Clock, ClockKind
from support.kernel import db
from support.tickets.models import ClosedHow, Ticket
from support.tickets.small_cells import Counted

NOTHING = Counted(0, 0)


@dataclass(frozen=True)
class Promises:
    """``settled``: promises that ended between the two dates. ``kept``: those in time."""

    settled: Counted
    kept: Counted


# A person, or a referent: the sign keeps the two series of numbers apart.
requester = func.coalesce(Ticket.person_id, -Ticket.requester_agent_id)


def arrivals(bounds: Sequence[datetime]) -> list[Counted]:
    """Tickets opened between each two neighbours of ``bounds``: one query."""
    return _by_slot(Ticket.created_at, bounds)


def closings(bounds: Sequence[datetime]) -> list[Counted]:
    """Tickets closed between each two neighbours of ``bounds`` and not reopened: one query."""
    return _by_slot(Ticket.closed_at, bounds)


def opened_between(since: datetime, until: datetime) -> Counted:
    return _one(select(Ticket).where(Ticket.created_at >= since, Ticket.created_at < until))


def closed_between(since: datetime, until: datetime, how: ClosedHow | None = None) -> Counted:
    query = select(Ticket).where(Ticket.closed_at >= since, Ticket.closed_at < until)
    return _one(query.where(Ticket.closed_how == how) if how else query)


def open_by_level() -> Mapping[int, Counted]:
    return _grouped(Ticket.level)


def open_by_reason() -> Mapping[int, Counted]:
    """By the reason's number."""
    return _grouped(Ticket.reason_id)


def promises_by_reason(since: datetime, until: datetime) -> Mapping[int, Promises]:
    """By the reason's number, the promises that ended between the two dates: one query.

    One for which another date was announced in time has ended, and was not kept.
    """
    rows = db.session().execute(
        select(
            Ticket.reason_id,
            func.count(),
            func.count(requester.distinct()),
            func.sum(case((Clock.kept.is_(True), 1), else_=0)),
        )
        .join(Ticket, Ticket.id == Clock.ticket_id)
        .where(Clock.kind == ClockKind.ANSWER, Clock.stopped_at >= since, Clock.stopped_at < until)
        .group_by(Ticket.reason_id)
    )
    return {
        reason: Promises(Counted(settled, persons), Counted(int(kept), persons))
        for reason, settled, persons, kept in rows
    }


def first_answers(since: datetime, until: datetime) -> Promises:
    """The first answers to what was written, between the two dates: one query."""
    row = (
        db.session()
        .execute(
            select(
                func.count(),
                func.count(requester.distinct()),
                func.coalesce(func.sum(case((Clock.kept.is_(True), 1), else_=0)), 0),
            )
            .join(Ticket, Ticket.id == Clock.ticket_id)
            .where(
                Clock.kind == ClockKind.FIRST_ANSWER,
                Clock.stopped_at >= since,
                Clock.stopped_at < until,
            )
        )
        .one()
    )
    return Promises(Counted(row[0], row[1]), Counted(int(row[2]), row[1]))


def _by_slot(column: Any, bounds: Sequence[datetime]) -> list[Counted]:
    slots = len(bounds) - 1
    # Bounds are instants, so that a day of 23 or 25 hours is a day.
    slot = case(*[(column < bounds[n + 1], n) for n in range(slots - 1)], else_=slots - 1)
    inner = (
        select(slot.label("slot"), requester.label("requester"))
        .where(column >= bounds[0], column < bounds[-1])
        .subquery()
    )
    rows = db.session().execute(
        select(inner.c.slot, func.count(), func.count(inner.c.requester.distinct())).group_by(
            inner.c.slot
        )
    )
    found = {row[0]: Counted(row[1], row[2]) for row in rows}
    return [found.get(n, NOTHING) for n in range(slots)]


def _grouped(column: Any) -> Mapping[int, Counted]:
    is_open: ColumnElement[bool] = Ticket.is_open.is_(True)
    rows = db.session().execute(
        select(column, func.count(), func.count(requester.distinct()))
        .where(is_open)
        .group_by(column)
    )
    return {row[0]: Counted(row[1], row[2]) for row in rows}


def _one(query: Select[Any]) -> Counted:
    counts = query.with_only_columns(func.count(), func.count(requester.distinct()))
    row = db.session().execute(counts).one()
    return Counted(row[0], row[1])
