"""The outbox delivers each row, once at a time, and never forgets one."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from support.kernel import db
from support.outbox import draining
from support.outbox.draining import GiveUp, TryLater, drain, retry
from support.outbox.models import OutboxRow, OutboxState
from support.outbox.publishing import publish

START = datetime(2026, 11, 16, 9, tzinfo=UTC)


@pytest.fixture
def clock():
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


def put(count: int = 1, **options) -> None:
    with db.transaction():
        for number in range(count):
            publish("test", number=number, **options)


def the_row() -> OutboxRow:
    with db.transaction(write=False) as session:
        return session.scalars(select(OutboxRow)).one()


def rows() -> list[OutboxRow]:
    with db.transaction(write=False) as session:
        return list(session.scalars(select(OutboxRow).order_by(OutboxRow.id)))


def failing(error: Exception):
    def handler(_payload):
        raise error

    return {"test": handler}


def test_what_is_published_is_delivered_once_in_order(doors_db, clock):
    put(3)
    seen = []
    handlers = {"test": lambda payload: seen.append(payload["number"])}
    assert drain(handlers) == 3
    assert drain(handlers) == 0
    assert seen == [0, 1, 2]
    assert {row.state for row in rows()} == {OutboxState.DONE}


def test_nothing_leaves_when_the_change_is_undone(real_db, clock):
    def fail():
        with db.transaction():
            publish("test")
            raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011
        fail()
    assert rows() == []


def test_a_handler_opens_its_own_transaction(doors_db, clock):
    put()

    def handler(_payload):
        with db.transaction():
            publish("second")

    assert drain({"test": handler, "second": lambda _: None}) == 2


def test_no_more_than_asked_at_once(doors_db, clock):
    put(5)
    assert drain({"test": lambda _: None}, limit=2) == 2
    assert drain({"test": lambda _: None}) == 3


def test_a_row_waits_for_its_instant(doors_db, clock):
    put(at=START + timedelta(minutes=5))
    assert drain({"test": lambda _: None}) == 0
    clock.shift(timedelta(minutes=5))
    assert drain({"test": lambda _: None}) == 1


def test_the_database_refuses_a_second_row_with_the_same_key(doors_db, clock):
    put(key="message:1")
    with pytest.raises(IntegrityError):
        put(key="message:1")
    assert len(rows()) == 1


def test_the_pauses_grow_and_the_row_is_given_up_loudly(doors_db, clock, caplog):
    put()
    tries, last, pauses = 0, None, []
    while the_row().state is OutboxState.WAITING:
        clock.move_to(max(the_row().available_at, START))
        if last is not None:
            pauses.append(the_row().available_at - last)
        last = the_row().available_at
        assert drain(failing(ConnectionError("no server"))) == 1
        tries += 1
    assert tries == draining.MAX_ATTEMPTS
    assert pauses == sorted(pauses)
    assert pauses[:3] == [timedelta(seconds=s) for s in (10, 20, 40)]
    assert pauses[-1] <= draining.LONGEST_PAUSE
    assert timedelta(hours=5) < sum(pauses, timedelta()) < timedelta(days=3)
    assert the_row().state is OutboxState.GIVEN_UP
    assert the_row().last_error == "ConnectionError: no server"
    assert "given up" in caplog.text


def test_a_handler_may_say_when_to_try_again(doors_db, clock):
    put()
    drain(failing(TryLater("greylisted", after=timedelta(minutes=7))))
    assert the_row().available_at == START + timedelta(minutes=7)
    assert (the_row().attempts, the_row().last_error) == (1, "greylisted")


def test_a_handler_may_give_up_at_once(doors_db, clock):
    put()
    drain(failing(GiveUp("no such mailbox")))
    assert (the_row().state, the_row().attempts) == (OutboxState.GIVEN_UP, 1)


def test_a_topic_that_nobody_handles_is_given_up(doors_db, clock):
    put()
    assert drain({}) == 1
    assert the_row().state is OutboxState.GIVEN_UP
    assert "test" in the_row().last_error


def test_one_bad_row_does_not_stop_the_others(doors_db, clock):
    put(3)
    seen = []

    def handler(payload):
        if payload["number"] == 1:
            raise ValueError("odd \x00 words")
        seen.append(payload["number"])

    assert drain({"test": handler}) == 3
    assert seen == [0, 2]


def test_an_administrator_puts_a_given_up_row_back_in_line(doors_db, clock):
    put()
    drain(failing(GiveUp("wrong password")))
    with db.transaction():
        assert retry(the_id()) is True
        assert retry(the_id()) is False
    assert drain({"test": lambda _: None}) == 1
    assert the_row().state is OutboxState.DONE
    with db.transaction():
        assert retry(the_id()) is False


def the_id() -> int:
    return db.session().scalars(select(OutboxRow.id)).one()


def test_a_row_dropped_while_it_runs_stays_dropped(doors_db, clock):
    put()

    def handler(_payload):
        with db.transaction() as session:
            session.scalars(select(OutboxRow)).one().state = OutboxState.GIVEN_UP

    drain({"test": handler})
    assert the_row().state is OutboxState.GIVEN_UP


def test_the_rows_of_a_killed_worker_come_back_after_the_lease(doors_db, clock):
    put()

    class Killed(BaseException):
        pass

    with pytest.raises(Killed):
        drain(failing(Killed()))
    seen = []
    handlers = {"test": seen.append}
    assert drain(handlers) == 0, "somebody may still be at work on it"
    clock.shift(draining.LEASE + timedelta(seconds=1))
    assert drain(handlers) == 1
    assert (len(seen), the_row().attempts) == (1, 2)


def test_a_row_that_kills_its_process_each_time_is_given_up(doors_db, clock, caplog):
    put()

    class Killed(BaseException):
        pass

    for _ in range(draining.MAX_ATTEMPTS):
        with pytest.raises(Killed):
            drain(failing(Killed()))
        clock.shift(draining.LEASE + timedelta(seconds=1))
    assert drain(failing(Killed())) == 1
    assert the_row().state is OutboxState.GIVEN_UP
    assert "never finished" in the_row().last_error
    assert "given up" in caplog.text


def test_a_row_that_waits_behind_a_slow_one_keeps_its_whole_lease(doors_db, clock):
    put(2)

    def slow(_payload):
        clock.shift(draining.LEASE - timedelta(seconds=1))

    assert drain({"test": slow}, limit=1) == 1
    assert rows()[1].attempts == 0


def test_workers_at_once_never_hold_the_same_row(real_db):
    put(60)
    seen, lock, together = Counter(), threading.Lock(), threading.Barrier(4)

    def handler(payload):
        with lock:
            seen[payload["number"]] += 1

    def worker():
        together.wait()
        drain({"test": handler})

    threads = [threading.Thread(target=worker) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == Counter(range(60))
    assert {(row.state, row.attempts) for row in rows()} == {(OutboxState.DONE, 1)}


def test_a_claimed_row_is_passed_over_and_not_waited_for(real_db):
    put(2)
    holding, let_go, seen = threading.Event(), threading.Event(), []

    def slow(payload):
        holding.set()
        assert let_go.wait(timeout=10)
        seen.append(payload["number"])

    worker = threading.Thread(target=drain, args=({"test": slow},), kwargs={"limit": 1})
    worker.start()
    assert holding.wait(timeout=10)
    assert drain({"test": lambda payload: seen.append(payload["number"])}) == 1
    let_go.set()
    worker.join()
    assert seen == [1, 0]


def test_what_was_delivered_long_ago_is_forgotten_a_few_at_a_time(doors_db, clock):
    put(3)
    assert drain({"test": lambda _payload: None}) == 3
    put()
    drain(failing(GiveUp("never")))
    clock.shift(draining.KEPT - timedelta(seconds=1))
    with db.transaction():
        assert draining.forget_done() == 0
    clock.shift(draining.LEASE + timedelta(seconds=2))
    put()
    with db.transaction():
        assert [draining.forget_done(limit=2) for _ in range(3)] == [2, 1, 0]
    assert [row.state for row in rows()] == [OutboxState.GIVEN_UP, OutboxState.WAITING]
