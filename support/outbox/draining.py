"""Delivering the outbox: claim a row, run its handler, mark it done.

The row is the queue. A claim pushes ``available_at`` ahead by the lease in a guarded update,
so that two workers never hold the same row and a killed worker's rows return after the lease.
A handler runs outside any transaction and opens its own; it must be safe to run twice.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select, update

from support.kernel import db
from support.kernel.time import now
from support.outbox.models import OutboxRow, OutboxState

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=120)  # longer than the slowest handler: an SMTP server that hangs
MAX_ATTEMPTS = 14  # with the back-off below: about two days of trying
FIRST_PAUSE = timedelta(seconds=10)
LONGEST_PAUSE = timedelta(hours=6)
KEPT = timedelta(days=30)  # a delivered row, to look back at

Handler = Callable[[Mapping[str, Any]], None]


class TryLater(Exception):
    """Raised by a handler: not now. ``after`` overrides the usual back-off."""

    def __init__(self, why: str, after: timedelta | None = None) -> None:
        super().__init__(why)
        self.after = after


class GiveUp(Exception):
    """Raised by a handler: it will never work. The row stays, visible to administrators."""


@dataclass(frozen=True)
class Claimed:
    id: int
    topic: str
    payload: Mapping[str, Any]
    attempts: int


def drain(handlers: Mapping[str, Handler], *, limit: int = 100, lease: timedelta = LEASE) -> int:
    """Deliver up to ``limit`` due rows, oldest first; returns how many were tried."""
    for tried in range(limit):
        row = _claim(lease)
        if row is None:
            return tried
        if row.attempts > MAX_ATTEMPTS:
            # Its last try neither ended nor failed: it took the process with it.
            _finish(row, OutboxState.GIVEN_UP, "never finished: the process died or hung each time")
        else:
            _run(row, handlers)
    return limit


def _claim(lease: timedelta) -> Claimed | None:
    # One at a time: a row waiting behind a slow one must not outlive its lease.
    with db.transaction() as session:
        due = (
            select(OutboxRow)
            .where(OutboxRow.state == OutboxState.WAITING, OutboxRow.available_at <= now())
            .order_by(OutboxRow.available_at, OutboxRow.id)
            .limit(1)
        )
        if session.get_bind().dialect.name == "postgresql":
            due = due.with_for_update(skip_locked=True)
        row = session.scalar(due)
        if row is None:
            return None
        row.available_at = now() + lease
        row.attempts += 1
        return Claimed(row.id, row.topic, dict(row.payload), row.attempts)


def _run(row: Claimed, handlers: Mapping[str, Handler]) -> None:
    handler = handlers.get(row.topic)
    try:
        if handler is None:
            raise GiveUp(f"no handler for topic {row.topic}")
        handler(row.payload)
    except GiveUp as reason:
        _finish(row, OutboxState.GIVEN_UP, str(reason))
    except TryLater as reason:
        _postpone(row, str(reason), reason.after)
    except Exception as reason:  # whatever went wrong, the row must survive it
        log.exception("outbox row %s (%s) failed", row.id, row.topic)
        _postpone(row, f"{type(reason).__name__}: {reason}", None)
    else:
        _finish(row, OutboxState.DONE, None)


def _finish(row: Claimed, state: OutboxState, error: str | None) -> None:
    with db.transaction() as session:
        # Guarded: an administrator may have retried or dropped it meanwhile.
        session.execute(
            update(OutboxRow)
            .where(OutboxRow.id == row.id, OutboxRow.state == OutboxState.WAITING)
            .values(state=state, done_at=now(), last_error=error)
        )
    if error:
        log.error("outbox row %s (%s) given up: %s", row.id, row.topic, error)


def _postpone(row: Claimed, error: str, after: timedelta | None) -> None:
    if row.attempts >= MAX_ATTEMPTS:
        _finish(row, OutboxState.GIVEN_UP, error)
        return
    pause = after or min(FIRST_PAUSE * 2 ** (row.attempts - 1), LONGEST_PAUSE)
    with db.transaction() as session:
        session.execute(
            update(OutboxRow)
            .where(OutboxRow.id == row.id, OutboxRow.state == OutboxState.WAITING)
            .values(available_at=now() + pause, last_error=error[:2000])
        )


def retry(row_id: int) -> bool:
    """Put a given-up row back in line. Returns whether there was one."""
    result = db.session().execute(
        update(OutboxRow)
        .where(OutboxRow.id == row_id, OutboxRow.state == OutboxState.GIVEN_UP)
        .values(state=OutboxState.WAITING, attempts=0, available_at=now(), done_at=None)
    )
    db.session().info["outbox_written"] = True  # the doorbell rings after the commit
    return bool(result.rowcount)  # type: ignore[attr-defined]


def forget_done(limit: int = 1000) -> int:
    """Delete up to ``limit`` rows delivered long ago; returns how many. Given-up ones stay."""
    before = now() - KEPT
    # A claim sets available_at ahead of done_at by the lease at most: the index finds the row.
    old = (
        select(OutboxRow.id)
        .where(
            OutboxRow.state == OutboxState.DONE,
            OutboxRow.available_at < before,
            OutboxRow.done_at < before,
        )
        .order_by(OutboxRow.available_at, OutboxRow.id)
        .limit(limit)
    )
    result = db.session().execute(
        delete(OutboxRow).where(OutboxRow.id.in_(old)).execution_options(synchronize_session=False)
    )
    return int(result.rowcount)  # type: ignore[attr-defined]
