"""Writing the timeline: every entry of every ticket is added here, and none is ever changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from support.intake.models import Channel, Received
from support.kernel import db
from support.kernel.time import now
from support.tickets.authors import Author, agent_of, person_of
from support.tickets.models import Ticket
from support.tickets.timeline import Attachment, Entry, EntryKind

_AT_ONCE = timedelta(minutes=10)  # what is put on a ticket later than this came "before"


@dataclass(frozen=True)
class FileDraft:
    """A file already in the file store, to be put on an entry."""

    filename: str
    content_type: str
    key: str
    size: int
    inline: bool = False
    content_id: str | None = None


@dataclass(frozen=True)
class Words:
    """What is said in an entry. ``text`` is the new part, ``full_text`` the whole if longer."""

    text: str
    full_text: str | None = None
    html: str | None = None
    channel: Channel | None = None
    message_id: str | None = None
    received: Received | None = None
    files: Sequence[FileDraft] = ()
    data: dict[str, Any] | None = None
    once_key: str | None = None


def written(once_key: str) -> bool:
    """Whether the entry of this key has been written: what may run twice is told once."""
    return db.session().scalar(select(Entry.id).where(Entry.once_key == once_key)) is not None


def as_words(said: str | Words) -> Words:
    """What an agent typed, or what came with more than its text; without blanks around it."""
    words = Words(said) if isinstance(said, str) else said
    return replace(words, text=words.text.strip())


def _says_more(words: Words) -> bool:
    """Whether the whole says more than the new part: not only other blanks around it."""
    whole, new = (words.full_text or "").strip(), words.text.strip()
    return bool(whole) and whole != new and whole.split() != new.split()


def write(ticket: Ticket, kind: EntryKind, words: Words, *, by: Author) -> Entry:
    """Add an entry and touch the ticket. Flushes, so that the entry has its number."""
    return add(ticket, said(ticket, kind, words, by=by))


def note_event(
    ticket: Ticket, event: str, *, by: Author, once_key: str | None = None, **facts: Any
) -> Entry:
    """Add what happened. ``facts`` must be JSON and free of anything the team may not see."""
    return add(ticket, happened(ticket, event, by=by, once_key=once_key, **facts))


def add(ticket: Ticket, entry: Entry) -> Entry:
    session = db.session()
    session.add(entry)
    session.flush()
    ticket.updated_at = now()
    ticket.last_entry_id = entry.id
    return entry


def said(ticket: Ticket, kind: EntryKind, words: Words, *, by: Author) -> Entry:
    """What somebody said, as an entry to be added."""
    return _entry(values_said(ticket, kind, words, by=by), by, words.files)


def values_said(ticket: Ticket, kind: EntryKind, words: Words, *, by: Author) -> dict[str, Any]:
    """What somebody said, as the values of an entry; not its files."""
    return {
        "ticket_id": ticket.id,
        "kind": kind,
        "channel": words.channel,
        "text": words.text,
        "full_text": words.full_text if _says_more(words) else None,
        "html": words.html,
        "data": {**(words.data or {}), **_came(words)},
        "message_id": words.message_id,
        "received_id": words.received.id if words.received else None,
        "once_key": words.once_key,
        **_author(by),
    }


def happened(
    ticket: Ticket, event: str, *, by: Author, once_key: str | None = None, **facts: Any
) -> Entry:
    """What happened, as an entry to be added; see :func:`note_event`."""
    values = values_happened(ticket, event, by=by, **facts)
    return _entry({**values, "once_key": once_key}, by)


def values_happened(ticket: Ticket, event: str, *, by: Author, **facts: Any) -> dict[str, Any]:
    """What happened, as the values of an entry."""
    return {
        "ticket_id": ticket.id,
        "kind": EntryKind.EVENT,
        "event": event,
        "text": "",
        "data": facts,
        **_author(by),
    }


def values_of_file(file: FileDraft) -> dict[str, Any]:
    """A file, as the values of an attachment."""
    return {
        "filename": file.filename[:255] or "fichier",
        "content_type": file.content_type[:120],
        "size": file.size,
        "file_key": file.key,
        "inline": file.inline,
        "content_id": file.content_id[:255] if file.content_id else None,
    }


def _entry(values: dict[str, Any], by: Author, files: Sequence[FileDraft] = ()) -> Entry:
    return Entry(
        **values,
        author_agent=agent_of(by),
        author_person=person_of(by),
        attachments=[Attachment(**values_of_file(file)) for file in files],
    )


def _author(by: Author) -> dict[str, int | None]:
    agent, person = agent_of(by), person_of(by)
    return {
        "author_agent_id": agent.id if agent is not None else None,
        "author_person_id": person.id if person is not None else None,
    }


def _came(words: Words) -> dict[str, str]:
    """When it came in, for what waited to be put on its ticket: the timeline is in the order of
    what agents could read, and must not pass that instant off as the person's.
    """
    if words.received is None or words.received.received_at > now() - _AT_ONCE:
        return {}
    return {"received_at": words.received.received_at.isoformat()}
