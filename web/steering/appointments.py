"""The help points side by side: on a page, and as a file; figures about too few are not shown."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, Response, render_template
from flask.typing import ResponseReturnValue
from flask_babel import format_date
from flask_babel import gettext as _

from support.help_sessions import every_site
from support.help_sessions.every_site import SitePeriod
from support.help_sessions.figures import SATURATED
from support.help_sessions.models import AppointmentState
from support.people.permissions import Permission
from support.tickets.small_cells import LEAST, Cell, Counted, hide_row
from web.access import staff
from web.http import me
from web.steering.views import plain, shown

bp = Blueprint("steering_places", __name__, url_prefix="/agent/pilotage/rendez-vous")

S = AppointmentState


@dataclass(frozen=True)
class Row:
    """``cells``: in the order of :func:`heads`. ``full``: nearly all of the capacity is given."""

    site: SitePeriod
    cells: Sequence[Cell]
    full: bool


def heads() -> list[str]:
    return [
        _("Reçus"), _("Non venus"), _("Venus, non reçus"), _("Annulés par la personne"),
        _("Annulés par le service"),
    ]  # fmt: skip


@bp.get("")
@staff(Permission.READ_FIGURES)
def page() -> ResponseReturnValue:
    first, last = every_site.period()
    return render_template(
        "steering/appointments.html",
        rows=_rows(), heads=heads(), shown=shown, least=LEAST,
        first=format_date(first, "d MMM"), last=format_date(last, "d MMM"),
    )  # fmt: skip


@bp.get("/chiffres.csv")
@staff(Permission.READ_FIGURES)
def as_file() -> ResponseReturnValue:
    first, last = every_site.period()
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(
        [_("Département"), _("Lieu"), _("Du"), _("Au"), *heads(), _("Capacité"),
         _("Demandes sans place"), _("Orientés")]
    )  # fmt: skip
    for row in _rows():
        site = row.site
        capacity = "" if site.capacity is None else str(site.capacity)
        writer.writerow(
            [plain(site.department), plain(site.name), first.isoformat(), last.isoformat(),
             *(shown(cell) for cell in row.cells), capacity, site.unmet, site.redirected]
        )  # fmt: skip
    name = f"relais-rendez-vous-{first}-{last}.csv"
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store",
    }  # fmt: skip
    return Response("\ufeff" + out.getvalue(), mimetype="text/csv", headers=headers)


def _rows() -> list[Row]:
    return [Row(site, _cells(site), _full(site)) for site in every_site.side_by_side(by=me())]


def _cells(site: SitePeriod) -> list[Cell]:
    groups = (
        (S.COMPLETED, S.IN_PROGRESS, S.CHECKED_IN), (S.NO_SHOW,), (S.NOT_SERVED,),
        (S.CANCELLED_BY_USER,), (S.CANCELLED_BY_SERVICE,),
    )  # fmt: skip
    counted = []
    for states in groups:
        found = [site.states.get(state, (0, 0)) for state in states]
        # Two states of one person at most: the larger of them is surely not too many.
        counted.append(Counted(sum(n for n, _p in found), max(p for _n, p in found)))
    return hide_row(counted)


def _full(site: SitePeriod) -> bool:
    return bool(site.capacity) and site.given >= SATURATED * (site.capacity or 0)
