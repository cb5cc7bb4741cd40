"""Word to each who asked that an issue has ended: on the ticket, by letter, and closed with it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from escalation import raising
from escalation.known_issues.models import IssueState, KnownIssue
from support.kernel import db
from support.outbox.publishing import publish
from support.tickets.authors import SYSTEM
from support.tickets.closing import close_by_itself
from support.tickets.journal import note_event, written
from support.tickets.models import ClosedHow, Ticket
from support.tickets.visibility import PAGE, hold

LETTER = "issue_ended"


def tell_ticket(payload: Mapping[str, Any]) -> None:
    """The ticket ``payload["ticket_id"]`` of ``payload["issue_id"]``. Safe to run twice.

    Whoever was answered meanwhile (« we will tell you ») is told like the others.
    """
    session = db.session()
    issue = session.get(KnownIssue, int(payload["issue_id"]))
    ticket = session.get(Ticket, int(payload["ticket_id"]), options=PAGE)
    once = f"issue:{payload['issue_id']}:{payload['round']}:{payload['ticket_id']}"
    if issue is None or ticket is None:
        return
    hold(ticket)
    if written(once):
        return
    facts = {"issue_id": issue.id, "title": issue.title, "explanation": issue.ending}
    fixed = issue.state is not IssueState.KEPT
    told = note_event(ticket, "issue_ended", by=SYSTEM, once_key=once, fixed=fixed, **facts)
    publish("notice.send", ticket_id=ticket.id, letter=LETTER, about=told.id)
    if payload.get("close") and ticket.is_open:
        raising.call_off(ticket, by=SYSTEM)
        close_by_itself(ticket, ClosedHow.ANSWERED)
