"""The waiting list of a place: who to call when somebody gives theirs up."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from support.help_sessions import places, waiting
from support.kernel.errors import Conflict
from support.people.permissions import Permission
from web.access import staff
from web.help_point.choosing import choose_place
from web.http import me
from web.reading_args import row_number

bp = Blueprint("waiting", __name__, url_prefix="/agent/rendez-vous/attente")


@bp.get("")
@staff(Permission.RECEIVE)
def listing() -> ResponseReturnValue:
    point = places.own(by=me())
    if point is None:
        return choose_place()
    rows = waiting.listing(point, by=me())
    return render_template("help_point/waiting.html", point=point, rows=rows)


@bp.post("/retraits")
@staff(Permission.RECEIVE)
def leave() -> ResponseReturnValue:
    point = places.own(by=me())
    if point is None:
        raise Conflict.of("help_point.none")
    waiting.leave(point, row_number(request.form, "id") or 0, by=me())
    flash(_("Retiré de la liste."), "success")
    return redirect(url_for("waiting.listing"), 303)
