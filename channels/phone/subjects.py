"""What a call that was noted is about, found: a person, their ticket, or what a new one needs."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from channels.phone.sheet import Further, Sheet, Then, check
from support.catalogue.models import ContactReason, Procedure
from support.kernel import db
from support.kernel.errors import Conflict, Invalid, NotVisible
from support.people.finding import one_person
from support.people.identifying import Identity
from support.people.models import Agent, Person
from support.tickets.handing import at_home
from support.tickets.models import Ticket
from support.tickets.references import read_reference
from support.tickets.visibility import one_visible, visible_to


@dataclass(frozen=True)
class Subject:
    """What a sheet points at, found: a ticket, or what a new one needs."""

    ticket: Ticket | None
    person: Person | None
    who: Identity | None
    reason: ContactReason | None
    procedure: Procedure | None
    further: tuple[FurtherSubject, ...] = ()


@dataclass(frozen=True)
class FurtherSubject:
    """Something else of the same call: a ticket of the same person, or a reason."""

    asked: Further
    ticket: Ticket | None
    reason: ContactReason | None


NOTHING = Subject(None, None, None, None, None)


def find_subject(sheet: Sheet, by: Agent, *, lock: bool = False) -> Subject:
    """Everything that the sheet names, or a problem beside each field that names nothing."""
    person = _person(sheet.person_id, by)
    who = check(sheet, has_open=person is not None and _has_open(person, by))
    if sheet.then is Then.NOTHING:
        return NOTHING
    if lock and sheet.further:
        _hold_all(sheet)
    further = tuple(
        _further(other, number, sheet, by, lock=lock)
        for number, other in enumerate(sheet.further, 1)
    )
    if sheet.ticket:
        ticket = _ticket(sheet.ticket, sheet, by, solved=sheet.solved, lock=lock)
        return Subject(ticket, person, who, None, None, further)
    procedure = db.session().scalar(select(Procedure).where(Procedure.code == sheet.procedure))
    return Subject(None, person, who, _reason(sheet.reason, "reason"), procedure, further)


def _further(other: Further, number: int, sheet: Sheet, by: Agent, *, lock: bool) -> FurtherSubject:
    if not other.ticket:
        return FurtherSubject(other, None, _reason(other.reason, f"reason_{number}"))
    named = [sheet.ticket, *(one.ticket for one in sheet.further[: number - 1])]
    if other.ticket in named:
        raise Invalid.of("call.same_ticket", f"ticket_{number}")
    ticket = _ticket(other.ticket, sheet, by, solved=other.solved, lock=lock,
                     field=f"ticket_{number}")  # fmt: skip
    return FurtherSubject(other, ticket, None)


def _hold_all(sheet: Sheet) -> None:
    """In one order for everybody: two calls about the same must not wait for each other."""
    named = [sheet.ticket, *(other.ticket for other in sheet.further)]
    digits = [read_reference(reference) for reference in named if reference]
    query = select(Ticket.id).where(Ticket.reference.in_([d for d in digits if d]))
    db.session().execute(query.order_by(Ticket.id).with_for_update())


def _reason(code: str, field: str) -> ContactReason:
    found = db.session().scalar(select(ContactReason).where(ContactReason.code == code))
    if found is None:
        raise Invalid.of("field.choice", field)
    return found


def _person(person_id: int | None, by: Agent) -> Person | None:
    try:
        return one_person(person_id, by=by) if person_id is not None else None
    except NotVisible as error:
        raise Invalid.of("person.unknown", "person") from error


def _ticket(
    reference: str, sheet: Sheet, by: Agent, *, solved: bool, lock: bool, field: str = "ticket"
) -> Ticket:
    try:
        ticket = one_visible(reference, by, lock=lock)
    except NotVisible as error:
        raise Invalid.of("ticket.unknown", field) from error
    if sheet.person_id is None or ticket.person_id != sheet.person_id:
        # The caller was changed after the ticket was chosen.
        raise Invalid.of("call.other_person", field)
    if solved and ticket.is_open and not at_home(ticket):
        raise Conflict.of("call.away", field, team=ticket.team.label)
    return ticket


def _has_open(person: Person, by: Agent) -> bool:
    theirs = select(Ticket.id).where(Ticket.person_id == person.id, Ticket.is_open, visible_to(by))
    return db.session().scalar(theirs.limit(1)) is not None
