"""Keeping a call as it was noted, and putting it on its ticket: two steps, two commits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from channels.phone.sheet import Sheet, check
from support.catalogue.models import ContactReason, Procedure
from support.intake.models import Channel, Outcome, Received
from support.intake.receiving import key_of, raw_of, receive
from support.intake.settling import settle, take_unsettled
from support.kernel import db
from support.kernel.errors import Conflict, DomainError, Invalid, NotVisible
from support.people.finding import one_person
from support.people.identifying import Identity, recognise, recognise_or_create
from support.people.models import Agent, Person
from support.tickets.calling import CallDraft, NewRequest, call_about_new, call_about_open
from support.tickets.handing import at_home
from support.tickets.models import Ticket
from support.tickets.timeline import ArticleUse, Entry, EntryKind
from support.tickets.visibility import one_visible, visible_to


@dataclass(frozen=True)
class Noted:
    """``recognised``: who gave their name as somebody new was surely known already."""

    ticket: Ticket
    entry: Entry
    recognised: bool = False


@dataclass(frozen=True)
class _Subject:
    """What a sheet points at, found: a ticket, or what a new one needs."""

    ticket: Ticket | None
    person: Person | None
    who: Identity | None
    reason: ContactReason | None
    procedure: Procedure | None


def keep(sheet: Sheet, *, by: Agent) -> Received:
    """Keep a call that can be put on its ticket. The caller commits.

    The same call sent twice (a double click, a page sent again) is kept once. Raises Invalid
    with a problem for each field that is wrong, Conflict ``call.away`` for a ticket that
    cannot be closed now, ``call.other_noted`` when another call has been noted under this key.
    """
    raw = sheet.as_json()
    if noted_under(sheet.key) is None:  # what was right when it was kept is not judged again
        _subject(sheet, by)
    kept = receive(Channel.PHONE, raw, source="calls", dedupe_key=key_of(sheet.key))
    if kept.again and raw_of(kept.received) != raw:
        raise Conflict.of("call.other_noted")
    return kept.received


def understand(received_id: int) -> Noted | None:
    """The call on its ticket: noted now, or before. None when it was refused meanwhile."""
    received = take_unsettled(received_id)
    if received is None:
        return noted(received_id)
    sheet = Sheet.from_json(raw_of(received))
    by = db.session().get_one(Agent, sheet.agent_id)
    subject = _subject(sheet, by, lock=True)
    call = CallDraft(
        note=sheet.note,
        number=_number(sheet),
        started_at=datetime.fromisoformat(sheet.started_at),
        ended_at=received.received_at,
        wrap_up=sheet.came_to,
        received=received,
    )
    found = _put(call, subject, sheet, by)
    for article, revision in dict.fromkeys(sheet.articles):
        use = ArticleUse(entry_id=found.entry.id, article_id=article, revision=revision)
        db.session().add(use)
    outcome = Outcome.CREATED if subject.ticket is None else Outcome.APPENDED
    settle(received, outcome, ticket_id=found.ticket.id, entry_id=found.entry.id)
    return found


def refuse(received_id: int, error: DomainError) -> None:
    """The world moved between keeping and understanding: whoever noted the call is told now
    and sends it again, so nobody must try it later. It stays kept, with the reason.
    """
    received = take_unsettled(received_id)
    if received is not None:
        settle(received, Outcome.SET_ASIDE, reason=error.code)


def noted(received_id: int) -> Noted | None:
    """What became of a call that is settled."""
    query = (
        select(Ticket, Entry)
        .join(Received, Received.ticket_id == Ticket.id)
        .join(Entry, Entry.id == Received.entry_id)
        .where(Received.id == received_id)
    )
    row = db.session().execute(query).one_or_none()
    return Noted(row.Ticket, row.Entry) if row else None


def noted_under(key: str) -> Received | None:
    """What was kept under this key."""
    query = select(Received).where(
        Received.channel == Channel.PHONE, Received.dedupe_key == key_of(key)
    )
    return db.session().scalar(query)


def _put(call: CallDraft, subject: _Subject, sheet: Sheet, by: Agent) -> Noted:
    if subject.ticket is not None:
        entry = call_about_open(call, subject.ticket, solved=sheet.solved, by=by)
        return Noted(subject.ticket, entry)
    assert subject.reason is not None
    recognised = subject.who is not None and recognise(subject.who) is not None
    person = subject.person or recognise_or_create(subject.who or Identity())
    request = NewRequest(person, subject.reason, subject.procedure, subject.reason.plain_label)
    ticket = call_about_new(call, request, solved=sheet.solved, by=by)
    written = select(Entry).where(Entry.ticket_id == ticket.id, Entry.kind == EntryKind.CALL)
    entry = db.session().scalars(written).one()
    return Noted(ticket, entry, recognised)


def _subject(sheet: Sheet, by: Agent, *, lock: bool = False) -> _Subject:
    """Everything that the sheet names, or a problem beside each field that names nothing."""
    person = _person(sheet.person_id, by)
    who = check(sheet, has_open=person is not None and _has_open(person, by))
    if sheet.ticket:
        return _Subject(_ticket(sheet, by, lock=lock), person, who, None, None)
    session = db.session()
    reason = session.scalar(select(ContactReason).where(ContactReason.code == sheet.reason))
    if reason is None:
        raise Invalid.of("field.choice", "reason")
    procedure = session.scalar(select(Procedure).where(Procedure.code == sheet.procedure))
    return _Subject(None, person, who, reason, procedure)


def _person(person_id: int | None, by: Agent) -> Person | None:
    try:
        return one_person(person_id, by=by) if person_id is not None else None
    except NotVisible as error:
        raise Invalid.of("person.unknown", "person") from error


def _ticket(sheet: Sheet, by: Agent, *, lock: bool) -> Ticket:
    try:
        ticket = one_visible(sheet.ticket, by, lock=lock)
    except NotVisible as error:
        raise Invalid.of("ticket.unknown", "ticket") from error
    if sheet.person_id is None or ticket.person_id != sheet.person_id:
        # The caller was changed after the ticket was chosen.
        raise Invalid.of("call.other_person", "ticket")
    if sheet.solved and ticket.is_open and not at_home(ticket):
        raise Conflict.of("call.away", "ticket", team=ticket.team.label)
    return ticket


def _has_open(person: Person, by: Agent) -> bool:
    theirs = select(Ticket.id).where(Ticket.person_id == person.id, Ticket.is_open, visible_to(by))
    return db.session().scalar(theirs.limit(1)) is not None


def _number(sheet: Sheet) -> str:
    """The number that called, when it is known: the one given, else the one typed."""
    return sheet.number or sheet.phone
