"""A server process that the tests own: it starts for real, answers, and leaves nothing behind."""

from __future__ import annotations

import ctypes
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

PR_SET_PDEATHSIG = 1
START_SECONDS = 30.0
STOP_SECONDS = 15.0
SYSTEM_PLACES = "/usr/sbin:/usr/local/sbin:/usr/local/bin:/usr/bin"


class ServerFailed(AssertionError):
    """The server did not start or stop; carries the end of its log."""


def free_port() -> int:
    """A TCP port of 127.0.0.1 that nobody listens on at this instant."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def program(name: str, places: str = "") -> str:
    """The path of a server's program; fails with the remedy when it is missing."""
    search = f"{places}:{os.environ.get('PATH', '')}:{SYSTEM_PLACES}"
    found = shutil.which(name, path=search)
    if found is None:
        raise ServerFailed(f"{name} is not installed: `make setup-test` installs it")
    return found


def wait_until(condition: Callable[[], bool], what: str, seconds: float = START_SECONDS) -> None:
    """Asks again every few milliseconds until `condition` holds; fails after `seconds`."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise ServerFailed(f"{what}: not within {seconds:g} s")
        time.sleep(0.02)


def _die_with(parent: int, how: signal.Signals) -> Callable[[], None]:
    """Run in the child: the kernel sends it `how` when its parent ends, killed or not."""
    libc = ctypes.CDLL(None, use_errno=True)

    def ask() -> None:
        libc.prctl(PR_SET_PDEATHSIG, int(how))
        if os.getppid() != parent:  # it ended between the fork and the request
            os._exit(1)

    return ask


class Server(ABC):
    """One server process. `start` again after `stop` keeps its port and its folder.

    Use as a context manager, or call `close` at the end: it stops and removes the folder.
    """

    name: str
    stop_signal = signal.SIGTERM
    # Servers that refuse root are given the first of these users that exists.
    unprivileged: tuple[str, ...] = ()

    def __init__(self) -> None:
        _sweep_orphans()
        self.port = free_port()
        self.folder = Path(tempfile.mkdtemp(prefix=f"relais-test-{os.getpid()}-{self.name}-"))
        self.user = self._user()
        (self.folder / "log").touch()
        for path in (self.folder, self.folder / "log"):
            self.own(path)
        self._process: subprocess.Popen[bytes] | None = None

    @abstractmethod
    def command(self) -> list[str]:
        """The program and its words, to be run in the foreground."""

    @abstractmethod
    def answers(self) -> bool:
        """Whether it serves now; False when it refuses or is not there yet."""

    def prepare(self) -> None:  # noqa: B027
        """Before each start: writes configuration, or makes what the server starts on."""

    def start(self) -> Self:
        """Starts and waits until it answers. A port taken meanwhile is replaced by another."""
        for attempt in range(3):
            self.prepare()
            self._launch(self.command())
            try:
                wait_until(lambda: self.answers() or not self.running, f"{self.name} answers")
            except ServerFailed:
                self.stop()
                raise ServerFailed(f"{self.name} does not answer\n{self.log()}") from None
            if self.running:
                return self
            if attempt < 2 and self._port_taken():
                self.port = free_port()
        raise ServerFailed(f"{self.name} ended at once\n{self.log()}")

    def stop(self, how: signal.Signals | None = None) -> None:
        """Asks it to end (`how` defaults to the server's polite signal) and waits for it."""
        process, self._process = self._process, None
        if process is None:
            return
        if process.poll() is None:
            process.send_signal(how or self.stop_signal)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def kill(self) -> None:
        """As a crash does: no time for the server to tidy up."""
        self.stop(signal.SIGKILL)

    def close(self) -> None:
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        if self._process is None:
            raise ServerFailed(f"{self.name} is not running")
        return self._process.pid

    def log(self) -> str:
        """The end of what it wrote, for the message of a failing test."""
        path = self.folder / "log"
        return path.read_text(errors="replace")[-4000:] if path.exists() else ""

    def own(self, path: Path) -> None:
        """Gives a file or folder to the user the server runs as."""
        if self.user is not None:
            os.chown(path, self.user.pw_uid, self.user.pw_gid)

    def run(self, command: list[str]) -> None:
        """A helper program of the server (as the server's user), to its end."""
        with (self.folder / "log").open("ab") as log:
            done = subprocess.run(
                command, cwd=self.folder, stdout=log, stderr=log, **self._identity()
            )
        if done.returncode:
            raise ServerFailed(f"{' '.join(command)}\n{self.log()}")

    def _launch(self, command: list[str]) -> None:
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                command,
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                preexec_fn=_die_with(os.getpid(), self.stop_signal),
                **self._identity(),
            )

    def _user(self) -> pwd.struct_passwd | None:
        if os.geteuid() != 0 or not self.unprivileged:
            return None
        known = {entry.pw_name: entry for entry in pwd.getpwall()}
        return next(known[name] for name in self.unprivileged if name in known)

    def _identity(self) -> dict[str, Any]:
        if self.user is None:
            return {}
        return {"user": self.user.pw_uid, "group": self.user.pw_gid, "extra_groups": []}

    def _port_taken(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def __enter__(self) -> Self:
        try:
            return self.start()
        except BaseException:  # also an interruption while it starts
            self.close()
            raise

    def __exit__(self, *error: object) -> None:
        self.close()


def _sweep_orphans() -> None:
    """Folders of a test run that was killed: their processes died with it, they could not."""
    for folder in Path(tempfile.gettempdir()).glob("relais-test-*-*"):
        owner = folder.name.split("-")[2]
        if owner.isdigit() and not Path(f"/proc/{owner}").exists():
            shutil.rmtree(folder, ignore_errors=True)
