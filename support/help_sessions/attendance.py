"""The day: who comes, who is received, who is not, and appointments that are given up."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import joinedload

from support.help_sessions import places, telling
from support.help_sessions.booking import Booking, new_code
from support.help_sessions.journal import note
from support.help_sessions.models import (
    FREED,
    LIVE,
    Appointment,
    AppointmentEvent,
    AppointmentReason,
    AppointmentState,
    BookingChannel,
    HelpPoint,
)
from support.help_sessions.states import free, let_go_of_past, move
from support.kernel import db
from support.kernel.errors import Conflict, Invalid, NotVisible
from support.kernel.time import now
from support.people.models import Agent, Person
from support.people.permissions import Permission, may, require

# Why somebody who came could not be helped here.
NOT_SERVED = ("wrong_place", "papers_missing", "late", "no_time", "other")
LATE_FOR = timedelta(minutes=15)  # after that, one who has not come is said not to have
_WHOLE = (
    joinedload(Appointment.person),
    joinedload(Appointment.reason),
    joinedload(Appointment.desk),
    joinedload(Appointment.workshop),
    joinedload(Appointment.help_point).joinedload(HelpPoint.site),
)


def one(appointment_id: int, *, by: Agent) -> Appointment:
    """Of one's own place; for the centre, those that it gave. Raises NotVisible, Forbidden."""
    require(by, Permission.BOOK)
    found = db.session().get(Appointment, appointment_id, options=_WHOLE)
    if found is not None:
        if found.help_point.site_id == by.team.site_id:
            return found
        if by.team.site_id is None and found.channel is BookingChannel.CONTACT_CENTRE:
            return found
    raise NotVisible.of("appointment.unknown")


def of_day(point: HelpPoint, day: date, *, by: Agent) -> Sequence[Appointment]:
    """Those of a local day that were not given up, by hour and desk. Raises Forbidden."""
    return of_days(point, [day], by=by)


def of_days(point: HelpPoint, days: Sequence[date], *, by: Agent) -> Sequence[Appointment]:
    """As :func:`of_day`, for days that follow each other."""
    require(by, Permission.RECEIVE)
    start, end = places.span(point, days)
    query = (
        select(Appointment)
        .where(
            Appointment.help_point_id == point.id,
            Appointment.starts_at >= start,
            Appointment.starts_at < end,
            Appointment.state.not_in(FREED),
        )
        .order_by(Appointment.starts_at, Appointment.desk_id, Appointment.id)
        .options(*_WHOLE[:4])
    )
    return db.session().scalars(query).all()


class Shown(NamedTuple):
    """What a calendar shows of an appointment, and no more: a week may hold thousands."""

    id: int
    starts_at: datetime
    state: AppointmentState
    given_name: str
    family_name: str
    reason: str


def calendar_of(point: HelpPoint, days: Sequence[date], *, by: Agent) -> Sequence[Shown]:
    """Those of days that follow each other, not given up, by hour. Raises Forbidden."""
    require(by, Permission.RECEIVE)
    start, end = places.span(point, days)
    rows = db.session().execute(
        select(
            Appointment.id,
            Appointment.starts_at,
            Appointment.state,
            Person.given_name,
            Person.family_name,
            AppointmentReason.label,
        )
        .join(Person, Person.id == Appointment.person_id)
        .join(AppointmentReason, AppointmentReason.id == Appointment.reason_id)
        .where(
            Appointment.help_point_id == point.id,
            Appointment.starts_at >= start,
            Appointment.starts_at < end,
            Appointment.state.not_in(FREED),
        )
        .order_by(Appointment.starts_at, Appointment.desk_id, Appointment.id)
    )
    return [Shown(*row) for row in rows]


def from_moment(
    point: HelpPoint, moment: datetime, *, by: Agent, after_id: int = 0, limit: int = 50
) -> Sequence[Appointment]:
    """Those of a place from a moment on, by hour: a page of them, after the row ``after_id`` of
    that very moment. For the centre, only those that it gave. Raises Forbidden.
    """
    require(by, Permission.BOOK)
    later = or_(
        Appointment.starts_at > moment,
        and_(Appointment.starts_at == moment, Appointment.id > after_id),
    )
    query = select(Appointment).where(Appointment.help_point_id == point.id, later)
    if by.team.site_id != point.site_id:
        query = query.where(Appointment.channel == BookingChannel.CONTACT_CENTRE)
    query = query.order_by(Appointment.starts_at, Appointment.id).limit(limit)
    return db.session().scalars(query.options(*_WHOLE[:4])).all()


def of_person(person: Person) -> Sequence[Appointment]:
    """Those to come, the next one first."""
    query = (
        select(Appointment)
        .where(
            Appointment.person_id == person.id,
            Appointment.state.in_(LIVE),
            Appointment.ends_at > now(),
        )
        .order_by(Appointment.starts_at)
        .options(*_WHOLE)
    )
    return db.session().scalars(query).all()


def events_of(appointment: Appointment) -> Sequence[AppointmentEvent]:
    query = select(AppointmentEvent).where(AppointmentEvent.appointment_id == appointment.id)
    return db.session().scalars(query.order_by(AppointmentEvent.id)).all()


def known_here(by: Agent) -> ColumnElement[bool]:
    """A condition on Person: they have, or had, an appointment at the agent's own place."""
    here = select(HelpPoint.id).where(HelpPoint.site_id == by.team.site_id).scalar_subquery()
    return exists().where(Appointment.person_id == Person.id, Appointment.help_point_id == here)


def act(appointment: Appointment, to: AppointmentState, *, by: Agent, reason: str = "") -> None:
    """Arrived, being received, done, not served (with why), not come; or a key taken back.

    Raises Invalid ``appointment.why``, Conflict ``appointment.moved``, ``appointment.too_early``;
    Forbidden.
    """
    require(by, Permission.RECEIVE)
    if to in FREED:
        raise Conflict.of("appointment.moved")
    if to is AppointmentState.NOT_SERVED and reason not in NOT_SERVED:
        raise Invalid.of("appointment.why", "reason")
    if to is AppointmentState.NO_SHOW and now() < appointment.starts_at:
        raise Conflict.of("appointment.too_early")
    move(appointment, to, by=by, reason=reason)


def cancel(appointment: Appointment, *, by_person: bool, reason: str, by: Agent) -> None:
    """Given up by the person, or by the service, with why.

    Raises Invalid ``appointment.why``, Conflict ``appointment.moved``, Forbidden.
    """
    require(by, Permission.BOOK)
    if not reason.strip():
        raise Invalid.of("appointment.why", "reason")
    to = AppointmentState.CANCELLED_BY_USER if by_person else AppointmentState.CANCELLED_BY_SERVICE
    free(appointment, to, by=by, reason=reason.strip())
    telling.tell(appointment, telling.CANCELLED)


def walk_in(wanted: Booking, *, by: Agent) -> Appointment:
    """Somebody who came without one: received now, and counted; takes no desk and no quota.

    Raises Conflict ``appointment.already`` when they have one of that group to come.
    """
    require(by, Permission.RECEIVE)
    before = db.session().scalar(select(Appointment).where(Appointment.key == wanted.key))
    if before is not None:
        return before
    let_go_of_past(wanted.person.id, wanted.reason.group)
    live = [one for one in of_person(wanted.person) if one.group == wanted.reason.group]
    if live:
        raise Conflict.of(
            "appointment.already", "person",
            starts_at=live[0].starts_at, place=live[0].help_point.site.name,
        )  # fmt: skip
    came = Appointment(
        key=wanted.key, code=new_code(), help_point_id=wanted.point.id, desk_id=None,
        reason_id=wanted.reason.id, group=wanted.reason.group, person_id=wanted.person.id,
        starts_at=now(), ends_at=now() + timedelta(minutes=wanted.reason.minutes),
        state=AppointmentState.CHECKED_IN, channel=BookingChannel.WALK_IN, booked_by_id=by.id,
        note=wanted.note.strip(), needs=dict(wanted.needs), ticket_id=wanted.ticket_id,
    )  # fmt: skip
    db.session().add(came)
    db.session().flush()
    note(came, "walk_in", by)
    return came


def missed_before(person_ids: Sequence[int]) -> dict[int, int]:
    """How often each did not come, to be said and never held against them by itself."""
    if not person_ids:
        return {}
    rows = db.session().scalars(
        select(Appointment.person_id).where(
            Appointment.person_id.in_(person_ids),
            Appointment.state == AppointmentState.NO_SHOW,
        )
    )
    found: dict[int, int] = {}
    for person_id in rows:
        found[person_id] = found.get(person_id, 0) + 1
    return found


def may_receive(agent: Agent, appointment: Appointment) -> bool:
    at_home = appointment.help_point.site_id == agent.team.site_id
    return at_home and may(agent, Permission.RECEIVE)
