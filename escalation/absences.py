"""When a level is away, and who answers meanwhile: a deputy team, or one of its own on call."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, select

from escalation.models import Absence
from support.kernel import db
from support.kernel.errors import Invalid, NotVisible, Problem
from support.kernel.time import now
from support.people.models import Agent, Team
from support.people.permissions import Permission, require

PARIS = ZoneInfo("Europe/Paris")
LONGEST = timedelta(days=366)
LEAST = 2  # the front line hands over: it stands in for no level above it


@dataclass(frozen=True)
class AbsenceDraft:
    """``ends_on`` None: that one day."""

    starts_on: date | None
    ends_on: date | None = None
    deputy_id: int | None = None
    on_call_id: int | None = None
    note: str = ""


def of_today(team_id: Any) -> ColumnElement[bool]:
    """A condition on Absence: it is of the team ``team_id`` (a column), and of today."""
    day = now().astimezone(PARIS).date()
    return and_(Absence.team_id == team_id, Absence.starts_on <= day, Absence.ends_on >= day)


def coming(team: Team) -> Sequence[Absence]:
    """Those of a team that are not over yet, the first one first."""
    day = now().astimezone(PARIS).date()
    query = select(Absence).where(Absence.team_id == team.id, Absence.ends_on >= day)
    return db.session().scalars(query.order_by(Absence.starts_on, Absence.id)).unique().all()


def note(team: Team, draft: AbsenceDraft, *, by: Agent) -> Absence:
    """Raises Invalid: ``absence.day`` (``starts_on``), ``absence.backwards`` (``ends_on``),
    ``absence.deputy`` (``deputy``), ``absence.on_call`` (``on_call``).
    """
    require(by, Permission.ADMINISTER)
    problems: list[Problem] = []
    begins = draft.starts_on
    ends = draft.ends_on or begins
    if begins is None or ends is None:
        raise Invalid.of("absence.day", "starts_on")
    if not begins <= ends <= begins + LONGEST or ends < now().astimezone(PARIS).date():
        problems.append(Problem("absence.backwards", "ends_on"))
    session = db.session()
    deputy = session.get(Team, draft.deputy_id) if draft.deputy_id else None
    if draft.deputy_id and (deputy is None or deputy.id == team.id or deputy.level < LEAST):
        problems.append(Problem("absence.deputy", "deputy"))
    on_call = session.get(Agent, draft.on_call_id) if draft.on_call_id else None
    if draft.on_call_id and (on_call is None or on_call.team_id != team.id or not on_call.active):
        problems.append(Problem("absence.on_call", "on_call"))
    if problems:
        raise Invalid(*problems)
    made = Absence(
        team_id=team.id, starts_on=begins, ends_on=ends, deputy=deputy, on_call=on_call,
        note=draft.note.strip()[:300],
    )  # fmt: skip
    session.add(made)
    session.flush()
    return made


def forget(team: Team, absence_id: int, *, by: Agent) -> None:
    """Raises NotVisible ``absence.unknown``."""
    require(by, Permission.ADMINISTER)
    found = db.session().get(Absence, absence_id)
    if found is None or found.team_id != team.id:
        raise NotVisible.of("absence.unknown")
    db.session().delete(found)
    db.session().flush()
