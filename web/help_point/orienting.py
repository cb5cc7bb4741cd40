"""Before an appointment: is this the place? Three questions, the right door, a slip."""

from __future__ import annotations

import secrets
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from support.help_sessions import orienting, places
from support.help_sessions.assistance_log import Door
from support.help_sessions.directory import importing
from support.help_sessions.directory.models import Source
from support.help_sessions.directory.nearest import near
from support.help_sessions.models import HelpPoint
from support.kernel import db
from support.kernel.errors import NotVisible
from support.people.models import Site, SiteKind, Team, TeamKind
from support.people.permissions import Permission
from web.access import staff
from web.admin.directories import day_label
from web.help_point import orient_labels
from web.help_point.choosing import choose_place
from web.help_point.page_of_booking import Page, channel_of, point_of
from web.http import me

bp = Blueprint("orienting", __name__, url_prefix="/agent/rendez-vous/orienter")

NAMES = ("lieu", "besoin", "en_ligne", "papiers")


@bp.get("")
@staff(Permission.BOOK)
def form() -> ResponseReturnValue:
    typed = {name: request.args.get(name, "") for name in NAMES}
    if not typed["lieu"] and not places.bookable(by=me()):
        return choose_place()
    point = point_of(typed)
    return render_template(
        "help_point/orienting.html",
        t=typed, point=point, words=orient_labels, key=secrets.token_urlsafe(16),
        advice=orienting.advise(typed["besoin"], typed["en_ligne"], typed["papiers"]),
    )  # fmt: skip


@bp.post("")
@staff(Permission.BOOK)
def send_elsewhere() -> ResponseReturnValue:
    """Counted; then the slip, to print or to read out."""
    typed = {name: request.form.get(name, "") for name in NAMES}
    point = point_of(typed)
    advice = orienting.advise(typed["besoin"], typed["en_ligne"], typed["papiers"])
    if advice is None or advice.door is None:
        return redirect(url_for(".form", lieu=point.id, besoin=typed["besoin"]), 303)
    key = (request.form.get("cle") or secrets.token_urlsafe(16))[:64]
    channel = channel_of(Page({"au_guichet": ""}, ""))
    orienting.redirect_to(point, advice.door, channel, key, by=me())
    return redirect(url_for(".slip", lieu=point.id, door=advice.door.value), 303)


@bp.get("/<door>/bon")
@staff(Permission.BOOK)
def slip(door: str) -> ResponseReturnValue:
    if door not in set(Door):
        raise NotVisible.of("help_point.unknown")
    point = point_of(request.args)
    return render_template(
        "help_point/door_slip.html",
        point=point, door=Door(door), words=orient_labels, **_doors(point, Door(door)),
    )  # fmt: skip


def _doors(point: HelpPoint, door: Door) -> dict[str, Any]:
    """The places behind a door, near this one; and from what file, when that is old."""
    if door is Door.FRANCE_SERVICES:
        taken = importing.last_of(Source.FRANCE_SERVICES)
        return {
            "near": near(point, "france_services"),
            "dated": day_label(taken.file_day) if taken else "",
            "stale": taken is not None and importing.is_stale(taken),
        }
    kinds = {Door.EXAMINATION: SiteKind.PREFECTURE, Door.FALLBACK: SiteKind.PREFECTURE}
    if door in kinds:
        query = select(Site).where(
            Site.kind == kinds[door], Site.department == point.site.department
        )
        return {"sites": db.session().scalars(query.order_by(Site.id)).all()}
    if door is Door.CONTACT_CENTRE:
        centre = select(Team).where(Team.kind == TeamKind.CONTACT_CENTRE).order_by(Team.id)
        return {"centre": db.session().scalar(centre.limit(1))}
    return {}
