"""Warned at a quarter and at an eighth of the time left, each once, whatever stood still."""

from __future__ import annotations

import threading
from datetime import UTC, datetime

import pytest
import time_machine
from sqlalchemy import select

from support.clocks import running, ticking, warning
from support.clocks.calendars import hours_of
from support.clocks.models import ClockKind
from support.clocks.warning import Stage, next_warning
from support.kernel import db
from support.outbox.models import OutboxRow

MONDAY = datetime(2026, 11, 16, 8, tzinfo=UTC)  # nine in the morning in Paris, office opens
A_DAY = 7 * 60  # of the office: 9–12:30, 13:30–17


@pytest.fixture
def clock():
    with time_machine.travel(MONDAY, tick=False) as traveller:
        yield traveller


def paris(hour: int, minute: int = 0, day: int = 16) -> datetime:
    return datetime(2026, 11, day, hour - 1, minute, tzinfo=UTC)


def said() -> list[tuple[int, int]]:
    db.session().flush()
    query = select(OutboxRow).where(OutboxRow.topic == warning.TOPIC).order_by(OutboxRow.id)
    return [(r.payload["ticket_id"], r.payload["stage"]) for r in db.session().scalars(query)]


def started(ticket_id: int = 1, minutes: int = A_DAY):
    return running.start(ticket_id, ClockKind.ANSWER, minutes, "office")


@pytest.mark.parametrize(
    ("budget", "left", "warned", "at"),
    [
        (A_DAY, A_DAY, 0, paris(15, 15)),  # 315 of 420 minutes, lunch between
        (A_DAY, A_DAY, 1, paris(16, 8)),
        (A_DAY, A_DAY, 2, None),
        (A_DAY, 105, 0, paris(9)),
        (A_DAY, 60, 0, paris(9)),  # it has come already
        (A_DAY, 60, 1, paris(9, 8)),
        (60, 60, 0, paris(9, 45)),
        (2 * A_DAY, 2 * A_DAY, 0, paris(12, 30, day=17)),
    ],
)
def test_when_it_is_said_next(clock, db_session, budget, left, warned, at):
    assert next_warning(budget, left, warned, MONDAY, hours_of("office")) == at


def test_each_stage_is_said_once_and_the_end_by_the_sweep_of_the_broken(clock, db_session):
    started()
    steps = [(15, 14, []), (15, 15, [(1, 1)]), (16, 7, [(1, 1)]), (16, 8, [(1, 1), (1, 2)])]
    for hour, minute, expected in steps:
        clock.move_to(paris(hour, minute))
        warning.sweep()
        warning.sweep()
        assert said() == expected
    clock.move_to(paris(17, 1))
    assert (ticking.sweep(), warning.sweep()) == (1, 0)
    assert len(said()) == 2


def test_a_pause_moves_the_warning_as_it_moves_the_deadline(clock, db_session):
    one = started()
    clock.move_to(paris(11))
    running.pause(one)
    db_session.flush()
    clock.move_to(paris(16))
    assert warning.sweep() == 0
    clock.move_to(paris(9, day=17))
    running.resume(one)
    db_session.flush()
    assert one.warn_at == paris(12, 15, day=17)  # 195 minutes more
    clock.move_to(one.warn_at)
    assert warning.sweep() == 1


def test_what_passed_while_nobody_swept_is_caught_up(clock, db_session):
    started()
    clock.move_to(paris(16, 30))
    assert warning.sweep() == 1
    assert warning.sweep() == 1
    assert warning.sweep() == 0
    assert said() == [(1, Stage.OWNER), (1, Stage.TEAM)]


def test_a_stopped_clock_says_nothing(clock, db_session):
    one = started()
    running.stop(one)
    db_session.flush()
    clock.move_to(paris(16, 30))
    assert warning.sweep() == 0


def test_workers_that_sweep_at_once_say_it_once(real_db, clock):
    with db.transaction():
        for ticket_id in range(20):
            started(ticket_id)
    clock.move_to(paris(15, 30))
    acted, together = [], threading.Barrier(3)

    def worker():
        together.wait()
        with db.transaction():
            acted.append(warning.sweep())

    threads = [threading.Thread(target=worker) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(acted) == 20
    with db.transaction():
        assert sorted(said()) == [(n, 1) for n in range(20)]


def test_replacing_a_promise_begins_anew(clock, db_session):
    one = started()
    clock.move_to(paris(16, 30))
    warning.sweep()
    new = running.replace(one, paris(17, day=18))
    assert (one.kept, new.warned, new.budget_minutes) == (None, 0, 30 + 2 * A_DAY)
    assert new.warn_at is not None
    assert new.warn_at > paris(16, 30)


@pytest.mark.parametrize(
    ("stop_at", "minutes"),
    [(paris(11), 120), (paris(14), 240), (paris(17), 420), (paris(10, day=17), 480)],
)
def test_what_a_clock_has_taken(clock, db_session, stop_at, minutes):
    one = started()
    clock.move_to(stop_at)
    running.stop(one)
    assert running.spent(one) == minutes


def test_what_a_clock_has_taken_leaves_the_pauses_out(clock, db_session):
    one = started()
    assert running.spent(one) is None
    clock.move_to(paris(10))
    running.pause(one)
    clock.move_to(paris(10, day=18))
    running.resume(one)
    clock.move_to(paris(11, day=18))
    running.stop(one)
    assert running.spent(one) == 120
