"""The administrator's first page: what runs, what waits, what was given up."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy import ColumnElement, func, select

from knowledge.search import index
from support.intake.models import Outcome, Received
from support.kernel import db
from support.outbox.models import OutboxRow, OutboxState
from support.people.models import Agent
from support.people.permissions import Permission, may
from web.access import staff
from web.http import me

log = logging.getLogger(__name__)

bp = Blueprint("admin", __name__)

COUNT_LIMIT = 1000


@dataclass(frozen=True)
class Intake:
    """``waiting``: kept, not yet understood. ``to_sort``: no rule may file it."""

    waiting: int
    oldest: datetime | None
    retried: int
    to_sort: int


@bp.get("/agent/administration")
@staff(Permission.ADMINISTER)
def overview() -> ResponseReturnValue:
    return render_template(
        "admin/overview.html",
        accounts=_count(Agent.id, Agent.active.is_(True)),
        closed=_count(Agent.id, Agent.active.is_(False)),
        given_up=_count(OutboxRow.id, OutboxRow.state == OutboxState.GIVEN_UP),
        leaving=_count(OutboxRow.id, OutboxRow.state == OutboxState.WAITING),
        intake=_intake(),
        index=_index(),
        may_sort=may(me(), Permission.SORT_MAIL),
        most=COUNT_LIMIT,
    )


def _intake() -> Intake:
    waiting = Received.outcome.is_(None)
    oldest = select(Received.received_at).where(waiting).order_by(Received.id).limit(1)
    return Intake(
        waiting=_count(Received.id, waiting),
        oldest=db.session().scalar(oldest),
        retried=_count(Received.id, waiting, Received.attempts > 0),
        to_sort=_count(Received.id, Received.outcome == Outcome.QUARANTINED),
    )


def _index() -> index.Status | None:
    """None when it cannot even be asked: said so, never a failed page."""
    try:
        return index.node().status()
    except Exception:
        log.exception("the knowledge index does not answer")
        return None


def _count(column: object, *conditions: ColumnElement[bool]) -> int:
    """Up to COUNT_LIMIT: beyond, the number changes nothing to what must be done."""
    some = select(column).where(*conditions).limit(COUNT_LIMIT).subquery()  # type: ignore[call-overload]
    return db.session().scalar(select(func.count()).select_from(some)) or 0
