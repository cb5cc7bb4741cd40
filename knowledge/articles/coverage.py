"""Which reasons the wiki answers, procedure by procedure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import select

from knowledge.articles.models import Article, article_procedure, article_reason
from support.catalogue.models import ContactReason, Procedure
from support.kernel import db


@dataclass(frozen=True)
class Coverage:
    """Codes of reasons that a published article answers: whatever the procedure, and by
    procedure.
    """

    anyhow: frozenset[str]
    by_procedure: Mapping[str, frozenset[str]]

    def of(self, procedures: Collection[str]) -> frozenset[str]:
        """Those answered for one of ``procedures`` at least."""
        none: frozenset[str] = frozenset()
        return self.anyhow.union(*(self.by_procedure.get(code, none) for code in procedures))


def coverage() -> Coverage:
    """The whole of it: one query."""
    rows = db.session().execute(
        select(ContactReason.code, Procedure.code)
        .join(article_reason, article_reason.c.reason_id == ContactReason.id)
        .join(Article, Article.id == article_reason.c.article_id)
        .outerjoin(article_procedure, article_procedure.c.article_id == Article.id)
        .outerjoin(Procedure, Procedure.id == article_procedure.c.procedure_id)
        .where(Article.published_number.is_not(None))
        .distinct()
    )
    found: dict[str | None, set[str]] = {}
    for reason, procedure in rows:
        found.setdefault(procedure, set()).add(reason)
    anyhow = frozenset(found.pop(None, set()))
    return Coverage(anyhow, {str(code): frozenset(codes) for code, codes in found.items()})
