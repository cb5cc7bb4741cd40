"""The appointments of a desk as a calendar that other programs read, under a secret address.

Calendars are kept by programs that are not ours: they are given hours, codes and reasons, and
nobody's name.
"""

from __future__ import annotations

import secrets
from datetime import timedelta

from icalendar import Calendar, Event
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from support.help_sessions import places
from support.help_sessions.booking import shown
from support.help_sessions.models import FREED, Appointment, Desk, HelpPoint
from support.kernel import db
from support.kernel.errors import NotVisible
from support.kernel.time import now
from support.people import links
from support.people.models import Agent
from support.people.permissions import Permission, require

PURPOSE = "desk"
BEFORE = timedelta(days=31)
OFTEN = timedelta(minutes=15)  # how often programs are asked to look again


def publish(desk: Desk, *, by: Agent) -> None:
    """Give the desk a new address; one that it had before opens nothing any more.

    Raises Forbidden.
    """
    require(by, Permission.SET_UP_SITE)
    desk.feed_salt = secrets.token_urlsafe(12)
    db.session().flush()


def withdraw(desk: Desk, *, by: Agent) -> None:
    """Its address opens nothing any more. Raises Forbidden."""
    require(by, Permission.SET_UP_SITE)
    desk.feed_salt = None
    db.session().flush()


def desk_of(point: HelpPoint, desk_id: int) -> Desk:
    """Raises NotVisible."""
    found = next((desk for desk in point.desks if desk.id == desk_id), None)
    if found is None:
        raise NotVisible.of("help_point.unknown")
    return found


def token_of(desk: Desk) -> str | None:
    """The secret part of its address, when it has one."""
    return links.sign(PURPOSE, desk.id, desk.feed_salt) if desk.feed_salt else None


def feed(token: str) -> bytes:
    """The calendar (RFC 5545), from a month ago to as far as places are given.

    Raises NotVisible.
    """
    read = links.read(PURPOSE, token)
    desk = db.session().get(Desk, read[0]) if read else None
    if read is None or desk is None or not desk.feed_salt or desk.feed_salt != read[1]:
        raise NotVisible.of("help_point.unknown")
    point = places.one_of(desk.help_point_id)
    calendar = Calendar()
    calendar.add("prodid", "-//Relais//FR")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", f"{point.site.name}, {desk.name}")
    calendar.add("refresh-interval", OFTEN, parameters={"value": "DURATION"})
    for appointment in _appointments(desk, point):
        calendar.add_component(_event(appointment))
    return bytes(calendar.to_ical())


def _appointments(desk: Desk, point: HelpPoint) -> list[Appointment]:
    query = (
        select(Appointment)
        .where(
            Appointment.desk_id == desk.id,
            Appointment.help_point_id == point.id,
            Appointment.starts_at > now() - BEFORE,
            Appointment.state.not_in(FREED),
        )
        .order_by(Appointment.starts_at)
        .options(joinedload(Appointment.reason))
    )
    return list(db.session().scalars(query))


def _event(appointment: Appointment) -> Event:
    event = Event()
    event.add("uid", f"appointment-{appointment.id}-{appointment.code}@relais")
    event.add("dtstamp", appointment.booked_at)
    event.add("dtstart", appointment.starts_at)
    event.add("dtend", appointment.ends_at)
    event.add("summary", f"{appointment.reason.label} ({shown(appointment.code)})")
    event.add("class", "PRIVATE")
    return event
