"""What the next level must not have to ask again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from escalation.reading import given_at_opening, last_handover, last_return
from support.catalogue.models import ContactReason
from support.kernel.errors import Problem
from support.tickets.facts import facts_of
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


def items_for(reason: ContactReason, missing: Sequence[str] = ()) -> Sequence[Item]:
    """What a hand-over for this reason asks, required items first. ``missing``: what the next
    level has asked for besides; it is required."""
    asked = [
        Item(i["code"], bool(i.get("required")) or i["code"] in missing) for i in reason.handover
    ]
    asked += [Item(c, required=True) for c in missing if c not in {i.code for i in asked}]
    if not any(i.code == "tried" for i in asked):
        asked.append(Item("tried", required=False))
    return sorted(asked, key=lambda item: not item.required)


def prefilled(ticket: Ticket, said: Mapping[str, str] | None = None) -> dict[str, str]:
    """What is already known, so that nobody types it again: of the person, of the ticket, from
    who opened it, and from the hand-over before this one; not what it came back for.

    ``said``: items in the page's words, made of facts that are no items by themselves.
    """
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
    of_facts = {
        code: f"{fact.day:%d/%m/%Y}" if fact.day else fact.value
        for code, fact in facts_of(ticket).items()
        if code in ITEMS
    }
    of_words = of_facts | dict(said or {})
    all_known = of_file | of_words | given_at_opening(ticket) | last_handover(ticket)
    missing = named_missing(ticket)
    return {code: value for code, value in all_known.items() if code not in missing}


def named_missing(ticket: Ticket) -> dict[str, str]:
    """The items for want of which it came back, each with what had been given for it."""
    returned = last_return(ticket)
    if returned is None:
        return {}
    return {code: str(returned.handover.get(code, "")) for code in returned.missing}


def read_date(typed: str) -> date | None:
    """« 2026-12-31 » or « 31/12/2026 »."""
    for form in ("%Y-%m-%d", "%d/%m/%Y"):
        try:
            return datetime.strptime(typed.strip(), form).date()
        except ValueError:
            continue
    return None


def problems(
    reason: ContactReason,
    question: str,
    given: Mapping[str, str],
    missing: Mapping[str, str] | None = None,
) -> list[Problem]:
    """What is wrong: no question, no item that the next level needs, or, for one of ``missing``
    (see :func:`named_missing`), what it has already called insufficient; no date for a date."""
    found = []
    before = missing or {}
    if len(question.strip()) < LEAST:
        found.append(Problem("handover.question_missing", "question"))
    for item in items_for(reason, tuple(before)):
        typed = given.get(item.code, "").strip()
        if item.required and not typed:
            found.append(Problem("handover.item_missing", item.code, {"item": item.code}))
        elif typed and typed == before.get(item.code, "").strip():
            found.append(Problem("handover.item_unchanged", item.code, {"item": item.code}))
    if (end := given.get("expiry_date", "").strip()) and read_date(end) is None:
        found.append(Problem("handover.bad_date", "expiry_date"))
    return found
