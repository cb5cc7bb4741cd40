"""The services outside to which requests are passed on."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from escalation.transfers import directory
from escalation.transfers.directory import ServiceDraft
from escalation.transfers.models import OutsideService
from support.kernel.errors import Invalid
from support.people.permissions import Permission
from web.access import staff
from web.http import me
from web.messages import sentences

bp = Blueprint("outside", __name__, url_prefix="/agent/administration/services")


@bp.get("")
@staff(Permission.ADMINISTER)
def listing() -> ResponseReturnValue:
    return render_template("admin/outside.html", services=directory.every_service(by=me()))


@bp.get("/nouveau")
@staff(Permission.ADMINISTER)
def new() -> ResponseReturnValue:
    return _page(None, ServiceDraft(""), {})


@bp.post("")
@staff(Permission.ADMINISTER)
def add() -> ResponseReturnValue:
    return _keep(None)


@bp.get("/<int:service_id>")
@staff(Permission.ADMINISTER)
def form(service_id: int) -> ResponseReturnValue:
    one = directory.one_service(service_id, by=me())
    return _page(one, ServiceDraft(one.label, one.contact, one.email, one.active), {})


@bp.post("/<int:service_id>")
@staff(Permission.ADMINISTER)
def change(service_id: int) -> ResponseReturnValue:
    return _keep(directory.one_service(service_id, by=me()))


def _keep(service: OutsideService | None) -> ResponseReturnValue:
    words = {name: request.form.get(name, "") for name in ("label", "contact", "email")}
    draft = ServiceDraft(**words, active=bool(request.form.get("active")))
    try:
        kept = directory.keep(service, draft, by=me())
    except Invalid as refusal:
        return _page(service, draft, sentences(refusal)), 422
    flash(_("« %(service)s » est enregistré.", service=kept.label), "success")
    return redirect(url_for("outside.listing"), 303)


def _page(
    service: OutsideService | None, typed: ServiceDraft, errors: dict[str | None, str]
) -> str:
    return render_template(
        "admin/outside_service.html", service=service, typed=typed, errors=errors
    )
