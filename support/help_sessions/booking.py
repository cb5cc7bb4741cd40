"""Giving an appointment, so that no desk and no week is given twice: the database refuses it."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from stdnum import damm

from support.help_sessions import first_places, offering, places, quotas, telling, waiting
from support.help_sessions.journal import note
from support.help_sessions.models import (
    LIVE,
    Appointment,
    AppointmentReason,
    AppointmentState,
    BookingChannel,
    HelpPoint,
    SlotClaim,
)
from support.help_sessions.offering import Asked
from support.help_sessions.slots import Slot, quanta
from support.help_sessions.states import free, let_go_of_past
from support.kernel import db
from support.kernel.errors import Conflict, Forbidden, Invalid, broken_constraint
from support.kernel.time import now
from support.people.models import Agent, Person
from support.people.permissions import Permission, require

LONGEST_NOTE = 400
_TWICE = {
    "uq_appointment_key": "key",
    "appointment.key": "key",
    "uq_appointment_code": "code",
    "appointment.code": "code",
    "uq_appointment_live": "live",
    "appointment.person_id": "live",
    "pk_slot_claim": "desk",
    "slot_claim.desk_id": "desk",
    "ex_appointment_desk": "desk",
}
_DRAWS = 5  # of a code that somebody has already


@dataclass(frozen=True)
class Booking:
    """What is asked for. ``key``: drawn once per form. ``beyond``: why the week's quota is passed.

    ``instead_of``: the appointment that this one replaces.
    """

    key: str
    point: HelpPoint
    reason: AppointmentReason
    starts_at: datetime
    person: Person
    channel: BookingChannel
    note: str = ""
    needs: Mapping[str, Any] = field(default_factory=dict)
    ticket_id: int | None = None
    beyond: str = ""
    instead_of: Appointment | None = None


def book(wanted: Booking, *, by: Agent | None) -> Appointment:
    """Give the place, or the appointment that the same form was given before.

    Raises Conflict ``appointment.taken``, ``appointment.quota_full``, ``appointment.already``
    (with ``starts_at`` and ``place``), ``appointment.closed_now``; Invalid
    ``appointment.note_long``, ``appointment.somebody_else`` (moved to another person); Forbidden
    ``appointment.beyond`` for an agent of elsewhere.
    """
    before = _given(wanted.key)
    if before is not None:
        return before
    check(wanted, by)
    if wanted.instead_of is not None:
        # First, since it may be what fills the week; the caller undoes it when nothing is given.
        free(wanted.instead_of, AppointmentState.RESCHEDULED, by=by)
    let_go_of_past(wanted.person.id, wanted.reason.group)
    slot = _offered(wanted)
    taken = quotas.take(
        wanted.point, wanted.reason.group, wanted.channel,
        places.monday_of(places.local_day(wanted.point, slot.start)), beyond=bool(wanted.beyond),
    )  # fmt: skip
    for desk_id in slot.desks:
        given = _give(wanted, slot, desk_id, taken, by)
        if given is not None:
            return given
    raise Conflict.of("appointment.taken", "place")


def check(wanted: Booking, by: Agent | None) -> None:
    """Whether it may be asked for at all. Raises as :func:`book` does."""
    if by is None:
        if not wanted.point.public_booking:
            raise Forbidden.of("appointment.not_here")
    else:
        require(by, Permission.BOOK)
        if wanted.beyond and by.team.site_id != wanted.point.site_id:
            # How many a week is the place's own to say.
            raise Forbidden.of("appointment.beyond")
    old = wanted.instead_of
    if old is not None and old.person_id != wanted.person.id:
        raise Invalid.of("appointment.somebody_else", "person")
    if len(wanted.note) > LONGEST_NOTE:
        raise Invalid.of("appointment.note_long", "note", most=LONGEST_NOTE)
    at_work = wanted.channel in (BookingChannel.PHONE, BookingChannel.COUNTER)
    if not at_work and not places.takes_bookings(wanted.point, wanted.channel, now()):
        raise Conflict.of("appointment.closed_now")


def _offered(wanted: Booking) -> Slot:
    """The place as it is offered at this moment: a form may ask for anything."""
    asked = Asked(wanted.point, wanted.reason, wanted.channel, bool(wanted.beyond))
    day = places.local_day(wanted.point, wanted.starts_at)
    for slot in offering.of_days(asked, [day]):
        if slot.start == wanted.starts_at:
            return slot
    if not wanted.beyond:
        monday = places.monday_of(day)
        left = quotas.left(wanted.point, wanted.reason.group, wanted.channel, [monday])
        if left[monday] == 0:
            raise Conflict.of("appointment.quota_full", "place", monday=monday)
    raise Conflict.of("appointment.taken", "place")


def _give(
    wanted: Booking, slot: Slot, desk_id: int, taken: list[int], by: Agent | None
) -> Appointment | None:
    """The appointment at that desk; None when somebody has it since."""
    session, old = db.session(), wanted.instead_of
    for _draw in range(_DRAWS):
        given = Appointment(
            key=wanted.key, code=new_code(), help_point_id=wanted.point.id, desk_id=desk_id,
            reason_id=wanted.reason.id, group=wanted.reason.group, person_id=wanted.person.id,
            starts_at=slot.start, ends_at=slot.end, channel=wanted.channel,
            booked_by_id=by.id if by else None, moved_from_id=old.id if old else None,
            ticket_id=wanted.ticket_id or (old.ticket_id if old else None),
            note=wanted.note.strip(), needs=dict(wanted.needs), quota_ids=taken,
            over_quota=wanted.beyond.strip(),
        )  # fmt: skip
        try:
            with session.begin_nested():
                session.add(given)
                session.flush()
                session.add_all(
                    SlotClaim(desk_id=desk_id, quantum=five, appointment_id=given.id)
                    for five in quanta(slot.start, slot.end)
                )
                session.flush()
        except IntegrityError as error:
            match broken_constraint(error, _TWICE):
                case "desk":
                    return None
                case "code":
                    continue
                case "key":
                    raise Conflict.of("appointment.sent_twice") from error
                case "live":
                    raise already(wanted) from error
            raise
        first_places.note_taken(given.help_point_id, given.starts_at)
        note(given, "booked", by)
        telling.tell(given, telling.GIVEN)
        waiting.served(given.help_point_id, given.person_id)
        return given
    raise RuntimeError("no free code for an appointment")


def _given(key: str) -> Appointment | None:
    return db.session().scalar(select(Appointment).where(Appointment.key == key))


def already(wanted: Booking) -> Conflict:
    """The refusal of a second one: they have this one to come."""
    live = db.session().scalar(
        select(Appointment).where(
            Appointment.person_id == wanted.person.id,
            Appointment.group == wanted.reason.group,
            Appointment.state.in_(LIVE),
        )
    )
    if live is None:
        return Conflict.of("appointment.taken", "place")
    return Conflict.of(
        "appointment.already", "person", starts_at=live.starts_at, place=live.help_point.site.name
    )


def new_code() -> str:
    """Eight digits to read out: seven drawn, one that tells a slip of the tongue."""
    drawn = f"{secrets.randbelow(10**7):07d}"
    return drawn + str(damm.calc_check_digit(drawn))


def shown(code: str) -> str:
    return f"{code[:4]}-{code[4:]}"
