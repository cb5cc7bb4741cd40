"""Reading what somebody else wrote before the public does: approve it, or send it back."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from knowledge.articles import editors, kept_files, queries, reviewing
from knowledge.articles.models import Revision
from knowledge.recalls import correcting
from support.kernel import db
from support.kernel.errors import Conflict, Invalid, NotVisible
from support.people.permissions import Permission
from web.access import staff
from web.http import me
from web.library import attaching, labels, previewing
from web.library.comparing import compare
from web.messages import sentences
from web.reading_args import MOST_SMALL, row_number

bp = Blueprint("reviewing", __name__, url_prefix="/agent/connaissances/relectures")


def _who_comes_second(view: Callable[[int], ResponseReturnValue]) -> Callable[[int], Any]:
    """Somebody answered, or the text changed, since the page was opened: say so on the list."""

    @wraps(view)
    def answered(article_id: int) -> ResponseReturnValue:
        try:
            return view(article_id)
        except Conflict as refusal:
            if refusal.code != "review.gone":
                raise
            flash(sentences(refusal)[None], "error")
            return redirect(url_for("reviewing.listing"), 303)

    return answered


@bp.get("")
@staff(Permission.REVIEW_ARTICLES)
def listing() -> ResponseReturnValue:
    """What waits for a second reader, the oldest first."""
    return render_template(
        "library/reviews.html",
        lines=editors.submitted(by=me()),
        recalls=correcting.listing(by=me()),
        labels=labels,
    )


@bp.get("/<int:article_id>")
@staff(Permission.REVIEW_ARTICLES)
@_who_comes_second
def read(article_id: int) -> ResponseReturnValue:
    return _page(article_id)


@bp.get("/<int:article_id>/fichiers/<name>")
@staff(Permission.REVIEW_ARTICLES)
def file(article_id: int, name: str) -> ResponseReturnValue:
    """A picture of the text that waits, as far as who reads it may read that part."""
    _article, new, _old = editors.one_submitted(article_id, by=me())
    body = previewing.composed(new.body_markdown, queries.audience_of(me()), None)
    if name not in kept_files.named_in([body]):
        raise NotVisible.of("article.not_found")
    return attaching.shown(kept_files.by_name(name))


@bp.post("/<int:article_id>/approbations")
@staff(Permission.REVIEW_ARTICLES)
@_who_comes_second
def approve(article_id: int) -> ResponseReturnValue:
    article, _new, _old = editors.one_submitted(article_id, by=me())
    reviewing.approve(article, _number(), by=me(), said=_said())
    if article.publish_at is not None:
        flash(_("Approuvée : elle paraîtra au moment prévu."), "success")
    else:
        flash(_("Approuvée et publiée."), "success")
    return redirect(url_for("reviewing.listing"), 303)


@bp.post("/<int:article_id>/renvois")
@staff(Permission.REVIEW_ARTICLES)
@_who_comes_second
def send_back(article_id: int) -> ResponseReturnValue:
    article, _new, _old = editors.one_submitted(article_id, by=me())
    try:
        reviewing.send_back(article, _number(), by=me(), said=_said())
    except Invalid as refusal:
        db.session().rollback()
        return _page(article_id, sentences(refusal)), 422
    flash(_("Rendue à son auteur, avec votre remarque."), "success")
    return redirect(url_for("reviewing.listing"), 303)


def _page(article_id: int, errors: dict[str | None, str] | None = None) -> str:
    article, new, old = editors.one_submitted(article_id, by=me())
    files_at = f"{bp.url_prefix}/{article_id}/fichiers"
    return render_template(
        "library/review.html",
        article=article, new=new, old=old, errors=errors or {}, said=_said(), labels=labels,
        mine=not reviewing.may_approve(article, me()),
        whole=previewing.shown(
            new.body_markdown, queries.audience_of(me()), None, files_at
        ),
        missing=previewing.missing(new.body_markdown),
        **_compared(new, old),
    )  # fmt: skip


def _compared(new: Revision, old: Revision | None) -> dict[str, object]:
    if old is None:
        return {"title": [], "summary": [], "body": []}
    return {
        "title": compare(old.title, new.title),
        "summary": compare(old.summary, new.summary),
        "body": compare(old.body_markdown, new.body_markdown),
    }


def _number() -> int:
    return row_number(request.form, "number", MOST_SMALL) or 0


def _said() -> str:
    return request.form.get("said", "")[:2000]
