"""Releases: how ready each is, in red what is late; its dates and its documents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_timezone
from flask_babel import gettext as _

from escalation.releases import preparing, readiness
from escalation.releases.models import DocumentKind, ReleaseBlock, ReleaseOpening
from escalation.releases.preparing import BlockDraft, DocumentDraft
from escalation.releases.readiness import Check, What
from knowledge.articles.coverage import coverage
from support.kernel import db
from support.kernel.errors import Conflict, DomainError, Invalid
from support.kernel.time import now
from support.people.permissions import Permission
from support.tickets.journal import FileDraft
from web import uploads
from web.access import staff
from web.desk import catalogue
from web.desk.files import hand_out
from web.errors import STATUS
from web.http import me
from web.messages import sentences
from web.reading_args import row_number

bp = Blueprint("releases", __name__, url_prefix="/agent/mises-en-production")

DATES = ("planned_on", "opened_on", "trained_on")


@bp.get("")
@staff(Permission.READ_STAFF_ARTICLES)
def listing() -> ResponseReturnValue:
    places, kinds, known = preparing.openings(), preparing.kinds(), Known()
    rows = [
        _row(one, places.get(one.id, []), kinds.get(one.id, set()), known)
        for one in preparing.blocks()
    ]
    rows.sort(key=lambda row: not row["late"])  # stable: what is late comes first
    return render_template("chain/releases.html", rows=rows, check_words=check_words)


@bp.get("/nouvelle")
@staff(Permission.PREPARE_RELEASES)
def new() -> ResponseReturnValue:
    return _form(None, {"procedures": []})


@bp.post("")
@staff(Permission.PREPARE_RELEASES)
def create() -> ResponseReturnValue:
    return _save(None)


@bp.get("/<int:block_id>")
@staff(Permission.READ_STAFF_ARTICLES)
def block(block_id: int) -> ResponseReturnValue:
    return _page(preparing.one_block(block_id))


@bp.get("/<int:block_id>/modifier")
@staff(Permission.PREPARE_RELEASES)
def edit(block_id: int) -> ResponseReturnValue:
    found = preparing.one_block(block_id)
    typed: dict[str, Any] = {name: _iso(getattr(found, name)) for name in DATES}
    typed |= {"title": found.title, "note": found.note, "procedures": found.procedures}
    return _form(found, typed)


@bp.post("/<int:block_id>/modifier")
@staff(Permission.PREPARE_RELEASES)
def save(block_id: int) -> ResponseReturnValue:
    return _save(preparing.one_block(block_id))


@bp.post("/<int:block_id>/ouvertures")
@staff(Permission.PREPARE_RELEASES)
def opening(block_id: int) -> ResponseReturnValue:
    found = preparing.one_block(block_id)
    typed = {name: request.form.get(name, "") for name in ("department", "planned", "opened")}
    try:
        preparing.set_opening(
            found, typed["department"], _day(typed["planned"]), _day(typed["opened"]), by=me()
        )
    except Invalid as refusal:
        return _page(found, typed, refusal), 422
    flash(_("Ouverture enregistrée pour le %(code)s.", code=typed["department"]), "success")
    return redirect(url_for(".block", block_id=block_id), 303)


@bp.post("/<int:block_id>/documents")
@staff(Permission.PREPARE_RELEASES)
def document(block_id: int) -> ResponseReturnValue:
    """A new document, or a new version of one: the earlier ones stay."""
    found = preparing.one_block(block_id)
    typed = {name: request.form.get(name, "") for name in ("kind", "doc_title", "version_note")}
    kept: list[FileDraft] = []
    try:
        uploads.take_files(request.files.getlist("file"), kept, "file")
        known = set(DocumentKind)
        kind = DocumentKind(typed["kind"]) if typed["kind"] in known else DocumentKind.OTHER
        draft = DocumentDraft(
            kind,
            typed["doc_title"],
            kept[0] if kept else None,
            typed["version_note"],
            row_number(request.form, "document"),
        )
        version = preparing.add_version(found, draft, by=me())
    except (Invalid, Conflict) as refusal:
        db.session().rollback()
        return _page(preparing.one_block(block_id), typed, refusal), STATUS[type(refusal)]
    flash(_("Version %(n)s ajoutée.", n=version.number), "success")
    return redirect(url_for(".block", block_id=block_id), 303)


@bp.get("/documents/<int:version_id>/pieces/fichier")
@staff(Permission.READ_STAFF_ARTICLES)
def download(version_id: int) -> ResponseReturnValue:
    return hand_out(preparing.one_version(version_id))


def check_words(check: Check) -> dict[str, str]:
    """{"what", "state", "tone", "detail"} of one point of readiness."""
    what = {
        What.OPENING: _("Ouverture"),
        What.TRAINING: _("Formation du centre de contact"),
        What.WIKI: _("Articles par motif"),
        What.KIT: _("Kit complet"),
    }[check.what]
    if check.done:
        state, tone = _("fait"), "done"
    elif check.late:
        state, tone = _("en retard"), "broken"
    else:
        state, tone = _("à faire"), "neutral"
    return {"what": what, "state": state, "tone": tone, "detail": _detail(check)}


def _detail(check: Check) -> str:
    if check.what is What.KIT:
        return ", ".join(document_label(DocumentKind(one)) for one in check.missing)
    return ", ".join(check.missing)


def document_label(kind: DocumentKind) -> str:
    return {
        DocumentKind.AGENT_GUIDE: _("guide des agents"),
        DocumentKind.PUBLIC_GUIDE: _("guide de l’usager"),
        DocumentKind.PRESS_RELEASE: _("communiqué de presse"),
        DocumentKind.FLYER: _("dépliant"),
        DocumentKind.POSTER: _("affiche"),
        DocumentKind.MESSAGE: _("texte pour les réseaux"),
        DocumentKind.OTHER: _("autre document"),
    }[kind]


class Known:
    """What every block is held against: three queries, however many blocks there are."""

    def __init__(self) -> None:
        self.covered = coverage()
        self.procedures = {one.code: one for one in catalogue.procedures()}
        self.reasons = catalogue.reasons(public_only=True)

    def uncovered(self, found: ReleaseBlock) -> list[str]:
        """Labels of the public reasons of these procedures that no published article answers."""
        fields = {self.procedures[c].field for c in found.procedures if c in self.procedures}
        covered = self.covered.of(found.procedures)
        asked = [one for one in self.reasons if one.field in fields]
        return [one.label for one in asked if one.code not in covered]


def _row(
    found: ReleaseBlock,
    places: Sequence[ReleaseOpening],
    kinds: set[DocumentKind],
    known: Known,
) -> dict[str, Any]:
    checks = readiness.assess(found, places, kinds, known.uncovered(found), _today())
    return {
        "block": found,
        "first": readiness.opening_day(found, places),
        "checks": checks,
        "late": any(check.late for check in checks),
    }


def _save(found: ReleaseBlock | None) -> ResponseReturnValue:
    typed: dict[str, Any] = {n: request.form.get(n, "") for n in ("title", "note", *DATES)}
    typed["procedures"] = request.form.getlist("procedures")
    dates = {name: _day(typed[name]) for name in DATES}
    draft = BlockDraft(typed["title"], typed["procedures"], note=typed["note"], **dates)
    try:
        saved = preparing.save_block(found, draft, by=me())
    except Invalid as refusal:
        return _form(found, typed, refusal), 422
    flash(_("Enregistré."), "success")
    return redirect(url_for(".block", block_id=saved.id), 303)


def _form(
    found: ReleaseBlock | None, typed: Mapping[str, Any], refusal: DomainError | None = None
) -> str:
    return render_template(
        "chain/release_edit.html",
        block=found,
        typed=typed,
        errors=sentences(refusal) if refusal else {},
        procedures=[(one.code, one.label) for one in catalogue.procedures()],
    )


def _page(
    found: ReleaseBlock, typed: Mapping[str, str] | None = None, refusal: DomainError | None = None
) -> str:
    places = preparing.openings().get(found.id, [])
    documents, known = preparing.documents(found), Known()
    return render_template(
        "chain/release.html",
        **_row(found, places, {one.kind for one in documents if one.versions}, known),
        openings=places,
        documents=documents,
        procedures=[known.procedures[c].label for c in found.procedures if c in known.procedures],
        check_words=check_words,
        document_label=document_label,
        kinds=[(kind.value, document_label(kind).capitalize()) for kind in DocumentKind],
        typed=typed or {},
        errors=sentences(refusal) if refusal else {},
    )


def _today() -> date:
    return now().astimezone(get_timezone()).date()


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed.strip())
    except ValueError:
        return None


def _iso(value: date | None) -> str:
    return value.isoformat() if value else ""
