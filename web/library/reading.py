"""The case a reader is in: their département, their nationality, as a page's address says it."""

from __future__ import annotations

from collections.abc import Mapping

LONGEST = 60


def chosen(asked: Mapping[str, str]) -> dict[str, str | None]:
    """What a page asks of the article, from its address."""
    return {
        "departement": asked.get("departement", "")[:LONGEST].strip().upper() or None,
        "nationality": asked.get("nationalite", "")[:LONGEST].strip() or None,
    }
