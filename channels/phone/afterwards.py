"""What a noted call changes besides its ticket: the exchange's row, the list, the person."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from channels.phone.calls import CallState, PhoneCall
from channels.phone.sheet import Sheet
from support.kernel import db
from support.kernel.errors import Conflict
from support.kernel.time import now
from support.people.models import Agent
from support.people.normalising import shown_phone
from support.tickets import calling_back
from support.tickets.call_backs import CallBack
from support.tickets.models import Ticket
from support.tickets.timeline import Entry, SpokenThrough

LONGEST_OUTCOME = 200


def settle_telephone(sheet: Sheet, ticket: Ticket, entry: Entry, number: str, *, by: Agent) -> None:
    """The call is on ``entry``: it needs no call back any more, and no second note."""
    told = _told(sheet)
    if told is not None:
        told.ticket_id, told.entry_id = ticket.id, entry.id
        _mark(told, sheet, by)
    if sheet.call_back_id is not None:
        _close_call_back(sheet, ticket, by)
    if number:
        calling_back.got_through(number, since=now())
    if sheet.remember_need and ticket.person is not None and sheet.through:
        ticket.person.speaks_through = sheet.through
        spoken = sheet.helper_language if sheet.through == SpokenThrough.INTERPRETER else ""
        ticket.person.interpreted_language = spoken or None


def note_without_ticket(
    sheet: Sheet, number: str, began: datetime, ended: datetime, *, by: Agent
) -> None:
    """A call about no request: what it came to, on the exchange's row or on one of its own."""
    told = _told(sheet)
    if told is None:
        told = PhoneCall(
            call_id=f"noted:{sheet.key}",
            number=number or None,
            from_sent=shown_phone(number) if number else "",
            state=CallState.ENDED,
            seen_at=began,
            answered_at=began,
            ended_at=ended,
            agent_id=by.id,
            legs=[],
        )
        db.session().add(told)
    _mark(told, sheet, by)
    told.note = sheet.note.strip()
    if number and sheet.came_to not in ("no_answer", "dropped"):
        calling_back.got_through(number, since=now())  # they were spoken with


def _mark(told: PhoneCall, sheet: Sheet, by: Agent) -> None:
    told.outcome, told.noted_at = sheet.came_to, now()
    told.taken_by_id = told.taken_by_id or by.id


def _told(sheet: Sheet) -> PhoneCall | None:
    return db.session().get(PhoneCall, sheet.phone_call_id) if sheet.phone_call_id else None


def _close_call_back(sheet: Sheet, ticket: Ticket, by: Agent) -> None:
    row = db.session().get(CallBack, sheet.call_back_id)
    if row is None or row.ended is not None:
        return
    # A colleague may have it meanwhile: the call is on the ticket all the same.
    with suppress(Conflict):
        calling_back.done(row, sheet.note.strip()[:LONGEST_OUTCOME], by=by, ticket=ticket)
