"""The published directories: a file is previewed, then taken; what is old is said."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_date, ngettext
from flask_babel import gettext as _

from support.help_sessions.directory import importing
from support.help_sessions.directory.importing import Preview
from support.help_sessions.directory.models import DirectoryImport, Source
from support.kernel import db, files
from support.kernel.errors import Invalid
from support.people.permissions import Permission
from support.tickets.journal import FileDraft
from web import uploads
from web.access import staff
from web.http import me
from web.messages import sentence
from web.reading_args import a_day

bp = Blueprint("directories", __name__, url_prefix="/agent/administration/annuaires")


@dataclass(frozen=True)
class Standing:
    """One directory as it is here."""

    source: Source
    label: str
    count: int
    last: DirectoryImport | None
    stale: bool


def source_label(source: Source) -> str:
    return {
        Source.FRANCE_SERVICES: _("Liste des structures France services (ANCT)"),
        Source.ADMINISTRATION: _("Annuaire de l’administration (DILA)"),
    }[source]


def day_label(day: date) -> str:
    return format_date(day, "d MMMM y")


@bp.get("")
@staff(Permission.ADMINISTER)
def form() -> ResponseReturnValue:
    return _page({}, {})


@bp.post("")
@staff(Permission.ADMINISTER)
def take() -> ResponseReturnValue:
    """What the file would change first; taken when that has been read."""
    typed = {name: request.form.get(name, "") for name in ("source", "file_day")}
    kept = uploads.unseal(request.form.getlist("kept"))
    try:
        uploads.take_files(request.files.getlist("file"), kept, "file")
        if typed["source"] not in set(Source):
            raise Invalid.of("field.choice", "source")
        if not kept:
            raise Invalid.of("directory.missing", "file")
        source, raw = Source(typed["source"]), files.store().read(kept[-1].key)
        if request.form.get("suite") != "prendre":
            seen = importing.preview(source, raw, by=me())
            return _page(typed, {}, kept[-1], seen)
        taken = importing.take(
            source, raw, kept[-1].filename, a_day(typed["file_day"]), by=me()
        )  # fmt: skip
    except Invalid as refusal:
        db.session().rollback()
        wrong = {p.field or "file": sentence(p) for p in refusal.problems}
        return _page(typed, wrong, kept[-1] if kept else None), 422
    flash(
        ngettext("%(num)s lieu est à jour.", "%(num)s lieux sont à jour.", taken.places), "success"
    )
    return redirect(url_for(".form"), 303)


def _page(
    typed: dict[str, str], errors: dict[str, str], kept: FileDraft | None = None,
    seen: Preview | None = None,
) -> str:  # fmt: skip
    return render_template(
        "admin/directories.html",
        t=typed, errors=errors, kept=uploads.kept_files([kept]) if kept else [], seen=seen,
        standings=[_standing(source) for source in Source], sentence=_why, day_label=day_label,
        sources=[("", ""), *((s.value, source_label(s)) for s in Source)],
        shown=importing.SHOWN, limit=uploads.limit(),
    )  # fmt: skip


def _standing(source: Source) -> Standing:
    last = importing.last_of(source)
    stale = last is not None and importing.is_stale(last)
    return Standing(source, source_label(source), importing.count_of(source), last, stale)


def _why(code: str) -> str:
    return {
        "directory.twice": _("le même identifiant qu’une ligne d’avant"),
    }.get(code, _("sans identifiant ou sans nom"))
