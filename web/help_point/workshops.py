"""Workshops: opened, filled, held; each person with an appointment of their own."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from support.help_sessions import group_sessions, places
from support.help_sessions.group_sessions import Plan
from support.help_sessions.models import HelpPoint
from support.kernel import db
from support.kernel.errors import Conflict, Invalid
from support.people.permissions import Permission
from web.access import staff
from web.help_point import labels
from web.help_point.choosing import choose_place
from web.help_point.page_of_booking import reason_of, reasons
from web.http import me
from web.messages import sentence
from web.reading_args import a_day, number

bp = Blueprint("workshops", __name__, url_prefix="/agent/rendez-vous/ateliers")

NAMES = ("title", "reason", "day", "starts", "ends", "capacity", "about")


@bp.get("")
@staff(Permission.RECEIVE)
def listing() -> ResponseReturnValue:
    point = places.own(by=me())
    if point is None:
        return choose_place()
    return _page(point, dict.fromkeys(NAMES, ""), {})


@bp.post("")
@staff(Permission.RECEIVE)
def plan() -> ResponseReturnValue:
    point = places.own(by=me())
    if point is None:
        raise Conflict.of("help_point.none")
    typed = {name: request.form.get(name, "") for name in NAMES}
    try:
        opened = group_sessions.plan(point, _plan(typed), by=me())
    except Invalid as refusal:
        db.session().rollback()
        wrong = {p.field or "title": sentence(p) for p in refusal.problems}
        again = places.own(by=me())
        assert again is not None
        return _page(again, typed, wrong), 422
    flash(_("L’atelier est ouvert : inscrivez les personnes."), "success")
    return redirect(url_for(".workshop", session_id=opened.id), 303)


@bp.get("/<int:session_id>")
@staff(Permission.RECEIVE)
def workshop(session_id: int) -> ResponseReturnValue:
    found = group_sessions.one(session_id, by=me())
    return render_template(
        "help_point/workshop.html",
        w=found, people=group_sessions.people_of(found), labels=labels,
    )  # fmt: skip


@bp.post("/<int:session_id>/annulations")
@staff(Permission.RECEIVE)
def call_off(session_id: int) -> ResponseReturnValue:
    found = group_sessions.one(session_id, by=me())
    try:
        told = group_sessions.call_off(found, request.form.get("reason", ""), by=me())
    except (Invalid, Conflict) as refusal:
        db.session().rollback()
        flash(sentence(refusal.problems[0]), "error")
    else:
        flash(
            ngettext(
                "L’atelier est annulé ; %(num)s personne en est prévenue.",
                "L’atelier est annulé ; %(num)s personnes en sont prévenues.",
                told,
            ),
            "success",
        )
    return redirect(url_for(".workshop", session_id=session_id), 303)


def _plan(typed: Mapping[str, str]) -> Plan:
    desks = [number(one) for one in request.form.getlist("desk")]
    return Plan(
        title=typed["title"], reason=reason_of({"motif": typed["reason"]}),
        day=a_day(typed["day"]), starts=_time(typed["starts"]), ends=_time(typed["ends"]),
        capacity=number(typed["capacity"], 10**6), about=typed["about"],
        desk_ids=[one for one in desks if one is not None],
    )  # fmt: skip


def _time(typed: str) -> time | None:
    try:
        return time.fromisoformat(typed.strip())
    except ValueError:
        return None


def _page(point: HelpPoint, typed: Mapping[str, str], errors: Mapping[str, str]) -> str:
    return render_template(
        "help_point/workshops.html",
        point=point, t=typed, errors=errors, labels=labels,
        coming=group_sessions.listed(point, by=me()),
        past=group_sessions.listed(point, by=me(), past=True),
        reasons=[("", ""), *((one.code, one.label) for one in reasons())],
        desks=[(str(desk.id), desk.name) for desk in point.desks if desk.active],
        picked=request.form.getlist("desk"),
    )  # fmt: skip
