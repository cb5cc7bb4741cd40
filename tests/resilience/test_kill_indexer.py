"""`kill -9` on a process that publishes and indexes: the index opens, and nothing is missing."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from knowledge.articles.models import Article, ArticleState, Audience
from knowledge.search import index
from knowledge.search.finding import find
from support.kernel import db
from support.people.models import Agent, Role, Team, TeamKind
from tests.resilience.installation import ROOT, Installation
from tests.resilience.publishing import word_of
from tests.servers.process import wait_until

pytestmark = pytest.mark.resilience

SEED = 20261127
KILLS = 7


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    made = Installation(tmp_path)
    made.prepare()
    with db.transaction() as session:
        editorial = select(Team).where(Team.kind == TeamKind.EDITORIAL)
        team = session.scalars(editorial).first()
        session.add(
            Agent(
                email="redaction@relais.example.org", given_name="Édith", family_name="Morel",
                role=Role.KNOWLEDGE_EDITOR, team=team, password_hash="-",
            )
        )  # fmt: skip
    yield made
    made.close()


@pytest.mark.parametrize("engine", index.ENGINES)
def test_the_index_opens_and_holds_all_that_was_published(
    installation: Installation, engine: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index, "LOOK_EVERY", 0.0)
    chance, folder = random.Random(SEED), tmp_path / "index"
    index.configure(folder, index.ENGINES[engine]())
    index.reindex()  # from now on there is always one that opens
    for _kill in range(KILLS):
        before = published()
        command = [sys.executable, "-m", "tests.resilience.publishing",
                   str(installation.engine.url), str(folder), engine, str(before)]  # fmt: skip
        with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE) as process:
            wanted = before + chance.randint(1, 4)
            wait_until(
                lambda wanted=wanted, process=process: (
                    published() >= wanted or process.poll() is not None
                ),
                "articles are published",
            )
            time.sleep(chance.uniform(0, 0.2))  # anywhere between two of them
            assert process.poll() is None, process.stderr and process.stderr.read()
            process.send_signal(signal.SIGKILL)
        found = published()
        assert found > before
        # It opens as it was left, and a search brings the rest.
        assert index.status().ready
        for number in range(found):
            (first, *_) = find(word_of(number), audience=Audience.PUBLIC, unfinished=False)
            assert first.slug == f"fiche-{number}"
        assert index.status().behind == 0
        assert index.status().documents == found
    index.node().close()
    # What the dead left behind does not pile up.
    index.reindex()
    index.reindex()
    assert len(list(folder.glob("gen-*"))) <= 2


def published() -> int:
    with db.transaction(write=False) as session:
        query = select(func.count()).where(Article.state == ArticleState.PUBLISHED)
        return session.scalar(query) or 0
