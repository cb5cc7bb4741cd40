"""Appointments that people take by themselves: open to whom a place opens it, and not for sale.

Places have been taken by robots and sold. So: one live appointment for one name, whatever number
or address is given beside it; the name is checked at the door; what is given back comes free again
only after a while, drawn (``HelpPoint.release_least``); and nobody gets many for one number.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from support.help_sessions import telling
from support.help_sessions.booking import Booking, book
from support.help_sessions.models import (
    LIVE,
    Appointment,
    AppointmentReason,
    AppointmentState,
    HelpPoint,
)
from support.help_sessions.states import free
from support.kernel import db
from support.kernel.errors import Conflict, NotVisible
from support.kernel.time import now
from support.people import links
from support.people.identifying import Identity
from support.people.models import Person, PersonContact, Site

PURPOSE = "appointment"
CANCEL_UNTIL = timedelta(hours=4)  # before it begins
MOST_AT_ONE = 4  # live appointments at one number or address: a family's


def open_points() -> Sequence[HelpPoint]:
    """The places where the public may book, by département and name."""
    query = (
        select(HelpPoint)
        .join(HelpPoint.site)
        .where(HelpPoint.public_booking, HelpPoint.active)
        .options(contains_eager(HelpPoint.site), selectinload(HelpPoint.desks))
        .order_by(Site.department, Site.name)
    )
    return db.session().scalars(query).all()


def public_reasons() -> Sequence[AppointmentReason]:
    query = select(AppointmentReason).where(AppointmentReason.active, AppointmentReason.public)
    return db.session().scalars(query.order_by(AppointmentReason.position)).all()


def take_place(wanted: Booking, who: Identity) -> Appointment:
    """As ``booking.book``, for ``who`` by themselves.

    Raises Conflict ``appointment.yours_already``, ``appointment.many``, and as ``book`` does;
    Forbidden.
    """
    known = db.session().scalar(select(Appointment).where(Appointment.key == wanted.key))
    if known is not None:
        return known
    _refuse_second(who, wanted.reason.group)
    try:
        return book(wanted, by=None)
    except Conflict as refusal:
        # What a colleague reads of a full week, or of somebody's appointments, is not for all.
        said = {
            "appointment.quota_full": "appointment.taken",
            "appointment.already": "appointment.yours_already",
        }.get(refusal.code)
        if said is None:
            raise
        raise Conflict.of(said, "place") from refusal


def token_of(appointment: Appointment) -> str:
    """The secret of its page."""
    return links.sign(PURPOSE, appointment.id, appointment.code)


def by_token(token: str) -> Appointment:
    """Raises NotVisible."""
    read = links.read(PURPOSE, token)
    found = None
    if read is not None:
        found = db.session().get(
            Appointment,
            read[0],
            options=(
                joinedload(Appointment.person),
                joinedload(Appointment.reason),
                joinedload(Appointment.help_point).joinedload(HelpPoint.site),
            ),
        )
    if read is None or found is None or found.code != read[1]:
        raise NotVisible.of("appointment.unknown")
    return found


def may_give_back(appointment: Appointment) -> bool:
    in_time = appointment.starts_at - CANCEL_UNTIL > now()
    return appointment.state is AppointmentState.SCHEDULED and in_time


def give_back(appointment: Appointment) -> None:
    """The person does not come. Raises Conflict ``appointment.too_late``."""
    if not may_give_back(appointment):
        raise Conflict.of("appointment.too_late")
    free(appointment, AppointmentState.CANCELLED_BY_USER, by=None)
    telling.tell(appointment, telling.CANCELLED)


def _refuse_second(who: Identity, group: str) -> None:
    """The same name with the same number, address or foreigner number has one already."""
    given = [value for value in (who.email, who.phone) if value]
    reached = select(PersonContact.person_id).where(PersonContact.value.in_(given))
    theirs: list[ColumnElement[bool]] = [Person.id.in_(reached)] if given else []
    if who.foreigner_number:
        theirs.append(Person.foreigner_number == who.foreigner_number)
    live = (
        select(Appointment.person_id, Person.search_name, Appointment.group)
        .join(Person, Person.id == Appointment.person_id)
        .where(Appointment.state.in_(LIVE), Appointment.ends_at > now(), or_(*theirs))
    )
    rows = db.session().execute(live).all()
    words = sorted(who.folded.split())
    if any(sorted(row[1].split()) == words and row[2] == group for row in rows):
        raise Conflict.of("appointment.yours_already", "place")
    if len(rows) >= MOST_AT_ONE:
        raise Conflict.of("appointment.many", "place", most=MOST_AT_ONE)
