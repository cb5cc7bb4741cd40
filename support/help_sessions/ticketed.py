"""Appointments and the requests that they are about: only the numbers of these are known here."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select, update
from sqlalchemy.orm import joinedload

from support.help_sessions.models import Appointment, HelpPoint
from support.kernel import db
from support.people.models import Agent
from support.people.permissions import Permission, require


def tie(appointment_id: int, ticket_id: int, person_id: int | None, *, by: Agent) -> None:
    """The request was made at that visit of that person, at the agent's own place; the first one
    stays. A form that names somebody else's visit ties nothing.

    Raises Forbidden.
    """
    require(by, Permission.RECEIVE)
    here = select(HelpPoint.id).where(HelpPoint.site_id == by.team.site_id).scalar_subquery()
    db.session().execute(
        update(Appointment)
        .where(
            Appointment.id == appointment_id,
            Appointment.help_point_id == here,
            Appointment.person_id == person_id,
            Appointment.ticket_id.is_(None),
        )
        .values(ticket_id=ticket_id)
        .execution_options(synchronize_session=False)
    )


def of_ticket(ticket_id: int) -> Sequence[Appointment]:
    """Those that are about a request, the last one first. Who may see it is asked before."""
    query = (
        select(Appointment)
        .where(Appointment.ticket_id == ticket_id)
        .order_by(Appointment.starts_at.desc(), Appointment.id.desc())
        .options(joinedload(Appointment.help_point).joinedload(HelpPoint.site))
    )
    return db.session().scalars(query).all()


def note_read(appointment: Appointment, entry_id: int, *, by: Agent) -> None:
    """The place has read the answer, as far as this entry of it. Raises Forbidden."""
    require(by, Permission.RECEIVE)
    appointment.answer_read_id = max(appointment.answer_read_id or 0, entry_id)
    db.session().flush()
