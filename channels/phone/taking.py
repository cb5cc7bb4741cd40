"""Keeping a call as it was noted, and putting it on its ticket: two steps, two commits."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select

from channels.phone import afterwards
from channels.phone.calls import PhoneCall
from channels.phone.sheet import Sheet, Then
from channels.phone.subjects import FurtherSubject, Subject, find_subject
from support.intake.models import Channel, Outcome, Received
from support.intake.receiving import key_of, raw_of, receive
from support.intake.settling import settle, take_unsettled
from support.kernel import db
from support.kernel.errors import Conflict, DomainError
from support.people.identifying import Identity, recognise, recognise_or_create
from support.people.models import Agent
from support.tickets.calling import (
    WITHOUT_TICKET,
    CallDraft,
    NewRequest,
    call_about_new,
    call_about_open,
)
from support.tickets.given import note_given
from support.tickets.models import Ticket
from support.tickets.timeline import Entry, EntryKind


@dataclass(frozen=True)
class Noted:
    """``recognised``: who gave their name as somebody new was surely known already."""

    ticket: Ticket
    entry: Entry
    recognised: bool = False


def keep(sheet: Sheet, *, by: Agent) -> Received:
    """Keep a call that can be put on its ticket. The caller commits.

    The same call sent twice (a double click, a page sent again) is kept once. Raises Invalid
    with a problem for each field that is wrong, Conflict ``call.away`` for a ticket that
    cannot be closed now, ``call.other_noted`` when another call has been noted under this key.
    """
    raw = sheet.as_json()
    if noted_under(sheet.key) is None:  # what was right when it was kept is not judged again
        find_subject(sheet, by)
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
    subject = find_subject(sheet, by, lock=True)
    began, ended = _times(sheet, received)
    if sheet.then is Then.NOTHING:
        afterwards.note_without_ticket(sheet, number_of(sheet), began, ended, by=by)
        settle(received, Outcome.SET_ASIDE, reason=sheet.came_to)
        return None
    call = CallDraft(
        note=sheet.note,
        number=number_of(sheet),
        started_at=began,
        ended_at=ended,
        wrap_up=sheet.came_to,
        received=received,
        phone_call_id=sheet.phone_call_id,
        spoken_with=sheet.spoken_with,
    )
    found = _put(call, subject, sheet, by)
    for other in subject.further:
        _put_further(call, other, found, by)
    afterwards.settle_telephone(sheet, found.ticket, found.entry, call.number, by=by)
    note_given(found.entry, sheet.articles)
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


def noted_without_ticket(received_id: int) -> bool:
    """Whether a call about no request is written down, now or before."""
    received = db.session().get_one(Received, received_id)
    return received.outcome is Outcome.SET_ASIDE and received.reason in WITHOUT_TICKET


def noted_under(key: str) -> Received | None:
    """What was kept under this key."""
    query = select(Received).where(
        Received.channel == Channel.PHONE, Received.dedupe_key == key_of(key)
    )
    return db.session().scalar(query)


def _put(call: CallDraft, subject: Subject, sheet: Sheet, by: Agent) -> Noted:
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


def _put_further(call: CallDraft, other: FurtherSubject, main: Noted, by: Agent) -> None:
    """The same call on another request of the same person."""
    asked = other.asked
    usual = "answered" if asked.solved else "needs_research"
    again = replace(call, note=asked.note, wrap_up=usual, received=None, main=main.entry.call)
    if other.ticket is not None:
        call_about_open(again, other.ticket, solved=asked.solved, by=by)
        return
    assert other.reason is not None
    assert main.ticket.person is not None
    request = NewRequest(main.ticket.person, other.reason, None, other.reason.plain_label)
    call_about_new(again, request, solved=asked.solved, by=by)


def _times(sheet: Sheet, received: Received) -> tuple[datetime, datetime]:
    """When it began and ended: as the exchange told, otherwise by the clock of the screen."""
    told = db.session().get(PhoneCall, sheet.phone_call_id) if sheet.phone_call_id else None
    began = told.answered_at if told and told.answered_at else None
    ended = told.ended_at if told and told.answered_at else None
    return began or datetime.fromisoformat(sheet.started_at), ended or received.received_at


def number_of(sheet: Sheet) -> str:
    """The number that called, when it is known: the one given, else the one typed."""
    return sheet.number or sheet.phone
