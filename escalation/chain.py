"""Who is next: the teams to which a ticket may climb from where it is."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import or_, select

from escalation.models import ChainStep
from support.kernel import db
from support.people.models import Team
from support.tickets.models import Ticket


def next_teams(ticket: Ticket) -> Sequence[Team]:
    """The proposed team first, then the others that are allowed; empty at the top."""
    steps = db.session().scalars(
        select(ChainStep)
        .where(
            ChainStep.from_kind == ticket.team.kind,
            or_(ChainStep.field.is_(None), ChainStep.field == ticket.field),
            or_(ChainStep.nature.is_(None), ChainStep.nature == ticket.reason.nature),
        )
        .order_by(ChainStep.position, ChainStep.id)
    )
    return list({step.to_team_id: step.to_team for step in steps}.values())
