"""How urgent: never less than the reason says, and more when a document is about to expire."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any

from support.catalogue.models import Priority
from support.people.models import Person
from support.tickets.models import Ticket

SOON = 30  # days
LATER = 90
DOCUMENT = "document_expires"

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


def _on_file(person: Person, expires_on: date) -> None:
    # Noon: the same day in every zone that reads it here.
    instant = datetime.combine(expires_on, time(12), UTC)
    if person.document_expires_on is None or person.document_expires_on < instant:
        person.document_expires_on = instant
