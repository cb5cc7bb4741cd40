"""Importing a folder of Markdown files, one an article, known again by its slug.

Everything is read and checked first: with one wrong file nothing is written at all.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from sqlalchemy import and_, select

from knowledge.articles import publishing, writing
from knowledge.articles.front_matter import ArticleFile, parse
from knowledge.articles.models import Article, ArticleState, Revision
from support.catalogue.models import ContactReason, Procedure
from support.kernel import db
from support.kernel.errors import Problem
from support.people.models import Agent
from support.people.permissions import Permission, require

COMMENT = "Import"


class Outcome(StrEnum):
    CREATED = "created"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    WRONG = "wrong"


@dataclass(frozen=True)
class FileResult:
    """``changed`` names the fields that differ from what is published."""

    path: Path
    slug: str
    outcome: Outcome
    changed: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class Report:
    """``applied`` is False for a dry run, and when any file is wrong."""

    files: list[FileResult] = field(default_factory=list)
    applied: bool = False

    def count(self, outcome: Outcome) -> int:
        return sum(one.outcome is outcome for one in self.files)


@dataclass(frozen=True)
class _Known:
    article: Article
    revision: Revision


def import_folder(folder: Path, *, by: Agent, dry_run: bool = False) -> Report:
    """Create or revise, and publish, the articles of every ``*.md`` below ``folder``.

    Idempotent: what is already so is left alone. Raises Forbidden.
    """
    require(by, Permission.WRITE_ARTICLES)
    read = [(path, _read(path)) for path in sorted(folder.rglob("*.md"))]
    parsed = [(path, file) for path, file in read if isinstance(file, ArticleFile)]
    known = _known(file.slug for _path, file in parsed)
    wrong = {path: file for path, file in read if not isinstance(file, ArticleFile)}
    wrong |= _contradictions(parsed)
    results = [
        FileResult(path, "", Outcome.WRONG, problems=tuple(wrong[path]))
        if path in wrong or not isinstance(file, ArticleFile)
        else _compare(path, file, known.get(file.slug))
        for path, file in read
    ]
    report = Report(results, applied=False)
    if dry_run or report.count(Outcome.WRONG):
        return report
    for (_path, file), result in zip(parsed, results, strict=True):
        if result.outcome is not Outcome.UNCHANGED:
            _write(file, known.get(file.slug), by)
    return Report(results, applied=True)


def _read(path: Path) -> ArticleFile | list[Problem]:
    try:
        return parse(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError:
        return [Problem("front_matter.not_utf8")]


def _known(slugs: Iterable[str]) -> dict[str, _Known]:
    rows = db.session().execute(
        select(Article, Revision)
        .join(
            Revision,
            and_(Revision.article_id == Article.id, Revision.number == Article.latest_number),
        )
        .where(Article.slug.in_(list(slugs)))
    )
    return {article.slug: _Known(article, revision) for article, revision in rows}


def _contradictions(parsed: list[tuple[Path, ArticleFile]]) -> dict[Path, list[Problem]]:
    """What only shows beside the other files and the catalogue."""
    session = db.session()
    procedures = set(session.scalars(select(Procedure.code)))
    reasons = set(session.scalars(select(ContactReason.code)))
    wrong: dict[Path, list[Problem]] = {}
    seen: dict[str, Path] = {}
    for path, file in parsed:
        problems = writing.problems_of(file.slug, file.words, file.about)
        problems += _unknown("procedures", file.about.procedures, procedures)
        problems += _unknown("reasons", file.about.reasons, reasons)
        if file.slug in seen:
            problems.append(
                Problem("front_matter.slug_twice", "slug", {"other": seen[file.slug].name})
            )
        seen.setdefault(file.slug, path)
        if problems:
            wrong[path] = problems
    return wrong


def _unknown(name: str, codes: Iterable[str], known: set[str]) -> list[Problem]:
    return [
        Problem("article.unknown_code", name, {"value": code})
        for code in codes
        if code not in known
    ]


def _compare(path: Path, file: ArticleFile, known: _Known | None) -> FileResult:
    if known is None:
        return FileResult(path, file.slug, Outcome.CREATED)
    changed = [name for name, (old, new) in _differences(file, known).items() if old != new]
    outcome = Outcome.CHANGED if changed else Outcome.UNCHANGED
    return FileResult(path, file.slug, outcome, tuple(changed))


def _differences(file: ArticleFile, known: _Known) -> dict[str, tuple[object, object]]:
    article, revision = known.article, known.revision
    about, words = file.about, file.words
    return {
        "title": (revision.title, words.title.strip()),
        "summary": (revision.summary, words.summary.strip()),
        "body": (revision.body_markdown.strip(), words.body.strip()),
        "audience": (article.audience, about.audience),
        "procedures": ({p.code for p in article.procedures}, set(about.procedures)),
        "reasons": ({r.code for r in article.reasons}, set(about.reasons)),
        "keywords": (list(article.keywords), list(about.keywords)),
        "language": (article.language, about.language),
        "checked_on": (article.checked_on, about.checked_on),
        "source": (article.source_note, about.source_note),
        "source_id": (article.source_id, file.source_id),
        "published": (article.state is ArticleState.PUBLISHED, True),
    }


def _write(file: ArticleFile, known: _Known | None, by: Agent) -> None:
    if known is None:
        article = writing.draft(
            file.slug, file.words, file.about, by=by, comment=COMMENT, source_id=file.source_id
        )
    else:
        article = known.article
        differences = _differences(file, known)
        if any(
            differences[name][0] != differences[name][1] for name in ("title", "summary", "body")
        ):
            writing.revise(
                article, file.words, based_on=article.latest_number, by=by, comment=COMMENT
            )
        article.source_id = file.source_id
        writing.apply(article, file.about)
    publishing.publish(article, by=by)
