"""A mail to a level that never arrived: the ticket comes back at once, instead of waiting there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from escalation import agreements
from escalation.models import EscalationState
from escalation.reading import open_escalations
from support.kernel import db
from support.kernel.time import now
from support.people.models import Team
from support.tickets.authors import SYSTEM
from support.tickets.handing import at_home, belongs_to, hand_to
from support.tickets.journal import note_event
from support.tickets.models import State, Ticket
from support.tickets.states import move
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
    team = session.get(Team, entry.data.get("to_team_id") or 0)
    here = [e for e in open_escalations(ticket) if team and e.to_team_id == team.id]
    if team is None or not here or ticket.team_id != team.id:
        return
    last = here[-1]
    last.state, last.ended_at = EscalationState.WITHDRAWN, now()
    note_event(ticket, "level_unreached", by=SYSTEM, team=team.label, address=team.mailbox or "")
    move(ticket, State.RETURNED, by=SYSTEM, team=last.from_team.label)
    owner = last.from_agent if belongs_to(last.from_agent, last.from_team) else None
    hand_to(ticket, last.from_team, owner)
    agreements.pass_back(ticket)
    if at_home(ticket):
        ticket.home_owner, ticket.home_owner_id = ticket.owner, ticket.owner_id
