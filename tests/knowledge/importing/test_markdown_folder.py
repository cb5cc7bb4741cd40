from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from knowledge.articles import publishing, queries
from knowledge.articles.front_matter import ArticleFile, parse
from knowledge.articles.models import Article, Audience, Revision
from knowledge.importing.markdown_folder import Outcome, import_folder
from support.catalogue.models import ContactReason, Procedure
from support.kernel.errors import Forbidden
from tests.cast import Cast

DEMONSTRATION = Path("web/demo/data")
PROCEDURE_KEYS = ("code", "label", "plain_label", "family", "field")
REASON_KEYS = ("code", "label", "plain_label", "group", "field", "nature")

FILE = """---
slug: {slug}
title: "{title}"
summary: "Un résumé."
audience: public
procedures: [student]
reasons: [other]
keywords: [API, récépissé]
checked_on: 2026-11-03
source: "CESEDA"
language: fr
---
## Étapes

Faites ceci.
"""


def put(folder: Path, slug: str, title: str = "Titre", text: str = FILE) -> Path:
    path = folder / f"{slug}.md"
    path.write_text(text.format(slug=slug, title=title), encoding="utf-8")
    return path


def count(session: Session, kind: type) -> int:
    return session.scalar(select(func.count()).select_from(kind)) or 0


def test_a_folder_becomes_published_articles(
    cast: Cast, db_session: Session, tmp_path: Path
) -> None:
    put(tmp_path, "un")
    report = import_folder(tmp_path, by=cast.editor)
    assert report.applied
    assert [f.outcome for f in report.files] == [Outcome.CREATED]
    article = queries.by_slug("un", Audience.PUBLIC)
    assert (article.title, article.summary, article.source_note) == (
        "Titre",
        "Un résumé.",
        "CESEDA",
    )
    assert (article.procedures, article.reasons) == (("student",), ("other",))
    assert article.keywords == ("API", "récépissé")
    assert article.body_markdown == "## Étapes\n\nFaites ceci.\n"


def test_a_second_import_changes_nothing(cast: Cast, db_session: Session, tmp_path: Path) -> None:
    put(tmp_path, "un")
    import_folder(tmp_path, by=cast.editor)
    before = queries.by_slug("un", Audience.PUBLIC)
    report = import_folder(tmp_path, by=cast.editor)
    assert [f.outcome for f in report.files] == [Outcome.UNCHANGED]
    assert queries.by_slug("un", Audience.PUBLIC) == before
    assert count(db_session, Revision) == 1


def test_differences_are_named_and_a_dry_run_writes_nothing(
    cast: Cast, db_session: Session, tmp_path: Path
) -> None:
    put(tmp_path, "un")
    import_folder(tmp_path, by=cast.editor)
    changed = FILE.replace("[API, récépissé]", "[API]").replace("Faites ceci", "Faites cela")
    put(tmp_path, "un", text=changed)
    put(tmp_path, "deux")
    dry = import_folder(tmp_path, by=cast.editor, dry_run=True)
    assert not dry.applied
    assert {f.slug: (f.outcome, f.changed) for f in dry.files} == {
        "deux": (Outcome.CREATED, ()),
        "un": (Outcome.CHANGED, ("body", "keywords")),
    }
    assert count(db_session, Article) == 1
    assert import_folder(tmp_path, by=cast.editor).applied
    article = queries.by_slug("un", Audience.PUBLIC)
    assert (article.revision, article.keywords) == (2, ("API",))
    assert "Faites cela" in article.body_markdown


def test_what_is_only_said_about_an_article_makes_no_revision(
    cast: Cast, db_session: Session, tmp_path: Path
) -> None:
    put(tmp_path, "un")
    import_folder(tmp_path, by=cast.editor)
    put(tmp_path, "un", text=FILE.replace("audience: public", "audience: staff"))
    import_folder(tmp_path, by=cast.editor)
    assert queries.by_slug("un", Audience.STAFF).revision == 1
    assert queries.published(Audience.PUBLIC) == []


def test_an_archived_article_comes_back(cast: Cast, db_session: Session, tmp_path: Path) -> None:
    put(tmp_path, "un")
    import_folder(tmp_path, by=cast.editor)
    publishing.archive(db_session.scalars(select(Article)).one(), by=cast.editor)
    report = import_folder(tmp_path, by=cast.editor)
    assert report.files[0].changed == ("published",)
    assert queries.by_slug("un", Audience.PUBLIC).revision == 1


@pytest.mark.parametrize(
    ("text", "code", "field"),
    [
        ("pas d'en-tête", "front_matter.missing", None),
        ("---\nslug: x\n", "front_matter.missing", None),
        ("---\n: : [\n---\ntexte", "front_matter.not_yaml", None),
        ("---\n- a\n---\ntexte", "front_matter.not_yaml", None),
        (FILE.replace("audience: public\n", ""), "front_matter.required", "audience"),
        (FILE.replace("audience: public", "audience: tous"), "front_matter.wrong_kind", "audience"),
        (FILE.replace("2026-11-03", "hier"), "front_matter.wrong_kind", "checked_on"),
        (FILE.replace("[student]", "student"), "front_matter.wrong_kind", "procedures"),
        (FILE.replace("[student]", "[etudes]"), "article.unknown_code", "procedures"),
        (FILE.replace("[other]", "[autre]"), "article.unknown_code", "reasons"),
        (FILE.replace("summary:", "resume:"), "front_matter.unknown_key", "resume"),
        (FILE.partition("## ")[0], "front_matter.empty_body", None),
        (FILE.replace("slug: {slug}", "slug: Pas Bon"), "article.bad_slug", "slug"),
        (FILE.replace("{title}", "t" * 201), "article.too_long", "title"),
    ],
)
def test_one_wrong_file_and_nothing_is_loaded(
    cast: Cast, db_session: Session, tmp_path: Path, text: str, code: str, field: str | None
) -> None:
    put(tmp_path, "bon")
    wrong = put(tmp_path, "faux", text=text)
    report = import_folder(tmp_path, by=cast.editor)
    assert not report.applied
    results = {f.path: f for f in report.files}
    assert results[wrong].outcome is Outcome.WRONG
    assert (code, field) in {(p.code, p.field) for p in results[wrong].problems}
    assert results[tmp_path / "bon.md"].outcome is Outcome.CREATED
    assert count(db_session, Article) == 0


def test_a_file_that_is_no_text_and_a_slug_given_twice(
    cast: Cast, db_session: Session, tmp_path: Path
) -> None:
    put(tmp_path, "un")
    put(tmp_path, "un-bis", text=FILE.replace("{slug}", "un"))
    (tmp_path / "zz.md").write_bytes(b"---\nslug: \xe9\n")
    report = import_folder(tmp_path, by=cast.editor)
    codes = {f.path.name: [p.code for p in f.problems] for f in report.files}
    assert codes == {
        "un.md": [],
        "un-bis.md": ["front_matter.slug_twice"],
        "zz.md": ["front_matter.not_utf8"],
    } or codes == {
        "un.md": ["front_matter.slug_twice"],
        "un-bis.md": [],
        "zz.md": ["front_matter.not_utf8"],
    }
    assert count(db_session, Article) == 0


def test_only_editors_import(cast: Cast, tmp_path: Path) -> None:
    with pytest.raises(Forbidden):
        import_folder(tmp_path, by=cast.teleadviser)


def test_the_demonstration_loads_whole(cast: Cast, db_session: Session) -> None:
    _catalogue(db_session)
    report = import_folder(DEMONSTRATION / "articles", by=cast.editor)
    assert {f.path.name: f.problems for f in report.files if f.problems} == {}
    assert report.applied
    assert report.count(Outcome.CREATED) >= 40
    again = import_folder(DEMONSTRATION / "articles", by=cast.editor)
    assert again.count(Outcome.UNCHANGED) == len(again.files)


def test_links_of_the_demonstration_lead_somewhere() -> None:
    files = [parse(p.read_text("utf-8")) for p in (DEMONSTRATION / "articles").glob("*.md")]
    articles = {f.slug: f for f in files if isinstance(f, ArticleFile)}
    dead = {
        (slug, link)
        for slug, file in articles.items()
        for link in _internal_links(file.words.body)
        if link not in articles
    }
    assert dead == set()


def _internal_links(body: str) -> list[str]:
    parts = body.split("](/aide/")[1:]
    return [part.partition(")")[0].partition("#")[0] for part in parts]


def _catalogue(session: Session) -> None:
    """The codes of the demonstration's catalogue, beside those of the cast."""
    given = yaml.safe_load(Path("web/seeds/data/catalogue.yaml").read_text("utf-8"))
    procedures = set(session.scalars(select(Procedure.code)))
    for row in given["procedures"]:
        if row["code"] not in procedures:
            session.add(Procedure(**{key: row[key] for key in PROCEDURE_KEYS}))
    reasons = set(session.scalars(select(ContactReason.code)))
    for row in given["reasons"]:
        if row["code"] not in reasons:
            session.add(ContactReason(**{key: row[key] for key in REASON_KEYS}))
    session.flush()
