"""Importing a folder of Markdown files, one an article, known again by its slug.

Everything is read and checked first: with one wrong file nothing is written at all.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from sqlalchemy import select

from knowledge.articles import writing
from knowledge.articles.front_matter import ArticleFile, parse
from knowledge.importing.applying import (
    FileResult,
    Outcome,
    Report,
    compare,
    known_articles,
    write,
)
from support.catalogue.models import ContactReason, Procedure
from support.kernel import db
from support.kernel.errors import Problem
from support.people.models import Agent
from support.people.permissions import Permission, require


def import_folder(folder: Path, *, by: Agent, dry_run: bool = False) -> Report:
    """Create or revise, and publish, the articles of every ``*.md`` below ``folder``.

    Idempotent: what is already so is left alone. Raises Forbidden.
    """
    require(by, Permission.WRITE_ARTICLES)
    read = [(path, _read(path)) for path in sorted(folder.rglob("*.md"))]
    parsed = [(path, file) for path, file in read if isinstance(file, ArticleFile)]
    known = known_articles(file.slug for _path, file in parsed)
    wrong = {path: file for path, file in read if not isinstance(file, ArticleFile)}
    wrong |= _contradictions(parsed)
    results = [
        FileResult(path, "", Outcome.WRONG, problems=tuple(wrong[path]))
        if path in wrong or not isinstance(file, ArticleFile)
        else compare(path, file, known.get(file.slug))
        for path, file in read
    ]
    report = Report(results, applied=False)
    if dry_run or report.count(Outcome.WRONG):
        return report
    for (_path, file), result in zip(parsed, results, strict=True):
        if result.outcome is not Outcome.UNCHANGED:
            write(file, known.get(file.slug), by)
    return Report(results, applied=True)


def _read(path: Path) -> ArticleFile | list[Problem]:
    try:
        return parse(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError:
        return [Problem("front_matter.not_utf8")]


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
