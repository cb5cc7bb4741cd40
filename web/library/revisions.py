"""The revisions of an article: who wrote what, why, and what changed in words."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from knowledge.articles import editors, journal, kept_files
from knowledge.articles.rendering import render
from support.people.permissions import Permission
from web.access import staff
from web.http import me
from web.library import previewing
from web.library.comparing import compare
from web.library.happenings import happening_label
from web.reading_args import MOST_SMALL, row_number

bp = Blueprint(
    "revisions", __name__, url_prefix="/agent/connaissances/redaction/<int:article_id>/revisions"
)


@bp.get("")
@staff(Permission.WRITE_ARTICLES)
def history(article_id: int) -> ResponseReturnValue:
    article, _latest = editors.one_for_editor(article_id, by=me())
    return render_template(
        "library/revisions.html",
        article=article,
        revisions=editors.revisions(article_id, by=me()),
        events=journal.of_article(article_id),
        said=happening_label,
    )


@bp.get("/<int:number>")
@staff(Permission.WRITE_ARTICLES)
def difference(article_id: int, number: int) -> ResponseReturnValue:
    """What a revision changed in the one before, or in the one given as ``avec``."""
    article, _latest = editors.one_for_editor(article_id, by=me())
    new = editors.one_revision(article_id, number, by=me())
    chosen = row_number(request.args, "avec", MOST_SMALL)
    wanted = number - 1 if chosen is None else chosen
    known = 0 < wanted <= article.latest_number and wanted != number
    old = editors.one_revision(article_id, wanted, by=me()) if known else None
    return render_template(
        "library/difference.html",
        article=article,
        new=new,
        old=old,
        numbers=range(article.latest_number, 0, -1),
        title=compare(old.title if old else "", new.title),
        summary=compare(old.summary if old else "", new.summary),
        body=compare(old.body_markdown if old else "", new.body_markdown),
        whole=render(kept_files.resolve(new.body_markdown, previewing.EDITORS_FILES)),
    )
