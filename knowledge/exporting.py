"""Everything as files that the Markdown import reads again: articles, drafts, blocks, words.

``articles/<slug>.md`` is what readers see (or the latest words of what nobody reads),
``drafts/<slug>.md`` newer words that are not published, ``blocks/<name>.md`` the shared blocks,
``vocabulary.yaml`` the words that editors added, ``files/<name>`` pictures and documents,
``history/<slug>/<number>.md`` every revision.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from knowledge.articles.models import (
    Article,
    ArticleRedirect,
    KeptFile,
    Revision,
    SharedBlock,
)
from knowledge.search.entries import VocabularyEntry
from support.kernel import db, files
from support.people.models import Agent
from support.people.permissions import Permission, require

BATCH = 200


def export(folder: Path, *, by: Agent) -> int:
    """Write all of it below ``folder``, which must be empty or new; returns how many articles.

    Raises FileExistsError, Forbidden.
    """
    require(by, Permission.WRITE_ARTICLES)
    if folder.exists() and any(folder.iterdir()):
        raise FileExistsError(str(folder))
    count = 0
    for article in _articles():
        count += 1
        _write_article(folder, article)
    for block in db.session().scalars(select(SharedBlock).order_by(SharedBlock.name)):
        _write(folder / "blocks" / f"{block.name}.md", {"block": block.name}, block.body_markdown)
    _write_words(folder / "vocabulary.yaml")
    _write_files(folder / "files")
    return count


def _articles() -> Iterator[Article]:
    after = 0
    while True:
        batch = (
            db.session()
            .scalars(
                select(Article)
                .where(Article.id > after)
                .options(joinedload(Article.owner, innerjoin=True))
                .order_by(Article.id)
                .limit(BATCH)
            )
            .all()
        )
        yield from batch
        if len(batch) < BATCH:
            return
        after = batch[-1].id


def _write_article(folder: Path, article: Article) -> None:
    revisions = {
        revision.number: revision
        for revision in db.session().scalars(
            select(Revision)
            .where(Revision.article_id == article.id)
            .options(joinedload(Revision.author, innerjoin=True))
        )
    }
    shown = revisions[article.published_number or article.latest_number]
    latest = revisions[article.latest_number]
    about = _about(article)
    _write(folder / "articles" / f"{article.slug}.md", {**_words(shown), **about}, shown)
    if latest is not shown:
        head = {**_words(latest), **about, "state": "draft"}
        _write(folder / "drafts" / f"{article.slug}.md", head, latest)
    for number, revision in revisions.items():
        head = {
            **_words(revision),
            "author": revision.author.email,
            "written_at": revision.created_at.isoformat(),
            "comment": revision.comment,
        }
        _write(folder / "history" / article.slug / f"{number:04d}.md", head, revision)


def _words(revision: Revision) -> dict[str, Any]:
    return {"title": revision.title, "summary": revision.summary}


def _about(article: Article) -> dict[str, Any]:
    redirects = db.session().scalars(
        select(ArticleRedirect.slug)
        .where(ArticleRedirect.article_id == article.id)
        .order_by(ArticleRedirect.slug)
    )
    original = (
        db.session().get(Article, article.translation_of_id) if article.translation_of_id else None
    )
    said = {
        "slug": article.slug,
        "audience": article.audience.value,
        "procedures": [p.code for p in article.procedures],
        "reasons": [r.code for r in article.reasons],
        "keywords": list(article.keywords),
        "checked_on": article.checked_on,
        "check_every_days": article.check_every_days,
        "critical": article.critical or None,
        "source": article.source_note,
        "source_id": article.source_id,
        "language": article.language,
        "state": article.state.value,
        "translation_of": original.slug if original else None,
        "up_to_date": article.translated_number == original.published_number if original else None,
        "plain": article.plain or None,
        "redirects": list(redirects),
    }
    return {name: value for name, value in said.items() if value not in (None, "", [])}


def _write(path: Path, head: dict[str, Any], body: Revision | str) -> None:
    text = body if isinstance(body, str) else body.body_markdown
    path.parent.mkdir(parents=True, exist_ok=True)
    fence = yaml.safe_dump(head, allow_unicode=True, sort_keys=False, width=10_000)
    path.write_text(f"---\n{fence}---\n{text.rstrip()}\n", encoding="utf-8")


def _write_files(folder: Path) -> None:
    for file in db.session().scalars(select(KeptFile).order_by(KeptFile.id)):
        folder.mkdir(parents=True, exist_ok=True)
        with files.store().open(file.file_key) as kept, (folder / file.name).open("wb") as out:
            shutil.copyfileobj(kept, out)


def _write_words(path: Path) -> None:
    entries = [
        {"kind": entry.kind.value, "phrases": entry.phrases, "weight": entry.weight}
        for entry in db.session().scalars(select(VocabularyEntry).order_by(VocabularyEntry.id))
    ]
    if entries:
        path.parent.mkdir(parents=True, exist_ok=True)
        text = yaml.safe_dump(entries, allow_unicode=True, sort_keys=False, width=10_000)
        path.write_text(text, encoding="utf-8")
