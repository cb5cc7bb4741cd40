"""Opening a ticket: the same verb for the form, the telephone, the mail and the referent."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.exc import IntegrityError

from support.catalogue.models import ContactReason, Field, Procedure
from support.intake.models import Channel
from support.kernel import db
from support.kernel.errors import Invalid
from support.kernel.time import now
from support.outbox.publishing import publish
from support.people.models import Agent, Person, Team
from support.people.permissions import Permission, require
from support.tickets import promising
from support.tickets.authors import Author, agent_of
from support.tickets.handing import front_team, let_see
from support.tickets.journal import Words, note_event, write
from support.tickets.models import Ticket
from support.tickets.references import new_reference
from support.tickets.timeline import EntryKind

DRAWS = 20  # a month would need millions of tickets before two draws meet twice in a row


@dataclass(frozen=True)
class TicketDraft:
    """A ticket to be. Exactly one of ``person`` and ``requester_agent`` is given.

    ``kind``: what the first words are (a call is a note of what was said).
    ``acknowledge``: whether an acknowledgement may go out (never to robots).
    """

    subject: str
    words: Words
    reason: ContactReason
    channel: Channel
    procedure: Procedure | None = None
    person: Person | None = None
    requester_agent: Agent | None = None
    team: Team | None = None
    language: str = "fr"
    department: str | None = None
    dossier_number: str | None = None
    kind: EntryKind = EntryKind.MESSAGE
    acknowledge: bool = True
    first_received_at: datetime | None = None


def open_ticket(draft: TicketDraft, *, by: Author) -> Ticket:
    """Create the ticket with its first entry, its owner and its promised date.

    Raises Forbidden when ``by`` is an agent who may not, Invalid ``ticket.empty`` when nothing
    is said. The acknowledgement leaves by the outbox, once.
    """
    _require_right(draft, by)
    if not draft.words.text.strip() and not draft.words.files:
        raise Invalid.of("ticket.empty", "text")
    ticket = _insert(draft, by)
    let_see(ticket, ticket.team)
    if draft.requester_agent is not None:
        let_see(ticket, draft.requester_agent.team)  # the referents follow what their site asked
    note_event(ticket, "opened", by=by, channel=draft.channel.value, team=ticket.team.label)
    write(ticket, draft.kind, draft.words, by=by)
    promising.promise(ticket)
    db.session().flush()
    if draft.acknowledge:
        publish("notice.send", ticket_id=ticket.id, letter="acknowledgement")
    return ticket


def _require_right(draft: TicketDraft, by: Author) -> None:
    agent = agent_of(by)
    if agent is None:
        return
    own = draft.requester_agent is not None
    require(agent, Permission.REPORT_ISSUES if own else Permission.OPEN_TICKETS)


def _insert(draft: TicketDraft, by: Author) -> Ticket:
    session = db.session()
    for _ in range(DRAWS):
        ticket = _ticket(draft, by)
        try:
            with session.begin_nested():
                session.add(ticket)
            return ticket
        except IntegrityError as error:
            if "reference" not in str(error.orig):
                raise
    raise RuntimeError("no free reference found")


def _ticket(draft: TicketDraft, by: Author) -> Ticket:
    instant = now()
    reference = new_reference(instant)
    team = draft.team or front_team(reference, for_referent=draft.requester_agent is not None)
    agent = agent_of(by)
    owner = agent if agent is not None and agent.team_id == team.id else None
    return Ticket(
        reference=reference,
        subject=(draft.subject.strip() or draft.reason.label)[:250],
        channel=draft.channel,
        language=draft.language,
        person=draft.person,
        requester_agent=draft.requester_agent,
        opened_by_id=agent.id if agent else None,
        procedure=draft.procedure,
        reason=draft.reason,
        field=_field(draft),
        priority=draft.reason.priority,
        department=draft.department,
        dossier_number=(draft.dossier_number or "").strip()[:30] or None,
        level=team.level,
        team=team,
        team_since=instant,
        owner=owner,
        home_team=team,
        home_owner=owner,
        created_at=instant,
        updated_at=instant,
        first_received_at=draft.first_received_at or instant,
        follow_salt=secrets.token_urlsafe(12),
    )


def _field(draft: TicketDraft) -> Field:
    if draft.reason.field is not None:
        return draft.reason.field
    return draft.procedure.field if draft.procedure else Field.RESIDENCE
