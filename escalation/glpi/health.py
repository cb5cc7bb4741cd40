"""How the bridge does: what an administrator looks at, and the switch that stops everything."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from escalation.glpi import linking
from escalation.glpi.composing import Plan, plan
from escalation.glpi.models import GlpiEvent, GlpiTicket
from escalation.glpi.settings import Mode, Settings, current
from support.kernel import db
from support.kernel.time import now
from support.outbox.models import OutboxRow, OutboxState
from support.people.models import Agent, Team
from support.people.permissions import Permission, require
from support.tickets.models import Ticket
from support.tickets.visibility import PAGE

COUNTED = 1000
SHOWN = 20


@dataclass(frozen=True)
class Waiting:
    """A ticket that has something to send, and what exactly."""

    ticket: Ticket
    plan: Plan
    problem: str | None


@dataclass(frozen=True)
class Health:
    """``to_send``, ``to_read``, ``given_up``: rows of the outbox; up to COUNTED each."""

    mode: Mode
    paused: bool
    paused_by: str | None
    paused_at: datetime | None
    pushed_at: datetime | None
    pulled_at: datetime | None
    heard_at: datetime | None
    problem: str | None
    problem_at: datetime | None
    to_send: int
    to_read: int
    given_up: int
    linked: int
    teams: Sequence[Team]


def health(*, by: Agent) -> Health:
    require(by, Permission.ADMINISTER)
    row, settings, session = linking.bridge(), current(), db.session()
    heard = select(GlpiEvent.received_at).order_by(GlpiEvent.received_at.desc()).limit(1)
    linked = select(GlpiTicket.ticket_id).where(GlpiTicket.live.is_(True))
    return Health(
        mode=settings.mode if settings is not None else Mode.OFF,
        paused=row.paused,
        paused_by=row.paused_by,
        paused_at=row.paused_at,
        pushed_at=row.pushed_at,
        pulled_at=row.pulled_at,
        heard_at=session.scalar(heard),
        problem=row.problem,
        problem_at=row.problem_at,
        to_send=_rows(linking.PUSH, OutboxState.WAITING),
        to_read=_rows(linking.PULL, OutboxState.WAITING),
        given_up=sum(_rows(one, OutboxState.GIVEN_UP) for one in (linking.PUSH, linking.PULL)),
        linked=session.scalar(select(func.count()).select_from(linked.limit(COUNTED).subquery()))
        or 0,
        teams=session.scalars(
            select(Team).where(Team.bridge == linking.BRIDGE).order_by(Team.label)
        ).all(),
    )


def waiting(settings: Settings, limit: int = SHOWN) -> list[Waiting]:
    """What would leave now, to be read before it does: nothing is sent."""
    session = db.session()
    links = session.scalars(
        select(GlpiTicket)
        .join(Ticket, Ticket.id == GlpiTicket.ticket_id)
        .where(GlpiTicket.live.is_(True), Ticket.last_entry_id > GlpiTicket.pushed_entry_id)
        .order_by(GlpiTicket.ticket_id)
        .limit(limit)
    ).all()
    tickets = {
        one.id: one
        for one in session.scalars(
            select(Ticket).where(Ticket.id.in_([link.ticket_id for link in links])).options(*PAGE)
        )
    }
    found = [
        Waiting(tickets[link.ticket_id], plan(link, tickets[link.ticket_id], settings),
                link.problem)
        for link in links
    ]  # fmt: skip
    return [one for one in found if not one.plan.empty]


def pause(*, by: Agent) -> None:
    """Stop everything, both ways, at once: what is new waits and is lost to nobody."""
    require(by, Permission.ADMINISTER)
    row = linking.bridge()
    if not row.paused:
        row.paused, row.paused_at, row.paused_by = True, now(), by.full_name


def resume(*, by: Agent) -> None:
    require(by, Permission.ADMINISTER)
    row = linking.bridge()
    if row.paused:
        row.paused, row.paused_at, row.paused_by = False, None, None


def _rows(topic: str, state: OutboxState) -> int:
    some = (
        select(OutboxRow.id)
        .where(OutboxRow.state == state, OutboxRow.topic == topic)
        .limit(COUNTED)
        .subquery()
    )
    return db.session().scalar(select(func.count()).select_from(some)) or 0
