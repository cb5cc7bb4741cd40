"""Reading a ticket's thread, and the notes that stay inside."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from support.kernel.errors import Forbidden, Invalid
from support.outbox.models import OutboxRow
from support.tickets import thread
from support.tickets.noting import add_note
from support.tickets.thread import read_thread
from support.tickets.timeline import Delivery, EntryKind
from tests.factories import a_file, a_report, a_ticket


def test_oldest_first_with_the_newest_shown_and_the_rest_by_key(cast, monkeypatch):
    monkeypatch.setattr(thread, "SHOWN", 3)
    ticket = a_ticket(cast)
    notes = [add_note(ticket, str(n), by=cast.teleadviser) for n in range(5)]
    newest = read_thread(ticket, by=cast.teleadviser)
    assert newest == notes[2:]
    older = read_thread(ticket, by=cast.teleadviser, before=newest[0].id)
    assert older[1:] == notes[:2]
    assert len(read_thread(ticket, by=cast.teleadviser, before=older[0].id)) == 1


def test_only_this_tickets_entries(cast):
    ticket, other = a_ticket(cast), a_ticket(cast)
    add_note(other, "autre", by=cast.teleadviser)
    assert {entry.ticket_id for entry in read_thread(ticket, by=cast.teleadviser)} == {ticket.id}


def test_notes_are_never_sent(cast, db_session):
    ticket = a_ticket(cast)
    before = len(db_session.scalars(select(OutboxRow)).all())
    note = add_note(ticket, "  Appeler la préfecture. ", by=cast.teleadviser, files=[a_file()])
    db_session.flush()
    assert (note.kind, note.text, note.is_public) == (
        EntryKind.NOTE,
        "Appeler la préfecture.",
        False,
    )
    assert (note.message_id, db_session.scalars(select(Delivery)).all()) == (None, [])
    assert len(db_session.scalars(select(OutboxRow)).all()) == before


@pytest.mark.parametrize("text", ["", " \n"])
def test_an_empty_note_is_refused(cast, text):
    with pytest.raises(Invalid, match=r"note\.empty"):
        add_note(a_ticket(cast), text, by=cast.teleadviser)


@pytest.mark.parametrize("agent", ["referent", "natali", "pan", "editor", "steering"])
def test_who_may_not_note(cast, agent):
    with pytest.raises(Forbidden):
        add_note(a_ticket(cast), "vu", by=cast.agents[agent])


def test_a_colleague_of_the_referent_reads_what_the_referent_reads(cast):
    report = a_report(cast)
    add_note(report, "interne", by=cast.dp)
    kinds = {entry.kind for entry in read_thread(report, by=cast.referent)}
    assert kinds == {EntryKind.MESSAGE}
