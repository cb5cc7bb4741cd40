"""The chain: drawn, and changed after seeing what that would have done to last month's tickets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import TypeVar

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from escalation import charting
from escalation.charting import Arrow, Rehearsal
from escalation.models import ChainStep, Requester
from support.catalogue.models import Field, Nature
from support.kernel import db
from support.kernel.errors import Invalid, NotVisible
from support.people.models import Team, TeamKind
from support.people.permissions import Permission
from web.access import staff
from web.admin.arrows import draw
from web.admin.structure import field_label, kind_label, nature_label
from web.http import me
from web.messages import sentences
from web.reading_args import row_number

bp = Blueprint("charting", __name__, url_prefix="/agent/administration/chaine")

Word = TypeVar("Word", bound=StrEnum)
FIELDS = ("from", "field", "nature", "requester", "to", "position")
_CLIMB = (
    TeamKind.CONTACT_CENTRE,
    TeamKind.HELP_POINT,
    TeamKind.SITE_REFERENTS,
    TeamKind.PROJECT_DIRECTORATE,
    TeamKind.BUSINESS_DIRECTORATE,
)


@bp.get("")
@staff(Permission.ADMINISTER)
def chain() -> ResponseReturnValue:
    steps = _steps()
    return render_template(
        "admin/chain.html",
        steps=steps,
        drawing=draw(steps),
        kind_label=kind_label,
        field_label=field_label,
        nature_label=nature_label,
        requester_label=requester_label,
    )


@bp.get("/etapes/nouvelle")
@staff(Permission.ADMINISTER)
def new() -> ResponseReturnValue:
    return _page(None, {"position": "10"})


@bp.get("/etapes/<int:step_id>")
@staff(Permission.ADMINISTER)
def edit(step_id: int) -> ResponseReturnValue:
    step = _step(step_id)
    known = {
        "from": step.from_kind.value,
        "field": step.field.value if step.field else "",
        "nature": step.nature.value if step.nature else "",
        "requester": step.requester.value if step.requester else "",
        "to": str(step.to_team_id),
        "position": str(step.position),
    }
    return _page(step, known)


@bp.post("/etapes")
@staff(Permission.ADMINISTER)
def add() -> ResponseReturnValue:
    return _change(None)


@bp.post("/etapes/<int:step_id>")
@staff(Permission.ADMINISTER)
def change(step_id: int) -> ResponseReturnValue:
    return _change(_step(step_id))


@bp.post("/etapes/<int:step_id>/retraits")
@staff(Permission.ADMINISTER)
def remove(step_id: int) -> ResponseReturnValue:
    step = _step(step_id)
    planned = charting.with_change(None, step.id, by=me())
    if request.form.get("suite") != "enregistrer":
        return render_template(
            "admin/chain_remove.html",
            step=step,
            effect=charting.rehearse(planned, by=me()),
            **_labels(),
        )
    charting.apply(None, step.id, by=me())
    flash(_("L’étape est retirée."), "success")
    return redirect(url_for("charting.chain"), 303)


def _change(step: ChainStep | None) -> ResponseReturnValue:
    """What it would have done first; done when that has been read."""
    typed = {name: request.form.get(name, "") for name in FIELDS}
    instead = step.id if step is not None else None
    try:
        arrow = _read(typed)
        planned = charting.with_change(arrow, instead, by=me())
    except Invalid as refusal:
        return _page(step, typed, sentences(refusal)), 422
    if request.form.get("suite") != "enregistrer":
        return _page(step, typed, effect=charting.rehearse(planned, by=me()))
    charting.apply(arrow, instead, by=me())
    flash(_("La chaîne est changée : elle vaut dès la prochaine transmission."), "success")
    return redirect(url_for("charting.chain"), 303)


def _read(typed: Mapping[str, str]) -> Arrow:
    kind, to = _word(TeamKind, typed["from"]), row_number(typed, "to")
    if kind is None:
        raise Invalid.of("chain.from", "from")
    position = typed["position"].strip()
    if not (position.isascii() and position.isdigit() and int(position) <= 999):
        raise Invalid.of("field.number", "position", most=999)
    return Arrow(
        from_kind=kind,
        to_team_id=to or 0,
        field=_word(Field, typed["field"]),
        nature=_word(Nature, typed["nature"]),
        requester=_word(Requester, typed["requester"]),
        position=int(position),
    )


def _word(kind: type[Word], typed: str) -> Word | None:
    return kind(typed) if typed in {one.value for one in kind} else None


def _page(
    step: ChainStep | None,
    typed: Mapping[str, str],
    errors: Mapping[str | None, str] | None = None,
    effect: Rehearsal | None = None,
) -> str:
    teams = db.session().scalars(
        select(Team).where(Team.kind.in_(charting.TO)).order_by(Team.level, Team.label)
    )
    return render_template(
        "admin/chain_step.html",
        step=step,
        typed=typed,
        errors=errors or {},
        effect=effect,
        from_choices=[(kind.value, kind_label(kind)) for kind in charting.FROM],
        field_choices=[("", field_label(None)), *((f.value, field_label(f)) for f in Field)],
        nature_choices=[("", nature_label(None)), *((n.value, nature_label(n)) for n in Nature)],
        requester_choices=[
            ("", requester_label(None)), *((r.value, requester_label(r)) for r in Requester)
        ],
        to_choices=[(str(team.id), team.label) for team in teams.unique()],
        **_labels(),
    )  # fmt: skip


def _labels() -> dict[str, object]:
    return {
        "requester_label": requester_label,
        "kind_label": kind_label,
        "field_label": field_label,
        "nature_label": nature_label,
        "days": charting.LOOKED_BACK.days,
    }


def requester_label(requester: Requester | None) -> str:
    return {
        Requester.PERSON: _("une personne"),
        Requester.REFERENT: _("un référent de préfecture"),
        Requester.PLATFORM: _("un référent de plateforme de naturalisation"),
        None: _("tous"),
    }[requester]


def _step(step_id: int) -> ChainStep:
    found = db.session().get(ChainStep, step_id)
    if found is None:
        raise NotVisible.of("chain.unknown")
    return found


def _steps() -> Sequence[ChainStep]:
    """In the order of the climb: where from, then what is proposed first."""
    order = {kind: number for number, kind in enumerate(_CLIMB)}
    found = db.session().scalars(select(ChainStep)).unique().all()
    return sorted(found, key=lambda s: (order.get(s.from_kind, 9), s.position, s.id))
