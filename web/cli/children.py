"""A process that is started again when it dies, but not for ever."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections import deque
from collections.abc import Mapping, Sequence
from contextlib import suppress

import click

MOST = 5  # times started again within LATELY: what dies oftener will not live
LATELY = 60.0  # seconds
PAUSE = 1.0  # seconds before each new start: what dies at once must not keep the machine busy
PATIENCE = 15  # seconds for a process to finish what it holds


class Child:
    """``command`` running since now."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str]) -> None:
        self._command, self._environment = list(command), dict(environment)
        self._restarts: deque[float] = deque(maxlen=MOST)
        self.process = self._start()

    def is_alive(self) -> bool:
        return self.process.poll() is None

    def start_again(self) -> bool:
        """Whether it was started again: False when it was MOST times within LATELY."""
        if len(self._restarts) == MOST and time.monotonic() - self._restarts[0] < LATELY:
            return False
        click.echo(f"{self._command[-1]} ended with {self.process.returncode}: starting it again",
                   err=True)  # fmt: skip
        time.sleep(PAUSE)
        self._restarts.append(time.monotonic())
        self.process = self._start()
        return True

    def terminate(self) -> None:
        if self.is_alive():
            self.process.terminate()

    def wait(self) -> None:
        """Until it has ended; what takes longer than PATIENCE, or stays behind, is killed."""
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(timeout=PATIENCE)
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def _start(self) -> subprocess.Popen[bytes]:
        # A group of its own: Ctrl-C reaches us alone, who end it once and in order, and its own
        # children can be swept away with it.
        return subprocess.Popen(self._command, env=self._environment, start_new_session=True)
