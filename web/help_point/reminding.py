"""Who must be called before they come: no address, no mobile, or neither works."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from support.help_sessions import attendance, places, telling
from support.people.permissions import Permission
from web.access import staff
from web.help_point import labels
from web.help_point.choosing import choose_place
from web.http import me

bp = Blueprint("reminding", __name__, url_prefix="/agent/rendez-vous")


@bp.get("/rappels")
@staff(Permission.RECEIVE)
def listing() -> ResponseReturnValue:
    point = places.own(by=me())
    if point is None:
        return choose_place()
    return render_template(
        "help_point/reminding.html",
        point=point, rows=telling.to_call(point, by=me()), labels=labels,
    )  # fmt: skip


@bp.post("/<int:appointment_id>/appels")
@staff(Permission.RECEIVE)
def called(appointment_id: int) -> ResponseReturnValue:
    """They know, or the telephone rang in vain."""
    found, reached = attendance.one(appointment_id, by=me()), request.form.get("joint") == "oui"
    telling.note_call(found, reached=reached, by=me())
    flash(_("C’est noté.") if reached else _("Noté : à rappeler encore."), "success")
    return redirect(url_for(".listing"), 303)
