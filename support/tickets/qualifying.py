"""Saying what a ticket is about: its reason, its procedure, its subject, its dossier."""

from __future__ import annotations

from dataclasses import dataclass

from support.catalogue.models import ContactReason, Field, Procedure
from support.kernel.errors import Conflict, Forbidden
from support.people.models import Agent
from support.people.permissions import Permission, require
from support.tickets.assigning import serves
from support.tickets.journal import note_event
from support.tickets.models import Ticket
from support.tickets.replying import fronts


@dataclass(frozen=True)
class Qualification:
    reason: ContactReason
    procedure: Procedure | None
    dossier_number: str | None = None


def qualify(ticket: Ticket, what: Qualification, *, by: Agent) -> None:
    """Set what the ticket is about. The date already announced to the person stays.

    Raises Forbidden ``assign.not_yours``, Conflict ``qualify.closed``.
    """
    require(by, Permission.NOTE)
    if not _in_hand(ticket, by):
        raise Forbidden.of("assign.not_yours")
    if not ticket.is_open:
        raise Conflict.of("qualify.closed")
    was = ticket.reason.label
    ticket.reason, ticket.procedure = what.reason, what.procedure
    ticket.field = what.reason.field or (
        what.procedure.field if what.procedure else Field.RESIDENCE
    )
    ticket.priority = what.reason.priority
    ticket.dossier_number = (what.dossier_number or "").strip()[:30] or None
    note_event(ticket, "qualified", by=by, was=was, to=what.reason.label)


def can_qualify(ticket: Ticket, agent: Agent) -> bool:
    return ticket.is_open and _in_hand(ticket, agent)


def _in_hand(ticket: Ticket, agent: Agent) -> bool:
    """Who says what it is about: the team that has it now, and the one that answers for it."""
    return serves(agent, ticket) or fronts(agent, ticket)
