"""The case a reader is in: their département, their nationality, as far as an article asks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from knowledge.articles import composing
from knowledge.articles.models import Revision
from knowledge.articles.queries import PublishedArticle
from support.kernel import db

LONGEST = 60


@dataclass(frozen=True)
class Cases:
    """What the text distinguishes, and what was chosen (empty when nothing was)."""

    departements: Sequence[str]
    nationalities: Sequence[str]
    departement: str
    nationality: str


def chosen(asked: Mapping[str, str]) -> dict[str, str | None]:
    """What a page asks of the article, from its address."""
    return {
        "departement": asked.get("departement", "")[:LONGEST].strip().upper() or None,
        "nationality": asked.get("nationalite", "")[:LONGEST].strip() or None,
    }


def cases(article: PublishedArticle, asked: Mapping[str, str]) -> Cases | None:
    """The cases between which an article distinguishes; None when it is the same for all.

    One query, and only for articles that say it: the composed text announces them.
    """
    made = chosen(asked)
    told = "**Département " in article.body_markdown or "Nationalité " in article.body_markdown
    if not told and not any(made.values()):
        return None
    body = db.session().scalar(
        select(Revision.body_markdown).where(
            Revision.article_id == article.id, Revision.number == article.revision
        )
    )
    departements, nationalities = composing.choices(body or "")
    if not departements and not nationalities:
        return None
    return Cases(departements, nationalities, made["departement"] or "", made["nationality"] or "")
