"""Saying what a ticket is about: its reason, its procedure, its subject, its dossier."""

from __future__ import annotations

from dataclasses import dataclass

from support.catalogue.models import ContactReason, Field, Procedure
from support.people.models import Agent
from support.people.permissions import Permission, require
from support.tickets.journal import note_event
from support.tickets.models import Ticket


@dataclass(frozen=True)
class Qualification:
    reason: ContactReason
    procedure: Procedure | None
    dossier_number: str | None = None


def qualify(ticket: Ticket, what: Qualification, *, by: Agent) -> None:
    """Set what the ticket is about. The date already announced to the person stays."""
    require(by, Permission.NOTE)
    was = ticket.reason.label
    ticket.reason, ticket.procedure = what.reason, what.procedure
    ticket.field = what.reason.field or (
        what.procedure.field if what.procedure else Field.RESIDENCE
    )
    ticket.priority = what.reason.priority
    ticket.dossier_number = (what.dossier_number or "").strip()[:30] or None
    note_event(ticket, "qualified", by=by, was=was, to=what.reason.label)
