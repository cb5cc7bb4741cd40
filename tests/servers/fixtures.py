"""One server of each kind for a whole test run, started only when a test first asks for it.

`tests/conftest.py` loads this through `pytest_plugins`. Under pytest-xdist each worker has its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar
from uuid import uuid4

import pytest

from tests.servers.dovecot import DovecotServer
from tests.servers.postgres import PostgresServer
from tests.servers.process import Server
from tests.servers.redis import RedisServer
from tests.servers.smtp import SmtpServer
from tests.servers.smtp_process import SmtpProcess

S = TypeVar("S", bound=Server)


def _running(server: S) -> Iterator[S]:
    try:
        yield server.start()
    finally:
        server.close()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """Shared: make a database of your own in it, and leave it running."""
    yield from _running(PostgresServer())


@pytest.fixture
def postgres_database(postgres_server: PostgresServer) -> Iterator[str]:
    """The URL of an empty database, dropped after the test."""
    name = f"test_{uuid4().hex}"
    yield postgres_server.create_database(name)
    postgres_server.drop_database(name)


@pytest.fixture(scope="session")
def redis_server() -> Iterator[RedisServer]:
    """Shared: leave it running."""
    yield from _running(RedisServer())


@pytest.fixture
def redis_url(redis_server: RedisServer) -> str:
    """The URL of a Redis that holds nothing yet."""
    redis_server.clear()
    return redis_server.url()


@pytest.fixture(scope="session")
def dovecot_server() -> Iterator[DovecotServer]:
    """Shared: take a `mailbox`, or user names of your own."""
    yield from _running(DovecotServer())


@dataclass(frozen=True)
class Mailbox:
    """A mailbox that nobody else uses."""

    server: DovecotServer
    user: str

    @property
    def url(self) -> str:
        return self.server.imap_url(self.user)

    def deliver(self, *raws: bytes, folder: str = "INBOX") -> None:
        for raw in raws:
            self.server.deliver(raw, self.user, folder)

    def count(self, folder: str = "INBOX") -> int:
        return self.server.count(self.user, folder)

    def messages(self, folder: str = "INBOX") -> list[bytes]:
        return self.server.messages(self.user, folder)


@pytest.fixture
def mailbox(dovecot_server: DovecotServer) -> Mailbox:
    """An empty mailbox, new for each test."""
    return Mailbox(dovecot_server, f"box-{uuid4().hex[:12]}")


@pytest.fixture(scope="session")
def shared_smtp_server() -> Iterator[SmtpServer]:
    with SmtpServer() as server:
        yield server


@pytest.fixture
def smtp_server(shared_smtp_server: SmtpServer) -> Iterator[SmtpServer]:
    """Has received nothing and behaves; whatever a test makes it do ends with the test."""
    shared_smtp_server.clear()
    yield shared_smtp_server
    shared_smtp_server.clear()


@pytest.fixture
def smtp_tls_server(tmp_path: Path) -> Iterator[SmtpServer]:
    """STARTTLS and a password are required; clients trust `certificates.ca`."""
    with SmtpServer(tmp_path, tls="starttls", login=("relais", "secret")) as server:
        yield server


@pytest.fixture
def smtp_process() -> Iterator[SmtpProcess]:
    """A durable SMTP server in a process of its own, new for each test."""
    yield from _running(SmtpProcess())
