"""Searching for a page: what is typed is cut to a length, what is found is readable now."""

from __future__ import annotations

from typing import Any

from knowledge.articles import queries
from knowledge.articles.models import Audience
from knowledge.search import finding
from knowledge.search.finding import Hit

LONGEST = 200  # characters of a question; more is not a question


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
    return still_readable(hits, audience)


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
