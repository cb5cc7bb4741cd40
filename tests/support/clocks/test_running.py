"""A clock's life: one live of a kind, standing still, going on, kept or not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from sqlalchemy.exc import IntegrityError

from support.clocks import running
from support.clocks.calendars import hours_of
from support.clocks.models import Calendar, ClockKind

PARIS = ZoneInfo("Europe/Paris")
ANSWER = ClockKind.ANSWER


def paris(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=PARIS)


@pytest.fixture
def clock(db_session):
    """Started on a Monday morning, for two office days of seven hours: until Tuesday evening."""
    with time_machine.travel(paris("2026-11-16 09:00"), tick=False):
        return running.start(1, ANSWER, 14 * 60, "office")


def at(text: str, act, *args):
    with time_machine.travel(paris(text), tick=False):
        return act(*args)


def test_the_deadline_is_stored(clock, db_session):
    assert clock.deadline == paris("2026-11-17 17:00")
    assert clock.started_at == paris("2026-11-16 09:00")
    assert clock.deadline.tzinfo is UTC
    db_session.expire_all()
    assert clock.deadline == paris("2026-11-17 17:00")


def test_the_database_refuses_a_second_live_clock(clock, db_session):
    with pytest.raises(IntegrityError), db_session.begin_nested():
        running.start(1, ANSWER, 60, "office")
    running.start(2, ANSWER, 60, "office")
    running.stop(clock)
    assert running.live(1) is None
    db_session.flush()
    assert running.start(1, ANSWER, 60, "office") is running.live(1)


def test_time_does_not_pass_while_it_is_paused(clock):
    at("2026-11-16 16:00", running.pause, clock)
    assert (clock.deadline, clock.left_minutes) == (None, 8 * 60)
    at("2026-11-20 10:00", running.pause, clock)  # twice changes nothing
    assert clock.left_minutes == 8 * 60
    assert clock.paused_at == paris("2026-11-16 16:00")
    assert at("2026-11-23 09:00", running.resume, clock) == paris("2026-11-24 10:00")
    assert (clock.paused_at, clock.left_minutes) == (None, None)
    assert at("2026-11-23 12:00", running.resume, clock) == paris("2026-11-24 10:00")


def test_pausing_outside_opening_hours_costs_nothing(clock):
    at("2026-11-16 20:00", running.pause, clock)
    assert at("2026-11-18 06:00", running.resume, clock) == paris("2026-11-18 17:00")


def test_many_pauses_take_less_than_a_minute_each(clock):
    for minute in range(10):
        at(f"2026-11-16 10:{minute:02}:20", running.pause, clock)
        at(f"2026-11-16 10:{minute:02}:20", running.resume, clock)
    assert paris("2026-11-17 16:50") <= clock.deadline <= paris("2026-11-17 17:00")


@pytest.mark.parametrize(
    ("when", "kept"),
    [
        ("2026-11-16 10:00", True),
        ("2026-11-17 17:00", True),
        ("2026-11-17 17:00:01", False),
        ("2026-11-20 10:00", False),
    ],
)
def test_a_promise_is_kept_until_its_deadline(clock, when, kept):
    assert at(when, running.stop, clock) is kept
    assert (clock.kept, clock.stopped_at) == (kept, paris(when))


def test_a_paused_promise_is_kept(clock):
    at("2026-11-16 10:00", running.pause, clock)
    assert at("2026-12-24 10:00", running.stop, clock) is True


def test_a_broken_promise_is_not_mended_by_waiting(clock):
    # Nobody has swept yet, so nothing says that it is broken but the deadline itself.
    at("2026-11-18 10:00", running.pause, clock)
    assert clock.deadline == paris("2026-11-17 17:00")
    assert at("2026-11-19 10:00", running.resume, clock) == paris("2026-11-17 17:00")
    at("2026-11-20 10:00", running.pause, clock)
    assert at("2026-11-20 10:00", running.stop, clock) is False


def test_a_breach_is_remembered_whatever_follows(clock):
    clock.breached_at = paris("2026-11-17 17:01")
    clock.deadline += timedelta(days=30)
    assert at("2026-11-18 10:00", running.stop, clock) is False


def test_a_calendar_edited_while_a_clock_runs_moves_no_promise(clock, db_session):
    long_hours = {str(day): [["00:00", "23:00"]] for day in range(7)}
    db_session.add(Calendar(code="office", label="", weekly=long_hours, closures=["2026-11-19"]))
    db_session.flush()
    assert clock.deadline == paris("2026-11-17 17:00")
    # The new hours hold from the next reckoning on.
    at("2026-11-17 16:00", running.pause, clock)
    assert at("2026-11-18 22:30", running.resume, clock) == paris("2026-11-20 00:30")


def test_an_unknown_calendar_is_the_offices(db_session):
    assert hours_of("nobody knows").weekly.keys() == set(range(5))


def test_a_stored_calendar_is_read_with_its_zone_and_closures(db_session):
    weekly = {"2": [["10:00", "11:30"]]}
    db_session.add(
        Calendar(
            code="moselle",
            label="",
            zone="alsace_moselle",
            weekly=weekly,
            closures=["2026-11-18"],
        )
    )
    db_session.flush()
    hours = hours_of("moselle")
    assert hours.zone == "alsace_moselle"
    assert not hours.ranges_on(paris("2026-11-18 12:00").date())
    assert len(hours.ranges_on(paris("2026-11-25 12:00").date())) == 1
