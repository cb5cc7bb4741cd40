"""What the scheduler rings for: dates that press, dates that broke, and the delays of tomorrow."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import time_machine
from sqlalchemy import select

from support.kernel import db
from support.outbox.draining import drain
from support.tickets import measuring
from support.tickets.closing import close
from support.tickets.models import ClosedHow, Ticket
from support.tickets.timeline import Entry
from tests.cast import Cast, again
from tests.factories import a_ticket
from web import worker
from web.config import Settings
from web.wiring import handlers

MONDAY = datetime(2026, 11, 16, 8, tzinfo=UTC)


def events(ticket: Ticket) -> list[str | None]:
    query = select(Entry.event).where(Entry.ticket_id == ticket.id, Entry.event.is_not(None))
    with db.transaction(write=False) as session:
        return list(session.scalars(query.order_by(Entry.id)))


def rung(times: int = 4) -> None:
    """The sweep and the outbox, as often as the scheduler rings in two minutes."""
    wanted = {topic: act for topic, act in handlers().items() if topic.startswith("clock.")}
    for _ in range(times):
        worker.sweep()
        drain({**dict.fromkeys(handlers(), lambda _payload: None), **wanted})


def test_a_promise_presses_and_then_breaks_each_said_once(real_cast: Cast) -> None:
    with time_machine.travel(MONDAY, tick=False) as clock:
        with db.transaction():
            ticket = a_ticket(real_cast)
        rung()
        assert "promise_presses" not in events(ticket)
        with db.transaction(write=False):
            deadline = again(ticket).promised_at
        assert deadline is not None
        clock.move_to(deadline - timedelta(minutes=1))
        rung()
        assert events(ticket).count("promise_presses") == 2  # the owner, then the team
        clock.move_to(deadline + timedelta(minutes=1))
        rung()
        rung()
    said = events(ticket)
    assert (said.count("promise_presses"), said.count("promise_broken")) == (2, 1)
    with db.transaction(write=False):
        assert again(ticket).pressing == 3


def test_each_night_the_delays_are_measured(real_cast: Cast) -> None:
    measuring.configure(measuring.Rules(percent=80, least=5))
    try:
        with time_machine.travel(MONDAY, tick=False) as clock:
            for _ in range(5):
                with db.transaction():
                    ticket = a_ticket(real_cast)
                clock.shift(timedelta(hours=2))
                with db.transaction():
                    close(again(ticket), ClosedHow.ANSWERED, by=again(real_cast.teleadviser))
                clock.move_to(MONDAY)
            assert worker.measure_delays() == 1
        with db.transaction(write=False):
            assert again(ticket).reason.measured_minutes == 120
    finally:
        measuring.configure(measuring.Rules())
        with db.transaction():
            again(ticket).reason.measured_minutes = None


def test_the_scheduler_rings_for_them(tmp_path: Path) -> None:
    settings = Settings(_env_file=None, data_dir=tmp_path)  # type: ignore[call-arg]
    schedule = worker.configure(settings).conf.beat_schedule
    rung_for = {entry["task"] for entry in schedule.values()}
    tasks = (worker.sweep, worker.measure_delays, worker.raise_priorities)
    assert {task.name for task in tasks} <= rung_for
