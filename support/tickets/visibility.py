"""Which tickets an agent sees. Loading is authorising: every query goes through here."""

from __future__ import annotations

from sqlalchemy import ColumnElement, exists, false, select, true
from sqlalchemy.orm import joinedload

from support.kernel import db
from support.kernel.errors import NotVisible
from support.people.models import Agent, Team, TeamKind
from support.people.permissions import Permission, Scope, require, scope_of
from support.tickets.models import Ticket, TicketAccess
from support.tickets.references import read_reference


def visible_to(agent: Agent) -> ColumnElement[bool]:
    """A condition on Ticket: what ``agent`` may see, and nothing else."""
    scope = scope_of(agent)
    if scope is Scope.ALL:
        return true()
    if scope is Scope.OWN:
        return Ticket.opened_by_id == agent.id
    if scope is Scope.TEAM:
        return _had_by(TicketAccess.team_id == agent.team_id)
    if scope is Scope.CONTACT_CENTRE:
        centre = select(Team.id).where(Team.kind == TeamKind.CONTACT_CENTRE)
        return _had_by(TicketAccess.team_id.in_(centre))
    return false()


def one_visible(reference: str, agent: Agent, *, lock: bool = False) -> Ticket:
    """The ticket with everything its page needs beside the thread.

    ``lock`` holds its row until the end of the transaction: for whoever is about to change
    it. Raises NotVisible ``ticket.unknown``, for a wrong reference and a hidden one alike.
    """
    require(agent, Permission.READ_TICKETS)
    digits = read_reference(reference)
    query = select(Ticket).where(Ticket.reference == digits, visible_to(agent))
    ticket = db.session().scalar(query.options(*PAGE)) if digits else None
    if ticket is None:
        raise NotVisible.of("ticket.unknown")
    if lock:
        hold(ticket)
    return ticket


def hold(ticket: Ticket) -> None:
    """Lock the ticket's row and read it afresh (SQLite has one writer at a time anyway)."""
    session = db.session()
    session.flush()  # reading afresh must not forget what is not written yet
    # In two steps: PostgreSQL, having waited, would join the changed row with the team that it
    # had before, and find nothing.
    session.execute(select(Ticket.id).where(Ticket.id == ticket.id).with_for_update())
    session.refresh(ticket)


PAGE = (
    joinedload(Ticket.person),
    joinedload(Ticket.requester_agent),
    joinedload(Ticket.reason, innerjoin=True),
    joinedload(Ticket.procedure),
    joinedload(Ticket.team, innerjoin=True),
    joinedload(Ticket.home_team, innerjoin=True),
    joinedload(Ticket.owner),
    joinedload(Ticket.home_owner),
)


def _had_by(team: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(TicketAccess.ticket_id == Ticket.id, team)
