"""Every token in force, whoever it speaks for: what opens Relais besides passwords."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from support.people import tokens
from support.people.permissions import Permission
from web.access import staff
from web.http import me
from web.reading_args import row_number

bp = Blueprint("every_token", __name__, url_prefix="/agent/administration/jetons")

SHOWN = 50


@bp.get("")
@staff(Permission.ADMINISTER)
def listing() -> ResponseReturnValue:
    before = row_number(request.args, "avant")
    found = tokens.in_force(by=me(), before=before, limit=SHOWN + 1)
    more, found = len(found) > SHOWN, found[:SHOWN]
    return render_template(
        "admin/every_token.html",
        tokens=found,
        next=url_for("every_token.listing", avant=found[-1].id) if more else None,
        first=url_for("every_token.listing") if before else None,
    )


@bp.post("/<int:token_id>/revocations")
@staff(Permission.ADMINISTER)
def revoke(token_id: int) -> ResponseReturnValue:
    tokens.revoke(tokens.one_token(token_id, by=me()), by=me())
    flash(_("Jeton révoqué : il n’ouvre plus rien."), "success")
    return redirect(url_for("every_token.listing"), 303)
