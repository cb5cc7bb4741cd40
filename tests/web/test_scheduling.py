"""The scheduler's memory: kept whole, caught up after a stop, and never a reason not to ring."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from celery import Celery
from celery.schedules import crontab

from web.scheduling import KeptScheduler


def a_scheduler(folder: Path) -> KeptScheduler:
    app = Celery("test", broker="memory://")
    app.conf.beat_schedule = {
        "often": {"task": "often", "schedule": 5.0},
        "nightly": {"task": "nightly", "schedule": crontab(hour=3, minute=10)},
    }
    return KeptScheduler(app, schedule_filename=str(folder / "schedule"))


def test_what_was_missed_is_rung_for_at_the_next_start(tmp_path: Path) -> None:
    a_scheduler(tmp_path)
    two_days = datetime.now(UTC) - timedelta(days=2)
    path = tmp_path / "schedule.json"
    path.write_text(json.dumps({"nightly": two_days.isoformat(), "gone": two_days.isoformat()}))
    entry = a_scheduler(tmp_path).schedule["nightly"]
    assert entry.last_run_at == two_days
    assert entry.is_due()[0] is True


def test_at_the_first_start_nothing_is_missed(tmp_path: Path) -> None:
    made = a_scheduler(tmp_path)
    assert datetime.now(UTC) - made.schedule["often"].last_run_at < timedelta(seconds=30)
    assert {"often", "nightly"} <= set(json.loads((tmp_path / "schedule.json").read_text()))
    assert [one.name for one in tmp_path.iterdir()] == ["schedule.json"]


@pytest.mark.parametrize(
    "spoiled", ["", "{", "[1]", '{"often": 3}', '{"often": "hier"}', "\x00\x01"]
)
def test_a_spoiled_memory_is_forgotten(tmp_path: Path, spoiled: str) -> None:
    (tmp_path / "schedule.json").write_text(spoiled)
    made = a_scheduler(tmp_path)
    assert "often" in made.schedule
    assert json.loads((tmp_path / "schedule.json").read_text())["often"]


def test_a_clock_that_was_set_back_keeps_nothing_waiting(tmp_path: Path) -> None:
    future = datetime.now(UTC) + timedelta(days=400)
    (tmp_path / "schedule.json").write_text(json.dumps({"often": future.isoformat()}))
    made = a_scheduler(tmp_path)
    assert made.schedule["often"].last_run_at <= datetime.now(UTC)


def test_a_folder_that_cannot_be_written_stops_nothing(tmp_path: Path) -> None:
    made = a_scheduler(tmp_path)
    made._path = tmp_path / "missing" / "schedule.json"
    made.sync()
