"""Promises about to break, or broken: said to whoever has it, to their team, to their leaders."""

from __future__ import annotations

from sqlalchemy import ColumnElement, false, func, or_, select

from support.clocks.warning import Stage
from support.people.models import Agent, Role
from support.tickets.models import Ticket
from support.tickets.visibility import visible_to

COUNT_LIMIT = 100
_LEADING = (Role.SUPERVISOR,)


def presses(agent: Agent) -> ColumnElement[bool]:
    """A condition on Ticket: this agent is told that its promise presses."""
    if agent.role in _LEADING:
        return (Ticket.pressing >= Stage.LEADERS) & visible_to(agent)
    if agent.role not in (Role.TELEADVISER, Role.PROJECT_AGENT):
        return false()
    mine = (Ticket.home_owner_id == agent.id) & (Ticket.pressing >= Stage.OWNER)
    team = (Ticket.home_team_id == agent.team_id) & (Ticket.pressing >= Stage.TEAM)
    return or_(mine, team)


def pressing_count(agent: Agent) -> ColumnElement[int]:
    """How many: part of a query, at most COUNT_LIMIT."""
    some = select(Ticket.id).where(Ticket.pressing > 0, presses(agent)).limit(COUNT_LIMIT)
    return select(func.count()).select_from(some.subquery()).scalar_subquery()
