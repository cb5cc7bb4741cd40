"""What an import does to each article: made, changed, left alone; the same for every format."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from sqlalchemy import and_, select

from knowledge.articles import publishing, writing
from knowledge.articles.front_matter import ArticleFile
from knowledge.articles.models import Article, ArticleState, Revision
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


def known_articles(slugs: Iterable[str]) -> dict[str, Known]:
    """The articles of these addresses, with their latest words, by address."""
    return {one.article.slug: one for one in _known(Article.slug, list(slugs))}


def known_sources(numbers: Iterable[str]) -> dict[str, Known]:
    """The articles that were imported from these, by what they are called there."""
    found = _known(Article.source_id, list(numbers))
    return {one.article.source_id: one for one in found if one.article.source_id}


def _known(column: Any, wanted: list[str]) -> Iterator[Known]:
    for first in range(0, len(wanted), BATCH):
        rows = db.session().execute(
            select(Article, Revision)
            .join(
                Revision,
                and_(Revision.article_id == Article.id, Revision.number == Article.latest_number),
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
        "published": (article.state is ArticleState.PUBLISHED, True),
    }


def write(file: ArticleFile, known: Known | None, by: Agent) -> None:
    if known is None:
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
    publishing.publish(article, by=by)
