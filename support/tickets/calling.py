"""Telephone calls: a new request, or a follow-up on an open one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from support.catalogue.models import ContactReason, Procedure
from support.intake.models import Channel, Received
from support.kernel import db
from support.kernel.errors import Invalid
from support.kernel.time import now
from support.people.models import Agent, Person
from support.people.permissions import Permission, require
from support.tickets.closing import close
from support.tickets.journal import Words, write
from support.tickets.models import ClosedHow, State, Ticket
from support.tickets.opening import TicketDraft, open_ticket
from support.tickets.replying import hear
from support.tickets.states import move
from support.tickets.timeline import Call, Entry, EntryKind, SpokenThrough

LONGEST = timedelta(hours=8)  # a page left open overnight is not a call
# What a call came to. The first ones speak of a request, the others need none.
WRAP_UPS = (
    "answered",
    "ticket_opened",
    "needs_research",
    "handed_over",
    "call_back",
    "wrong_service",
    "wrong_number",
    "no_answer",
    "dropped",
    "abusive",
)
WITHOUT_TICKET = ("wrong_service", "wrong_number", "no_answer", "dropped", "abusive")


@dataclass(frozen=True)
class SpokenWith:
    """Who speaks with the person or for them: names and ``language`` may be "".

    ``consent``: whether the person agrees that this third party calls for them.
    """

    through: SpokenThrough
    name: str = ""
    organisation: str = ""
    language: str = ""
    consent: bool | None = None


@dataclass(frozen=True)
class CallDraft:
    """A call as the teleadviser noted it. ``wrap_up`` is one of WRAP_UPS.

    ``ended_at``: when it is not now, because the call was kept before it is put here.
    ``main``: the same call, already noted on another request; its duration counts there.
    ``phone_call_id``: the call as the exchange told it.
    """

    note: str
    number: str
    started_at: datetime
    wrap_up: str
    received: Received | None = None
    ended_at: datetime | None = None
    main: Call | None = None
    phone_call_id: int | None = None
    spoken_with: SpokenWith | None = None

    def words(self) -> Words:
        return Words(self.note.strip(), channel=Channel.PHONE, received=self.received)


@dataclass(frozen=True)
class NewRequest:
    """What a call about something new is about."""

    person: Person
    reason: ContactReason
    procedure: Procedure | None = None
    subject: str = ""


def call_about_new(call: CallDraft, request: NewRequest, *, solved: bool, by: Agent) -> Ticket:
    """Open a ticket for the caller; ``solved`` closes it at first contact.

    Raises Invalid ``call.note_missing``, ``call.wrap_up_missing``.
    """
    _check(call, by)
    draft = TicketDraft(
        subject=request.subject or request.reason.label,
        words=call.words(),
        reason=request.reason,
        procedure=request.procedure,
        channel=Channel.PHONE,
        person=request.person,
        language=request.person.language,
        department=request.person.department,
        kind=EntryKind.CALL,
        team=by.team,
        acknowledge=not solved,
    )
    ticket = open_ticket(draft, by=by)
    entry = db.session().get(Entry, ticket.last_entry_id)
    _log(call, entry)
    if solved:
        close(ticket, ClosedHow.FIRST_CONTACT, by=by)
    else:
        move(ticket, State.IN_PROGRESS, by=by)  # somebody has listened: it is not new
    return ticket


def call_about_open(call: CallDraft, ticket: Ticket, *, solved: bool, by: Agent) -> Entry:
    """Note a call on a ticket that exists. Left unsolved, it counts as a word of the requester:
    it chases an open ticket, ends the waiting and reopens a closed one.
    """
    _check(call, by)
    entry = write(ticket, EntryKind.CALL, call.words(), by=by)
    _log(call, entry)
    if not solved:
        hear(ticket, entry, by=by)
    elif ticket.state is not State.CLOSED:
        close(ticket, ClosedHow.ANSWERED, by=by)
    return entry


def _check(call: CallDraft, by: Agent) -> None:
    require(by, Permission.TAKE_CALLS)
    if not call.note.strip():
        raise Invalid.of("call.note_missing", "note")
    if call.wrap_up not in WRAP_UPS:
        raise Invalid.of("call.wrap_up_missing", "wrap_up")


def _log(call: CallDraft, entry: Entry | None) -> None:
    assert entry is not None
    ended = call.ended_at or now()
    started = min(max(call.started_at, ended - LONGEST), ended)
    row = Call(
        entry=entry,
        number=call.number[:40],
        started_at=started,
        ended_at=ended,
        wrap_up=call.wrap_up,
        phone_call_id=call.phone_call_id,
        main_call_id=call.main.id if call.main else None,
        shared=call.main is not None,
    )
    if call.spoken_with is not None:
        _name_helper(row, call.spoken_with)
    if call.main is not None:
        call.main.shared = True
    db.session().add(row)
    db.session().flush()


def _name_helper(row: Call, spoken: SpokenWith) -> None:
    row.through, row.consent = spoken.through, spoken.consent
    row.helper_name, row.helper_organisation = spoken.name[:120], spoken.organisation[:120]
    row.helper_language = spoken.language[:3]
