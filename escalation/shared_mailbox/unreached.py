"""A mail to a level that never arrived: the ticket comes back at once, instead of waiting there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from escalation.models import EscalationState
from escalation.reading import open_escalations
from escalation.returning import hand_back
from escalation.transfers import transferring
from support.kernel import db
from support.kernel.time import now
from support.people.models import Team
from support.tickets.authors import SYSTEM
from support.tickets.journal import note_event
from support.tickets.models import Ticket
from support.tickets.timeline import Entry
from support.tickets.visibility import PAGE, hold


def bring_back(payload: Mapping[str, Any]) -> None:
    """``payload["entry_id"]``: the exchange whose mail was refused. Safe to run twice."""
    session = db.session()
    entry = session.get(Entry, int(payload["entry_id"]))
    ticket = session.get(Ticket, entry.ticket_id, options=PAGE) if entry is not None else None
    if entry is None or ticket is None:
        return
    hold(ticket)
    if entry.data.get("move") == transferring.MOVE:
        transferring.come_back(ticket, entry)
        return
    team = session.get(Team, entry.data.get("to_team_id") or 0)
    here = [e for e in open_escalations(ticket) if team and e.to_team_id == team.id]
    if team is None or not here or ticket.team_id != team.id:
        return
    last = here[-1]
    last.state, last.ended_at = EscalationState.WITHDRAWN, now()
    note_event(ticket, "level_unreached", by=SYSTEM, team=team.label, address=team.mailbox or "")
    hand_back(ticket, last, by=SYSTEM)
