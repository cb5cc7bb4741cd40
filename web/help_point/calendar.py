"""The calendar of a place, on one page: desks, hours, calls, quota; days shut or opened besides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, time

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from support.clocks.reading_hours import DAYS, written
from support.help_sessions import feeds, places, setting_up
from support.help_sessions.models import HelpPoint
from support.help_sessions.setting_up import Plan, Weekly
from support.kernel import db
from support.kernel.errors import Conflict, Invalid, Problem
from support.people.permissions import Permission
from web.access import staff
from web.admin.hours import zones
from web.help_point import finer, labels
from web.help_point.choosing import choose_calendar
from web.help_point.hours import ranges
from web.http import me
from web.messages import sentence, sentences
from web.reading_args import MOST_SMALL, a_day, row_number

bp = Blueprint("site_calendar", __name__, url_prefix="/agent/rendez-vous/calendrier")

# What the domain calls a field, and where it is on the page.
FIELDS = {
    "desks": "guichets", "weekly": "places", "reserved": "reservees", "zone": "zone",
    "horizon_days": "horizon", "said_before": "avant", "weekly_to": "chiffres",
    **{f"received_{n}": f"recu_{n}" for n in DAYS}, **{f"called_{n}": f"appel_{n}" for n in DAYS},
}  # fmt: skip
NAMES = (*FIELDS.values(), "public", "centre")


@bp.get("")
@staff(Permission.SET_UP_SITE)
def form() -> ResponseReturnValue:
    if "lieu" not in request.args and places.own(by=me()) is None:
        return choose_calendar()
    point = _point()
    return _page(point, _known(setting_up.plan_of(point)), {})


@bp.post("")
@staff(Permission.SET_UP_SITE)
def save() -> ResponseReturnValue:
    point = _point()
    typed = {name: request.form.get(name, "") for name in NAMES}
    try:
        setting_up.set_up(point, _read(typed), by=me())
    except Invalid as refusal:
        db.session().rollback()
        wrong = {FIELDS.get(p.field or "", p.field or ""): sentence(p) for p in refusal.problems}
        return _page(_point(), typed, wrong), 422
    flash(_("Calendrier enregistré."), "success")
    return redirect(_here(point), 303)


@bp.post("/lieux")
@staff(Permission.SET_UP_SITE)
def open_place() -> ResponseReturnValue:
    site = row_number(request.form, "site")
    if site is None:
        raise Invalid.of("field.choice", "site")
    point = setting_up.open_site(site, by=me())
    return redirect(url_for("site_calendar.form", lieu=point.id), 303)


@bp.post("/fermetures")
@staff(Permission.SET_UP_SITE)
def close() -> ResponseReturnValue:
    """Shut some days; says at once whom that leaves without a place."""
    point = _point()
    first, last = _date("du"), _date("au") or _date("du")
    try:
        if first is None or last is None:
            raise Invalid.of("day.missing", "first")
        left = setting_up.close(
            point, first, last, request.form.get("pourquoi", ""), by=me(),
            desk_id=row_number(request.form, "guichet", MOST_SMALL),
        )  # fmt: skip
    except Invalid as refusal:
        db.session().rollback()
        flash(next(iter(sentences(refusal).values())), "error")
        return redirect(_here(_point()), 303)
    flash(_("Fermeture enregistrée."), "success")
    if left:
        said = ngettext(
            "%(num)s rendez-vous tombe pendant cette fermeture : appelez la personne.",
            "%(num)s rendez-vous tombent pendant cette fermeture : appelez ces personnes.",
            len(left),
        )
        flash(said, "warning")
        return redirect(url_for("day.week", jour=places.local_day(point, left[0].starts_at)), 303)
    return redirect(_here(point), 303)


@bp.post("/ouvertures")
@staff(Permission.SET_UP_SITE)
def open_once() -> ResponseReturnValue:
    point = _point()
    day = _date("jour")
    try:
        opened = ranges(request.form.get("heures", ""))
        if day is None or not opened:
            raise Invalid.of("day.missing" if day is None else "hours.unreadable", "day")
        for starts, ends in opened:
            setting_up.open_once(point, day, starts, ends, by=me())
    except Invalid as refusal:
        db.session().rollback()
        flash(next(iter(sentences(refusal).values())), "error")
    else:
        flash(_("Ouverture enregistrée."), "success")
    return redirect(_here(_point()), 303)


@bp.post("/retraits")
@staff(Permission.SET_UP_SITE)
def take_away() -> ResponseReturnValue:
    point = _point()
    kind = "fermeture" if request.form.get("quoi") == "fermeture" else "ouverture"
    setting_up.take_away(point, kind, row_number(request.form, "id") or 0, by=me())
    flash(_("Retiré."), "success")
    return redirect(_here(point), 303)


def _point() -> HelpPoint:
    chosen = row_number(request.values, "lieu")
    if chosen is not None:
        return places.one_to_set_up(chosen, by=me())
    mine = places.own(by=me())
    if mine is None:
        raise Conflict.of("help_point.none")
    return mine


def _here(point: HelpPoint) -> str:
    own = point.site_id == me().team.site_id
    return url_for("site_calendar.form", lieu=None if own else point.id)


def _read(typed: Mapping[str, str]) -> Plan:
    wrong: list[Problem] = []
    received = _week(typed, "recu", "received", wrong)
    called = _week(typed, "appel", "called", wrong)
    weekly = _count(typed["places"], "weekly", "quota.number", wrong)
    reserved = _count(typed["reservees"], "reserved", "quota.number", wrong)
    horizon = _count(typed["horizon"], "horizon_days", "horizon.number", wrong)
    if wrong:
        raise Invalid(*wrong)
    return Plan(
        desks=[name.strip() for name in typed["guichets"].splitlines() if name.strip()],
        received=received, called=called, weekly=weekly, reserved=reserved or 0,
        horizon_days=horizon or 0, zone=typed["zone"], public_booking=bool(typed["public"]),
        centre_booking=bool(typed["centre"]), said_before=typed["avant"],
        weekly_to=typed["chiffres"].split(),
    )  # fmt: skip


def _week(
    typed: Mapping[str, str], prefix: str, name: str, wrong: list[Problem]
) -> dict[int, list[tuple[time, time]]]:
    found = {}
    for day in DAYS:
        try:
            found[day] = ranges(typed[f"{prefix}_{day}"])
        except Invalid as refusal:
            wrong.append(Problem(refusal.code, f"{name}_{day}"))
    return {day: ranges for day, ranges in found.items() if ranges}


def _count(typed: str, name: str, code: str, wrong: list[Problem]) -> int | None:
    if not typed.strip():
        return None
    if typed.strip().isdecimal() and len(typed.strip()) < 6:
        return int(typed)
    wrong.append(Problem(code, name, {"most": setting_up.FARTHEST}))
    return None


def _known(plan: Plan) -> dict[str, str]:
    return {
        "guichets": "\n".join(plan.desks),
        "places": "" if plan.weekly is None else str(plan.weekly),
        "reservees": str(plan.reserved or ""),
        "horizon": str(plan.horizon_days),
        "zone": plan.zone,
        "avant": plan.said_before,
        "chiffres": " ".join(plan.weekly_to),
        "public": "y" if plan.public_booking else "",
        "centre": "y" if plan.centre_booking else "",
        **{f"recu_{n}": _said(plan.received, n) for n in DAYS},
        **{f"appel_{n}": _said(plan.called, n) for n in DAYS},
    }


def _said(weekly: Weekly, day: int) -> str:
    return written([[at.isoformat("minutes") for at in both] for both in weekly.get(day, ())])


def _date(name: str) -> date | None:
    return a_day(request.form.get(name, ""))


def _page(point: HelpPoint, typed: Mapping[str, str], errors: Mapping[str, str]) -> str:
    days: Sequence[str] = [
        _("Lundi"), _("Mardi"), _("Mercredi"), _("Jeudi"), _("Vendredi"), _("Samedi"),
        _("Dimanche"),
    ]  # fmt: skip
    return render_template(
        "help_point/calendar.html",
        point=point, t=typed, errors=errors, days=list(enumerate(days)), zones=zones(),
        closures=setting_up.closures_to_come(point), opened=setting_up.once_opened(point),
        labels=labels, local_day=places.local_day,
        own=point.site_id == me().team.site_id, feed_of=feeds.token_of,
        stranded=setting_up.without_desk(point), **finer.facts(point),
    )  # fmt: skip
