"""Internal notes: for colleagues, never sent, never shown to the public."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from support.intake.receiving import key_of
from support.kernel import db
from support.kernel.errors import Invalid
from support.people.models import Agent
from support.people.permissions import Permission, require
from support.tickets.journal import FileDraft, Words, write
from support.tickets.models import Ticket
from support.tickets.timeline import Entry, EntryKind


def add_note(
    ticket: Ticket, text: str, *, by: Agent, files: Sequence[FileDraft] = (), key: str = ""
) -> Entry:
    """Raises Invalid ``note.empty``.

    ``key`` names the form that it was typed into: the same words of the same agent sent twice
    from there are one note. The caller holds the ticket's row.
    """
    require(by, Permission.NOTE)
    if not text.strip():
        raise Invalid.of("note.empty", "text")
    once = _once(ticket, text.strip(), by, key) if key else None
    if once is not None:
        known = db.session().scalar(select(Entry).where(Entry.once_key == once))
        if known is not None:
            return known
    words = Words(text.strip(), files=files, once_key=once)
    return write(ticket, EntryKind.NOTE, words, by=by)


def _once(ticket: Ticket, text: str, by: Agent, key: str) -> str:
    return "note:" + key_of(str(ticket.id), str(by.id), key, text)
