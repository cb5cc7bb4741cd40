"""Workshops: several people at one hour, each with an appointment of their own in it.

A place in a workshop is an appointment without a desk: it is confirmed, reminded of, moved, given
up and recorded as any other. The desks that a workshop needs are shut for its time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload

from support.help_sessions import attendance, first_places, places, telling
from support.help_sessions.booking import Booking, already, check, new_code
from support.help_sessions.journal import note
from support.help_sessions.models import (
    FREED,
    Appointment,
    AppointmentReason,
    AppointmentState,
    Closure,
    GroupSession,
    HelpPoint,
)
from support.help_sessions.states import free, let_go_of_past
from support.kernel import db
from support.kernel.errors import Conflict, Invalid, NotVisible, Problem, broken_constraint
from support.kernel.time import now
from support.people.models import Agent
from support.people.permissions import Permission, require

MOST_PEOPLE = 200
LONGEST_TITLE = 120
_TWICE = {"uq_appointment_live": "live", "appointment.person_id": "live"}


@dataclass(frozen=True)
class Plan:
    """As it was typed. ``desk_ids``: shut meanwhile."""

    title: str
    reason: AppointmentReason | None
    day: date | None
    starts: time | None
    ends: time | None
    capacity: int | None
    desk_ids: Sequence[int] = ()
    about: str = ""


def plan(point: HelpPoint, wanted: Plan, *, by: Agent) -> GroupSession:
    """Open a workshop at the agent's own place.

    Raises Invalid ``field.required`` (``title``), ``field.choice`` (``reason``), ``day.missing``,
    ``day.past``, ``hours.backwards``, ``workshop.people``; NotVisible, Forbidden.
    """
    require(by, Permission.RECEIVE)
    if point.site_id != by.team.site_id:
        raise NotVisible.of("help_point.unknown")
    _check(point, wanted)
    assert wanted.reason is not None
    assert wanted.capacity is not None
    starts_at, ends_at = _hours(point, wanted)
    opened = GroupSession(
        help_point_id=point.id, title=wanted.title.strip()[:LONGEST_TITLE],
        reason_id=wanted.reason.id, starts_at=starts_at, ends_at=ends_at,
        capacity=wanted.capacity, about=wanted.about.strip()[:400], opened_by_id=by.id,
    )  # fmt: skip
    db.session().add(opened)
    db.session().flush()
    db.session().add_all(
        Closure(
            help_point_id=point.id, desk_id=desk.id, starts_at=starts_at, ends_at=ends_at,
            reason=opened.title, session_id=opened.id,
        )
        for desk in point.desks
        if desk.id in set(wanted.desk_ids)
    )  # fmt: skip
    db.session().flush()
    return opened


def one(session_id: int, *, by: Agent) -> GroupSession:
    """Of one's own place. Raises NotVisible, Forbidden."""
    require(by, Permission.RECEIVE)
    found = db.session().get(
        GroupSession, session_id,
        options=[
            joinedload(GroupSession.help_point).joinedload(HelpPoint.site),
            joinedload(GroupSession.reason),
        ],
    )  # fmt: skip
    if found is None or found.help_point.site_id != by.team.site_id:
        raise NotVisible.of("workshop.unknown")
    return found


def listed(point: HelpPoint, *, by: Agent, past: bool = False) -> Sequence[GroupSession]:
    """Those to come, the soonest first; or the last fifty. Raises Forbidden."""
    require(by, Permission.RECEIVE)
    query = select(GroupSession).where(GroupSession.help_point_id == point.id)
    if past:
        query = query.where(GroupSession.ends_at <= now()).order_by(GroupSession.starts_at.desc())
    else:
        query = query.where(GroupSession.ends_at > now()).order_by(GroupSession.starts_at)
    return db.session().scalars(query.options(joinedload(GroupSession.reason)).limit(50)).all()


def people_of(workshop: GroupSession) -> Sequence[Appointment]:
    """Who has a place, or had one until the end, by name."""
    query = select(Appointment).where(
        Appointment.session_id == workshop.id, Appointment.state.not_in(FREED)
    )
    rows = db.session().scalars(
        query.options(joinedload(Appointment.person), joinedload(Appointment.reason))
    )
    return sorted(rows, key=lambda one: (one.person.family_name.casefold(), one.id))


def join(workshop: GroupSession, wanted: Booking, *, by: Agent) -> Appointment:
    """Give a place in it, or the one that the same form was given before.

    Raises Conflict ``workshop.full``, ``workshop.over``, ``appointment.already``; Invalid,
    NotVisible, Forbidden.
    """
    before = db.session().scalar(select(Appointment).where(Appointment.key == wanted.key))
    if before is not None:
        return before
    one(workshop.id, by=by)
    check(wanted, by)
    if wanted.instead_of is not None:
        free(wanted.instead_of, AppointmentState.RESCHEDULED, by=by)
    let_go_of_past(wanted.person.id, workshop.reason.group)
    _take(workshop)
    given = Appointment(
        key=wanted.key, code=new_code(), help_point_id=workshop.help_point_id,
        session_id=workshop.id, reason_id=workshop.reason_id, group=workshop.reason.group,
        person_id=wanted.person.id, starts_at=workshop.starts_at, ends_at=workshop.ends_at,
        channel=wanted.channel, booked_by_id=by.id, ticket_id=wanted.ticket_id,
        moved_from_id=wanted.instead_of.id if wanted.instead_of else None,
        note=wanted.note.strip(), needs=dict(wanted.needs),
    )  # fmt: skip
    try:
        with db.session().begin_nested():
            db.session().add(given)
            db.session().flush()
    except IntegrityError as error:
        if broken_constraint(error, _TWICE) == "live":
            raise already(wanted) from error
        raise
    note(given, "booked", by)
    telling.tell(given, telling.GIVEN)
    return given


def call_off(workshop: GroupSession, reason: str, *, by: Agent) -> int:
    """It does not take place: each is told; the desks receive again. How many had a place.

    Raises Invalid ``appointment.why``, Conflict ``workshop.over``, Forbidden.
    """
    require(by, Permission.RECEIVE)
    if not reason.strip():
        raise Invalid.of("appointment.why", "reason")
    called_off = db.session().scalar(
        update(GroupSession)
        .where(GroupSession.id == workshop.id, GroupSession.called_off_at.is_(None))
        .values(called_off_at=now())
        .returning(GroupSession.id)
        .execution_options(synchronize_session=False)
    )
    if called_off is None:
        raise Conflict.of("workshop.over")
    people = [p for p in people_of(workshop) if p.state is AppointmentState.SCHEDULED]
    for appointment in people:
        attendance.cancel(appointment, by_person=False, reason=reason, by=by)
    _give_desks_back(workshop)
    db.session().refresh(workshop)
    return len(people)


def _hours(point: HelpPoint, wanted: Plan) -> tuple[datetime, datetime]:
    assert wanted.day is not None
    assert wanted.starts is not None
    assert wanted.ends is not None
    zone = ZoneInfo(point.timezone)
    begin, end = (datetime.combine(wanted.day, at, zone) for at in (wanted.starts, wanted.ends))
    return begin.astimezone(UTC), end.astimezone(UTC)


def _take(workshop: GroupSession) -> None:
    taken = db.session().scalar(
        update(GroupSession)
        .where(
            GroupSession.id == workshop.id,
            GroupSession.taken < GroupSession.capacity,
            GroupSession.called_off_at.is_(None),
            GroupSession.starts_at > now(),
        )
        .values(taken=GroupSession.taken + 1)
        .returning(GroupSession.id)
        .execution_options(synchronize_session=False)
    )
    db.session().refresh(workshop)
    if taken is None:
        over = workshop.called_off_at is not None or workshop.starts_at <= now()
        raise Conflict.of("workshop.over" if over else "workshop.full", "place")


def _give_desks_back(workshop: GroupSession) -> None:
    first_places.forget(workshop.help_point_id)
    db.session().execute(delete(Closure).where(Closure.session_id == workshop.id))


def _check(point: HelpPoint, wanted: Plan) -> None:
    wrong = []
    if not wanted.title.strip():
        wrong.append(Problem("field.required", "title"))
    if wanted.reason is None:
        wrong.append(Problem("field.choice", "reason"))
    if wanted.day is None:
        wrong.append(Problem("day.missing", "day"))
    elif wanted.day < places.local_day(point, now()):
        wrong.append(Problem("day.past", "day"))
    if wanted.starts is None or wanted.ends is None or wanted.ends <= wanted.starts:
        wrong.append(Problem("hours.backwards", "starts"))
    if wanted.capacity is None or not 1 <= wanted.capacity <= MOST_PEOPLE:
        wrong.append(Problem("workshop.people", "capacity", {"most": MOST_PEOPLE}))
    if wrong:
        raise Invalid(*wrong)
