"""What an import does to each article: made, changed, left alone; the same for every format."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from sqlalchemy import and_, func, select

from knowledge.articles import publishing, writing
from knowledge.articles.front_matter import ArticleFile
from knowledge.articles.models import Article, ArticleState, Revision
from knowledge.articles.writing import Past, Words
from support.kernel import db
from support.kernel.errors import Problem
from support.people.models import Agent

COMMENT = "Import"
BATCH = 500  # names asked for at once


class Outcome(StrEnum):
    CREATED = "created"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    WRONG = "wrong"
    EDITED = "edited"  # somebody has revised it here since: left alone
    GONE = "gone"  # it was imported before, and is not among the files any more


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
class Known:
    article: Article
    revision: Revision


def known_articles(slugs: Iterable[str], *, latest: bool = False) -> dict[str, Known]:
    """The articles of these addresses by address, with the words that are read.

    ``latest``: with the newest, read or not.
    """
    number = Article.latest_number if latest else _READ
    return {one.article.slug: one for one in _known(Article.slug, list(slugs), number)}


def known_sources(numbers: Iterable[str]) -> dict[str, Known]:
    """The articles that were imported from these, by what they are called there."""
    found = _known(Article.source_id, list(numbers))
    return {one.article.source_id: one for one in found if one.article.source_id}


_READ = func.coalesce(Article.published_number, Article.latest_number)


def _known(column: Any, wanted: list[str], number: Any = Article.latest_number) -> Iterator[Known]:
    for first in range(0, len(wanted), BATCH):
        rows = db.session().execute(
            select(Article, Revision)
            .join(
                Revision,
                and_(Revision.article_id == Article.id, Revision.number == number),
            )
            .where(column.in_(wanted[first : first + BATCH]))
        )
        for article, revision in rows:
            yield Known(article, revision)


def compare(path: Path, file: ArticleFile, known: Known | None) -> FileResult:
    if known is None:
        return FileResult(path, file.slug, Outcome.CREATED)
    changed = [name for name, (old, new) in differences(file, known).items() if old != new]
    outcome = Outcome.CHANGED if changed else Outcome.UNCHANGED
    return FileResult(path, file.slug, outcome, tuple(changed))


def differences(file: ArticleFile, known: Known) -> dict[str, tuple[object, object]]:
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
        "check_every_days": (article.check_every_days, about.check_every_days),
        "critical": (article.critical, about.critical),
        "source": (article.source_note, about.source_note),
        "source_id": (article.source_id, file.source_id),
        **_state_differs(file, article),
    }


def _state_differs(file: ArticleFile, article: Article) -> dict[str, tuple[object, object]]:
    if file.state is ArticleState.PUBLISHED:
        return {"published": (article.state is ArticleState.PUBLISHED, True)}
    return {"state": (article.state, file.state)}


def write(file: ArticleFile, known: Known | None, by: Agent, past: Sequence[Past] = ()) -> None:
    """``past``: the revisions that a new article had elsewhere."""
    number = None
    if known is None and past:
        article, number = _with_past(file, past, by)
    elif known is None:
        article = writing.draft(
            file.slug, file.words, file.about, by=by, comment=COMMENT, source_id=file.source_id
        )
    else:
        article = known.article
        found = differences(file, known)
        if any(found[name][0] != found[name][1] for name in ("title", "summary", "body")):
            writing.revise(
                article, file.words, based_on=article.latest_number, by=by, comment=COMMENT
            )
        article.source_id = file.source_id
        writing.apply(article, file.about)
    _put_into_state(article, file.state, by, number)


def _with_past(file: ArticleFile, past: Sequence[Past], by: Agent) -> tuple[Article, int]:
    """The article, and which of its revisions the file holds: another one if none does."""
    article = writing.with_past(file.slug, file.about, past, by=by, source_id=file.source_id)
    for number in range(len(past), 0, -1):
        if _same(past[number - 1].words, file.words):
            return article, number
    writing.revise(article, file.words, based_on=len(past), by=by, comment=COMMENT)
    return article, len(past) + 1


def _same(one: Words, other: Words) -> bool:
    def stripped(words: Words) -> tuple[str, ...]:
        return words.title.strip(), words.summary.strip(), words.body.strip()

    return stripped(one) == stripped(other)


def _put_into_state(
    article: Article, state: ArticleState, by: Agent, number: int | None = None
) -> None:
    if state is ArticleState.DRAFT:
        return
    publishing.publish(article, number=number, by=by)
    if state is ArticleState.ARCHIVED:
        publishing.archive(article, by=by)
    elif state is ArticleState.WITHDRAWN:
        article.state = state
        writing.touch(article)
