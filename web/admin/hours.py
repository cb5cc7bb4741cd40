"""Opening hours: changed after seeing what that means for the promises that run."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from support.clocks.calendar import ABOLITION, ALSACE_MOSELLE, METROPOLE
from support.clocks.models import Calendar
from support.clocks.reading_hours import DAYS, Hours, read_hours, written
from support.kernel.errors import Invalid
from support.people.permissions import Permission
from support.tickets import rescheduling
from web.access import staff
from web.http import me
from web.messages import sentence

bp = Blueprint("hours", __name__, url_prefix="/agent/administration/horaires")

FIELDS = {"zone": "zone", "closures": "fermetures", **{f"day_{n}": f"jour_{n}" for n in DAYS}}


@bp.get("/<code>")
@staff(Permission.ADMINISTER)
def form(code: str) -> ResponseReturnValue:
    calendar = rescheduling.one_calendar(code, by=me())
    return _page(calendar, _known(calendar), {})


@bp.post("/<code>")
@staff(Permission.ADMINISTER)
def change(code: str) -> ResponseReturnValue:
    """What it would mean first; done when that has been read."""
    calendar = rescheduling.one_calendar(code, by=me(), lock=True)
    typed = {name: request.form.get(name, "") for name in FIELDS.values()}
    try:
        hours = _read(typed)
    except Invalid as refusal:
        wrong = {FIELDS[p.field or "day_0"]: sentence(p) for p in refusal.problems}
        return _page(calendar, typed, wrong), 422
    if request.form.get("suite") != "enregistrer":
        return _page(calendar, typed, {}, rescheduling.preview(calendar, hours))
    running, _less = rescheduling.preview(calendar, hours)
    rescheduling.edit(calendar, hours, by=me())
    flash(
        ngettext(
            "Horaires enregistrés. %(num)s échéance en cours est recalculée.",
            "Horaires enregistrés. %(num)s échéances en cours sont recalculées.",
            running,
        ),
        "success",
    )
    return redirect(url_for("structure.teams"), 303)


def _read(typed: Mapping[str, str]) -> Hours:
    days = {n: typed[f"jour_{n}"] for n in DAYS}
    return read_hours(days, typed["zone"], typed["fermetures"])


def _known(calendar: Calendar) -> dict[str, str]:
    days = {f"jour_{n}": written(calendar.weekly.get(str(n), ())) for n in DAYS}
    closed = "\n".join(f"{d[8:10]}/{d[5:7]}/{d[:4]}" for d in calendar.closures or ())
    return {**days, "zone": calendar.zone, "fermetures": closed}


def zones() -> list[tuple[str, str]]:
    named = {
        METROPOLE: _("France métropolitaine"),
        ALSACE_MOSELLE: _("Alsace et Moselle"),
        "mayotte": "Mayotte",
        "martinique": "Martinique",
        "guadeloupe": "Guadeloupe",
        "saint_martin": "Saint-Martin",
        "guyane": _("Guyane"),
        "saint_barthelemy": "Saint-Barthélemy",
        "reunion": _("La Réunion"),
    }
    return [(code, named[code]) for code in (METROPOLE, ALSACE_MOSELLE, *ABOLITION)]


def _page(
    calendar: Calendar,
    typed: Mapping[str, str],
    errors: Mapping[str, str],
    effect: tuple[int, int] | None = None,
) -> str:
    days = [_("Lundi"), _("Mardi"), _("Mercredi"), _("Jeudi"), _("Vendredi"), _("Samedi"),
            _("Dimanche")]  # fmt: skip
    return render_template(
        "admin/hours.html",
        calendar=calendar,
        typed=typed,
        errors=errors,
        days=[(f"jour_{n}", label) for n, label in enumerate(days)],
        zones=zones(),
        effect=effect,
        looked_at=rescheduling.LOOKED_AT,
    )
