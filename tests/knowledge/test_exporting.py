"""Out as files and in again: nothing is lost, and a second time nothing changes."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import delete

from knowledge import exporting
from knowledge.articles import publishing, sharing, translating, writing
from knowledge.articles.models import (
    Article,
    ArticleEvent,
    ArticleLink,
    ArticleRedirect,
    Audience,
    Revision,
    SharedBlock,
    SharedBlockRevision,
    article_procedure,
    article_reason,
)
from knowledge.articles.writing import Words
from knowledge.importing.applying import Outcome
from knowledge.importing.markdown_folder import import_folder
from knowledge.search import entries
from knowledge.search.entries import EntryKind, VocabularyEntry
from support.kernel import db
from support.kernel.errors import Forbidden
from support.kernel.time import today
from tests.cast import Cast
from tests.knowledge.conftest import Write

EMPTIED = (
    ArticleEvent, ArticleLink, ArticleRedirect, Revision, article_procedure, article_reason,
    Article, SharedBlockRevision, SharedBlock, VocabularyEntry,
)  # fmt: skip


def a_wiki(cast: Cast, write: Write) -> None:
    by = cast.editor
    sharing.create("tarif", "225 €", by=by)
    entries.add(EntryKind.SYNONYMS, ["gabelle", "timbre"], by=by, near="subject")
    main = write(
        "timbre", title="Le timbre : « prix »", summary="Ce qu'il coûte.",
        body="À {{tarif}}.\n\n::: agents\nSans montant.\n:::\n\n| a | b |\n|---|---|\n| 1 | 2 |",
        reasons=["other"], procedures=["student"], keywords=["taxe", "e-timbre"],
        checked_on=today(), check_every_days=90, critical=True, source_note="Le site",
    )  # fmt: skip
    writing.rename(main, "timbre-fiscal", by=by)
    writing.revise(main, Words("Le timbre", "", "Plus tard."), based_on=1, by=by, comment="Loi")
    publishing.archive(write("vieux", audience=Audience.DIRECTORATE), by=by)
    writing.draft("brouillon", Words("Brouillon", "", "Rien."), writing.About(), by=by)
    publishing.publish(translating.begin(main, "ar", by=by), by=by)
    translating.begin(main, "fr", by=by, plain=True)


def files(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): path.read_text("utf-8")
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "history" not in path.parts
    }


def test_a_round_trip_loses_nothing(cast: Cast, write: Write, tmp_path: Path) -> None:
    a_wiki(cast, write)
    assert exporting.export(tmp_path / "one", by=cast.editor) == 5
    first = files(tmp_path / "one")
    assert set(first) >= {
        "articles/timbre-fiscal.md", "drafts/timbre-fiscal.md", "articles/timbre-fiscal-ar.md",
        "blocks/tarif.md", "vocabulary.yaml",
    }  # fmt: skip
    assert "Loi" in (tmp_path / "one/history/timbre-fiscal/0002.md").read_text("utf-8")
    for table in EMPTIED:
        db.session().execute(delete(table))
    db.session().expire_all()
    report = import_folder(tmp_path / "one", by=cast.editor)
    assert report.applied
    assert report.count(Outcome.CREATED) == 5
    exporting.export(tmp_path / "two", by=cast.editor)
    assert files(tmp_path / "two") == first
    again = import_folder(tmp_path / "one", by=cast.editor)
    assert again.count(Outcome.UNCHANGED) == len(again.files)
    exporting.export(tmp_path / "three", by=cast.editor)
    assert files(tmp_path / "three") == first


def test_nothing_is_written_over(cast: Cast, write: Write, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(FileExistsError):
        exporting.export(tmp_path, by=cast.editor)
    with pytest.raises(Forbidden):
        exporting.export(tmp_path / "new", by=cast.teleadviser)
