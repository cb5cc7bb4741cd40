"""Asking a level that works by mail again: the day before its time is over, then every few days."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import or_, select

from escalation.models import Escalation
from escalation.shared_mailbox import posting
from support.kernel import db
from support.kernel.time import now
from support.people.models import Team
from support.tickets.models import Ticket
from support.tickets.timeline import Entry, EntryKind
from support.tickets.visibility import PAGE, hold

BEFORE = timedelta(days=1)
EVERY = timedelta(days=2, hours=20)  # on the third day, should the bell ring a little early
MOST = 5  # after that, others must act: the clocks have warned them


def remind(limit: int = 200) -> int:
    """Write to each mailbox for what it owes; returns how many mails. Run twice, it is once."""
    instant = now()
    due = db.session().execute(
        select(Escalation.id, Escalation.ticket_id, Escalation.agreed_until)
        .join(Team, Team.id == Escalation.to_team_id)
        .where(
            Team.mailbox.is_not(None),
            Escalation.ended_at.is_(None),
            Escalation.agreed_until < instant + BEFORE,
            or_(Escalation.news_on.is_(None), Escalation.news_on < instant),
        )
        .order_by(Escalation.agreed_until)
        .limit(limit)
    )
    return sum(_remind(row.id, row.ticket_id, row.agreed_until) for row in due.all())


def _remind(escalation_id: int, ticket_id: int, due: datetime) -> bool:
    session = db.session()
    ticket = session.get(Ticket, ticket_id, options=PAGE)
    if ticket is None:
        return False
    hold(ticket)
    escalation = session.get(Escalation, escalation_id, populate_existing=True)
    if escalation is None or escalation.ended_at or ticket.team_id != escalation.to_team_id:
        return False
    before = session.scalars(
        select(Entry.created_at)
        .where(
            Entry.ticket_id == ticket_id,
            Entry.kind == EntryKind.EXCHANGE,
            Entry.once_key.like(f"remind:{escalation_id}:%"),
        )
        .order_by(Entry.id)
    ).all()
    if len(before) >= MOST or (before and before[-1] > now() - EVERY):
        return False
    return posting.remind(ticket, f"remind:{escalation_id}:{len(before) + 1}", due)
