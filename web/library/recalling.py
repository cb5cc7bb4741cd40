"""Correcting what people were told: written by an editor, read and sent by who answers people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from knowledge.articles import editors
from knowledge.articles.models import Article
from knowledge.recalls import correcting, finding
from support.kernel import db
from support.kernel.errors import Invalid
from support.people.permissions import Permission
from web import i18n
from web.access import staff
from web.http import me
from web.library.comparing import Passage, compare
from web.messages import sentences

bp = Blueprint("recalling", __name__, url_prefix="/agent/connaissances")


@bp.get("/redaction/<int:article_id>/rappels")
@staff(Permission.WRITE_ARTICLES)
def recall(article_id: int) -> ResponseReturnValue:
    """Who was given other words, what changed since, and the correction to write."""
    return _page(article_id, {}, {})


@bp.post("/redaction/<int:article_id>/rappels")
@staff(Permission.WRITE_ARTICLES)
def propose(article_id: int) -> ResponseReturnValue:
    article, _revision = editors.one_for_editor(article_id, by=me())
    texts = {language: request.form.get(language, "") for language in i18n.offered()}
    try:
        correcting.propose(article, texts, by=me())
    except Invalid as refusal:
        db.session().rollback()
        return _page(article_id, texts, sentences(refusal)), 422
    flash(_("Correction enregistrée : elle part quand quelqu’un d’autre l’a relue."), "success")
    return redirect(url_for("recalling.recall", article_id=article_id), 303)


@bp.get("/relectures/rappels/<int:recall_id>")
@staff(Permission.REVIEW_ARTICLES)
def read(recall_id: int) -> ResponseReturnValue:
    found = correcting.one(recall_id, by=me())
    affected = finding.affected(found.article)
    return render_template(
        "library/recall_review.html",
        recall=found, affected=affected, mine=found.author_agent_id == me().id,
        language_name=i18n.language_name, changed=_changed(affected),
    )  # fmt: skip


@bp.post("/relectures/rappels/<int:recall_id>/envois")
@staff(Permission.REVIEW_ARTICLES, Permission.REPLY)
def approve(recall_id: int) -> ResponseReturnValue:
    count = correcting.approve(correcting.one(recall_id, by=me()), by=me())
    said = ngettext(
        "La correction part vers %(num)s personne.", "La correction part vers %(num)s personnes.",
        count,
    )  # fmt: skip
    flash(said, "success")
    return redirect(url_for("reviewing.listing"), 303)


@bp.post("/relectures/rappels/<int:recall_id>/refus")
@staff(Permission.REVIEW_ARTICLES)
def refuse(recall_id: int) -> ResponseReturnValue:
    correcting.refuse(correcting.one(recall_id, by=me()), by=me())
    flash(_("Correction abandonnée : personne n’est prévenu."), "success")
    return redirect(url_for("reviewing.listing"), 303)


def _page(article_id: int, texts: Mapping[str, str], errors: Mapping[str | None, str]) -> str:
    article, revision = editors.one_for_editor(article_id, by=me())
    affected = finding.affected(article)
    return render_template(
        "library/recall.html",
        article=article, revision=revision, affected=affected,
        waiting=finding.waiting_for(article_id), errors=errors,
        texts=texts or {"fr": _first_words(article)},
        languages=[(code, i18n.language_name(code)) for code in i18n.offered()],
        changed=_changed(affected),
    )  # fmt: skip


def _first_words(article: Article) -> str:
    site = current_app.config["SETTINGS"].public_url.rstrip("/")
    return f"La fiche à jour : {site}/aide/{article.slug}"


def _changed(affected: finding.Affected) -> Sequence[Passage]:
    """What the public reads otherwise than in the latest of the old texts."""
    return compare(affected.before, affected.after) if affected.ticket_ids else []
