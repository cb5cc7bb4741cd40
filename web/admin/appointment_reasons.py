"""The reasons of appointments: their words, their length, what to bring."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from support.help_sessions import reasons
from support.help_sessions.models import AppointmentReason
from support.help_sessions.reasons import ReasonDraft
from support.kernel import db
from support.kernel.errors import Invalid
from support.people.permissions import Permission
from web.access import staff
from web.http import me
from web.messages import sentence
from web.reading_args import MOST_SMALL, row_number

bp = Blueprint(
    "appointment_reasons", __name__, url_prefix="/agent/administration/motifs-de-rendez-vous"
)

NAMES = ("label", "public_label", "group", "minutes", "bring", "public", "active")


@bp.get("")
@staff(Permission.ADMINISTER)
def listing() -> ResponseReturnValue:
    return render_template("admin/appointment_reasons.html", reasons=reasons.every(by=me()))


@bp.get("/nouveau")
@staff(Permission.ADMINISTER)
def new() -> ResponseReturnValue:
    return _page(None, {"minutes": "30", "public": "y", "active": "y"}, {})


@bp.get("/<int:reason_id>")
@staff(Permission.ADMINISTER)
def one(reason_id: int) -> ResponseReturnValue:
    found = reasons.one(reason_id, by=me())
    return _page(found, _known(found), {})


@bp.post("")
@staff(Permission.ADMINISTER)
def save() -> ResponseReturnValue:
    number = row_number(request.form, "motif")
    found = reasons.one(number, by=me()) if number is not None else None
    typed = {name: request.form.get(name, "") for name in NAMES}
    draft = ReasonDraft(
        label=typed["label"], public_label=typed["public_label"], group=typed["group"],
        minutes=row_number(typed, "minutes", MOST_SMALL), bring=typed["bring"],
        public=bool(typed["public"]), active=bool(typed["active"]),
    )  # fmt: skip
    try:
        reasons.save(found, draft, by=me())
    except Invalid as refusal:
        db.session().rollback()
        wrong = {p.field or "label": sentence(p) for p in refusal.problems}
        found = reasons.one(number, by=me()) if number is not None else None
        return _page(found, typed, wrong), 422
    flash(_("Motif enregistré."), "success")
    return redirect(url_for(".listing"), 303)


def _known(reason: AppointmentReason) -> dict[str, str]:
    return {
        "label": reason.label, "public_label": reason.public_label, "group": reason.group,
        "minutes": str(reason.minutes), "bring": reason.bring,
        "public": "y" if reason.public else "", "active": "y" if reason.active else "",
    }  # fmt: skip


def _page(
    reason: AppointmentReason | None, typed: Mapping[str, str], errors: Mapping[str, str]
) -> str:
    return render_template(
        "admin/appointment_reason.html",
        reason=reason, t=typed, errors=errors,
        groups=sorted({one.group for one in reasons.every(by=me())}),
    )  # fmt: skip
