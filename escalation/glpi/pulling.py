"""Reading what a ticket of GLPI has new, and doing here what it says. Safe to run twice.

A webhook and the polling say only *which* ticket has changed; it is then read whole, so that
neither their order nor their number matters.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from escalation.glpi import adopting, events, linking, taking
from escalation.glpi.composing import OURS
from escalation.glpi.models import Direction, GlpiTicket
from escalation.glpi.port import Changed, Failure, Glpi, Gone, NotLetIn, Unreachable
from escalation.glpi.reaching import reach
from escalation.glpi.read import Read, read
from escalation.glpi.settings import Mode, Settings, current
from support.kernel import db
from support.kernel.time import now
from support.outbox.draining import GiveUp, TryLater
from support.outbox.publishing import publish
from support.tickets.models import Ticket
from support.tickets.visibility import PAGE, hold

log = logging.getLogger(__name__)

OVERLAP = timedelta(minutes=5)  # what was being written while we read
FIRST_LOOK = timedelta(hours=1)
SAME_SECOND = timedelta(seconds=2)  # GLPI counts in seconds: two changes may bear one time


def pull(payload: Mapping[str, Any]) -> None:
    """``payload["remote_id"]``. Raises TryLater, GiveUp as handlers of the outbox do."""
    settings = current()
    if settings is None or settings.mode is not Mode.ON:
        return  # the polling looks again from where it stopped
    with db.transaction():
        if linking.bridge().paused:
            return
    try:
        take(int(payload["remote_id"]), reach(settings), settings)
        if payload.get("event_id"):
            with db.transaction():
                events.done(int(payload["event_id"]))
    except Failure as failure:
        _failed(failure)
        if isinstance(failure, Unreachable | NotLetIn):
            after = failure.after if isinstance(failure, Unreachable) else None
            raise TryLater(f"GLPI: {failure}", after) from failure
        raise GiveUp(f"GLPI: {type(failure).__name__} {failure}") from failure


def poll() -> int:
    """Read what has changed since the last look; returns how many tickets were read. A ticket
    that cannot be read waits in the outbox, and keeps no other waiting.
    """
    settings = current()
    if settings is None or settings.mode is not Mode.ON:
        return 0
    with db.transaction():
        row = linking.bridge()
        row.cursor = row.cursor or now() - FIRST_LOOK  # kept even if it does not answer today
        paused, since = row.paused, row.cursor
    if paused:
        return 0
    glpi, count, newest = reach(settings), 0, since
    try:
        for changed in glpi.changed_since(since - OVERLAP):
            count += _look_at(changed, glpi, settings)
            newest = max(newest, changed.at)
    except Failure as failure:
        _failed(failure)
        return count
    with db.transaction():
        row = linking.bridge()
        row.cursor, row.pulled_at, row.problem = newest, now(), None
    return count


def _look_at(changed: Changed, glpi: Glpi, settings: Settings) -> int:
    """Most of what changes there is none of ours: nothing is asked about it."""
    with db.transaction(write=False):
        link = linking.by_remote(changed.id)
        ours = link is not None or (settings.adopt and not OURS.search(changed.title))
        if not ours or (link is not None and _read_before(link, changed)):
            return 0
    try:
        take(changed.id, glpi, settings)
    except Failure as failure:
        log.warning("ticket %s of GLPI not read: %s", changed.id, failure)
        with db.transaction():
            publish(linking.PULL, remote_id=changed.id)
    return 1


def _read_before(link: GlpiTicket, changed: Changed) -> bool:
    if link.pulled_at is None or link.remote_changed_at is None:
        return False
    same = link.remote_changed_at == changed.at
    return same and link.pulled_at - changed.at > SAME_SECOND


def take(remote_id: int, glpi: Glpi, settings: Settings) -> None:
    """Read one ticket and take in what it says. Raises Failure."""
    with db.transaction(write=False):
        link = linking.by_remote(remote_id)
        ticket_id = link.ticket_id if link is not None else None
        whole = link is None or link.direction is Direction.ADOPTED
    found = _read(remote_id, glpi, settings, whole)
    if ticket_id is None:
        if found is not None and settings.adopt and not found.ticket.external_id:
            with db.transaction():
                adopting.adopt(found, settings)
        return
    with db.transaction() as session:
        ticket = session.get(Ticket, ticket_id, options=PAGE)
        assert ticket is not None
        hold(ticket)
        link = session.get(GlpiTicket, ticket_id, populate_existing=True)
        assert link is not None
        _take_in(ticket, link, found, settings)


def _read(remote_id: int, glpi: Glpi, settings: Settings, whole: bool) -> Read | None:
    """None when it is there no more."""
    try:
        found = read(remote_id, glpi, settings, whole=whole)
    except Gone:
        return None
    return None if found.ticket.deleted else found


def _take_in(ticket: Ticket, link: GlpiTicket, found: Read | None, settings: Settings) -> None:
    if found is None:
        taking.gone(ticket, link)
        return
    if link.direction is Direction.RAISED:
        taking.take(ticket, link, found, settings)
    else:
        adopting.go_on(ticket, link, found)
    link.remote_changed_at, link.pulled_at = found.ticket.changed_at, now()


def _failed(failure: Failure) -> None:
    log.warning("GLPI not read: %s", failure)
    with db.transaction():
        row = linking.bridge()
        row.problem, row.problem_at = f"{type(failure).__name__}: {failure}"[:500], now()
