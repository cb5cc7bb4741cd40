"""An article into a reply in one action, with the revision that the reader will have received."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

from flask import current_app
from flask_babel import gettext as _

from knowledge.articles import queries, sharing, translating
from knowledge.articles.models import Audience
from knowledge.articles.plain_text import to_text
from knowledge.articles.queries import PublishedArticle
from support.kernel.errors import NotVisible
from support.tickets.given import Given
from web.reading_args import MOST_SMALL, number

MOST_MARKS = 50  # articles in one reply


@dataclass(frozen=True)
class Passage:
    """``mark`` says which words were given (:func:`mark_of`), sent back with the reply."""

    text: str
    mark: str
    title: str


def passage(slug: str, language: str = "fr") -> Passage | None:
    """What is put into a reply; only public articles may go out. None when there is none.

    ``language``: the person's; a translation that says what the French says goes out in its place.
    """
    # Before the words are read: a block that changes between the two is then taken for unseen.
    blocks = sharing.last_change()
    try:
        article = _in_language(queries.by_slug(slug, Audience.PUBLIC), language)
    except NotVisible:
        return None
    site = current_app.config["SETTINGS"].public_url.rstrip("/")
    whole = _("La fiche complète : %(address)s", address=f"{site}/aide/{article.slug}")
    body = to_text(article.body_markdown, base_url=site)
    text = f"{article.title}\n\n{body}\n\n{whole}\n"
    return Passage(text, mark_of(Given(article.id, article.revision, blocks)), article.title)


def mark_of(given: Given) -> str:
    """« article id:revision:last change of a block », the last left out where it is not known."""
    return ":".join(str(number) for number in given if number is not None)


def _in_language(article: PublishedArticle, language: str) -> PublishedArticle:
    if article.language == language:
        return article
    family = translating.siblings(article.family, Audience.PUBLIC)
    french = next((one.revision for one in family if one.article_id == article.family), 0)
    for one in family:
        if one.language == language and not one.plain:
            found = queries.by_slug(one.slug, Audience.PUBLIC)
            if one.article_id == article.family or (found.translated_number or 0) >= french:
                return found
    return article


def read_marks(marks: Iterable[str]) -> list[Given]:
    """What the marks that the page sent back say; the rest is left out.

    A form may say anything: only what the public may have been given counts as sent.
    """
    read = []
    for mark in islice(marks, MOST_MARKS):
        typed_article, typed_revision, typed_blocks = (*mark.split(":", 2), "", "")[:3]
        article, revision = number(typed_article), number(typed_revision, MOST_SMALL)
        if article and revision:
            read.append(Given(article, revision, number(typed_blocks)))
    if not read:
        return []
    known = queries.sent_revisions({(one.article_id, one.revision) for one in read})
    return [one for one in read if (one.article_id, one.revision) in known]
