"""The vocabulary of the search, as editors keep it: synonyms, abbreviations, short forms."""

from __future__ import annotations

import re

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from knowledge.search import entries, vocabulary
from knowledge.search.entries import EntryKind
from support.kernel import db
from support.kernel.errors import Invalid
from support.people.permissions import Permission
from web.access import staff
from web.http import me
from web.messages import sentences

bp = Blueprint("words", __name__, url_prefix="/agent/connaissances/redaction/vocabulaire")


@bp.get("")
@staff(Permission.WRITE_ARTICLES)
def listing() -> ResponseReturnValue:
    return _page({"phrases": request.args.get("mot", "")[:80]}, {})


@bp.post("")
@staff(Permission.WRITE_ARTICLES)
def add() -> ResponseReturnValue:
    typed = {name: request.form.get(name, "") for name in ("kind", "phrases", "near")}
    kind = EntryKind.SHORTHAND if typed["kind"] == "shorthand" else EntryKind.SYNONYMS
    phrases = re.split(r"[=\n;]", typed["phrases"])
    try:
        entries.add(kind, phrases, by=me(), near=typed["near"] or "same")
    except Invalid as refusal:
        db.session().rollback()
        return _page(typed, sentences(refusal)), 422
    flash(_("Ajouté : la recherche s’en sert dans les secondes qui suivent."), "success")
    return redirect(url_for("words.listing"), 303)


@bp.post("/<int:entry_id>/retraits")
@staff(Permission.WRITE_ARTICLES)
def remove(entry_id: int) -> ResponseReturnValue:
    entries.remove(entry_id, by=me())
    flash(_("Retiré du vocabulaire."), "success")
    return redirect(url_for("words.listing"), 303)


def _page(typed: dict[str, str], errors: dict[str | None, str]) -> str:
    return render_template(
        "library/words.html",
        entries=entries.listing(by=me()), typed=typed, errors=errors,
        ours=sorted(vocabulary.synonyms(), key=lambda group: group.phrases[0].lower()),
        short=sorted(vocabulary.shorthand().items()),
    )  # fmt: skip
