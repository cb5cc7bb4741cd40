"""The sweep finds what is overdue and acts once, however many sweep."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select

from support.clocks import running, ticking
from support.clocks.models import Clock, ClockKind
from support.kernel import db
from support.outbox.models import OutboxRow

MONDAY = datetime(2026, 11, 16, 9, tzinfo=UTC)


@pytest.fixture
def monday():
    with time_machine.travel(MONDAY, tick=False) as traveller:
        yield traveller


def breaches():
    rows = db.session().scalars(select(OutboxRow).where(OutboxRow.topic == "clock.breached"))
    return sorted(row.payload["ticket_id"] for row in rows)


def started(ticket_id: int, minutes: int = 30) -> Clock:
    return running.start(ticket_id, ClockKind.ANSWER, minutes, "office")


def test_only_running_overdue_clocks_are_told_and_once(db_session, monday):
    started(1)
    started(2, minutes=600)
    running.pause(started(3))
    running.stop(started(4))
    db_session.flush()
    assert ticking.sweep() == 0
    monday.shift(timedelta(minutes=31))
    assert ticking.sweep() == 1
    monday.shift(timedelta(minutes=31))
    assert ticking.sweep() == 0
    db_session.flush()
    assert breaches() == [1]
    db_session.expire_all()
    assert running.live(1).breached_at == MONDAY + timedelta(minutes=31)


def test_the_oldest_first_and_no_more_than_asked(db_session, monday):
    for ticket_id, minutes in ((1, 30), (2, 10), (3, 20)):
        started(ticket_id, minutes)
    monday.shift(timedelta(hours=1))
    assert ticking.sweep(limit=2) == 2
    db_session.flush()
    assert breaches() == [2, 3]
    assert ticking.sweep(limit=2) == 1


def test_workers_that_sweep_at_once_act_once(real_db, monday):
    with db.transaction():
        for ticket_id in range(20):
            started(ticket_id)
    monday.shift(timedelta(hours=1))
    acted, together = [], threading.Barrier(3)

    def worker():
        together.wait()
        with db.transaction():
            acted.append(ticking.sweep())

    threads = [threading.Thread(target=worker) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(acted) == 20
    with db.transaction():
        assert breaches() == list(range(20))


def test_a_clock_paused_since_it_was_found_is_left_alone(db_session, monday, monkeypatch):
    clock = started(1)
    monday.shift(timedelta(hours=1))
    found = db_session.execute

    def execute(statement, *rest, **more):
        result = found(statement, *rest, **more)
        if statement.is_select and clock.deadline is not None:
            result = result.freeze()()
            clock.deadline, clock.paused_at, clock.left_minutes = None, MONDAY, 1
            db_session.flush()
        return result

    monkeypatch.setattr(db_session, "execute", execute)
    assert ticking.sweep() == 0
