"""A text as a reader will see it, with what it names and what is not there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from knowledge.articles import links, sharing
from knowledge.articles.composing import Reading, block_names, compose
from knowledge.articles.models import Audience
from knowledge.articles.queries import shared_bodies, titles_of
from knowledge.articles.rendering import render
from support.kernel import db
from support.kernel.time import today


@dataclass(frozen=True)
class Missing:
    """What a text names that is not there: addresses of articles, names of blocks."""

    articles: Sequence[str]
    blocks: Sequence[str]


def shown(markdown: str, reader: Audience, on: date | None) -> str:
    """Safe HTML, as ``reader`` sees it on that day (today when None)."""
    session = db.session()
    blocks = shared_bodies(block_names([markdown]), session)
    text = compose(markdown, Reading(reader, on or today()), blocks)
    titles = titles_of(links.wiki_slugs([text]), Audience.DIRECTORATE, session)
    return render(links.resolve(text, titles))


def missing(markdown: str) -> Missing:
    wanted = {link.slug for link in links.links_of(markdown)}
    known = titles_of(wanted, Audience.DIRECTORATE, db.session())
    return Missing(sorted(wanted - set(known)), sharing.missing(markdown))
