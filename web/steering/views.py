"""The figures on a page, and as a file for a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence

from flask import Blueprint, Response, render_template
from flask.typing import ResponseReturnValue
from flask_babel import format_date
from flask_babel import gettext as _

from support.people.permissions import Permission
from support.tickets.small_cells import LEAST, Cell
from web.access import staff
from web.http import me
from web.steering.drawing import draw
from web.steering.reading import Figures, Line, read_figures

bp = Blueprint("steering", __name__, url_prefix="/agent/pilotage")


@bp.get("")
@staff(Permission.READ_FIGURES)
def page() -> ResponseReturnValue:
    figures = read_figures(by=me())
    return render_template(
        "steering/page.html",
        figures=figures,
        chart=draw(figures.days),
        least=LEAST,
        shown=shown,
        percent=percent,
        date_words=lambda day: format_date(day, "EEE d MMM"),
        short_date=lambda day: format_date(day, "d MMM"),
    )


@bp.get("/chiffres.csv")
@staff(Permission.READ_FIGURES)
def download() -> ResponseReturnValue:
    figures = read_figures(by=me())
    out = io.StringIO()
    csv.writer(out, delimiter=";", lineterminator="\r\n").writerows(_rows(figures))
    # The mark at the start tells spreadsheets that it is UTF-8.
    response = Response("\ufeff" + out.getvalue(), mimetype="text/csv")
    name = f"relais-{figures.first:%Y-%m-%d}-{figures.last:%Y-%m-%d}.csv"
    response.headers["Content-Disposition"] = f"attachment; filename={name}"
    response.headers["Cache-Control"] = "no-store"
    return response


def shown(cell: Cell) -> str:
    return _("non montré") if cell.count is None else str(cell.count)


def percent(rate: int | None) -> str:
    return _("trop peu") if rate is None else f"{rate} %"


def _rows(figures: Figures) -> Iterator[list[str]]:
    period = f"{figures.first.isoformat()} – {figures.last.isoformat()}"
    yield [_("tableau"), _("ligne"), _("nombre"), _("taux")]
    yield [_("période"), period, "", ""]
    yield [_("ensemble"), _("entrés"), shown(figures.opened), ""]
    yield [_("ensemble"), _("clos"), shown(figures.closed), ""]
    yield [_("ensemble"), _("ouverts aujourd’hui"), shown(figures.open_now), ""]
    yield [_("ensemble"), _("promesses tenues"), "", percent(figures.kept)]
    yield [_("ensemble"), _("transmis à un autre niveau"), "", percent(figures.escalated)]
    yield [_("ensemble"), _("résolus au premier contact"), "", percent(figures.first_contact)]
    yield [_("ensemble"), _("premières réponses à temps"), "", percent(figures.answered)]
    for day in figures.days:
        yield [_("entrés par jour"), day.day.isoformat(), shown(day.opened), ""]
    for day in figures.days:
        yield [_("clos par jour"), day.day.isoformat(), shown(day.closed), ""]
    yield from _lines(_("ouverts par niveau"), figures.levels)
    yield from _lines(_("ouverts par motif"), figures.reasons)
    yield from _lines(_("promesses par motif"), figures.promises, rates=True)
    yield from _lines(
        _("retours dans le délai convenu, par équipe"), figures.agreements, rates=True
    )
    yield from _lines(_("retours faute d’éléments, par motif"), figures.returned, rates=True)
    avoidable = _("transmissions qu’un article évitait, par motif")
    yield from _lines(avoidable, figures.pointless, rates=True)


def _lines(table: str, lines: Sequence[Line], *, rates: bool = False) -> Iterator[list[str]]:
    for line in lines:
        yield [table, plain(line.label), shown(line.cell), percent(line.rate) if rates else ""]


def plain(label: str) -> str:
    """A label that no spreadsheet takes for a formula."""
    return "'" + label if label.startswith(("=", "+", "-", "@", "\t", "\r")) else label
