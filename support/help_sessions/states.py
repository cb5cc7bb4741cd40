"""What becomes of an appointment: the allowed moves, and the only place that makes them."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import delete, select, update

from support.help_sessions import first_places, quotas
from support.help_sessions.journal import note
from support.help_sessions.models import (
    LIVE,
    Appointment,
    AppointmentState,
    GroupSession,
    HelpPoint,
    SlotClaim,
)
from support.kernel import db
from support.kernel.errors import Conflict
from support.kernel.time import now
from support.people.models import Agent

S = AppointmentState
MOVES: Mapping[AppointmentState, frozenset[AppointmentState]] = {
    S.SCHEDULED: frozenset(
        {
            S.CHECKED_IN,
            S.NO_SHOW,
            S.CANCELLED_BY_USER,
            S.CANCELLED_BY_SERVICE,
            S.RESCHEDULED,
            S.UNRECORDED,
        }
    ),
    # A key pressed by mistake is taken back by the move the other way.
    S.CHECKED_IN: frozenset({S.IN_PROGRESS, S.COMPLETED, S.NOT_SERVED, S.SCHEDULED, S.UNRECORDED}),
    S.IN_PROGRESS: frozenset({S.COMPLETED, S.NOT_SERVED, S.CHECKED_IN, S.UNRECORDED}),
    S.UNRECORDED: frozenset({S.COMPLETED, S.NO_SHOW, S.NOT_SERVED, S.CHECKED_IN}),
    S.COMPLETED: frozenset({S.IN_PROGRESS}),
    S.NOT_SERVED: frozenset({S.CHECKED_IN}),
    S.NO_SHOW: frozenset({S.CHECKED_IN, S.SCHEDULED}),  # came after all; or pressed by mistake
    S.CANCELLED_BY_USER: frozenset(),
    S.CANCELLED_BY_SERVICE: frozenset(),
    S.RESCHEDULED: frozenset(),
}


def move(
    appointment: Appointment, to: AppointmentState, *, by: Agent | None, reason: str = ""
) -> None:
    """Put it in state ``to`` and write so.

    Raises Conflict ``appointment.moved`` when it is not where the mover saw it, or may not go
    there from where it is.
    """
    was = appointment.state
    if to not in MOVES[was]:
        raise Conflict.of("appointment.moved")
    moved = db.session().scalar(
        update(Appointment)
        .where(Appointment.id == appointment.id, Appointment.state == was)
        .values(state=to, outcome=reason[:200])
        .returning(Appointment.id)
        .execution_options(synchronize_session=False)
    )
    if moved is None:
        raise Conflict.of("appointment.moved")
    db.session().refresh(appointment)
    note(appointment, to.value, by, reason)


def let_go_of_past(person_id: int, group: str) -> None:
    """What is over, and was never said to be, must not keep the person from another place.

    It is not held to be a no-show: nobody knows. It stays to be filled in.
    """
    past = db.session().scalars(
        select(Appointment).where(
            Appointment.person_id == person_id,
            Appointment.group == group,
            Appointment.state.in_(LIVE),
            Appointment.ends_at < now(),
        )
    )
    for appointment in past.all():
        move(appointment, S.UNRECORDED, by=None)


def free(
    appointment: Appointment, to: AppointmentState, *, by: Agent | None, reason: str = ""
) -> None:
    """As :func:`move`, to a state that gives the place back: the desk, and the week's quota."""
    move(appointment, to, by=by, reason=reason)
    session = db.session()
    first_places.forget(appointment.help_point_id)
    if appointment.session_id is not None:
        session.execute(
            update(GroupSession)
            .where(GroupSession.id == appointment.session_id, GroupSession.taken > 0)
            .values(taken=GroupSession.taken - 1)
            .execution_options(synchronize_session=False)
        )
    session.execute(delete(SlotClaim).where(SlotClaim.appointment_id == appointment.id))
    if appointment.starts_at > now():
        quotas.give_back(appointment.quota_ids)
    point = session.get_one(HelpPoint, appointment.help_point_id)
    wait = point.release_least + secrets.randbelow(
        max(0, point.release_most - point.release_least) + 1
    )
    appointment.public_from = now() + timedelta(minutes=wait)
    session.flush()
