from __future__ import annotations

import json
import shutil
import threading
from pathlib import Path

import pytest
from sqlalchemy import Engine, update
from sqlalchemy.orm import Session

from knowledge.articles import publishing, writing
from knowledge.articles.models import Audience, KnowledgeRevision
from knowledge.articles.writing import About, Words
from knowledge.search import index
from knowledge.search.finding import find
from knowledge.search.generations import IndexBusy
from knowledge.search.index import NodeIndex
from knowledge.search.whoosh_engine import WhooshKind
from support.kernel import db
from tests.cast import Cast, again
from tests.knowledge.conftest import Write


def slugs(query: str, audience: Audience = Audience.PUBLIC) -> list[str]:
    return [hit.slug for hit in find(query, audience=audience)]


def state(node: NodeIndex) -> dict[str, object]:
    found: dict[str, object] = json.loads((folder_of(node) / "state.json").read_text())
    return found


def folder_of(node: NodeIndex) -> Path:
    return node._generations.folder


def never_look(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index, "LOOK_EVERY", 1e9)


def test_an_article_saved_is_found_after_following(
    node: NodeIndex, write: Write, cast: Cast
) -> None:
    assert index.follow() == 0
    article = write("zebre", "Le zèbre rayé")
    assert index.follow() == 1
    assert index.follow() == 0
    assert slugs("zebre") == ["zebre"]
    writing.revise(article, Words("Le girafon", "", "Un texte."), based_on=1, by=cast.editor)
    index.follow()
    assert slugs("zebre") == ["zebre"]  # a revision that is not published changes nothing
    publishing.publish(article, by=cast.editor)
    assert index.follow() == 1
    assert (slugs("zebre"), slugs("girafon")) == ([], ["zebre"])
    publishing.archive(article, by=cast.editor)
    index.follow()
    assert slugs("girafon") == []


def test_a_search_follows_by_itself(node: NodeIndex, write: Write) -> None:
    write("zebre", "Le zèbre")
    assert slugs("zebre") == ["zebre"]
    write("girafe", "La girafe")
    assert slugs("girafe") == ["girafe"]


def test_changing_the_audience_takes_it_away_from_the_public(
    node: NodeIndex, write: Write, cast: Cast
) -> None:
    article = write("zebre", "Le zèbre")
    assert slugs("zebre") == ["zebre"]
    writing.describe(article, About(audience=Audience.STAFF), by=cast.editor)
    assert slugs("zebre") == []
    assert slugs("zebre", Audience.STAFF) == ["zebre"]


@pytest.mark.parametrize("harm", ["all", "generation", "state", "garbage", "emptied", "words"])
def test_a_lost_or_broken_index_is_built_anew(node: NodeIndex, write: Write, harm: str) -> None:
    write("zebre", "Le zèbre")
    assert slugs("zebre") == ["zebre"]
    node.close()
    folder = folder_of(node)
    generation = folder / str(state(node)["generation"])
    if harm == "all":
        shutil.rmtree(folder)
    elif harm == "generation":
        shutil.rmtree(generation)
    elif harm == "state":
        (folder / "state.json").write_text("{")
    elif harm == "words":
        (generation / "words.json").unlink()
    else:
        for path in generation.iterdir():
            path.write_bytes(b"\xff" * 50 if harm == "garbage" else b"")
    assert slugs("zebre") == ["zebre"]
    assert node.status().ready


def test_a_broken_index_is_built_anew_when_a_change_cannot_be_applied(
    node: NodeIndex, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    never_look(monkeypatch)
    write("zebre", "Le zèbre")
    index.follow()
    generation = folder_of(node) / str(state(node)["generation"])
    for path in generation.glob("*.toc"):
        path.write_bytes(b"")
    write("girafe", "La girafe")
    assert index.follow() == 2
    assert (slugs("zebre"), slugs("girafe")) == (["zebre"], ["girafe"])


def test_another_format_or_another_database_is_not_followed(
    node: NodeIndex, write: Write, db_session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("zebre", "Le zèbre")
    index.follow()
    first = state(node)["generation"]
    db_session.execute(update(KnowledgeRevision).values(lineage="another"))
    index.follow()
    second = state(node)["generation"]
    monkeypatch.setattr(index, "ANALYSIS", 99)
    index.follow()
    third = state(node)["generation"]
    assert len({first, second, third}) == 3
    assert slugs("zebre") == ["zebre"]


def test_an_index_ahead_of_the_database_is_built_anew(
    node: NodeIndex, write: Write, db_session: Session
) -> None:
    article = write("zebre", "Le zèbre")
    index.follow()
    before = state(node)["generation"]
    db_session.execute(update(KnowledgeRevision).values(value=0))
    article.change_number = 0
    db_session.flush()
    index.follow()
    assert state(node)["generation"] != before
    assert state(node)["change_number"] == 0


def test_a_writer_killed_before_it_said_so_follows_again(
    node: NodeIndex, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    never_look(monkeypatch)
    write("zebre", "Le zèbre")
    index.follow()
    old = (folder_of(node) / "state.json").read_text()
    write("girafe", "La girafe")
    index.follow()
    (folder_of(node) / "state.json").write_text(old)
    assert index.follow() == 1
    assert slugs("girafe") == ["girafe"]
    with node.reading() as engine:
        assert engine.count() == 2


def test_two_processes_of_one_node(
    node: NodeIndex, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    never_look(monkeypatch)
    write("zebre", "Le zèbre")
    assert node.follow() == 1
    other = NodeIndex(folder_of(node), WhooshKind())
    assert slugs("zebre") == ["zebre"]
    write("girafe", "La girafe")
    assert other.follow() == 1
    assert slugs("girafe") == ["girafe"]  # what the other wrote is noticed
    other.reindex()
    other.reindex()
    assert slugs("girafe") == ["girafe"]  # and what it swapped, the old folder being gone
    other.close()


def test_one_writer_a_node(node: NodeIndex, write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index, "WAIT", 0.3)  # long enough to be a wait
    write("zebre", "Le zèbre")
    other = NodeIndex(folder_of(node), WhooshKind())
    with other._generations.writing(0):
        with pytest.raises(IndexBusy):
            node.follow(wait=0.05)
        assert slugs("zebre") == []  # says nothing rather than failing
    assert slugs("zebre") == ["zebre"]


def test_old_generations_do_not_pile_up(node: NodeIndex, write: Write) -> None:
    write("zebre", "Le zèbre")
    for _ in range(4):
        node.reindex()
    assert len(list(folder_of(node).glob("gen-*"))) == 2


def test_status(node: NodeIndex, write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    never_look(monkeypatch)
    write("zebre", "Le zèbre")
    assert not node.status().ready
    index.follow()
    write("girafe", "La girafe")
    assert index.status() == index.Status(ready=True, documents=1, behind=1)


def test_what_is_not_committed_is_never_indexed(
    node: NodeIndex, real_cast: Cast, real_db: Engine
) -> None:
    def publish() -> None:
        editor = again(real_cast.editor)
        words = Words("Le zèbre", "", "Un texte.")
        article = writing.draft("zebre", words, About(audience=Audience.PUBLIC), by=editor)
        publishing.publish(article, by=editor)

    def publish_and_fail() -> None:
        with db.transaction():
            publish()
            assert slugs("zebre") == []
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        publish_and_fail()
    assert index.follow() == 0
    with db.transaction():
        publish()
    assert slugs("zebre") == ["zebre"]


def test_a_lost_index_is_built_beside_the_pages(
    real_cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever searches meanwhile waits a moment, finds nothing, and is told why."""
    with db.transaction():
        editor = again(real_cast.editor)
        article = writing.draft(
            "timbre", Words("Le timbre", "", "Son prix."), About(Audience.PUBLIC), by=editor
        )
        publishing.publish(article, by=editor)
    monkeypatch.setattr(index, "LOOK_EVERY", 0.0)
    monkeypatch.setattr(index, "AT_ONCE", 0.05)
    index.configure(tmp_path / "index")
    go_on, rebuild = threading.Event(), NodeIndex._rebuild

    def slowly(node: NodeIndex, session: Session) -> int:
        assert go_on.wait(30)
        return rebuild(node, session)

    monkeypatch.setattr(NodeIndex, "_rebuild", slowly)
    for _ in range(2):  # the second asks for no second builder
        assert find("timbre", audience=Audience.PUBLIC) == []
        assert index.rebuilding()
    assert sum(thread.name.startswith("knowledge") for thread in threading.enumerate()) == 1
    go_on.set()
    builder = index.node()._builder
    assert builder is not None
    builder.join(30)
    assert not index.rebuilding()
    assert [hit.slug for hit in find("timbre", audience=Audience.PUBLIC)] == ["timbre"]
    index.node().close()


def test_a_builder_that_fails_leaves_the_next_search_to_try_again(
    real_cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index, "LOOK_EVERY", 0.0)
    index.configure(tmp_path / "index")
    tried = []

    def fails(node: NodeIndex, session: Session) -> int:
        tried.append(1)
        raise OSError("the disk is full")

    monkeypatch.setattr(NodeIndex, "_rebuild", fails)
    for _ in range(2):
        assert find("timbre", audience=Audience.PUBLIC) == []
        assert not index.rebuilding()
    assert len(tried) >= 2
    index.node().close()


def test_a_process_that_starts_reads_the_words_ahead(node: NodeIndex, write: Write) -> None:
    node.warm()
    write("zebre", "Le zèbre rayé")
    index.follow()
    again = NodeIndex(folder_of(node), WhooshKind())
    again.warm()
    assert set(again._lexicons) == {Audience.PUBLIC, Audience.STAFF}
    assert again.status().documents == 1
    again.close()
