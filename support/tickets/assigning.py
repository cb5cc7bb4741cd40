"""Taking a ticket, giving it to a colleague, letting it go."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from support.kernel import db
from support.kernel.errors import Conflict, Forbidden
from support.people.models import Agent, Team, TeamKind
from support.people.permissions import PERMISSIONS, Permission, Scope, may, require, scope_of
from support.tickets.handing import at_home, belongs_to
from support.tickets.journal import note_event
from support.tickets.models import State, Ticket
from support.tickets.states import move


def take(ticket: Ticket, *, by: Agent) -> None:
    """``by`` becomes the owner. Raises Conflict ``ticket.taken`` when a colleague has it."""
    assign(ticket, by, by=by)


def assign(ticket: Ticket, to: Agent, *, by: Agent) -> None:
    """Give the ticket to ``to``, of the team that has it.

    Taking it away from a colleague asks for the right to; Raises Forbidden, Conflict.
    """
    require(by, Permission.ASSIGN)
    _require_reach(ticket, by)
    if not serves(to, ticket):
        raise Conflict.of("assign.other_team", name=to.full_name)
    if ticket.owner_id == to.id:
        return
    taken = ticket.owner_id not in (None, by.id)
    if taken and not may(by, Permission.ASSIGN_OTHERS):
        raise Conflict.of("ticket.taken", name=ticket.owner.full_name if ticket.owner else "")
    _own(ticket, to)
    note_event(ticket, "assigned", by=by, to=to.full_name)
    if ticket.state is State.NEW:
        move(ticket, State.IN_PROGRESS, by=by)


def release(ticket: Ticket, *, by: Agent) -> None:
    """Give the ticket back to the team."""
    require(by, Permission.ASSIGN)
    _require_reach(ticket, by)
    if ticket.owner_id is None:
        return
    if ticket.owner_id != by.id and not may(by, Permission.ASSIGN_OTHERS):
        raise Conflict.of("ticket.taken", name=ticket.owner.full_name if ticket.owner else "")
    _own(ticket, None)
    note_event(ticket, "released", by=by)


def serves(agent: Agent, ticket: Ticket) -> bool:
    """Whether the agent's team has the ticket now. The centre's teams help each other out."""
    return belongs_to(agent, ticket.team)


def can_assign(ticket: Ticket, agent: Agent) -> bool:
    """Whether ``agent`` may give the ticket to a colleague: nobody's, their own, or anybody's."""
    reaches = serves(agent, ticket) or scope_of(agent) is Scope.ALL
    free = ticket.owner_id in (None, agent.id) or may(agent, Permission.ASSIGN_OTHERS)
    return ticket.is_open and may(agent, Permission.ASSIGN) and reaches and free


def colleagues_for(ticket: Ticket) -> Sequence[Agent]:
    """Who may be given the ticket now, its owner left out, by family name: one query."""
    centre = TeamKind.CONTACT_CENTRE
    same = Team.kind == centre if ticket.team.kind is centre else Team.id == ticket.team_id
    roles = [role for role, rights in PERMISSIONS.items() if Permission.ASSIGN in rights]
    query = (
        select(Agent)
        .join(Team, Agent.team_id == Team.id)
        .where(same, Agent.active.is_(True), Agent.by_mail.is_(False), Agent.role.in_(roles))
        .order_by(Agent.family_name, Agent.given_name, Agent.id)
    )
    if ticket.owner_id is not None:
        query = query.where(Agent.id != ticket.owner_id)
    return db.session().scalars(query).unique().all()


def _require_reach(ticket: Ticket, by: Agent) -> None:
    """Who deals out a team's work: the team itself, and an administrator."""
    if not serves(by, ticket) and scope_of(by) is not Scope.ALL:
        raise Forbidden.of("assign.not_yours")


def _own(ticket: Ticket, agent: Agent | None) -> None:
    ticket.owner = agent
    ticket.owner_id = agent.id if agent else None
    if at_home(ticket):
        ticket.home_owner = agent
        ticket.home_owner_id = ticket.owner_id
