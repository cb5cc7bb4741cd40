"""Translations of an article: begun, followed, and how far behind the French each is."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from knowledge.articles import editors, translating
from support.people.permissions import Permission
from web import i18n
from web.access import staff
from web.http import me
from web.library import labels

bp = Blueprint("translations", __name__, url_prefix="/agent/connaissances/redaction")


@bp.get("/traductions")
@staff(Permission.WRITE_ARTICLES)
def listing() -> ResponseReturnValue:
    """Published translations that the French has left behind."""
    return render_template(
        "library/translations.html",
        lines=translating.behind(by=me()), language_name=i18n.language_name, labels=labels,
    )  # fmt: skip


@bp.post("/<int:article_id>/traductions")
@staff(Permission.WRITE_ARTICLES)
def begin(article_id: int) -> ResponseReturnValue:
    article, _revision = editors.one_for_editor(article_id, by=me())
    language = request.form.get("language", "")[:3]
    plain = language == translating.AUTHORITY
    made = translating.begin(article, language, by=me(), plain=plain)
    flash(_("Brouillon créé avec le texte français : écrivez par-dessus."), "success")
    return redirect(url_for("editing.edit", article_id=made.id), 303)


@bp.post("/<int:article_id>/suivis")
@staff(Permission.WRITE_ARTICLES)
def follow(article_id: int) -> ResponseReturnValue:
    """The translation says what the published French says."""
    article, _revision = editors.one_for_editor(article_id, by=me())
    translating.follow(article, by=me())
    flash(_("La traduction est à jour avec le français."), "success")
    return redirect(url_for("editing.edit", article_id=article_id), 303)
