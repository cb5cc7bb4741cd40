"""Out as files and in again: nothing is lost, and a second time nothing changes."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import delete, select

from knowledge import exporting
from knowledge.articles import kept_files, publishing, queries, sharing, translating, writing
from knowledge.articles.models import (
    Article,
    ArticleBlock,
    ArticleEvent,
    ArticleLink,
    ArticleRedirect,
    Audience,
    KeptFile,
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
    ArticleBlock, ArticleEvent, ArticleLink, ArticleRedirect, Revision, article_procedure,
    article_reason,
    Article, KeptFile, SharedBlockRevision, SharedBlock, VocabularyEntry,
)  # fmt: skip


PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(8)


def a_wiki(cast: Cast, write: Write) -> None:
    by = cast.editor
    sharing.create("tarif", "225 €", by=by)
    entries.add(EntryKind.SYNONYMS, ["gabelle", "timbre"], by=by, near="subject")
    kept_files.take("bouton.png", PICTURE, by=by)
    kept_files.take("jamais-montre.pdf", b"%PDF-1.7", by=by)
    main = write(
        "timbre", title="Le timbre : « prix »", summary="Ce qu'il coûte.",
        body="À {{tarif}}.\n\n::: agents\nSans montant.\n:::\n\n| a | b |\n|---|---|\n| 1 | 2 |"
        "\n\n![Le bouton](fichier:bouton.png)",
        reasons=["other"], procedures=["student"], keywords=["taxe", "e-timbre"],
        checked_on=today(), check_every_days=90, critical=True, source_note="Le site",
    )  # fmt: skip
    writing.rename(main, "timbre-fiscal", by=by)
    writing.revise(main, Words("Le timbre", "", "Plus tard."), based_on=1, by=by, comment="Loi")
    publishing.archive(write("vieux", audience=Audience.DIRECTORATE), by=by)
    writing.draft("brouillon", Words("Brouillon", "", "Rien."), writing.About(), by=by)
    publishing.publish(translating.begin(main, "ar", by=by), by=by)
    translating.begin(main, "fr", by=by, plain=True)


def files(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_a_round_trip_loses_nothing(cast: Cast, write: Write, tmp_path: Path) -> None:
    a_wiki(cast, write)
    assert exporting.export(tmp_path / "one", by=cast.editor) == 5
    first = files(tmp_path / "one")
    assert set(first) >= {
        "articles/timbre-fiscal.md", "drafts/timbre-fiscal.md", "articles/timbre-fiscal-ar.md",
        "blocks/tarif.md", "vocabulary.yaml", "files/bouton.png", "files/jamais-montre.pdf",
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


def a_file(folder: Path, name: str, body: str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    slug = path.stem
    path.write_text(f"---\nslug: {slug}\ntitle: {slug}\naudience: public\n---\n{body}\n", "utf-8")
    return path


def test_pictures_beside_a_text_come_along(cast: Cast, tmp_path: Path) -> None:
    body = '![Le bouton](images/Bouton%20vert.png "Ici")\n\n[Modèle](../lettre.pdf) [site](https://a.fr/b)'
    a_file(tmp_path, "etudiant/depot.md", body)
    (tmp_path / "etudiant/images").mkdir()
    (tmp_path / "etudiant/images/Bouton vert.png").write_bytes(PICTURE)
    (tmp_path / "lettre.pdf").write_bytes(b"%PDF-1.7")
    assert import_folder(tmp_path, by=cast.editor).count(Outcome.CREATED) == 1
    shown = queries.by_slug("depot", Audience.PUBLIC).body_markdown
    assert '(/aide/depot/fichiers/etudiant-images-bouton-vert.png "Ici")' in shown
    assert "(/aide/depot/fichiers/lettre.pdf)" in shown
    assert "(https://a.fr/b)" in shown
    assert import_folder(tmp_path, by=cast.editor).count(Outcome.UNCHANGED) == 1


def test_a_link_never_reaches_out_of_the_folder(cast: Cast, tmp_path: Path) -> None:
    (tmp_path / "secret.pdf").write_bytes(b"%PDF-1.7")
    a_file(tmp_path, "wiki/depot.md", "[Lire](../secret.pdf) [Absent](rien.pdf)")
    import_folder(tmp_path / "wiki", by=cast.editor)
    shown = queries.by_slug("depot", Audience.PUBLIC).body_markdown
    assert "(../secret.pdf)" in shown
    assert "(rien.pdf)" in shown
    assert db.session().scalars(select(KeptFile)).all() == []


def test_a_wrong_file_is_said_and_nothing_is_written(cast: Cast, tmp_path: Path) -> None:
    kept_files.take("plan.png", PICTURE, by=cast.editor)
    a_file(tmp_path, "un.md", "![Plan](plan.png)")
    (tmp_path / "plan.png").write_bytes(PICTURE + b"other")
    a_file(tmp_path, "deux.md", "![Script](dessin.svg)")
    (tmp_path / "dessin.svg").write_text("<svg onload='alert(1)'/>")
    report = import_folder(tmp_path, by=cast.editor)
    assert not report.applied
    codes = {one.path.name: [p.code for p in one.problems] for one in report.files}
    assert codes == {"un.md": ["article_file.other_content"], "deux.md": ["article_file.kind"]}


def test_who_has_no_account_here_is_named_in_the_reason(
    cast: Cast, write: Write, tmp_path: Path
) -> None:
    write("depot", body="Un.")
    exporting.export(tmp_path / "one", by=cast.editor)
    past = tmp_path / "one/history/depot/0001.md"
    past.write_text(
        past.read_text("utf-8").replace(cast.editor.email, "partie@example.org"), "utf-8"
    )
    for table in EMPTIED:
        db.session().execute(delete(table))
    db.session().expire_all()
    import_folder(tmp_path / "one", by=cast.editor)
    revision = db.session().scalars(select(Revision)).one()
    assert revision.author_agent_id == cast.editor.id
    assert "partie@example.org" in revision.comment


def test_words_changed_since_the_export_are_one_revision_more(
    cast: Cast, write: Write, tmp_path: Path
) -> None:
    write("depot", body="Un.")
    exporting.export(tmp_path / "one", by=cast.editor)
    article = tmp_path / "one/articles/depot.md"
    article.write_text(article.read_text("utf-8").replace("Un.", "Deux."), "utf-8")
    for table in EMPTIED:
        db.session().execute(delete(table))
    db.session().expire_all()
    import_folder(tmp_path / "one", by=cast.editor)
    found = db.session().scalars(select(Revision).order_by(Revision.number)).all()
    assert [one.body_markdown for one in found] == ["Un.\n", "Deux.\n"]
    assert queries.by_slug("depot", Audience.PUBLIC).body_markdown == "Deux.\n"


def test_a_history_with_a_hole_is_left_alone(cast: Cast, write: Write, tmp_path: Path) -> None:
    article = write("depot", body="Un.")
    writing.revise(article, Words("depot", "", "Deux."), based_on=1, by=cast.editor)
    exporting.export(tmp_path / "one", by=cast.editor)
    (tmp_path / "one/history/depot/0001.md").unlink()
    for table in EMPTIED:
        db.session().execute(delete(table))
    db.session().expire_all()
    import_folder(tmp_path / "one", by=cast.editor)
    assert queries.by_slug("depot", Audience.PUBLIC).body_markdown == "Un.\n"
