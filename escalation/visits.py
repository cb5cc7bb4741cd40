"""From a visit to its request and back: the answer returns to where somebody was stuck."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from support.help_sessions import places, ticketed
from support.help_sessions.booking import shown as shown_code
from support.help_sessions.models import Appointment, HelpPoint
from support.kernel import db
from support.kernel.time import now
from support.people.models import Agent
from support.people.permissions import Permission, require
from support.tickets.journal import note_event
from support.tickets.leaving import has_left
from support.tickets.models import Ticket
from support.tickets.timeline import Entry, EntryKind

LOOKED_BACK = timedelta(days=400)  # at visits whose answer is still to be read


@dataclass(frozen=True)
class Back:
    """``answer``: the last reply to the person, None before there is one."""

    appointment: Appointment
    ticket: Ticket
    answer: Entry | None

    @property
    def unread(self) -> bool:
        read = self.appointment.answer_read_id or 0
        return self.answer is not None and self.answer.id > read


def of_visit(appointment: Appointment, *, by: Agent) -> Back | None:
    """The request made at a visit and its answer, for whoever may see the visit.

    Raises Forbidden.
    """
    require(by, Permission.BOOK)
    if appointment.ticket_id is None:
        return None
    ticket = db.session().get(Ticket, appointment.ticket_id)
    return None if ticket is None else Back(appointment, ticket, _last_reply(ticket.id))


def answers_back(point: HelpPoint, *, by: Agent) -> Sequence[Appointment]:
    """The visits of one's place whose request was answered, until somebody has read it.

    Raises Forbidden.
    """
    require(by, Permission.RECEIVE)
    last = (
        select(func.max(Entry.id))
        .outerjoin(Entry.delivery)
        .where(Entry.ticket_id == Appointment.ticket_id, Entry.kind == EntryKind.REPLY, has_left())
        .correlate(Appointment)
        .scalar_subquery()
    )
    query = (
        select(Appointment)
        .where(
            Appointment.help_point_id == point.id,
            Appointment.ticket_id.is_not(None),
            Appointment.starts_at > now() - LOOKED_BACK,
            last > func.coalesce(Appointment.answer_read_id, 0),
        )
        .order_by(Appointment.starts_at)
        .options(joinedload(Appointment.person))
    )
    return db.session().scalars(query).all()


def read(appointment: Appointment, *, by: Agent) -> None:
    """The place has the answer. Raises Forbidden."""
    back = of_visit(appointment, by=by)
    if back is not None and back.answer is not None:
        ticketed.note_read(appointment, back.answer.id, by=by)


def note_given(ticket: Ticket, appointment: Appointment, *, by: Agent) -> None:
    """Write on a request that its person was given a place."""
    note_event(
        ticket, "appointment_given", by=by,
        once_key=f"appointment:{appointment.id}",
        day=places.local_day(appointment.help_point, appointment.starts_at).isoformat(),
        place=appointment.help_point.site.name,
        code=shown_code(appointment.code),
    )  # fmt: skip


def _last_reply(ticket_id: int) -> Entry | None:
    query = (
        select(Entry)
        .outerjoin(Entry.delivery)
        .where(Entry.ticket_id == ticket_id, Entry.kind == EntryKind.REPLY, has_left())
        .order_by(Entry.id.desc())
        .limit(1)
    )
    return db.session().scalar(query)
