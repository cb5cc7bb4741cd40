"""Searching for a page: what is typed is cut to a length, what is found is readable now."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask_babel import get_locale

from knowledge.articles import queries, translating
from knowledge.articles.models import Audience
from knowledge.articles.translating import Variant
from knowledge.search import finding, index
from knowledge.search.finding import Hit

LONGEST = 200  # characters of a question; more is not a question


def page_language() -> str:
    """The language of the page, as articles name theirs."""
    return str(get_locale() or translating.AUTHORITY).partition("_")[0]


def typed(given: str | None) -> str:
    """What somebody typed, on one line, without what no keyboard writes."""
    shown = "".join(c if c.isprintable() else " " for c in given or "")
    return " ".join(shown.split())[:LONGEST]


def search(
    question: str,
    audience: Audience,
    *,
    limit: int,
    procedure: str | None = None,
    reason: str | None = None,
    unfinished: bool = True,
    language: str = "fr",
) -> list[Hit]:
    """The best articles for ``question``, never one that ``audience`` may not read.

    ``unfinished``: the last word may still be being typed.
    An index may be a moment behind the database: what has been withdrawn meanwhile is left out.
    """
    hits = finding.find(
        question,
        audience=audience,
        limit=limit,
        procedure=procedure,
        reason=reason,
        unfinished=unfinished,
    )
    return in_language(still_readable(hits, audience), audience, language)


def come_back() -> bool:
    """Whether nothing can be found for a moment: the index of this node is being built anew."""
    return index.rebuilding()


def in_language(hits: list[Hit], audience: Audience, language: str) -> list[Hit]:
    """Each result as a reader of ``language`` is shown it: its translation, if there is one.

    What was found in another language keeps its place, without an extract of that language.
    """
    others = [hit.family for hit in hits if hit.language != language]
    shown = translating.variants(others, language, audience)
    known = (language, translating.AUTHORITY)
    rest = [h.family for h in hits if h.language not in known and h.family not in shown]
    shown |= translating.variants(rest, translating.AUTHORITY, audience)
    return [_as(hit, shown.get(hit.family)) for hit in hits]


def _as(hit: Hit, variant: Variant | None) -> Hit:
    if variant is None or variant.article_id == hit.article_id:
        return hit
    return replace(
        hit, article_id=variant.article_id, slug=variant.slug, title=variant.title,
        summary=variant.summary, language=variant.language, revision=variant.revision,
        extract=[(variant.summary, False)],
    )  # fmt: skip


def as_json(rank: int, hit: Hit) -> dict[str, Any]:
    """A result as programmes read it, on the command line and by the API."""
    return {
        "rank": rank,
        "slug": hit.slug,
        "source_id": hit.source_id,
        "title": hit.title,
        "summary": hit.summary,
        "audience": hit.audience.value,
        "revision": hit.revision,
        "score": round(hit.score, 4),
        "extract": "".join(text for text, _match in hit.extract),
    }


def still_readable(hits: list[Hit], audience: Audience) -> list[Hit]:
    if not hits:
        return []
    readable = queries.readable_ids([hit.article_id for hit in hits], audience)
    return [hit for hit in hits if hit.article_id in readable]
