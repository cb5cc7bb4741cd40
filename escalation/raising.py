"""Handing a ticket over to the next level, and calling it back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from escalation import agreements, handover
from escalation.chain import ways
from escalation.models import Escalation, EscalationState
from escalation.reading import open_escalations
from escalation.shared_mailbox import posting
from support.kernel import db
from support.kernel.errors import Conflict, Forbidden, Invalid
from support.kernel.time import now
from support.outbox.publishing import publish
from support.people.models import Agent, Team
from support.people.permissions import Permission, require
from support.tickets import promising
from support.tickets.assigning import serves
from support.tickets.authors import Author
from support.tickets.handing import at_home, bring_home, hand_to
from support.tickets.journal import FileDraft, Words, note_event
from support.tickets.models import State, Ticket
from support.tickets.replying import fronts
from support.tickets.states import move


@dataclass(frozen=True)
class HandoverDraft:
    """``given`` maps item codes (handover.ITEMS) to what is known of each. ``files``: for the
    next level, such as a picture of the screen."""

    question: str
    given: Mapping[str, str] = field(default_factory=dict)
    files: Sequence[FileDraft] = ()
    # Said of whoever hands it over, beside the agent: see shared_mailbox.
    facts: Mapping[str, Any] = field(default_factory=dict)


def escalate(ticket: Ticket, to: Team, draft: HandoverDraft, *, by: Agent) -> Escalation:
    """Hand the ticket over to ``to``, and to who is on call there while it is away. The same
    ticket climbs: nothing is told twice.

    Raises Invalid with one problem per missing item, Forbidden ``escalate.not_yours``,
    Conflict ``escalate.not_next`` when the chain does not lead there.
    """
    require(by, Permission.ESCALATE)
    if not serves(by, ticket):
        raise Forbidden.of("escalate.not_yours", team=ticket.team.label)
    on_call = {way.team.id: way.on_call for way in ways(ticket)}
    if to.id not in on_call:
        raise Conflict.of("escalate.not_next", team=to.label)
    missing = handover.named_missing(ticket)
    problems = handover.problems(ticket.reason, draft.question, draft.given, missing)
    if problems:
        raise Invalid(*problems)
    first = at_home(ticket)
    raised = _record(ticket, to, draft, by)
    agreements.begin(ticket, raised)
    _exchange(ticket, raised, draft, by)
    promising.resume(ticket)  # we no longer wait for the person: the promise runs
    move(ticket, State.ESCALATED, by=by, team=to.label, level=to.level)
    hand_to(ticket, to, on_call[to.id])
    if first:  # each time a request climbs again it is the same news: said once an opening
        publish("notice.send", ticket_id=ticket.id, letter="passed_on", about=ticket.reopenings)
    return raised


def withdraw(ticket: Ticket, *, by: Agent) -> None:
    """Call the ticket back to the team that answers. Raises Conflict ``escalate.not_away``."""
    require(by, Permission.ESCALATE)
    if not fronts(by, ticket):
        raise Forbidden.of("escalate.not_yours", team=ticket.home_team.label)
    away = open_escalations(ticket)
    if not away:
        raise Conflict.of("escalate.not_away")
    for escalation in away:
        escalation.state, escalation.ended_at = EscalationState.WITHDRAWN, now()
        escalation.ended_by_id = by.id
    _come_home(ticket, away, by)


def call_off(ticket: Ticket, *, by: Author) -> None:
    """The requester needs the answer no more: whichever level has it, it comes home."""
    if at_home(ticket):
        return
    away = open_escalations(ticket)
    for escalation in away:
        escalation.state, escalation.ended_at = EscalationState.WITHDRAWN, now()
    _come_home(ticket, away, by)


def _come_home(ticket: Ticket, away: Sequence[Escalation], by: Author) -> None:
    agreements.end(ticket)
    for escalation in away:
        posting.call_back(ticket, escalation.to_team)
    note_event(ticket, "withdrawn", by=by, team=ticket.team.label)
    move(ticket, State.IN_PROGRESS, by=by)
    bring_home(ticket)


def _record(ticket: Ticket, to: Team, draft: HandoverDraft, by: Agent) -> Escalation:
    given = {c: v.strip() for c, v in draft.given.items() if c in handover.ITEMS and v.strip()}
    if end := handover.read_date(given.get("expiry_date", "")):
        given["expiry_date"] = f"{end:%d/%m/%Y}"  # as people read dates
    raised = Escalation(
        ticket_id=ticket.id,
        from_team=ticket.team,
        from_agent=by,
        to_team=to,
        question=draft.question.strip(),
        handover=given,
        missing=[],
    )
    db.session().add(raised)
    db.session().flush()
    return raised


def _exchange(ticket: Ticket, raised: Escalation, draft: HandoverDraft, by: Agent) -> None:
    facts = {
        **draft.facts,
        "escalation_id": raised.id,
        "move": "raised",
        "from": raised.from_team.label,
        "to": raised.to_team.label,
        "handover": raised.handover,
    }
    words = Words(raised.question, data=facts, files=draft.files)
    posting.exchange(ticket, words, raised.to_team, due=raised.agreed_until, by=by)
