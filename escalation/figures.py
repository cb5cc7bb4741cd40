"""How much goes up the chain, and how it comes back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import case, exists, func, select

from escalation.models import Escalation, EscalationState
from support.kernel import db
from support.tickets.figures import requester
from support.tickets.models import Ticket
from support.tickets.small_cells import Counted


def handed_over(since: datetime, until: datetime) -> Counted:
    """Tickets opened between the two dates that a higher level has had at least once."""
    row = (
        db.session()
        .execute(
            select(func.count(), func.count(requester.distinct())).where(
                Ticket.created_at >= since,
                Ticket.created_at < until,
                exists().where(Escalation.ticket_id == Ticket.id),
            )
        )
        .one()
    )
    return Counted(row[0], row[1])


@dataclass(frozen=True)
class Kept:
    """``ended``: hand-overs that came back between two dates; ``kept``: those within the time that
    the level had agreed to; ``returned``: those for want of something; ``pointless``: those that an
    article answers.
    """

    ended: Counted
    kept: Counted
    returned: Counted
    pointless: Counted


def by_team(since: datetime, until: datetime) -> Mapping[int, Kept]:
    """By the number of the team that had been asked: one query."""
    return _came_back(Escalation.to_team_id, since, until)


def by_reason(since: datetime, until: datetime) -> Mapping[int, Kept]:
    """By the reason's number: one query."""
    return _came_back(Ticket.reason_id, since, until)


def _came_back(column: Any, since: datetime, until: datetime) -> Mapping[int, Kept]:
    in_time = Escalation.ended_at <= Escalation.agreed_until
    returned = Escalation.state == EscalationState.RETURNED
    pointless = Escalation.state == EscalationState.POINTLESS
    rows = db.session().execute(
        select(
            column,
            func.count(),
            func.count(requester.distinct()),
            func.sum(case((in_time, 1), else_=0)),
            func.sum(case((returned, 1), else_=0)),
            func.sum(case((pointless, 1), else_=0)),
        )
        .join(Ticket, Ticket.id == Escalation.ticket_id)
        .where(
            Escalation.ended_at >= since,
            Escalation.ended_at < until,
            Escalation.agreed_until.is_not(None),
            Escalation.state != EscalationState.WITHDRAWN,
        )
        .group_by(column)
    )
    return {
        key: Kept(*(Counted(int(n), persons) for n in (count, kept, back, useless)))
        for key, count, persons, kept, back, useless in rows
    }
