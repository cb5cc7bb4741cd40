"""What GLPI says of a ticket that we have handed over: into the thread between levels.

What was private there stays between levels here, and so does all the rest: nothing of GLPI is
ever the person's to read before an agent has made an answer of it.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from escalation import returning
from escalation.glpi import linking
from escalation.glpi.models import GlpiTicket
from escalation.glpi.port import ItemKind, RemoteItem
from escalation.glpi.read import Read, known
from escalation.glpi.settings import Meaning, Settings
from escalation.models import EscalationState
from escalation.reading import open_escalations
from escalation.shared_mailbox.posting import agent_of
from support.kernel import db
from support.kernel.time import now
from support.people.models import Agent, Team
from support.tickets.authors import SYSTEM, Author
from support.tickets.handing import at_home
from support.tickets.journal import note_event, write
from support.tickets.models import Ticket
from support.tickets.timeline import Entry, EntryKind

MOVE, LATE = "glpi", "late"


def take(ticket: Ticket, link: GlpiTicket, found: Read, settings: Settings) -> None:
    """The caller holds the ticket. Each item that is new is written once; the last solution
    answers; a status that asks, or says that it is done, brings the ticket back.
    """
    team = db.session().get(Team, link.team_id)
    agent = agent_of(team) if team is not None else None
    if team is None or agent is None:
        return
    fresh = [one for one in found.items if not known(one, ticket)]
    solutions = [one for one in fresh if one.kind is ItemKind.SOLUTION]
    said = None
    for item in fresh:
        if solutions and item is solutions[-1]:
            continue
        entry = _write(ticket, team, agent, item, found)
        if item.kind is ItemKind.FOLLOWUP and not item.private:
            said = entry
    if solutions:
        _answer(ticket, team, agent, solutions[-1], found)
    if found.ticket.status != link.remote_status:
        _follow_status(ticket, link, found, (team, agent), said, settings)


def gone(ticket: Ticket, link: GlpiTicket) -> None:
    """There is no such ticket in GLPI any more: it comes back instead of waiting there."""
    if not link.live:
        return
    link.live = False
    note_event(ticket, "glpi_gone", by=SYSTEM, number=link.remote_id)
    if link.team_id is not None:
        _bring_back(ticket, link.team_id, SYSTEM, EscalationState.WITHDRAWN)


def _facts(ticket: Ticket, team: Team, move: str) -> dict[str, Any]:
    return {"move": move, "from": team.label, "to": ticket.home_team.label}


def _write(ticket: Ticket, team: Team, agent: Agent, item: RemoteItem, found: Read) -> Entry:
    words = found.words(item, **_facts(ticket, team, MOVE))
    entry = write(ticket, EntryKind.EXCHANGE, words, by=agent)
    linking.tie(("entry", entry.id), (item.kind.value, item.id), said=entry.text)
    return entry


def _answer(ticket: Ticket, team: Team, agent: Agent, item: RemoteItem, found: Read) -> None:
    """A solution is the answer; when nobody waits for it any more, it is kept all the same."""
    asked = any(one.to_team_id == team.id for one in open_escalations(ticket))
    words = found.words(item)
    if ticket.team_id == team.id and asked and words.text:
        returning.answer(ticket, words, by=agent)
        entry = _last_exchange(ticket)
    else:
        said = found.words(item, **_facts(ticket, team, LATE))
        entry = write(ticket, EntryKind.EXCHANGE, said, by=agent)
    linking.tie(("entry", entry.id), (item.kind.value, item.id), said=entry.text)


def _last_exchange(ticket: Ticket) -> Entry:
    query = (
        select(Entry)
        .where(Entry.ticket_id == ticket.id, Entry.kind == EntryKind.EXCHANGE)
        .order_by(Entry.id.desc())
        .limit(1)
    )
    return db.session().scalars(query).one()


def _follow_status(
    ticket: Ticket,
    link: GlpiTicket,
    found: Read,
    level: tuple[Team, Agent],
    said: Entry | None,
    settings: Settings,
) -> None:
    """``said``: what they have just said in public. Whatever number it is, it is kept."""
    team, agent = level
    status, was = found.ticket.status, link.remote_status
    link.remote_status, link.status_by = status, "glpi"
    meaning = settings.maps.meaning(status)
    facts: dict[str, Any] = {
        "number": found.ticket.id,
        "was": was,
        "to": status,
        "meaning": meaning.value,
    }
    note_event(ticket, "glpi_status", by=SYSTEM, **facts)
    if meaning is Meaning.ASKS:
        _bring_back(ticket, team.id, agent, EscalationState.RETURNED)
    elif meaning is Meaning.ANSWERED:
        # Done without a word that is called a solution: what was said last is the answer.
        answer = said.text if said is not None else None
        _bring_back(ticket, team.id, agent, EscalationState.ANSWERED, answer)


def _bring_back(
    ticket: Ticket, team_id: int, by: Author, state: EscalationState, answer: str | None = None
) -> None:
    """The level below has it in hand again, and reads what was said."""
    here = [one for one in open_escalations(ticket) if one.to_team_id == team_id]
    if ticket.team_id != team_id or at_home(ticket) or not here:
        return
    last = here[-1]
    last.state, last.ended_at, last.answer = state, now(), answer
    last.ended_by_id = by.id if isinstance(by, Agent) else None
    returning.hand_back(ticket, last, by=by)
