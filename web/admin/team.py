"""One team: how it works, who may answer for it, how long it has, when it is away."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_date
from flask_babel import gettext as _
from sqlalchemy import select

from escalation import absences, agreements
from escalation.absences import AbsenceDraft
from escalation.glpi.linking import BRIDGE
from escalation.shared_mailbox import arranging
from escalation.shared_mailbox.arranging import Arrangement
from support.clocks.models import Calendar
from support.kernel import db
from support.kernel.errors import Invalid
from support.people.models import Agent, Team
from support.people.permissions import Permission
from support.people.teams import LEVELS, TeamDraft, make_team
from web.access import staff
from web.admin.structure import kind_label
from web.http import me
from web.messages import sentences
from web.reading_args import row_number

bp = Blueprint("team", __name__, url_prefix="/agent/administration/equipes")

Errors = Mapping[str | None, str]
_ABSENCE = ("starts_on", "ends_on", "deputy", "on_call", "note")


@bp.get("/nouvelle")
@staff(Permission.ADMINISTER)
def new() -> ResponseReturnValue:
    return _new_page(TeamDraft("", ""), {})


@bp.post("")
@staff(Permission.ADMINISTER)
def make() -> ResponseReturnValue:
    words = {name: request.form.get(name, "") for name in ("label", "kind", "public_label")}
    draft = TeamDraft(**words, calendar_code=request.form.get("calendar_code") or "standard")
    try:
        made = make_team(draft, by=me())
    except Invalid as refusal:
        return _new_page(draft, sentences(refusal)), 422
    flash(_("« %(team)s » est créée.", team=made.label), "success")
    return redirect(url_for("team.form", team_id=made.id), 303)


@bp.get("/<int:team_id>")
@staff(Permission.ADMINISTER)
def form(team_id: int) -> ResponseReturnValue:
    team = arranging.one_team(team_id, by=me())
    return _page(team, _known(team))


@bp.post("/<int:team_id>")
@staff(Permission.ADMINISTER)
def save(team_id: int) -> ResponseReturnValue:
    team = arranging.one_team(team_id, by=me())
    typed = Arrangement(
        mailbox=request.form.get("mailbox", ""),
        delegates=request.form.get("delegates", ""),
        hours=request.form.get("hours", ""),
        bridge=bool(request.form.get("bridge")),
    )
    try:
        arranging.arrange(team, typed, by=me())
    except Invalid as refusal:
        return _page(team, typed, sentences(refusal)), 422
    flash(_("« %(team)s » est enregistrée.", team=team.label), "success")
    return redirect(url_for("structure.teams"), 303)


@bp.post("/<int:team_id>/absences")
@staff(Permission.ADMINISTER)
def note_absence(team_id: int) -> ResponseReturnValue:
    team = arranging.one_team(team_id, by=me())
    typed = {name: request.form.get(name, "") for name in _ABSENCE}
    draft = AbsenceDraft(
        starts_on=_day(typed["starts_on"]),
        ends_on=_day(typed["ends_on"]),
        deputy_id=row_number(typed, "deputy"),
        on_call_id=row_number(typed, "on_call"),
        note=typed["note"],
    )
    try:
        absences.note(team, draft, by=me())
    except Invalid as refusal:
        return _page(team, _known(team), sentences(refusal), typed), 422
    flash(_("L’absence de « %(team)s » est notée.", team=team.label), "success")
    return redirect(url_for("team.form", team_id=team.id), 303)


@bp.post("/<int:team_id>/absences/<int:absence_id>/retraits")
@staff(Permission.ADMINISTER)
def forget_absence(team_id: int, absence_id: int) -> ResponseReturnValue:
    team = arranging.one_team(team_id, by=me())
    absences.forget(team, absence_id, by=me())
    flash(_("L’absence est retirée."), "success")
    return redirect(url_for("team.form", team_id=team.id), 303)


def _known(team: Team) -> Arrangement:
    delegates = "\n".join(team.delegates or ())
    hours = str(team.agreed_hours or "")
    return Arrangement(team.mailbox or "", delegates, hours, team.bridge == BRIDGE)


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed.strip())
    except ValueError:
        return None


def _day_words(day: date) -> str:
    return format_date(day, "d MMMM y")


def _page(
    team: Team,
    typed: Arrangement,
    errors: Errors | None = None,
    absence: Mapping[str, str] | None = None,
) -> str:
    session = db.session()
    others = (
        select(Team)
        .where(Team.level >= absences.LEAST, Team.id != team.id)
        .order_by(Team.level, Team.label)
    )
    agents = select(Agent).where(
        Agent.team_id == team.id, Agent.active.is_(True), Agent.by_mail.is_(False)
    )
    nobody = [("", _("personne"))]
    return render_template(
        "admin/team.html",
        team=team,
        typed=typed,
        errors=errors or {},
        by_mail=arranging.can_work_by_mail(team),
        usual=agreements.usual_hours(team),
        coming=absences.coming(team),
        day=_day_words,
        absence=absence or dict.fromkeys(_ABSENCE, ""),
        deputies=nobody + [(str(t.id), t.label) for t in session.scalars(others).unique()],
        on_call=nobody
        + [(str(a.id), a.full_name) for a in session.scalars(agents.order_by(Agent.family_name))],
    )


def _new_page(draft: TeamDraft, errors: Errors) -> str:
    calendars = db.session().scalars(select(Calendar).order_by(Calendar.label)).all()
    return render_template(
        "admin/team_new.html",
        typed=draft,
        errors=errors,
        kinds=[(kind.value, kind_label(kind)) for kind in LEVELS],
        calendars=[(one.code, one.label) for one in calendars] or [("standard", "standard")],
    )
