"""Choosing a place, by those who have none of their own, or several."""

from __future__ import annotations

from collections.abc import Sequence

from flask import render_template, url_for
from flask_babel import gettext as _

from support.help_sessions import places, setting_up
from support.help_sessions.models import HelpPoint
from support.people.models import Site
from support.people.permissions import Permission, may
from web.http import me


def choose_place() -> str:
    """Where one may give an appointment."""
    return render_template(
        "help_point/places.html",
        title=_("Donner un rendez-vous"),
        points=places.bookable(by=me()),
        address=lambda point: url_for("giving.form", lieu=point.id),
        sites=_closed_sites(),
    )


def choose_calendar() -> str:
    """Whose calendar to set up."""
    return render_template(
        "help_point/places.html",
        title=_("Calendrier d’un lieu"),
        points=setting_up.every_point(by=me()),
        address=_calendar,
        sites=_closed_sites(),
    )


def _calendar(point: HelpPoint) -> str:
    return url_for("site_calendar.form", lieu=point.id)


def _closed_sites() -> Sequence[Site]:
    return setting_up.sites_without(by=me()) if may(me(), Permission.SET_UP_SITE) else []
