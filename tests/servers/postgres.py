"""A PostgreSQL of our own, made for one test run."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from tests.servers.process import Server, program

# What a crash may lose is of no interest here, and waiting for the disk is most of the time.
CARELESS = ["fsync=off", "synchronous_commit=off", "full_page_writes=off"]
ALWAYS = [
    "listen_addresses=127.0.0.1",
    "max_connections=200",
    "shared_buffers=64MB",
    "timezone=UTC",
    "log_min_messages=warning",
]


def _places() -> str:
    """Debian keeps each version's programs apart, out of the PATH; the newest comes first."""
    found = Path("/usr/lib/postgresql").glob("*/bin")
    return ":".join(map(str, sorted(found, key=lambda place: -float(place.parent.name))))


class PostgresServer(Server):
    """`fsync=True` for tests that crash the server and look at what is left."""

    name = "postgres"
    unprivileged = ("postgres", "nobody")
    # Immediate: it has nothing to save. Never waits for a forgotten connection.
    stop_signal = signal.SIGQUIT

    def __init__(self, *, fsync: bool = False) -> None:
        super().__init__()
        self.data = self.folder / "data"
        self.settings = [*ALWAYS, *([] if fsync else CARELESS)]

    def prepare(self) -> None:
        if self.data.exists():
            return
        initdb = program("initdb", _places())
        locale = ["--encoding=UTF8", "--locale=C.UTF-8"]
        self.run(
            [initdb, "--no-sync", "--auth=trust", "--username=relais", *locale, str(self.data)]
        )

    def command(self) -> list[str]:
        here = [f"port={self.port}", f"unix_socket_directories={self.folder}"]
        options = [word for setting in [*self.settings, *here] for word in ("-c", setting)]
        return [program("postgres", _places()), "-D", str(self.data), *options]

    def answers(self) -> bool:
        try:
            self._connect().close()
        except psycopg.OperationalError:
            return False
        return True

    def url(self, dbname: str = "postgres") -> str:
        """For SQLAlchemy and RELAIS_DATABASE_URL."""
        return f"postgresql+psycopg://relais@127.0.0.1:{self.port}/{dbname}"

    def create_database(self, name: str, template: str | None = None) -> str:
        """Makes a database and gives its URL; a copy of `template`, which nobody may be using."""
        command = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        self._administer(command.format(*map(sql.Identifier, (name, template or "template0"))))
        return self.url(name)

    def drop_database(self, name: str) -> None:
        """Removes it and whoever is still connected to it."""
        command = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
        self._administer(command.format(sql.Identifier(name)))

    def disconnect_all(self) -> None:
        """Cuts every connection but ours, as a failing network or a restart does."""
        self._administer(
            sql.SQL(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'"
            )
        )

    def _administer(self, command: sql.SQL | sql.Composed) -> None:
        with self._connect() as connection:
            connection.execute(command)

    def _connect(self) -> psycopg.Connection[tuple[Any, ...]]:
        return psycopg.connect(
            host="127.0.0.1", port=self.port, user="relais", dbname="postgres", autocommit=True
        )
