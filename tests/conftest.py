"""What every test may ask for: the two databases, the file store, and the secret of the links.

A test that asks for a database (directly or through another fixture) runs once on SQLite and
once on PostgreSQL; ``--database sqlite`` or RELAIS_TEST_DATABASE=sqlite keeps one of them.

- ``db_session``: a transaction is open, verbs are called directly, all is rolled back.
- ``doors_db``: no transaction is open, doors open their own on one connection; rolled back.
- ``real_db``: real commits, several connections, threads; the tables are emptied afterwards.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine
from sqlalchemy.orm import Session

from support.kernel import db, files
from support.kernel.files import DiskStore
from support.people import links
from tests.browser import seedlings
from tests.schema import make_schema, tables

pytest_plugins = ["tests.servers.fixtures", "tests.cast"]

DATABASES = ("sqlite", "postgresql")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database",
        choices=(*DATABASES, "both"),
        default=os.environ.get("RELAIS_TEST_DATABASE", "both"),
        help="run the tests that need a database on this one only",
    )


def pytest_sessionfinish() -> None:
    # Here and not beside the browser's tests: the process above the workers reads only this file.
    seedlings.forget()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "database" in metafunc.fixturenames:
        wanted = metafunc.config.getoption("--database")
        names = DATABASES if wanted == "both" else (wanted,)
        metafunc.parametrize("database", names, indirect=True, scope="session")


@pytest.fixture(scope="session")
def database(request: pytest.FixtureRequest) -> str:
    """« sqlite » or « postgresql »."""
    return str(request.param)


@pytest.fixture(scope="session")
def engines() -> Iterator[dict[str, Engine]]:
    """The engines made so far: pytest comes back to a kind as often as the order of tests asks."""
    made: dict[str, Engine] = {}
    yield made
    for engine in made.values():
        engine.dispose()


@pytest.fixture(scope="session")
def engine(
    database: str,
    engines: dict[str, Engine],
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
) -> Engine:
    """One migrated database for each worker and kind."""
    if database not in engines:
        if database == "sqlite":
            url = f"sqlite:///{tmp_path_factory.mktemp('sqlite')}/core.db"
        else:
            url = request.getfixturevalue("postgres_server").create_database("core")
        engines[database] = db.make_engine(url)
        make_schema(engines[database])
    return engines[database]


@pytest.fixture
def file_store(tmp_path: Path) -> DiskStore:
    store = DiskStore(tmp_path / "files")
    files.configure(store)
    return store


@pytest.fixture(autouse=True)
def secret_of_links() -> None:
    links.configure("test secret")


@pytest.fixture
def doors_db(engine: Engine, file_store: DiskStore) -> Iterator[Connection]:
    """One connection for everybody; whatever the doors commit is undone after the test."""
    with engine.connect() as connection:
        outer = connection.begin()
        db.configure(connection)
        yield connection
        outer.rollback()


class _EnoughSeen(Exception):
    """Leaves the transaction without committing it."""


@pytest.fixture
def db_session(doors_db: Connection) -> Iterator[Session]:
    """The session of an open transaction, for tests that call verbs directly."""
    try:
        with db.transaction() as session:
            yield session
            raise _EnoughSeen
    except _EnoughSeen:
        pass


@pytest.fixture
def real_db(engine: Engine, file_store: DiskStore) -> Iterator[Engine]:
    """The engine itself. Tests open ``db.transaction()`` as doors do, in any thread."""
    db.configure(engine)
    yield engine
    _empty(engine)


def _empty(engine: Engine) -> None:
    with engine.begin() as connection:
        for table in tables():
            connection.execute(table.delete())
