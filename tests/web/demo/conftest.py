"""The demonstration, loaded once for each database as if it were a Wednesday afternoon."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import uuid4

import pytest
import time_machine
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from channels.mail import post
from support.kernel import db, files, message_ids
from support.kernel.files import DiskStore
from tests.schema import make_schema
from web.demo.loading import DemoSummary, load_demo

# The whole of it on the embedded database, where it is meant to be; elsewhere enough to tell
# that it loads: a server is further away.
SHARES = {"sqlite": 1.0, "postgresql": 0.2}
TODAY = datetime(2026, 11, 18, 14, 12, tzinfo=UTC)


SENDER = ("Relais", "relais@demo.relais")


class NoTransport:
    """History sends nothing."""

    def send(self, *_what: object) -> None:
        raise AssertionError("a mail of history was sent")


@dataclass
class Loaded:
    engine: Engine
    store: DiskStore
    summary: DemoSummary
    steps: list[tuple[int, int, str]]
    share: float

    def enter(self) -> None:
        db.configure(self.engine)
        files.configure(self.store)
        post.configure(
            post.Post(
                None, ("Relais", "relais@demo.relais"), "https://relais.example.org", "Relais"
            )
        )  # type: ignore[arg-type]
        message_ids.configure(post.fresh_message_id)


@pytest.fixture(scope="module")
def demo(
    database: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Loaded]:
    folder = tmp_path_factory.mktemp("demo")
    if database == "sqlite":
        engine = db.make_engine(f"sqlite:///{folder}/demo.db")
    else:
        server = request.getfixturevalue("postgres_server")
        engine = db.make_engine(server.create_database(f"demo_{uuid4().hex}"))
    make_schema(engine)
    steps: list[tuple[int, int, str]] = []
    found = Loaded(engine, DiskStore(folder / "files"), DemoSummary(False), steps, SHARES[database])
    found.enter()
    with time_machine.travel(TODAY, tick=False):
        found.summary = load_demo(lambda *step: steps.append(step), share=found.share)
    yield found
    engine.dispose()


@pytest.fixture
def demo_session(demo: Loaded) -> Iterator[Session]:
    """A transaction in which nothing is written, on the same Wednesday."""
    demo.enter()
    with time_machine.travel(TODAY, tick=False), db.transaction(write=False) as session:
        yield session
