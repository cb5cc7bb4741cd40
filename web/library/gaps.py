"""Where the wiki lacks something, for those who write it: what went up the chain, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from escalation.wiki_gaps import WINDOW, Gap, gaps
from knowledge.articles import voting
from knowledge.articles.coverage import coverage
from knowledge.articles.models import Article, Revision
from knowledge.search import asked
from support.catalogue.models import ContactReason
from support.kernel import db
from support.kernel.time import now
from support.people.permissions import Permission
from web.access import staff
from web.desk.labels import item_label

bp = Blueprint("gaps", __name__, url_prefix="/agent/connaissances/manques")

NAMED = 3  # articles and items named for each reason


@dataclass(frozen=True)
class Line:
    """``covered``: whether a published article is about that reason."""

    reason: ContactReason
    gap: Gap
    covered: bool
    articles: Sequence[tuple[int, str, int]]  # number, title, how often
    missing: Sequence[tuple[str, int]]


@bp.get("")
@staff(Permission.WRITE_ARTICLES)
def listing() -> ResponseReturnValue:
    since = now() - WINDOW
    return render_template(
        "library/gaps.html",
        lines=_lines(),
        days=WINDOW.days,
        searches=asked.unanswered(since.date()),
        unhelpful=voting.found_unhelpful(since),
    )


def _lines() -> list[Line]:
    session, found = db.session(), gaps()
    reasons = {one.id: one for one in session.scalars(select(ContactReason))}
    wanted = {slug for gap in found for slug, _n in gap.articles.most_common(NAMED)}
    rows = session.execute(
        select(Article.slug, Article.id, Revision.title)
        .join(Revision, Revision.article_id == Article.id)
        .where(Article.slug.in_(wanted), Revision.number == Article.published_number)
    )
    articles = {slug: (number, title) for slug, number, title in rows}
    covered = coverage()
    every = covered.anyhow.union(*covered.by_procedure.values())
    return [
        Line(
            reason=reasons[gap.reason_id],
            gap=gap,
            covered=reasons[gap.reason_id].code in every,
            articles=[
                (*articles[slug], n)
                for slug, n in gap.articles.most_common(NAMED)
                if slug in articles
            ],
            missing=[(item_label(code), n) for code, n in gap.missing.most_common(NAMED)],
        )
        for gap in found
    ]
