"""The passages that several articles share: written once, changed everywhere at once."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from knowledge.articles import sharing
from knowledge.recalls import finding
from support.kernel import db
from support.kernel.errors import Conflict, Invalid
from support.people.permissions import Permission
from web.access import staff
from web.http import me
from web.messages import sentences
from web.reading_args import MOST_SMALL, row_number

bp = Blueprint("blocks", __name__, url_prefix="/agent/connaissances/redaction/blocs")


@bp.get("")
@staff(Permission.WRITE_ARTICLES)
def listing() -> ResponseReturnValue:
    return _listing({}, {})


@bp.post("")
@staff(Permission.WRITE_ARTICLES)
def create() -> ResponseReturnValue:
    typed = {name: request.form.get(name, "") for name in ("name", "body", "comment")}
    try:
        sharing.create(typed["name"].strip(), typed["body"], by=me(), comment=typed["comment"])
    except Invalid as refusal:
        db.session().rollback()
        return _listing(typed, sentences(refusal)), 422
    flash(_("Bloc enregistré. Écrivez {{%(name)s}} dans une fiche.", name=typed["name"]), "success")
    return redirect(url_for("blocks.listing"), 303)


@bp.get("/<name>")
@staff(Permission.WRITE_ARTICLES)
def block(name: str) -> ResponseReturnValue:
    found = sharing.one(name, by=me())
    return _page(name, found.body_markdown, found.number)


@bp.post("/<name>")
@staff(Permission.WRITE_ARTICLES)
def save(name: str) -> ResponseReturnValue:
    found = sharing.one(name, by=me())
    body = request.form.get("body", "")
    based_on = row_number(request.form, "based_on", MOST_SMALL) or 0
    try:
        count = sharing.revise(
            found, body, based_on=based_on, by=me(), comment=request.form.get("comment", "")
        )
    except Invalid as refusal:
        db.session().rollback()
        return _page(name, body, based_on, sentences(refusal)), 422
    except Conflict as refusal:
        db.session().rollback()
        newer = sharing.one(name, by=me())
        return _page(name, body, newer.number, sentences(refusal), newer.body_markdown), 409
    flash(ngettext("Changé dans %(num)s fiche.", "Changé dans %(num)s fiches.", count), "success")
    return redirect(url_for("blocks.block", name=name), 303)


def _listing(typed: dict[str, str], errors: dict[str | None, str]) -> str:
    blocks = sharing.listing(by=me())
    return render_template("library/blocks.html", blocks=blocks, errors=errors, typed=typed)


def _page(
    name: str,
    body: str,
    based_on: int,
    errors: dict[str | None, str] | None = None,
    theirs: str | None = None,
) -> str:
    found = sharing.one(name, by=me())
    users = next(line.used_by for line in sharing.listing(by=me()) if line.name == name)
    answered = (
        finding.answered_before([number for number, _title in users], found.updated_at)
        if found.number > 1
        else {}
    )
    return render_template(
        "library/block.html",
        block=found, body=body, based_on=based_on, errors=errors or {}, theirs=theirs,
        users=users, answered=answered, history=sharing.history(found, by=me()),
    )  # fmt: skip
