"""Importing a folder of Markdown files, one an article, known again by its slug.

Everything is read and checked first: with one wrong file nothing is written at all. What
``knowledge.exporting`` wrote comes back whole: shared blocks, translations, newer drafts, files,
redirections and added words too, and the ``history`` of an article that is not there yet.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import yaml
from sqlalchemy import select

from knowledge.articles import writing
from knowledge.articles.front_matter import ArticleFile, BlockFile, parse, parse_block
from knowledge.importing import files_beside, history
from knowledge.importing.applying import (
    FileResult,
    Outcome,
    Report,
    compare,
    known_articles,
    write,
)
from knowledge.importing.beside import apply_beside, apply_block, apply_words
from support.catalogue.models import ContactReason, Procedure
from support.kernel import db
from support.kernel.errors import Problem
from support.people.models import Agent
from support.people.permissions import Permission, require

DRAFTS, WORDS = "drafts", "vocabulary.yaml"

_Parsed = Sequence[tuple[Path, ArticleFile]]


def import_folder(folder: Path, *, by: Agent, dry_run: bool = False) -> Report:
    """Create or revise, and publish, the articles of every ``*.md`` below ``folder``.

    Idempotent: what is already so is left alone. Raises Forbidden.
    """
    require(by, Permission.WRITE_ARTICLES)
    paths = [p for p in sorted(folder.rglob("*.md")) if not _within(p, folder, history.FOLDER)]
    blocks = {path: block for path in paths if (block := _read_block(path, folder)) is not None}
    read = [(path, _read(path, folder)) for path in paths if path not in blocks]
    drafts = [pair for pair in read if _within(pair[0], folder, DRAFTS)]
    first = [pair for pair in read if pair not in drafts]
    results, applicable = _compared(first, with_drafts=drafts)
    report = Report(results, applied=False)
    if dry_run or report.count(Outcome.WRONG):
        return report
    _take_files(folder, [*blocks.values(), *_files_of(read)], by)
    for block in blocks.values():
        apply_block(block, by)
    _write_all(applicable, results, by, folder)
    results += _write_drafts(drafts, by)
    if (folder / WORDS).is_file():
        apply_words(yaml.safe_load((folder / WORDS).read_text("utf-8")) or [], by)
    return Report(results, applied=True)


def _compared(
    read: Sequence[tuple[Path, ArticleFile | list[Problem]]],
    with_drafts: Sequence[tuple[Path, ArticleFile | list[Problem]]],
) -> tuple[list[FileResult], _Parsed]:
    parsed = _parsed(read)
    known = known_articles(file.slug for _path, file in parsed)
    every = [*read, *with_drafts]
    wrong = {path: file for path, file in every if not isinstance(file, ArticleFile)}
    wrong |= _contradictions(parsed)
    wrong |= _contradictions(_parsed(with_drafts))
    results = [
        FileResult(path, "", Outcome.WRONG, problems=tuple(wrong[path]))
        if path in wrong or not isinstance(file, ArticleFile)
        else compare(path, file, known.get(file.slug))
        for path, file in every
        if path in wrong or (path, file) in read
    ]
    return results, parsed


def _write_all(parsed: _Parsed, results: Sequence[FileResult], by: Agent, folder: Path) -> None:
    outcomes = {result.path: result.outcome for result in results}
    known = known_articles(file.slug for _path, file in parsed)
    # Originals before what translates them.
    for path, file in sorted(parsed, key=lambda pair: pair[1].translation_of is not None):
        if outcomes[path] is not Outcome.UNCHANGED:
            there = known.get(file.slug)
            past = () if there else history.past_of(file.slug, folder, by)
            write(file, there, by, past)
            apply_beside(file)


def _write_drafts(
    drafts: Sequence[tuple[Path, ArticleFile | list[Problem]]], by: Agent
) -> list[FileResult]:
    parsed = _parsed(drafts)
    known = known_articles((file.slug for _path, file in parsed), latest=True)
    results = []
    for path, file in parsed:
        there = known.get(file.slug)
        if there is None:
            write(file, None, by)
            results.append(FileResult(path, file.slug, Outcome.CREATED))
            continue
        result = compare(path, file, there)
        words = tuple(name for name in result.changed if name in ("title", "summary", "body"))
        if words:
            number = there.article.latest_number
            writing.revise(there.article, file.words, based_on=number, by=by, comment="Import")
        outcome = Outcome.CHANGED if words else Outcome.UNCHANGED
        results.append(FileResult(path, file.slug, outcome, words))
    return results


def _parsed(read: Iterable[tuple[Path, ArticleFile | list[Problem]]]) -> _Parsed:
    return [(path, file) for path, file in read if isinstance(file, ArticleFile)]


def _within(path: Path, folder: Path, name: str) -> bool:
    return name in path.relative_to(folder).parts[:-1]


def _read_block(path: Path, folder: Path) -> BlockFile | None:
    try:
        block = parse_block(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError:
        return None
    if block is None:
        return None
    body, files = files_beside.named(block.body, path, folder)
    return replace(block, body=body, files=files)


def _read(path: Path, folder: Path) -> ArticleFile | list[Problem]:
    try:
        article = parse(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError:
        return [Problem("front_matter.not_utf8")]
    if not isinstance(article, ArticleFile):
        return article
    body, files = files_beside.named(article.words.body, path, folder)
    wrong = files_beside.problems(files)
    return wrong or replace(article, words=replace(article.words, body=body), files=files)


def _files_of(
    read: Sequence[tuple[Path, ArticleFile | list[Problem]]],
) -> list[ArticleFile]:
    return [file for _path, file in _parsed(read)]


def _take_files(folder: Path, named: Iterable[ArticleFile | BlockFile], by: Agent) -> None:
    """What the texts show, and what an export kept besides. Raises Invalid."""
    wanted = {path.name: path for path in files_beside.every_file(folder)}
    for one in named:
        wanted |= one.files
    files_beside.take(wanted, by)


def _contradictions(parsed: _Parsed) -> dict[Path, list[Problem]]:
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
