"""Sending to GLPI what a ticket has new. Safe to run twice, and to be killed at any moment.

One worker at a time has a ticket in hand, for a time. Each thing that was made there is noted in
its own transaction, at once; after a run that did not end well, what may have been made without
our knowing is looked for first, by our own mark.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.exc import IntegrityError

from escalation.glpi import linking
from escalation.glpi.composing import Plan, external_id, marked, plan
from escalation.glpi.markup import to_html, to_text
from escalation.glpi.models import GlpiTicket
from escalation.glpi.port import Failure, Glpi, ItemKind, NotLetIn, Unreachable
from escalation.glpi.reaching import reach
from escalation.glpi.settings import Mode, Settings, current
from support.kernel import db, files
from support.kernel.time import now
from support.outbox.draining import GiveUp, TryLater
from support.outbox.publishing import publish
from support.tickets.authors import SYSTEM
from support.tickets.journal import note_event
from support.tickets.models import Ticket
from support.tickets.timeline import Attachment
from support.tickets.visibility import PAGE, hold

log = logging.getLogger(__name__)

IN_HAND = timedelta(minutes=5)
_BUSY = timedelta(seconds=5)


@dataclass(frozen=True)
class _Claimed:
    """``unsure``: the run before this one did not end well."""

    remote_id: int | None
    plan: Plan
    external_id: str
    unsure: bool


def push(payload: Mapping[str, Any]) -> None:
    """``payload["ticket_id"]``. Raises TryLater, GiveUp as handlers of the outbox do."""
    settings, ticket_id = current(), int(payload["ticket_id"])
    if settings is None or settings.mode is not Mode.ON:
        with db.transaction():
            linking.leave(ticket_id)
        return
    claimed = _claim(ticket_id, settings)
    if claimed is None:
        return
    try:
        _send(ticket_id, claimed, reach(settings), settings)
    except Failure as failure:
        _failed(ticket_id, failure)
        raise _verdict(failure) from failure
    _finish(ticket_id, claimed.plan)


def _verdict(failure: Failure) -> Exception:
    if isinstance(failure, Unreachable):
        return TryLater(f"GLPI: {failure}", failure.after)
    if isinstance(failure, NotLetIn):  # an administrator will mend it: as long as the outbox tries
        return TryLater(f"GLPI lets us not in: {failure}")
    return GiveUp(f"GLPI: {type(failure).__name__} {failure}")


def _claim(ticket_id: int, settings: Settings) -> _Claimed | None:
    with db.transaction() as session:
        link = session.get(GlpiTicket, ticket_id)
        if link is None:
            return None
        if linking.bridge().paused:
            linking.leave(ticket_id)
            return None
        unsure = link.busy_until is not None
        changed = session.execute(
            update(GlpiTicket)
            .where(
                GlpiTicket.ticket_id == ticket_id,
                or_(GlpiTicket.busy_until.is_(None), GlpiTicket.busy_until < now()),
            )
            .values(busy_until=now() + IN_HAND)
            .execution_options(synchronize_session=False)
        )
        if not changed.rowcount:  # type: ignore[attr-defined]
            raise TryLater("another worker has it in hand", _BUSY)
        ticket = session.get(Ticket, ticket_id, options=PAGE)
        assert ticket is not None
        ready = plan(link, ticket, settings)
        return _Claimed(link.remote_id, ready, external_id(ticket), unsure)


def _send(ticket_id: int, claimed: _Claimed, glpi: Glpi, settings: Settings) -> None:
    remote_id, ready = claimed.remote_id, claimed.plan
    if remote_id is None and ready.make is not None and ready.first is not None:
        remote_id = glpi.find(claimed.external_id) or glpi.create(ready.make)
        _made(ticket_id, remote_id, ready, glpi.url_of(remote_id))
        stay = _staying(ready.first.files, glpi, settings)
        if stay:
            glpi.add_followup(remote_id, stay, private=True)
        _send_files(remote_id, ready.first.files, glpi, settings, {})
    if remote_id is None:
        return
    there, documents = _made_before(remote_id, glpi) if claimed.unsure else ({}, {})
    for one in ready.followups:
        number = there.get(one.entry_id)
        if number is None and not one.sent:
            html = one.html + _staying(one.files, glpi, settings)
            number = glpi.add_followup(remote_id, html, private=one.private)
        if not one.sent and number is not None:
            _note(("entry", one.entry_id), (ItemKind.FOLLOWUP.value, number), said=one.text)
        _send_files(remote_id, one.files, glpi, settings, documents)
    if ready.status is not None:
        glpi.set_status(remote_id, ready.status)
        with db.transaction():
            _set(ticket_id, remote_status=ready.status, status_by="relais")


def _made_before(remote_id: int, glpi: Glpi) -> tuple[dict[int, int], dict[str, int]]:
    """What an earlier run made without noting it: entries by their mark, files by their name."""
    entries: dict[int, int] = {}
    documents: dict[str, int] = {}
    for item in glpi.timeline(remote_id):
        number = marked(to_text(item.html)) if item.kind is ItemKind.FOLLOWUP else None
        if number is not None:
            entries.setdefault(number, item.id)
        if item.kind is ItemKind.DOCUMENT and item.filename:
            documents.setdefault(item.filename, item.id)
    return entries, documents


def _made(ticket_id: int, remote_id: int, ready: Plan, url: str) -> None:
    """The ticket is there: noted before anything else is done, and said in the timeline."""
    assert ready.first is not None
    with db.transaction() as session:
        ticket = session.get(Ticket, ticket_id, options=PAGE)
        assert ticket is not None
        hold(ticket)
        _set(ticket_id, remote_id=remote_id, remote_status=1, status_by="relais")
        if linking.remote_of("ticket", ticket_id) is None:
            linking.tie(("ticket", ticket_id), ("Ticket", remote_id), url=url)
            first = ("entry", ready.first.entry_id)
            linking.tie(first, ("TicketContent", remote_id), said=ready.first.text)
            facts = {"number": remote_id, "url": url, "items": list(ready.items),
                     "masked": ready.first.masked}  # fmt: skip
            note_event(ticket, "glpi_made", by=SYSTEM, once_key=f"glpi_made:{ticket_id}", **facts)


def _send_files(
    remote_id: int,
    attached: Sequence[Attachment],
    glpi: Glpi,
    settings: Settings,
    there: Mapping[str, int],
) -> None:
    if not glpi.takes_files():
        return
    for one in attached:
        if one.size > settings.largest_file:
            continue
        with db.transaction(write=False):
            if linking.remote_of("attachment", one.id) is not None:
                continue
        number = there.get(one.filename)
        if number is None:
            content = files.store().read(one.file_key)
            number = glpi.add_file(remote_id, one.filename, one.content_type, content)
        _note(("attachment", one.id), (ItemKind.DOCUMENT.value, number))


def _staying(attached: Sequence[Attachment], glpi: Glpi, settings: Settings) -> str:
    """Which files stay here, for an interface that takes none or for those that are too large."""
    stay = [f for f in attached if not glpi.takes_files() or f.size > settings.largest_file]
    if not stay:
        return ""
    return to_html("Fichiers à lire dans Relais : " + ", ".join(f.filename for f in stay))


def _note(local: tuple[str, int], remote: tuple[str, int], *, said: str = "") -> None:
    try:
        with db.transaction():
            linking.tie(local, remote, said=said)
    except IntegrityError:
        pass  # it was read back meanwhile, and known by its mark


def _finish(ticket_id: int, ready: Plan) -> None:
    with db.transaction() as session:
        _set(ticket_id, busy_until=None, pushed_entry_id=ready.upto, pushed_at=now(), problem=None)
        linking.bridge().pushed_at = now()
        last = session.scalar(select(Ticket.last_entry_id).where(Ticket.id == ticket_id))
        if ready.later is not None:  # what its author may still take back
            publish(linking.PUSH, at=ready.later, ticket_id=ticket_id)
        elif last is not None and last > ready.upto and not ready.empty:
            publish(linking.PUSH, ticket_id=ticket_id)


def _failed(ticket_id: int, failure: Failure) -> None:
    said = f"{type(failure).__name__}: {failure}"[:500]
    log.warning("ticket %s not sent to GLPI: %s", ticket_id, said)
    with db.transaction():
        # Not None: whatever was under way may have been done there all the same. And nobody else
        # tries before the time that it asked for.
        after = failure.after if isinstance(failure, Unreachable) else None
        _set(ticket_id, busy_until=now() + (after or _BUSY), problem=said)
        row = linking.bridge()
        row.problem, row.problem_at = said, now()


def _set(ticket_id: int, **values: Any) -> None:
    db.session().execute(
        update(GlpiTicket)
        .where(GlpiTicket.ticket_id == ticket_id)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
