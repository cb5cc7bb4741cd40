"""Keeping a form as it was sent, and turning it into a ticket: two steps, two commits."""

from __future__ import annotations

from sqlalchemy import select

from channels.contact_form.questions import ZONE, read_answers, read_day
from channels.contact_form.sheet import Sheet, check
from support.catalogue.models import ContactReason, Procedure
from support.intake.models import Channel, Outcome, Received
from support.intake.receiving import key_of, raw_of, receive_form
from support.intake.settling import settle, take_unsettled
from support.kernel import db
from support.kernel.time import now
from support.people.identifying import declared_or_create
from support.tickets.facts import note_facts
from support.tickets.journal import Words, note_event
from support.tickets.models import Ticket
from support.tickets.opening import TicketDraft, open_ticket
from support.tickets.prioritising import declare_expiry


def keep(sheet: Sheet) -> Received:
    """Keep a correct form. Raises Invalid for one that is not. The caller commits.

    The same form sent twice (a double click, a page sent again) is kept once; with other words
    under the same key it is another request.
    """
    check(sheet)
    kept = receive_form(
        Channel.FORM, sheet.as_json(), source="contact", dedupe_key=key_of(sheet.key)
    )
    return kept.received


def understand(received_id: int) -> Ticket:
    """The ticket of a kept form: opened now, or the one opened before."""
    received = take_unsettled(received_id)
    if received is None:
        known = select(Ticket).join(Received, Received.ticket_id == Ticket.id)
        return db.session().scalars(known.where(Received.id == received_id)).one()
    return open_kept(received)


def take_up(received_id: int) -> None:
    """Understand a kept form that nothing has become of yet. Safe to run twice."""
    received = take_unsettled(received_id)
    if received is not None:
        open_kept(received)


def open_kept(received: Received) -> Ticket:
    """Open the ticket of a kept form, whose row the caller holds, and say so on it."""
    sheet = Sheet.from_json(raw_of(received))
    ticket, said = _open(sheet, received)
    settle(received, Outcome.CREATED, ticket_id=ticket.id, entry_id=said)
    return ticket


def _open(sheet: Sheet, received: Received) -> tuple[Ticket, int | None]:
    """The ticket, and the number of the entry with the person's words."""
    session = db.session()
    answers = read_answers(sheet.answers)
    who = check(sheet)
    person = declared_or_create(who)
    reason = session.scalars(select(ContactReason).where(ContactReason.code == sheet.reason)).one()
    procedure = session.scalar(select(Procedure).where(Procedure.code == sheet.procedure))
    words = Words(sheet.text.strip(), channel=Channel.FORM, received=received, files=sheet.files)
    draft = TicketDraft(
        subject=reason.plain_label,
        words=words,
        reason=reason,
        procedure=procedure,
        channel=Channel.FORM,
        person=person,
        language=who.language,
        department=person.department or answers.get("department"),
        dossier_number=sheet.dossier_number,
        first_received_at=received.received_at,
    )
    ticket = open_ticket(draft, by=person)
    said = ticket.last_entry_id
    note_facts(ticket, answers, by=person)
    if sheet.seen:
        note_event(ticket, "articles_seen", by=person, titles=list(sheet.seen))
    if answers.get("expiry_date"):
        today = now().astimezone(ZONE).date()
        declare_expiry(ticket, read_day(answers["expiry_date"]), today)
    return ticket, said
