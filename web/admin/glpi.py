"""The bridge to GLPI: how it does, what waits to leave, and the switch that stops it."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from escalation.glpi import health
from escalation.glpi.settings import Mode, current
from support.kernel.errors import Invalid
from support.people.permissions import Permission
from web.access import staff
from web.admin import given_up
from web.http import me

bp = Blueprint("glpi", __name__, url_prefix="/agent/administration/glpi")


@bp.get("")
@staff(Permission.ADMINISTER)
def overview() -> ResponseReturnValue:
    settings = current()
    return render_template(
        "admin/glpi.html",
        how=health.health(by=me()),
        settings=settings,
        waiting=health.waiting(settings) if settings is not None else [],
        mode_label=mode_label,
        why=given_up.why,
        shown=health.SHOWN,
        most=health.COUNTED,
    )


@bp.post("/pauses")
@staff(Permission.ADMINISTER)
def pause() -> ResponseReturnValue:
    _require_meant()
    health.pause(by=me())
    flash(_("Tout échange avec GLPI est arrêté. Rien n’est perdu : ce qui change attend ici."))
    return redirect(url_for("glpi.overview"), 303)


@bp.post("/reprises")
@staff(Permission.ADMINISTER)
def resume() -> ResponseReturnValue:
    _require_meant()
    health.resume(by=me())
    flash(_("Les échanges avec GLPI reprennent, avec tout ce qui attendait."), "success")
    return redirect(url_for("glpi.overview"), 303)


def _require_meant() -> None:
    if request.form.get("confirme") != "oui":
        raise Invalid.of("field.choice", "confirme")


def mode_label(mode: Mode) -> str:
    return {
        Mode.OFF: _("aucun GLPI n’est réglé"),
        Mode.DRY: _("à blanc : rien ne part, rien n’est repris"),
        Mode.ON: _("en service"),
    }[mode]
