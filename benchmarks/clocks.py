"""The sweep over a hundred thousand running clocks, of which fifty are due."""

from __future__ import annotations

import time
from argparse import Namespace
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import delete, update

from benchmarks.places import Place
from benchmarks.report import Figure, timing
from support.clocks import ticking, warning
from support.clocks.models import Clock, ClockKind
from support.kernel import db
from support.kernel.time import now
from support.kernel.writing import write_values

RUNNING = 100_000
DUE = 50
TIMES = 20
BATCH = 10_000


def measure(place: Place, asked: Namespace) -> list[Figure]:
    """Each sweep is its whole transaction, commit and outbox rows included; every one finds
    fifty and none finds one twice.
    """
    place.relais("db", "upgrade")
    engine = db.make_engine(place.database_url)
    db.configure(engine)
    _plant()
    figures = [
        timing("clocks", place.name, f"{what}, {DUE} of {RUNNING} due", _timed(sweep, column))
        for what, sweep, column in (
            ("sweep of the broken", ticking.sweep, "deadline"),
            ("sweep of the warnings", warning.sweep, "warn_at"),
        )
    ]
    with db.transaction() as session:
        session.execute(delete(Clock))
    engine.dispose()
    return figures


def _plant() -> None:
    begun = now()
    for first in range(1, RUNNING + 1, BATCH):
        with db.transaction():
            write_values(Clock, [_clock(n, begun) for n in range(first, first + BATCH)])


def _clock(number: int, begun: datetime) -> dict[str, object]:
    """Due one after the other, from a week on."""
    end = begun + timedelta(days=7, minutes=number)
    return {
        "id": number, "ticket_id": number, "kind": ClockKind.ANSWER, "calendar_code": "office",
        "budget_minutes": 2400, "started_at": begun, "deadline": end,
        "warn_at": end - timedelta(days=2),
    }  # fmt: skip


def _timed(sweep: Callable[[], int], column: str) -> list[float]:
    seconds = []
    for turn in range(TIMES):
        first = turn * DUE + 1 + (RUNNING // 2 if column == "warn_at" else 0)
        with db.transaction() as session:
            session.execute(
                update(Clock)
                .where(Clock.id.between(first, first + DUE - 1))
                .values({column: now() - timedelta(minutes=1)})
            )
        begun = time.perf_counter()
        with db.transaction():
            acted = sweep()
        seconds.append(time.perf_counter() - begun)
        assert acted == DUE, f"{acted} of {DUE}"
    return seconds
