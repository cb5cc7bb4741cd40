"""Announcing another date to the requester, with the reason why."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from support.kernel.errors import Conflict, Forbidden, Invalid
from support.people.permissions import Permission
from support.tickets import announcing
from support.tickets.models import Ticket
from support.tickets.references import shown
from support.tickets.replying import requester_address
from support.tickets.visibility import one_visible
from web.access import staff
from web.filters import day
from web.http import me
from web.messages import sentence

bp = Blueprint("announcing", __name__, url_prefix="/agent/tickets/<reference>/dates")

FIELDS = {"day": "jour", "explanation": "pourquoi"}


@bp.get("/nouvelle")
@staff(Permission.REPLY)
def form(reference: str) -> ResponseReturnValue:
    ticket = one_visible(reference, me())
    if not announcing.can_announce(ticket, me()):
        return _elsewhere(ticket, Conflict.of("announce.not_running"))
    return _form(ticket, {})


@bp.post("")
@staff(Permission.REPLY)
def announce(reference: str) -> ResponseReturnValue:
    ticket = one_visible(reference, me(), lock=True)
    try:
        announcing.announce(ticket, _day(), request.form.get("pourquoi", ""), by=me())
    except Invalid as refusal:
        return _form(ticket, {FIELDS[p.field or "day"]: sentence(p) for p in refusal.problems}), 422
    except (Conflict, Forbidden) as refusal:
        return _elsewhere(ticket, refusal)
    assert ticket.promised_at is not None
    said = _("Nouvelle date annoncée : le %(day)s.", day=day(ticket.promised_at))
    if requester_address(ticket) is None:
        said += " " + _("Il n’y a pas d’adresse électronique : appelez la personne.")
    flash(said, "success")
    return redirect(url_for("ticket.ticket", reference=shown(ticket.reference)), 303)


def _day() -> date | None:
    try:
        return date.fromisoformat(request.form.get("jour", "").strip())
    except ValueError:
        return None


def _elsewhere(ticket: Ticket, refusal: Conflict | Forbidden) -> ResponseReturnValue:
    flash(sentence(refusal.problems[0]), "error")
    return redirect(url_for("ticket.ticket", reference=shown(ticket.reference)), 303)


def _form(ticket: Ticket, errors: Mapping[str, str]) -> str:
    return render_template(
        "desk/announce.html",
        ticket=ticket,
        typed=request.form,
        errors=errors,
        address=requester_address(ticket),
        longest=announcing.LONGEST,
    )
