"""Teams with their working hours and how they sign, and the chain by which a ticket climbs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_date
from flask_babel import gettext as _
from sqlalchemy import func, select

from support.catalogue.models import Field, Nature
from support.clocks.models import Calendar
from support.kernel import db
from support.kernel.errors import Invalid
from support.people import signatures
from support.people.models import Agent, SignaturePolicy, Team, TeamKind
from support.people.permissions import Permission
from web.access import staff
from web.admin.hours import zones
from web.http import me

bp = Blueprint("structure", __name__, url_prefix="/agent/administration")


@bp.get("/equipes")
@staff(Permission.ADMINISTER)
def teams() -> ResponseReturnValue:
    session = db.session()
    counted = select(Agent.team_id, func.count()).where(
        Agent.active.is_(True), Agent.by_mail.is_(False)
    )
    members = {row[0]: row[1] for row in session.execute(counted.group_by(Agent.team_id))}
    calendars = {c.code: c for c in session.scalars(select(Calendar).order_by(Calendar.label))}
    found = session.scalars(select(Team).order_by(Team.level, Team.label)).unique().all()
    return render_template(
        "admin/teams.html",
        teams=found,
        members=members,
        calendars=calendars,
        kind_label=kind_label,
        hours=hours_words,
        closures=closure_words,
        zones=dict(zones()),
        signings=[("", _("selon chaque agent"))] + [(p.value, _signing(p)) for p in _STRICTER],
    )


@bp.post("/equipes/<int:team_id>/signatures")
@staff(Permission.ADMINISTER)
def sign(team_id: int) -> ResponseReturnValue:
    """How all the agents of a team sign; nothing chosen leaves it to each."""
    chosen = request.form.get("signature", "")
    if chosen and chosen not in set(SignaturePolicy):
        raise Invalid.of("field.choice", "signature")
    policy = SignaturePolicy(chosen) if chosen else None
    team = signatures.team_signs(team_id, policy, by=me())
    flash(_("Signature de l’équipe « %(team)s » enregistrée.", team=team.label), "success")
    return redirect(url_for("structure.teams"))


# To name those whose own policy is not to be named is no team's to say.
_STRICTER = (SignaturePolicy.PSEUDONYM, SignaturePolicy.SERVICE_ONLY)


def _signing(policy: SignaturePolicy) -> str:
    return {
        SignaturePolicy.NAMED: _("nom et fonction"),
        SignaturePolicy.PSEUDONYM: _("pseudonyme"),
        SignaturePolicy.SERVICE_ONLY: _("service seul"),
    }[policy]


def kind_label(kind: TeamKind) -> str:
    return {
        TeamKind.CONTACT_CENTRE: _("Centre de contact"),
        TeamKind.PROJECT_DIRECTORATE: _("Direction de projet"),
        TeamKind.BUSINESS_DIRECTORATE: _("Direction métier"),
        TeamKind.SITE_REFERENTS: _("Référents d’un site"),
        TeamKind.HELP_POINT: _("Point d’accès numérique"),
        TeamKind.EDITORIAL: _("Rédaction"),
        TeamKind.STEERING: _("Pilotage"),
        TeamKind.ADMINISTRATION: _("Administration"),
    }[kind]


def field_label(field: Field | None) -> str:
    return {
        Field.RESIDENCE: _("séjour"),
        Field.NATIONALITY: _("nationalité"),
        Field.ASYLUM: _("asile"),
        Field.WORK: _("travail"),
        None: _("tous les domaines"),
    }[field]


def nature_label(nature: Nature | None) -> str:
    return {
        Nature.INFORMATION: _("information"),
        Nature.FUNCTIONAL: _("question fonctionnelle"),
        Nature.BUSINESS: _("question métier"),
        Nature.TECHNICAL_ANOMALY: _("anomalie technique"),
        Nature.COMPLAINT: _("réclamation"),
        Nature.DATA_RIGHTS: _("droits sur les données"),
        None: _("toutes les questions"),
    }[nature]


def hours_words(calendar: Calendar) -> list[str]:
    """« du lundi au vendredi : 09:00-12:30, 13:30-17:00 », days of equal hours together."""
    runs: list[tuple[int, int, str]] = []
    for weekday in range(7):
        hours = ", ".join(f"{a}-{b}" for a, b in calendar.weekly.get(str(weekday), []))
        if hours and runs and runs[-1][1] == weekday - 1 and runs[-1][2] == hours:
            runs[-1] = (runs[-1][0], weekday, hours)
        elif hours:
            runs.append((weekday, weekday, hours))
    return [_("%(days)s : %(hours)s", days=_days(a, b), hours=hours) for a, b, hours in runs]


def closure_words(calendar: Calendar) -> Sequence[str]:
    return [format_date(date.fromisoformat(day), "d MMM y") for day in calendar.closures or ()]


def _days(first: int, last: int) -> str:
    # The first of January 2024 was a Monday.
    begin, end = (format_date(date(2024, 1, 1 + day), "EEEE") for day in (first, last))
    return begin if first == last else _("du %(first)s au %(last)s", first=begin, last=end)
