"""What is with another level: handed over and not yet come back, oldest first, paged by key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import joinedload

from escalation.models import Escalation
from support.catalogue.models import ContactReason
from support.kernel import db
from support.people.models import Agent, Team, TeamKind
from support.people.permissions import Permission, may, require
from support.tickets.models import Ticket
from support.tickets.visibility import visible_to

PAGE_SIZE = 40
COUNT_LIMIT = 1000


class Side(StrEnum):
    """Seen from the agent's team."""

    HERE = "recues"  # handed to us by the level below
    AWAY = "parties"  # handed over by us to the next level
    SEEN = "toutes"  # any that the agent may see: for those who are no level of the chain


@dataclass(frozen=True)
class Filters:
    """``team``: code of the team at the other end (for SEEN, the one it was handed to)."""

    side: Side
    team: str | None = None
    reason: str | None = None


@dataclass(frozen=True)
class Cursor:
    raised_at: datetime
    id: int
    backwards: bool = False


@dataclass(frozen=True)
class HandOver:
    """One hand-over that has not come back, with its ticket as it stands now."""

    escalation: Escalation
    ticket: Ticket

    @property
    def went_on(self) -> bool:
        """Whether the team that got it has passed it on."""
        return self.ticket.team_id != self.escalation.to_team_id


@dataclass(frozen=True)
class Page:
    rows: Sequence[HandOver]
    count: int
    next: Cursor | None
    previous: Cursor | None

    @property
    def count_is_bounded(self) -> bool:
        return self.count >= COUNT_LIMIT


def sides_of(agent: Agent) -> tuple[Side, ...]:
    """The lists that mean something to ``agent``, the first one first."""
    if may(agent, Permission.ANSWER_BELOW):
        return (Side.HERE, Side.AWAY)
    return (Side.AWAY,) if may(agent, Permission.ESCALATE) else (Side.SEEN,)


def read_hand_overs(
    agent: Agent, filters: Filters, cursor: Cursor | None = None, size: int = PAGE_SIZE
) -> Page:
    """One page, oldest hand-over first. Two queries, whatever lies in the archive."""
    require(agent, Permission.READ_TICKETS)
    wanted = and_(*_conditions(agent, filters))
    backwards = cursor is not None and cursor.backwards
    query = _ordered(_rows().where(wanted), backwards)
    if cursor is not None:
        query = query.where(_beyond(cursor))
    found = [HandOver(*row) for row in db.session().execute(query.limit(size + 1)).unique()]
    more, found = len(found) > size, found[:size]
    if backwards:
        found.reverse()
    ahead = True if backwards else more
    behind = more if backwards else cursor is not None
    return Page(
        rows=found,
        count=db.session().scalar(select(_counted(wanted))) or 0,
        next=_cursor(found[-1]) if found and ahead else None,
        previous=replace(_cursor(found[0]), backwards=True) if found and behind else None,
    )


def count_sides(agent: Agent, sides: Sequence[Side]) -> Mapping[Side, int]:
    """How many are in each list, up to COUNT_LIMIT: one query."""
    columns = [_counted(and_(*_conditions(agent, Filters(side)))) for side in sides]
    row = db.session().execute(select(*columns)).one()
    return {side: row[index] for index, side in enumerate(sides)}


def handed_to(agent: Agent, tickets: Sequence[Ticket]) -> Mapping[int, Escalation]:
    """By ticket, the hand-over that brought it to the agent's team: one query."""
    found = db.session().scalars(
        select(Escalation)
        .where(
            Escalation.ticket_id.in_([ticket.id for ticket in tickets]),
            Escalation.to_team_id == agent.team_id,
            Escalation.ended_at.is_(None),
        )
        .options(joinedload(Escalation.from_team), joinedload(Escalation.from_agent))
    )
    return {escalation.ticket_id: escalation for escalation in found.unique()}


def _rows() -> Select[Any]:
    return (
        select(Escalation, Ticket)
        .join(Ticket, Escalation.ticket_id == Ticket.id)
        .options(
            joinedload(Escalation.from_team),
            joinedload(Escalation.from_agent),
            joinedload(Escalation.to_team),
            joinedload(Ticket.person),
            joinedload(Ticket.requester_agent),
            joinedload(Ticket.team, innerjoin=True),
            joinedload(Ticket.owner),
        )
    )


def _conditions(agent: Agent, filters: Filters) -> list[ColumnElement[bool]]:
    other = Escalation.from_team_id if filters.side is Side.HERE else Escalation.to_team_id
    conditions = [Escalation.ended_at.is_(None), visible_to(agent)]
    if filters.side is Side.HERE:
        conditions.append(Escalation.to_team_id.in_(_teams(agent)))
    elif filters.side is Side.AWAY:
        conditions.append(Escalation.from_team_id.in_(_teams(agent)))
    if filters.team:
        team = select(Team.id).where(Team.code == filters.team)
        conditions.append(other == team.scalar_subquery())
    if filters.reason:
        reason = select(ContactReason.id).where(ContactReason.code == filters.reason)
        conditions.append(Ticket.reason_id == reason.scalar_subquery())
    return conditions


def _teams(agent: Agent) -> Any:
    """The agent's team; for the centre, all of its teams: they help each other out."""
    if agent.team.kind is TeamKind.CONTACT_CENTRE:
        return select(Team.id).where(Team.kind == TeamKind.CONTACT_CENTRE)
    return [agent.team_id]


def _ordered(query: Select[Any], backwards: bool) -> Select[Any]:
    if backwards:
        return query.order_by(Escalation.raised_at.desc(), Escalation.id.desc())
    return query.order_by(Escalation.raised_at, Escalation.id)


def _beyond(cursor: Cursor) -> ColumnElement[bool]:
    at, identifier = Escalation.raised_at, Escalation.id
    if cursor.backwards:
        same = and_(at == cursor.raised_at, identifier < cursor.id)
        return or_(at < cursor.raised_at, same)
    same = and_(at == cursor.raised_at, identifier > cursor.id)
    return or_(at > cursor.raised_at, same)


def _cursor(row: HandOver) -> Cursor:
    return Cursor(row.escalation.raised_at, row.escalation.id)


def _counted(wanted: ColumnElement[bool]) -> Any:
    some = (
        select(Escalation.id)
        .join(Ticket, Escalation.ticket_id == Ticket.id)
        .where(wanted)
        .limit(COUNT_LIMIT)
        .subquery()
    )
    return select(func.count()).select_from(some).scalar_subquery()
