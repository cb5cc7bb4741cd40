"""The calendar of a desk, for a program that has its secret address."""

from __future__ import annotations

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from support.help_sessions import feeds, places
from support.kernel.errors import Invalid
from support.people.permissions import Permission
from web.access import public, staff
from web.http import me
from web.reading_args import row_number

bp = Blueprint("feed", __name__)


@bp.get("/agendas/<token>.ics")
@public
def calendar(token: str) -> ResponseReturnValue:
    headers = {"Cache-Control": "private, no-store", "X-Robots-Tag": "noindex"}
    return Response(feeds.feed(token), mimetype="text/calendar", headers=headers)


@bp.post("/agent/rendez-vous/calendrier/agendas")
@staff(Permission.SET_UP_SITE)
def change() -> ResponseReturnValue:
    """Give a desk an address for its calendar, or take it away."""
    number, which = row_number(request.form, "lieu"), row_number(request.form, "guichet")
    if number is None or which is None:
        raise Invalid.of("field.choice", "guichet")
    point = places.one_to_set_up(number, by=me())
    desk = feeds.desk_of(point, which)
    if request.form.get("quoi") == "retirer":
        feeds.withdraw(desk, by=me())
        flash(_("L’adresse de cet agenda n’ouvre plus rien."), "success")
    else:
        feeds.publish(desk, by=me())
        flash(_("L’agenda a une adresse : qui l’a le lit, sans les noms."), "success")
    own = point.site_id == me().team.site_id
    to = url_for("site_calendar.form", lieu=None if own else point.id)
    return redirect(f"{to}#agendas", 303)
