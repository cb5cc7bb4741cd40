"""Where a benchmark runs: a fresh database of each kind, with real durability, and `relais`."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.servers.postgres import PostgresServer

ROOT = Path(__file__).resolve().parent.parent
ACCOUNT = ("mesure@example.org", "mesure-relais")


@dataclass
class Place:
    """A database, a data directory, and the environment that points ``relais`` at them."""

    name: str
    folder: Path
    database_url: str
    environment: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.environment = {
            **os.environ,
            "RELAIS_DATA_DIR": str(self.folder),
            "RELAIS_DATABASE_URL": self.database_url,
            "RELAIS_SECRET_KEY": "only-for-measuring",
            "RELAIS_LOG_LEVEL": "ERROR",
        }

    def relais(self, *words: str) -> str:
        """Run a command to its end; its standard output."""
        done = subprocess.run(
            [sys.executable, "-m", "web.cli", *words],
            env=self.environment, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        return done.stdout

    @contextmanager
    def serving(self, workers: int = 2) -> Iterator[int]:
        """The web server on a free port, until the end of the block."""
        port = _free_port()
        command = [sys.executable, "-m", "web.cli", "serve", "--port", str(port)]
        server = subprocess.Popen(
            [*command, "--workers", str(workers)], env=self.environment, cwd=ROOT
        )
        try:
            _wait_for(port, server)
            yield port
        finally:
            server.terminate()
            server.wait(timeout=30)


@contextmanager
def sqlite(folder: Path) -> Iterator[Place]:
    yield Place("sqlite", folder, f"sqlite:///{folder / 'relais.sqlite3'}")


@contextmanager
def postgresql(folder: Path) -> Iterator[Place]:
    server = PostgresServer(fsync=True)
    server.start()
    try:
        yield Place("postgresql", folder, server.create_database("relais_bench"))
    finally:
        server.stop()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    give_up = time.monotonic() + 60
    while time.monotonic() < give_up:
        if server.poll() is not None:
            raise RuntimeError("the web server did not start")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError("the web server did not answer within a minute")
