"""What the next level must not have to ask again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from escalation.reading import given_at_opening, last_handover
from support.catalogue.models import ContactReason
from support.kernel.errors import Problem
from support.tickets.models import Ticket

# The items there are; their labels are given by the pages.
ITEMS = (
    "exact_message",
    "step_reached",
    "browser",
    "dates",
    "document_read",
    "tried",
    "expected",
    "account_email",
    "visa_number",
    "dossier_number",
    "expiry_date",
    "consent",
    "screenshot",
)
LEAST = 10  # characters of a question that means something


@dataclass(frozen=True)
class Item:
    code: str
    required: bool


def items_for(reason: ContactReason) -> Sequence[Item]:
    """What a hand-over for this reason asks, required items first."""
    asked = [Item(i["code"], bool(i.get("required"))) for i in reason.handover]
    if not any(i.code == "tried" for i in asked):
        asked.append(Item("tried", required=False))
    return sorted(asked, key=lambda item: not item.required)


def prefilled(ticket: Ticket) -> dict[str, str]:
    """What is already known, so that nobody types it again: of the person, of the ticket, from
    who opened it, and from the hand-over before this one."""
    person = ticket.person
    known = {
        "dossier_number": ticket.dossier_number,
        "account_email": person.email if person else None,
        "expiry_date": (
            f"{person.document_expires_on:%d/%m/%Y}"
            if person and person.document_expires_on
            else None
        ),
    }
    of_file = {code: value for code, value in known.items() if value}
    return of_file | given_at_opening(ticket) | last_handover(ticket)


def problems(reason: ContactReason, question: str, given: Mapping[str, str]) -> list[Problem]:
    """What is missing: the question itself, or an item that the next level needs."""
    found = []
    if len(question.strip()) < LEAST:
        found.append(Problem("handover.question_missing", "question"))
    for item in items_for(reason):
        if item.required and not given.get(item.code, "").strip():
            found.append(Problem("handover.item_missing", item.code, {"item": item.code}))
    return found
