"""The steps that Relais has seen itself: what the person's tickets, calls and visits prove.

Nobody has to write them down again. Only dates, references and places are read, whoever asks:
what was said in a ticket stays with those who may see it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from escalation.fallback.models import FallbackCase, FallbackStep, StepKind
from escalation.models import Escalation
from support.help_sessions.booking import shown as shown_code
from support.help_sessions.models import Appointment, AppointmentState, HelpPoint
from support.intake.models import Channel
from support.kernel import db
from support.kernel.time import PARIS
from support.people.models import Person
from support.tickets.models import Ticket
from support.tickets.references import shown
from support.tickets.timeline import Entry, EntryKind

CAME = (
    AppointmentState.CHECKED_IN, AppointmentState.IN_PROGRESS, AppointmentState.COMPLETED,
    AppointmentState.NOT_SERVED,
)  # fmt: skip
SAME_CALL = timedelta(hours=1)  # a ticket by telephone, and the call that opened it


@dataclass(frozen=True)
class Proof:
    """One line of the record. ``step``: when somebody wrote it down."""

    on: date
    kind: StepKind
    reference: str
    step: FallbackStep | None = None


def record_of(case: FallbackCase) -> list[Proof]:
    """Every step that stands, by date: those written down, and those that Relais has seen."""
    written = [
        Proof(step.on, step.kind, step.reference, step)
        for step in case.steps
        if step.struck_at is None
    ]
    return sorted([*written, *seen(case.person)], key=lambda p: (p.on, p.kind.value, p.reference))


def seen(person: Person) -> list[Proof]:
    """What Relais knows of a person's steps. Four queries."""
    tickets = db.session().scalars(
        select(Ticket).where(Ticket.person_id == person.id).order_by(Ticket.id)
    )
    by_id = {ticket.id: ticket for ticket in tickets}
    return [
        *(_ticket(ticket) for ticket in by_id.values()),
        *_calls(by_id),
        *_passed_on(by_id),
        *_visits(person),
    ]


def _ticket(ticket: Ticket) -> Proof:
    kind = StepKind.CALL if ticket.channel is Channel.PHONE else StepKind.TICKET
    return Proof(_day(ticket.first_received_at), kind, shown(ticket.reference))


def _calls(tickets: dict[int, Ticket]) -> Sequence[Proof]:
    rows = db.session().execute(
        select(Entry.ticket_id, Entry.created_at).where(
            Entry.ticket_id.in_(tickets), Entry.kind == EntryKind.CALL
        )
    )
    return [
        Proof(_day(at), StepKind.CALL, shown(tickets[ticket_id].reference))
        for ticket_id, at in rows
        if tickets[ticket_id].channel is not Channel.PHONE
        or at - tickets[ticket_id].first_received_at > SAME_CALL
    ]


def _passed_on(tickets: dict[int, Ticket]) -> Sequence[Proof]:
    rows = db.session().execute(
        select(Escalation.ticket_id, Escalation.raised_at).where(Escalation.ticket_id.in_(tickets))
    )
    return [
        Proof(_day(at), StepKind.ANOMALY, shown(tickets[ticket_id].reference))
        for ticket_id, at in rows
    ]


def _visits(person: Person) -> Sequence[Proof]:
    rows = db.session().scalars(
        select(Appointment)
        .where(Appointment.person_id == person.id, Appointment.state.in_(CAME))
        .options(joinedload(Appointment.help_point).joinedload(HelpPoint.site))
    )
    return [
        Proof(
            _day(visit.starts_at), StepKind.VISIT,
            f"{shown_code(visit.code)}, {visit.help_point.site.name}",
        )
        for visit in rows
    ]  # fmt: skip


def _day(at: datetime) -> date:
    return at.astimezone(PARIS).date()
