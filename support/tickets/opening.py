"""Opening a ticket: the same verb for the form, the telephone, the mail and the referent."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from support.catalogue.models import ContactReason, Field, Procedure
from support.intake.models import Channel
from support.kernel import db
from support.kernel.errors import Invalid
from support.kernel.numbering import reserve
from support.kernel.time import now
from support.kernel.writing import write_new, write_values
from support.outbox.publishing import publish_all
from support.people.models import Agent, Person, Team
from support.people.permissions import Permission, require
from support.tickets import first_words, promising
from support.tickets.authors import Author, agent_of
from support.tickets.handing import front_teams, share
from support.tickets.journal import Words, values_happened, values_of_file, values_said
from support.tickets.models import Ticket, TicketAccess
from support.tickets.references import new_reference
from support.tickets.timeline import Attachment, Entry, EntryKind

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


Request = tuple[TicketDraft, Author]


def open_ticket(draft: TicketDraft, *, by: Author) -> Ticket:
    """Create the ticket with its first entry, its owner and its promised date.

    Raises Forbidden when ``by`` is an agent who may not, Invalid ``ticket.empty`` when nothing
    is said. The acknowledgement leaves by the outbox, once.
    """
    return open_tickets([(draft, by)])[0]


def open_tickets(requests: Sequence[Request]) -> list[Ticket]:
    """As :func:`open_ticket` for each, in as many statements as for one. All or none.

    Of several, the tickets are only to be read.
    """
    for draft, by in requests:
        _require_right(draft, by)
        if not draft.words.text.strip() and not draft.words.files:
            raise Invalid.of("ticket.empty", "text")
    # Numbered ahead: a ticket names its newest entry, which names the ticket. It is then
    # written once, not written and changed.
    entry_ids = reserve(Entry, 2 * len(requests))
    pairs = list(zip(entry_ids[::2], entry_ids[1::2], strict=True))
    tickets = _insert(requests, last_entry_ids=[last for _, last in pairs])
    access: list[dict[str, Any]] = []
    lines: list[dict[str, Any]] = []
    files: list[dict[str, Any]] = []
    letters: list[tuple[str | None, dict[str, Any]]] = []
    for ticket, (draft, by), (first, last) in zip(tickets, requests, pairs, strict=True):
        access += _access(ticket, draft)
        lines += _first_lines(ticket, draft, by, first, last)
        files += [{**values_of_file(file), "entry_id": last} for file in draft.words.files]
        if draft.acknowledge:
            letters.append((None, {"ticket_id": ticket.id, "letter": "acknowledgement"}))
    write_values(TicketAccess, access)
    write_values(Entry, lines)
    write_values(Attachment, files)
    publish_all("notice.send", letters)
    return tickets


def _access(ticket: Ticket, draft: TicketDraft) -> list[dict[str, Any]]:
    # The referents follow what their site asked.
    asking = {draft.requester_agent.team_id} if draft.requester_agent is not None else set()
    return [{"ticket_id": ticket.id, "team_id": one} for one in sorted({ticket.team_id, *asking})]


def _first_lines(
    ticket: Ticket, draft: TicketDraft, by: Author, first: int, last: int
) -> tuple[dict[str, Any], dict[str, Any]]:
    facts = {"channel": draft.channel.value, "team": ticket.team.label}
    opened = values_happened(ticket, "opened", by=by, **facts)
    words = values_said(ticket, draft.kind, draft.words, by=by)
    return {**opened, "id": first}, {**words, "id": last}


def _require_right(draft: TicketDraft, by: Author) -> None:
    agent = agent_of(by)
    if agent is None:
        return
    own = draft.requester_agent is not None
    require(agent, Permission.REPORT_ISSUES if own else Permission.OPEN_TICKETS)


def _insert(requests: Sequence[Request], *, last_entry_ids: Sequence[int]) -> list[Ticket]:
    """The rows, each under a reference that the database has agreed to, and their clocks."""
    session = db.session()
    fronts = {
        referent: front_teams(for_referent=referent)
        for referent in {
            draft.requester_agent is not None for draft, _ in requests if draft.team is None
        }
    }
    numbers = reserve(Ticket, len(requests))
    for _ in range(DRAWS):
        instant = now()
        references = _draw(instant, len(requests))
        tickets = [
            _ticket(draft, by, instant, reference, fronts)
            for (draft, by), reference in zip(requests, references, strict=True)
        ]
        for ticket, own, last in zip(tickets, numbers, last_entry_ids, strict=True):
            ticket.id, ticket.last_entry_id = own, last
        clocks = promising.promised(tickets)
        begun = first_words.begun(tickets, [draft.acknowledge for draft, _ in requests])
        try:
            with session.begin_nested():
                if len(tickets) > 1:
                    write_new(tickets)
                else:
                    session.add_all(tickets)
        except IntegrityError as error:
            if "reference" not in str(error.orig):
                raise
        else:
            if len(tickets) > 1:
                write_new(clocks)
            else:
                session.add_all(clocks)
            write_new(begun)
            return tickets
    raise RuntimeError("no free reference found")


def _draw(instant: datetime, number: int) -> list[str]:
    """References for so many tickets. One alone is simply tried; of many, some would be taken."""
    drawn: dict[str, None] = {}
    for _ in range(DRAWS):
        fresh = {new_reference(instant): None for _ in range(number - len(drawn))}
        if number > 1:
            query = select(Ticket.reference).where(Ticket.reference.in_(fresh))
            for taken in db.session().scalars(query):
                del fresh[taken]
        drawn |= fresh
        if len(drawn) == number:
            return list(drawn)
    raise RuntimeError("no free reference found")


def _ticket(
    draft: TicketDraft,
    by: Author,
    instant: datetime,
    reference: str,
    fronts: Mapping[bool, Sequence[Team]],
) -> Ticket:
    team = draft.team or share(fronts[draft.requester_agent is not None], reference)
    agent = agent_of(by)
    owner = agent if agent is not None and agent.team_id == team.id else None
    return Ticket(
        reference=reference,
        subject=(draft.subject.strip() or draft.reason.label)[:250],
        channel=draft.channel,
        language=draft.language,
        person=draft.person,
        person_id=draft.person.id if draft.person else None,
        requester_agent=draft.requester_agent,
        requester_agent_id=draft.requester_agent.id if draft.requester_agent else None,
        opened_by_id=agent.id if agent else None,
        procedure=draft.procedure,
        procedure_id=draft.procedure.id if draft.procedure else None,
        reason=draft.reason,
        reason_id=draft.reason.id,
        field=_field(draft),
        priority=draft.reason.priority,
        department=draft.department,
        dossier_number=(draft.dossier_number or "").strip()[:30] or None,
        level=team.level,
        team=team,
        team_id=team.id,
        team_since=instant,
        owner=owner,
        owner_id=owner.id if owner else None,
        home_team=team,
        home_team_id=team.id,
        home_owner=owner,
        home_owner_id=owner.id if owner else None,
        created_at=instant,
        updated_at=instant,
        first_received_at=draft.first_received_at or instant,
        follow_salt=secrets.token_urlsafe(12),
    )


def _field(draft: TicketDraft) -> Field:
    if draft.reason.field is not None:
        return draft.reason.field
    return draft.procedure.field if draft.procedure else Field.RESIDENCE
