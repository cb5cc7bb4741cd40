"""The signed page of a hand-over: one link a mail, for those of a level who have no account."""

from __future__ import annotations

from support.kernel import db
from support.kernel.errors import NotVisible
from support.people import links
from support.tickets.timeline import Entry, EntryKind

PURPOSE = "level"


def level_token(entry: Entry) -> str:
    """The secret part of the link in the mail that ``entry`` is: the same at each try."""
    return links.sign(PURPOSE, entry.id, entry.message_id or "")


def by_level_token(token: str) -> Entry:
    """Raises NotVisible ``level.unknown`` for anything that is no link of ours."""
    read = links.read(PURPOSE, token)
    entry = db.session().get(Entry, read[0]) if read else None
    if read is None or entry is None or entry.kind is not EntryKind.EXCHANGE:
        raise NotVisible.of("level.unknown")
    if not entry.message_id or entry.message_id != read[1]:
        raise NotVisible.of("level.unknown")
    return entry
