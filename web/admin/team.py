"""One team: the shared mailbox by which it works, who may answer for it, how long it has."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from escalation import agreements
from escalation.glpi.linking import BRIDGE
from escalation.shared_mailbox import arranging
from escalation.shared_mailbox.arranging import Arrangement
from support.kernel.errors import Invalid
from support.people.models import Team
from support.people.permissions import Permission
from web.access import staff
from web.http import me
from web.messages import sentences

bp = Blueprint("team", __name__, url_prefix="/agent/administration/equipes/<int:team_id>")


@bp.get("")
@staff(Permission.ADMINISTER)
def form(team_id: int) -> ResponseReturnValue:
    team = arranging.one_team(team_id, by=me())
    hours = str(team.agreed_hours or "")
    delegates = "\n".join(team.delegates or ())
    known = Arrangement(team.mailbox or "", delegates, hours, team.bridge == BRIDGE)
    return _page(team, known)


@bp.post("")
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


def _page(team: Team, typed: Arrangement, errors: dict[str | None, str] | None = None) -> str:
    return render_template(
        "admin/team.html",
        team=team,
        typed=typed,
        errors=errors or {},
        by_mail=arranging.can_work_by_mail(team),
        usual=agreements.usual_hours(team),
    )
