"""What an article is about, in words: its procedures, its reasons, when it was checked."""

from __future__ import annotations

from typing import Any

from knowledge.articles.queries import PublishedArticle
from web.desk import catalogue
from web.library import labels


def subjects(article: PublishedArticle) -> dict[str, Any]:
    """For a page: ``procedures`` and ``reasons`` of the catalogue, ``checked``, ``direction``."""
    return {
        "procedures": [p for p in catalogue.procedures() if p.code in article.procedures],
        "reasons": [r for r in catalogue.reasons() if r.code in article.reasons],
        "checked": labels.long_date(article.checked_on) if article.checked_on else None,
        "direction": labels.direction(article.language),
    }
