"""A ticket of GLPI as it stood when it was read: everything at once, outside any transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from mimetypes import guess_type
from typing import Any

from escalation.glpi import linking
from escalation.glpi.composing import marked
from escalation.glpi.markup import to_text
from escalation.glpi.port import Glpi, ItemKind, RemoteItem, RemoteTicket, RemoteUser
from escalation.glpi.settings import Settings
from support.kernel import db, files
from support.tickets.journal import FileDraft, Words
from support.tickets.models import Ticket
from support.tickets.timeline import Entry


@dataclass(frozen=True)
class Read:
    """``files``: the bytes of the documents that are new to us, kept here already, by their
    number there. ``authors``: names, by their number there.
    """

    ticket: RemoteTicket
    items: Sequence[RemoteItem]
    files: Mapping[int, FileDraft] = field(default_factory=dict)
    authors: Mapping[int, str] = field(default_factory=dict)
    requester: RemoteUser | None = None
    url: str = ""

    def words(self, item: RemoteItem, **facts: Any) -> Words:
        """What an item says, with who said it there, when, and whether it was private."""
        text = ""
        attached: tuple[FileDraft, ...] = ()
        if item.kind is not ItemKind.DOCUMENT:
            text = to_text(item.html)
        elif item.id in self.files:
            attached = (self.files[item.id],)
        else:
            facts["glpi_file_left"] = item.filename  # larger than we take: to be read there
        facts |= {
            "glpi_author": self.authors.get(item.author_id or 0, ""),
            "glpi_private": item.private,
            "glpi_kind": item.kind.value,
            "glpi_at": item.at.isoformat(),
        }
        return Words(text, data=facts, files=attached)


def read(remote_id: int, glpi: Glpi, settings: Settings, *, whole: bool = False) -> Read:
    """``whole``: with who asked for it. Raises Failure; Gone when it is there no more."""
    remote, items = glpi.ticket(remote_id), glpi.timeline(remote_id)
    authors: dict[int, str] = {}
    kept: dict[int, FileDraft] = {}
    for item in items:
        with db.transaction(write=False):
            if linking.known_here(item.kind.value, item.id):
                continue
        if item.author_id and item.author_id not in authors:
            author = glpi.user(item.author_id)
            authors[item.author_id] = author.name if author is not None else ""
        if item.kind is ItemKind.DOCUMENT and (one := _fetch(item, glpi, settings)):
            kept[item.id] = one
    requester = glpi.requester(remote_id) if whole else None
    return Read(remote, items, kept, authors, requester, glpi.url_of(remote_id))


def _fetch(item: RemoteItem, glpi: Glpi, settings: Settings) -> FileDraft | None:
    content = glpi.file(item.id, settings.largest_file)
    if content is None:
        return None
    stored, name = files.store().put(content), item.filename or f"document-{item.id}"
    kind = guess_type(name)[0] or "application/octet-stream"
    return FileDraft(name, kind, stored.key, stored.size)


def known(item: RemoteItem, ticket: Ticket) -> bool:
    """Whether something here stands for it: it was taken in before, or it is ours."""
    if linking.known_here(item.kind.value, item.id):
        return True
    if item.kind is not ItemKind.FOLLOWUP:
        return False
    number = marked(to_text(item.html))
    if number is None or linking.remote_of("entry", number) is not None:
        return False  # theirs, even when it quotes one of ours
    entry = db.session().get(Entry, number)
    if entry is None or entry.ticket_id != ticket.id:
        return False
    # Ours, made a moment ago and not noted yet.
    linking.tie(("entry", number), (item.kind.value, item.id))
    return True
