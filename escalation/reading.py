"""Reading the hand-overs of a ticket: where it is, and since when."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from escalation.models import Escalation, EscalationState
from support.kernel import db
from support.tickets.models import Ticket
from support.tickets.timeline import Entry, EntryKind


def open_escalations(ticket: Ticket) -> Sequence[Escalation]:
    """The hand-overs on the way up that have not come back, lowest first."""
    return _read(ticket, only_open=True)


def all_escalations(ticket: Ticket) -> Sequence[Escalation]:
    return _read(ticket, only_open=False)


def last_handover(ticket: Ticket) -> dict[str, str]:
    """What was given with the latest hand-over of the ticket, by item; empty before the first."""
    found = db.session().scalar(
        select(Escalation.handover)
        .where(Escalation.ticket_id == ticket.id)
        .order_by(Escalation.id.desc())
        .limit(1)
    )
    return dict(found or {})


def last_return(ticket: Ticket) -> Escalation | None:
    """The hand-over of the team that has it, when it last came back for want of something."""
    found = db.session().scalar(
        select(Escalation)
        .where(Escalation.ticket_id == ticket.id, Escalation.from_team_id == ticket.team_id)
        .options(joinedload(Escalation.to_team))
        .order_by(Escalation.id.desc())
        .limit(1)
    )
    return found if found is not None and found.state is EscalationState.RETURNED else None


def given_at_opening(ticket: Ticket) -> dict[str, str]:
    """What the agent who opened the ticket noted of it, by item; empty for a person's words."""
    found = db.session().scalar(
        select(Entry.data)
        .where(Entry.ticket_id == ticket.id, Entry.kind == EntryKind.MESSAGE)
        .order_by(Entry.id)
        .limit(1)
    )
    return dict((found or {}).get("given", {}))


def _read(ticket: Ticket, *, only_open: bool) -> Sequence[Escalation]:
    query = (
        select(Escalation)
        .where(Escalation.ticket_id == ticket.id)
        .options(
            joinedload(Escalation.from_team),
            joinedload(Escalation.to_team),
            joinedload(Escalation.from_agent),
        )
        .order_by(Escalation.id)
    )
    if only_open:
        query = query.where(Escalation.ended_at.is_(None))
    return db.session().scalars(query).unique().all()
