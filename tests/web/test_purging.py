"""The nightly purge: everything too old, in batches, each its own transaction."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, func, select

from support.kernel import db
from support.kernel.time import as_of, now
from support.outbox.draining import drain
from support.outbox.models import OutboxRow
from support.outbox.publishing import publish
from support.people.models import SignInAttempt
from web import worker
from web.config import Settings


def test_everything_old_goes(doors_db: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "BATCH", 2)
    with as_of(now() - timedelta(days=31)):
        with db.transaction() as session:
            for _ in range(5):
                publish("test")
                session.add(SignInAttempt(email="a@example.org", address="192.0.2.1"))
        drain({"test": lambda _payload: None})
    with db.transaction() as session:
        publish("test")
        session.add(SignInAttempt(email="a@example.org", address="192.0.2.1"))
    assert worker.purge() == 10
    with db.transaction(write=False) as session:
        for model in (OutboxRow, SignInAttempt):
            assert session.scalar(select(func.count()).select_from(model)) == 1


def test_the_clock_rings_for_it(tmp_path: Path) -> None:
    settings = Settings(_env_file=None, data_dir=tmp_path)  # type: ignore[call-arg]
    schedule = worker.configure(settings).conf.beat_schedule
    assert "relais.purge" in {entry["task"] for entry in schedule.values()}
    assert worker.purge.name == "relais.purge"
