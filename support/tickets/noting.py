"""Internal notes: for colleagues, never sent, never shown to the public."""

from __future__ import annotations

from collections.abc import Sequence

from support.kernel.errors import Invalid
from support.people.models import Agent
from support.people.permissions import Permission, require
from support.tickets.journal import FileDraft, Words, write
from support.tickets.models import Ticket
from support.tickets.timeline import Entry, EntryKind


def add_note(ticket: Ticket, text: str, *, by: Agent, files: Sequence[FileDraft] = ()) -> Entry:
    """Raises Invalid ``note.empty``."""
    require(by, Permission.NOTE)
    if not text.strip():
        raise Invalid.of("note.empty", "text")
    entry = write(ticket, EntryKind.NOTE, Words(text.strip(), files=files), by=by)
    return entry
