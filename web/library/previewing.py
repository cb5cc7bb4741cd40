"""A text as a reader will see it, with what it names and what is not there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from knowledge.articles import kept_files, links, sharing
from knowledge.articles.composing import Reading, block_names, compose
from knowledge.articles.models import Audience
from knowledge.articles.queries import shared_bodies, titles_of
from knowledge.articles.rendering import render
from support.kernel import db
from support.kernel.time import today

EDITORS_FILES = "/agent/connaissances/redaction/fichiers"


@dataclass(frozen=True)
class Missing:
    """What a text names that is not there: addresses of articles, names of blocks, of files."""

    articles: Sequence[str]
    blocks: Sequence[str]
    files: Sequence[str]

    def __bool__(self) -> bool:
        return bool(self.articles or self.blocks or self.files)


def shown(markdown: str, reader: Audience, on: date | None, files_at: str = "") -> str:
    """Safe HTML, as ``reader`` sees it on that day (today when None).

    ``files_at``: where the page finds the files; by default, where editors find all of them.
    """
    text = composed(markdown, reader, on)
    titles = titles_of(links.wiki_slugs([text]), Audience.DIRECTORATE, db.session())
    text = kept_files.resolve(links.resolve(text, titles), files_at or EDITORS_FILES)
    return render(text)


def composed(markdown: str, reader: Audience, on: date | None) -> str:
    """The Markdown that ``reader`` sees, its links and files as they were written."""
    blocks = shared_bodies(block_names([markdown]), db.session())
    return compose(markdown, Reading(reader, on or today()), blocks)


def missing(markdown: str) -> Missing:
    wanted = {link.slug for link in links.links_of(markdown)}
    known = titles_of(wanted, Audience.DIRECTORATE, db.session())
    return Missing(
        sorted(wanted - set(known)), sharing.missing(markdown), kept_files.missing(markdown)
    )
