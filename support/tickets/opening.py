"""Opening a ticket: the same verb for the form, the telephone, the mail and the referent."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from support.catalogue.models import ContactReason, Field, Procedure
from support.intake.models import Channel
from support.kernel import db
from support.kernel.errors import Invalid
from support.kernel.numbering import number, reserve
from support.kernel.time import now
from support.outbox.publishing import publish
from support.people.models import Agent, Person, Team
from support.people.permissions import Permission, require
from support.tickets import promising
from support.tickets.authors import Author, agent_of
from support.tickets.handing import front_teams, let_see_new, share
from support.tickets.journal import Words, happened, said
from support.tickets.models import Ticket
from support.tickets.references import new_reference
from support.tickets.timeline import Entry, EntryKind

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
    """As :func:`open_ticket` for each, in as many statements as for one. All or none."""
    for draft, by in requests:
        _require_right(draft, by)
        if not draft.words.text.strip() and not draft.words.files:
            raise Invalid.of("ticket.empty", "text")
    # Numbered ahead: a ticket names its newest entry, which names the ticket. It is then
    # written once, not written and changed.
    entry_ids = reserve(Entry, 2 * len(requests))
    pairs = list(zip(entry_ids[::2], entry_ids[1::2], strict=True))
    tickets = _insert(requests, last_entry_ids=[last for _, last in pairs])
    letters = []
    for ticket, (draft, by), (first, last) in zip(tickets, requests, pairs, strict=True):
        _add_first_lines(ticket, draft, by, first, last)
        if draft.acknowledge:
            letters.append(publish("notice.send", ticket_id=ticket.id, letter="acknowledgement"))
    if len(letters) > 1:
        number(letters)
    db.session().flush()
    return tickets


def _add_first_lines(ticket: Ticket, draft: TicketDraft, by: Author, first: int, last: int) -> None:
    _let_see(ticket, draft)
    facts = {"channel": draft.channel.value, "team": ticket.team.label}
    opened = happened(ticket, "opened", by=by, **facts)
    words = said(ticket, draft.kind, draft.words, by=by)
    opened.id, words.id = first, last
    db.session().add_all([opened, words])


def _let_see(ticket: Ticket, draft: TicketDraft) -> None:
    # The referents follow what their site asked.
    asking = [draft.requester_agent.team] if draft.requester_agent is not None else []
    let_see_new(ticket, ticket.team, *asking)


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
        try:
            with session.begin_nested():
                session.add_all(tickets)
        except IntegrityError as error:
            if "reference" not in str(error.orig):
                raise
        else:
            if len(clocks) > 1:
                number(clocks)
            session.add_all(clocks)
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
