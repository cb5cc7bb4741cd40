"""How urgent: never less than the reason says, and more when a document is about to expire."""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import aliased

from support.catalogue.models import Priority
from support.kernel import db
from support.kernel.time import now
from support.people.models import Person
from support.tickets.authors import SYSTEM
from support.tickets.facts import TicketFact
from support.tickets.journal import note_event
from support.tickets.models import Ticket

SOON = 30  # days
LATER = 90
DOCUMENT = "document_expires"
SILENCE = "silence_near"
SILENCE_MONTHS = 4
SILENCE_NEAR = 15  # days before they are over

_ORDER = tuple(Priority)  # from low to urgent


def of_document(expires_on: date, today: date) -> Priority:
    """Expired: urgent; within 30 days: high; within 90: normal; otherwise low."""
    left = (expires_on - today).days
    if left < 0:
        return Priority.URGENT
    if left <= SOON:
        return Priority.HIGH
    return Priority.NORMAL if left <= LATER else Priority.LOW


def highest(*priorities: Priority) -> Priority:
    return max(priorities, key=_ORDER.index)


def declare_expiry(ticket: Ticket, expires_on: date, today: date) -> None:
    """The end of a document, as the person declared it: on the ticket's priority, with the
    reason kept, and on their file when it says nothing or an earlier date.
    """
    raised = highest(ticket.priority, of_document(expires_on, today))
    if raised is not ticket.priority:
        ticket.priority = raised
        reason: dict[str, Any] = {"code": DOCUMENT, "on": expires_on.isoformat()}
        ticket.priority_reasons = [*(ticket.priority_reasons or ()), reason]
    if ticket.person is not None:
        _on_file(ticket.person, expires_on)


def raise_near(limit: int, after: int = 0) -> tuple[int, int]:
    """Raise, with the reason, the next open tickets for which a date has come near: the end of a
    document, or of the four months after which silence means refusal (CESEDA, R432-1 and R432-2,
    where nothing shorter applies: near, and never computed as certain).

    :returns: how many were raised, and the last ticket looked at; 0 when there is none left.
    """
    today = now().date()
    soon = datetime.combine(today + timedelta(days=SOON), time.max, UTC)
    deposited = aliased(TicketFact)
    filed = [_months_before(today + timedelta(days=n)).isoformat() for n in (0, SILENCE_NEAR)]
    rows = (
        db.session()
        .execute(
            select(Ticket, Person.document_expires_on, deposited.value)
            .outerjoin(Person, Person.id == Ticket.person_id)
            .outerjoin(
                deposited, (deposited.ticket_id == Ticket.id) & (deposited.code == "deposit_date")
            )
            .where(
                Ticket.is_open,
                Ticket.id > after,
                or_(
                    Person.document_expires_on <= soon, deposited.value.between(filed[0], filed[1])
                ),
            )
            .order_by(Ticket.id)
            .limit(limit)
            .with_for_update(of=Ticket)
        )
        .all()
    )
    raised = sum(
        _raise(ticket, expires, filed_on, filed, today) for ticket, expires, filed_on in rows
    )
    db.session().flush()
    return raised, rows[-1][0].id if len(rows) == limit else 0


def _raise(
    ticket: Ticket, expires: datetime | None, filed_on: str | None, near: list[str], today: date
) -> bool:
    reasons: list[tuple[Priority, dict[str, Any]]] = []
    if expires is not None:
        on = expires.date()
        reasons.append((of_document(on, today), {"code": DOCUMENT, "on": on.isoformat()}))
    if filed_on is not None and near[0] <= filed_on <= near[1]:
        reasons.append((Priority.HIGH, {"code": SILENCE, "filed": filed_on}))
    done = False
    for priority, reason in reasons:
        if highest(ticket.priority, priority) is ticket.priority:
            continue
        others = [one for one in ticket.priority_reasons or () if one["code"] != reason["code"]]
        ticket.priority, ticket.priority_reasons = priority, [*others, reason]
        note_event(ticket, "priority_raised", by=SYSTEM, to=priority.value, **reason)
        done = True
    return done


def _months_before(day: date) -> date:
    """The same day four months earlier, or that month's last one."""
    year, month = divmod(day.year * 12 + day.month - 1 - SILENCE_MONTHS, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _on_file(person: Person, expires_on: date) -> None:
    # Noon: the same day in every zone that reads it here.
    instant = datetime.combine(expires_on, time(12), UTC)
    if person.document_expires_on is None or person.document_expires_on < instant:
        person.document_expires_on = instant
