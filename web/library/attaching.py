"""The pictures and documents of the texts: brought in by editors, handed out where they show."""

from __future__ import annotations

from flask import (
    Blueprint,
    Response,
    flash,
    jsonify,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from knowledge.articles import kept_files
from knowledge.articles.models import KeptFile
from support.kernel.errors import Conflict, Invalid
from support.kernel.file_kinds import document_type
from support.people.permissions import Permission
from support.tickets.journal import FileDraft
from web import uploads
from web.access import staff
from web.desk.files import hand_out
from web.filters import size
from web.http import me
from web.messages import sentences
from web.reading_args import row_number

bp = Blueprint("attaching", __name__, url_prefix="/agent/connaissances/redaction/fichiers")

KEPT_BY_BROWSERS = 3600  # seconds: a name never stands for other bytes


@bp.get("")
@staff(Permission.WRITE_ARTICLES)
def listing() -> ResponseReturnValue:
    """Every file that texts may show, the newest first."""
    found = kept_files.latest(by=me(), before=row_number(request.args, "avant"))
    return render_template(
        "library/files.html",
        files=found[: kept_files.PAGE],
        next=found[kept_files.PAGE - 1].id if len(found) > kept_files.PAGE else None,
        mark=kept_files.mark,
        kind=uploads.kind,
        size=size,
    )


@bp.post("")
@staff(Permission.WRITE_ARTICLES)
def add() -> ResponseReturnValue:
    """For the editor: what to write in the text for each file, and what is wrong with others."""
    marks, refusal = taken()
    said = refusal or ngettext(
        "%(num)s fichier ajouté au texte.", "%(num)s fichiers ajoutés au texte.", len(marks)
    )
    return jsonify(marks=marks, said=said), 422 if refusal else 200


@bp.get("/<name>")
@staff(Permission.WRITE_ARTICLES)
def file(name: str) -> ResponseReturnValue:
    """For the preview: editors see every file, whatever shows it."""
    return shown(kept_files.by_name(name))


@bp.post("/<name>/retraits")
@staff(Permission.WRITE_ARTICLES)
def remove(name: str) -> ResponseReturnValue:
    try:
        kept_files.remove(name, by=me())
    except Conflict as refusal:
        flash(sentences(refusal)[None], "error")
        return redirect(url_for("attaching.listing"), 303)
    flash(_("« %(name)s » est retiré.", name=name), "success")
    return redirect(url_for("attaching.listing"), 303)


def taken() -> tuple[list[str], str]:
    """The files of the form that was sent, as they are written in a text; why others are not."""
    drafts: list[FileDraft] = []
    refusal = ""
    sent = [one for one in request.files.getlist("files") if one.filename]
    try:
        uploads.take_files(sent, drafts, kind_of=document_type)
    except Invalid as refused:
        refusal = " ".join(_said(problem.code, problem.params) for problem in refused.problems)
    if not sent:
        refusal = _("Choisissez d’abord un fichier.")
    added = [kept_files.add(d.filename, d.content_type, d.key, d.size, by=me()) for d in drafts]
    return [kept_files.mark(one) for one in added], refusal


def shown(file: KeptFile, *, publicly: bool = False) -> Response:
    response = hand_out(file)
    who = "public" if publicly else "private"
    response.headers["Cache-Control"] = f"{who}, max-age={KEPT_BY_BROWSERS}"
    return response


def _said(code: str, params: object) -> str:
    wanted = "article_file.kind" if code == "file.kind" else code
    assert isinstance(params, dict)
    return sentences(Invalid.of(wanted, None, **params))[None]
