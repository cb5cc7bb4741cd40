"""What happened to an appointment, and who made it happen."""

from __future__ import annotations

from support.help_sessions.models import Appointment, AppointmentEvent
from support.kernel import db
from support.people.models import Agent


def note(appointment: Appointment, event: str, by: Agent | None, reason: str = "") -> None:
    """Write one event. ``by`` None: the person themselves, or Relais."""
    db.session().add(
        AppointmentEvent(
            appointment_id=appointment.id,
            event=event,
            agent_id=by.id if by else None,
            reason=reason[:200],
        )
    )
    db.session().flush()
