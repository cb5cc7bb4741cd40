"""The figures of a place, week by week: on a page, and as a file for a table."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from support.help_sessions import figures, places
from support.help_sessions.assistance_log import Result
from support.help_sessions.figures import Line, Week
from support.help_sessions.models import AppointmentState, HelpPoint
from support.kernel.time import now
from support.people.permissions import Permission
from web.access import staff
from web.help_point import labels, log_labels, orient_labels
from web.help_point.choosing import choose_place
from web.http import me
from web.reading_args import a_day

bp = Blueprint("site_figures", __name__, url_prefix="/agent/rendez-vous/chiffres")

S = AppointmentState
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@bp.get("")
@staff(Permission.RECEIVE)
def page() -> ResponseReturnValue:
    point = places.own(by=me())
    if point is None:
        return choose_place()
    week = figures.week_of(point, _monday(point), by=me())
    known = [(Result(code), label) for code, label in log_labels.results()]
    return render_template(
        "help_point/figures.html",
        point=point, week=week, labels=labels, one_week=timedelta(days=7), S=S,
        words=orient_labels,
        results=[(label, week.results.get(result, 0)) for result, label in known],
    )  # fmt: skip


@bp.get("/chiffres.csv")
@staff(Permission.RECEIVE)
def as_file() -> ResponseReturnValue:
    """A line a reason and channel; numbers only, nobody's name."""
    point = places.own(by=me())
    if point is None:
        return choose_place()
    week = figures.week_of(point, _monday(point), by=me())
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(
        [_("Lieu"), _("Semaine du"), _("Motif"), _("Canal"), _("Donnés"), _("Reçus"),
         _("Non venus"), _("Venus, non reçus"), _("Annulés par la personne"),
         _("Annulés par le service"), _("Déplacés")]
    )  # fmt: skip
    writer.writerows(_row(point, week, line) for line in week.lines)
    name = f"relais-rendez-vous-{week.monday}.csv"
    return Response(
        "\ufeff" + out.getvalue(),
        mimetype="text/csv",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _row(point: HelpPoint, week: Week, line: Line) -> list[str | int]:
    counts = [
        line.states.get(state, 0)
        for state in (
            S.NO_SHOW, S.NOT_SERVED, S.CANCELLED_BY_USER, S.CANCELLED_BY_SERVICE, S.RESCHEDULED,
        )
    ]  # fmt: skip
    return [
        _plain(point.site.name), week.monday.isoformat(), _plain(line.label),
        labels.channel_label(line.channel), line.given, line.honoured, *counts,
    ]  # fmt: skip


def _plain(words: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{words}" if words.startswith(_FORMULA) else words


def _monday(point: HelpPoint) -> date:
    wanted = a_day(request.args.get("semaine", ""))
    return places.monday_of(wanted or places.local_day(point, now()))
