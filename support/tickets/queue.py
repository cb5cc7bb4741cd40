"""The queue: views of tickets, filtered, ordered by promise, paged by key and never by offset."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import joinedload

from support.catalogue.models import ContactReason, Priority, Procedure
from support.clocks.calendar import add_working
from support.clocks.calendars import hours_of
from support.intake.models import Channel
from support.kernel import db
from support.kernel.time import now
from support.people.models import Agent, Team, TeamKind
from support.people.permissions import Permission, require
from support.tickets.models import State, Ticket
from support.tickets.visibility import visible_to

PAGE_SIZE = 40
COUNT_LIMIT = 1000  # beyond, a count says « 1000+ » and costs no more
RISK_MINUTES = 8 * 60  # a promise is at risk when less than a working day is left


class View(StrEnum):
    MINE = "mine"
    TEAM = "team"
    UNOWNED = "unowned"
    AT_RISK = "at_risk"
    WAITING = "waiting"
    RETURNED = "returned"
    HIGHER_UP = "higher_up"  # ours to answer, in the hands of a higher level
    UNHEARD = "unheard"  # an answer of ours did not arrive, open or closed
    CLOSED = "closed"
    ALL = "all"


class Order(StrEnum):
    PROMISE = "promise"
    NEWEST = "newest"


@dataclass(frozen=True)
class Filters:
    """What narrows a view. Empty means any; codes for reason and procedure.

    ``ours_to_act``: without the tickets that wait for the person.
    """

    view: View = View.TEAM
    order: Order = Order.PROMISE
    state: State | None = None
    reason: str | None = None
    procedure: str | None = None
    level: int | None = None
    language: str | None = None
    channel: Channel | None = None
    priority: Priority | None = None
    department: str | None = None
    ours_to_act: bool = False


@dataclass(frozen=True)
class Cursor:
    """Where a page starts: just after (or, ``backwards``, just before) this ticket."""

    due: datetime
    id: int
    backwards: bool = False


@dataclass(frozen=True)
class Page:
    tickets: Sequence[Ticket]
    count: int
    next: Cursor | None
    previous: Cursor | None

    @property
    def count_is_bounded(self) -> bool:
        return self.count >= COUNT_LIMIT


def read_queue(
    agent: Agent, filters: Filters, cursor: Cursor | None = None, size: int = PAGE_SIZE
) -> Page:
    """One page of what ``agent`` sees. Two queries, whatever lies in the archive."""
    require(agent, Permission.READ_TICKETS)
    wanted = and_(*_conditions(agent, filters))
    backwards = cursor is not None and cursor.backwards
    query = _ordered(select(Ticket).options(*_ROW).where(wanted), filters.order, backwards)
    if cursor is not None:
        query = query.where(_beyond(cursor, filters.order))
    found = list(db.session().scalars(query.limit(size + 1)).unique())
    more, found = len(found) > size, found[:size]
    if backwards:
        found.reverse()
    ahead = more if not backwards else True
    behind = cursor is not None if not backwards else more
    return Page(
        tickets=found,
        count=_bounded_count(wanted),
        next=_cursor(found[-1]) if found and ahead else None,
        previous=replace(_cursor(found[0]), backwards=True) if found and behind else None,
    )


def count_views(agent: Agent, views: Sequence[View]) -> Mapping[View, int]:
    """How many tickets are in each view, up to COUNT_LIMIT: one query."""
    row = db.session().execute(select(*view_counts(agent, views))).one()
    return {view: row[index] for index, view in enumerate(views)}


def view_counts(agent: Agent, views: Sequence[View]) -> list[ColumnElement[int]]:
    """The same as columns, for who counts other things in the same query."""
    return [
        _counted(and_(*_conditions(agent, Filters(view=view)))).label(view.value) for view in views
    ]


def _conditions(agent: Agent, filters: Filters) -> list[ColumnElement[bool]]:
    conditions = [visible_to(agent), *_view(agent, filters.view)]
    plain: list[tuple[Any, Any]] = [
        (Ticket.state, filters.state),
        (Ticket.level, filters.level),
        (Ticket.language, filters.language),
        (Ticket.channel, filters.channel),
        (Ticket.priority, filters.priority),
        (Ticket.department, filters.department),
    ]
    conditions += [column == value for column, value in plain if value]
    if filters.ours_to_act:
        conditions.append(Ticket.state != State.WAITING_PERSON)
    if filters.reason:
        reason = select(ContactReason.id).where(ContactReason.code == filters.reason)
        conditions.append(Ticket.reason_id == reason.scalar_subquery())
    if filters.procedure:
        procedure = select(Procedure.id).where(Procedure.code == filters.procedure)
        conditions.append(Ticket.procedure_id == procedure.scalar_subquery())
    return conditions


def _view(agent: Agent, view: View) -> list[ColumnElement[bool]]:
    is_open = Ticket.is_open.is_(True)
    if view is View.MINE:
        return [Ticket.owner_id == agent.id, is_open]
    if view is View.HIGHER_UP:
        return [_home(agent), is_open, Ticket.team_id != Ticket.home_team_id]
    if view is View.UNHEARD:
        return [_home(agent), Ticket.unheard_since.is_not(None)]
    if view is View.CLOSED:
        return [Ticket.is_open.is_(False)]
    if view is View.ALL:
        return [is_open]
    return [_held(agent), is_open, *_narrowed(agent, view)]


def _narrowed(agent: Agent, view: View) -> list[ColumnElement[bool]]:
    if view is View.UNOWNED:
        return [Ticket.owner_id.is_(None)]
    if view is View.AT_RISK:
        hours = hours_of(agent.team.calendar_code)
        return [Ticket.sort_due < add_working(now(), RISK_MINUTES, hours)]
    if view is View.WAITING:
        return [Ticket.state == State.WAITING_PERSON]
    if view is View.RETURNED:
        return [Ticket.state == State.RETURNED]
    return []


def _held(agent: Agent) -> ColumnElement[bool]:
    """With the agent's team now; for the centre, with any of its teams."""
    return Ticket.team_id.in_(_teams(agent))


def _home(agent: Agent) -> ColumnElement[bool]:
    return Ticket.home_team_id.in_(_teams(agent))


def _teams(agent: Agent) -> Any:
    if agent.team.kind is TeamKind.CONTACT_CENTRE:
        return select(Team.id).where(Team.kind == TeamKind.CONTACT_CENTRE)
    return [agent.team_id]


def _ordered(query: Select[Any], order: Order, backwards: bool) -> Select[Any]:
    if order is Order.NEWEST:
        return query.order_by(Ticket.id.asc() if backwards else Ticket.id.desc())
    if backwards:
        return query.order_by(Ticket.sort_due.desc(), Ticket.id.desc())
    return query.order_by(Ticket.sort_due.asc(), Ticket.id.asc())


def _beyond(cursor: Cursor, order: Order) -> ColumnElement[bool]:
    if order is Order.NEWEST:
        return Ticket.id > cursor.id if cursor.backwards else Ticket.id < cursor.id
    after = (Ticket.sort_due > cursor.due, Ticket.id > cursor.id)
    before = (Ticket.sort_due < cursor.due, Ticket.id < cursor.id)
    further, later = before if cursor.backwards else after
    return or_(further, and_(Ticket.sort_due == cursor.due, later))


def _cursor(ticket: Ticket) -> Cursor:
    return Cursor(ticket.sort_due, ticket.id)


def _counted(wanted: ColumnElement[bool]) -> Any:
    some = select(Ticket.id).where(wanted).limit(COUNT_LIMIT).subquery()
    return select(func.count()).select_from(some).scalar_subquery()


def _bounded_count(wanted: ColumnElement[bool]) -> int:
    return db.session().scalar(select(_counted(wanted))) or 0


_ROW = (
    joinedload(Ticket.person),
    joinedload(Ticket.requester_agent),
    joinedload(Ticket.reason, innerjoin=True),
    joinedload(Ticket.team, innerjoin=True),
    joinedload(Ticket.owner),
)
