"""How much goes up the chain."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import exists, func, select

from escalation.models import Escalation
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
