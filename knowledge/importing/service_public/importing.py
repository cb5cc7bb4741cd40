"""Articles of service-public.fr into the wiki: made, revised, or left alone.

Each is known again by its number (« F15763 »). What editors add to it stays (``local_notes``); what
they changed in the text itself is never overwritten: it is named, for a person to compare. One
that cannot be read keeps no other out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from sqlalchemy import select

from knowledge.articles import writing
from knowledge.articles.front_matter import ArticleFile
from knowledge.articles.models import Article, Audience
from knowledge.articles.writing import About, Words
from knowledge.importing import local_notes
from knowledge.importing.applying import (
    FileResult,
    Known,
    Outcome,
    Report,
    compare,
    known_sources,
    write,
)
from knowledge.importing.service_public.converting import SITE, Fiche, convert
from knowledge.importing.service_public.reading import Source, Unreadable, sources
from knowledge.importing.service_public.tree import NotAnArticle, read
from support.kernel import db
from support.kernel.errors import Problem
from support.people.models import Agent
from support.people.permissions import Permission, require

LICENCE = "Service-Public.fr (DILA), Licence Ouverte 2.0"
NUMBER = re.compile(r"[FN]\d+")
LONGEST_KEYWORDS = 12
SUMMARY = 600


def import_articles(path: Path, *, by: Agent, dry_run: bool = False) -> Report:
    """Everything below ``path``: a folder, a zip or tar as downloaded, XML or JSON.

    Idempotent. Raises Forbidden, ``reading.Unreadable``.
    """
    require(by, Permission.WRITE_ARTICLES)
    every = list(sources(path))
    if not every:
        raise Unreadable(f"{path}: no article of service-public.fr in it")
    there = {one.number for one in every}
    known = known_sources(there)
    results = [_one(one, there, known.get(one.number), by, dry_run) for one in every]
    if len(every) > 1:  # of a single article nobody can say what has gone
        results += _gone(there)
    return Report([one for one in results if one is not None], applied=not dry_run)


def _one(
    source: Source, there: set[str], known: Known | None, by: Agent, dry_run: bool
) -> FileResult | None:
    path = Path(source.name)
    try:
        fiche = convert(read(source.content, source.name), lambda number: _address(number, there))
    except (NotAnArticle, ValueError) as error:
        problem = Problem("import.unreadable", params={"said": str(error)[:200]})
        return FileResult(path, slug_of(source.number), Outcome.WRONG, problems=(problem,))
    if not fiche.body.strip():
        return None  # a menu of the site, without words of its own
    file = article_file(fiche)
    problems = writing.problems_of(file.slug, file.words, file.about)
    if problems:
        return FileResult(path, file.slug, Outcome.WRONG, problems=tuple(problems))
    if known is not None:
        file = local_notes.kept(file, known)
    result = compare(path, file, known)
    if result.outcome is Outcome.CHANGED and known is not None and local_notes.left_alone(known):
        return FileResult(path, file.slug, Outcome.EDITED, result.changed)
    if result.outcome is not Outcome.UNCHANGED and not dry_run:
        write(file, known, by)
    return result


def article_file(fiche: Fiche) -> ArticleFile:
    keywords = list(dict.fromkeys([*fiche.keywords, *fiche.folders]))[:LONGEST_KEYWORDS]
    modified = _day(fiche.modified)
    note = f"{LICENCE}, {SITE}{fiche.number}"
    if modified is not None:
        note += f", version du {modified:%d/%m/%Y}"
    return ArticleFile(
        slug=slug_of(fiche.number),
        words=Words(fiche.title[:200], fiche.summary[:SUMMARY], fiche.body),
        about=About(
            audience=Audience.PUBLIC, keywords=keywords, checked_on=modified, source_note=note
        ),
        source_id=fiche.number,
    )


def slug_of(number: str) -> str:
    """The address stays when the title changes, and links need no second reading."""
    return number.lower()


def _address(number: str, there: set[str]) -> str:
    return f"/aide/{slug_of(number)}" if number in there else f"{SITE}{number}"


def _day(written: str) -> date | None:
    try:
        return date.fromisoformat(written[:10])
    except ValueError:
        return None


def _gone(there: set[str]) -> Iterator[FileResult]:
    """What was imported before and is published no more: a person decides."""
    rows = db.session().execute(
        select(Article.source_id, Article.slug).where(Article.source_id.is_not(None))
    )
    for number, slug in rows:
        if number is not None and NUMBER.fullmatch(number) and number not in there:
            yield FileResult(Path(number), slug, Outcome.GONE)
