"""When each periodic task was last rung for, kept so that a killed worker cannot spoil it.

Celery's own memory is a database file that a kill in the middle of a write may leave unreadable,
and the worker then rings for nothing. Here it is a small file that gets its name when it is whole.
What was missed while no worker ran is rung for at the next start.
"""

from __future__ import annotations

import json
import logging
import os
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from celery.beat import Scheduler

log = logging.getLogger(__name__)


class KeptScheduler(Scheduler):
    """``schedule_filename``: where it is kept, with « .json » behind."""

    def __init__(self, *args: Any, schedule_filename: str, **options: Any) -> None:
        self._path = Path(f"{schedule_filename}.json")
        super().__init__(*args, **options)

    def setup_schedule(self) -> None:
        super().setup_schedule()
        latest = datetime.now(UTC)
        for name, at in self._kept().items():
            if name in self.schedule:
                self.schedule[name].last_run_at = min(at, latest)  # a clock may have been set back
        self.sync()

    def sync(self) -> None:
        kept = {
            name: entry.last_run_at.isoformat()
            for name, entry in self.schedule.items()
            if entry.last_run_at is not None
        }
        unfinished = self._path.with_name(f"{self._path.name}.{uuid4().hex}")
        try:
            unfinished.write_text(json.dumps(kept))
            os.replace(unfinished, self._path)
        except OSError as error:  # it only means that a task may run twice
            log.warning("schedule not kept: %s", error)
            with suppress(OSError):
                unfinished.unlink()

    def _kept(self) -> dict[str, datetime]:
        try:
            said = json.loads(self._path.read_text())
            return {str(name): datetime.fromisoformat(at) for name, at in said.items()}
        except (OSError, ValueError, TypeError, AttributeError):
            return {}  # the first start, or a file that somebody edited
