"""Whose ticket it is: one team always, one agent when somebody has taken it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from support.kernel import db
from support.kernel.time import now
from support.people.models import Agent, Team, TeamKind
from support.tickets.models import Ticket, TicketAccess


def hand_to(ticket: Ticket, team: Team, owner: Agent | None) -> None:
    """Give the ticket to ``team`` (and its agent ``owner``); the team may see it from now on."""
    if ticket.team_id != team.id:
        ticket.team_since = now()
    ticket.team, ticket.level, ticket.owner = team, team.level, owner
    ticket.team_id = team.id
    ticket.owner_id = owner.id if owner else None
    let_see(ticket, team)


def bring_home(ticket: Ticket) -> None:
    """Back to the team that answers the requester, and to its agent if they still work there."""
    owner = ticket.home_owner
    hand_to(ticket, ticket.home_team, owner if belongs_to(owner, ticket.home_team) else None)
    ticket.home_owner, ticket.home_owner_id = ticket.owner, ticket.owner_id


def belongs_to(agent: Agent | None, team: Team) -> bool:
    """Whether the agent may have the tickets of ``team``: the centre's teams help each other."""
    if agent is None or not agent.active:
        return False
    centre = TeamKind.CONTACT_CENTRE
    return agent.team_id == team.id or (agent.team.kind is centre and team.kind is centre)


def at_home(ticket: Ticket) -> bool:
    """Whether the team that answers the requester has the ticket: no higher level does."""
    return ticket.team_id == ticket.home_team_id


def let_see(ticket: Ticket, team: Team) -> None:
    session = db.session()
    if session.get(TicketAccess, (ticket.id, team.id)) is None:
        session.add(TicketAccess(ticket_id=ticket.id, team_id=team.id))
        session.flush()


def front_teams(*, for_referent: bool) -> Sequence[Team]:
    """The teams that answer new tickets: the centre's for persons, the project for referents."""
    kind = TeamKind.PROJECT_DIRECTORATE if for_referent else TeamKind.CONTACT_CENTRE
    teams = db.session().scalars(select(Team).where(Team.kind == kind).order_by(Team.id)).all()
    if not teams:
        raise RuntimeError(f"no team of kind {kind}: load the organisation first")
    return teams


def share(teams: Sequence[Team], reference: str) -> Team:
    """Several teams of a kind share the arrivals evenly, by the drawn reference."""
    return teams[int(reference[4:11]) % len(teams)]
