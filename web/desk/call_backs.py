"""Who is to be called: the list, one call-back with what may be done, and promising one."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from channels.phone import ringing
from support.kernel.errors import Conflict, Invalid
from support.people.permissions import Permission
from support.tickets import call_lists, calling_back
from support.tickets.call_backs import CallBack, Origin
from support.tickets.calling_back import Plan
from support.tickets.persons import one_person
from support.tickets.references import shown
from support.tickets.visibility import one_visible
from web.access import staff
from web.desk.call_slots import due_words, proposals, read_slot
from web.desk.ringing import shown as ringing_shown
from web.desk.who_calls import behind
from web.http import me
from web.messages import sentence
from web.reading_args import number as read_row

bp = Blueprint("call_backs", __name__, url_prefix="/agent/appels")

NAMES = ("numero", "ticket", "personne", "quand", "jour", "partie", "heure", "pourquoi", "qui",
         "cle", "issue")  # fmt: skip
# What the domain calls a field, and where it is on the page.
FIELDS = {"number": "numero", "slot": "quand", "day": "jour", "hour": "heure", "why": "pourquoi",
          "outcome": "issue"}  # fmt: skip


@bp.get("")
@staff(Permission.TAKE_CALLS)
def listing() -> ResponseReturnValue:
    missed = call_lists.to_call_back(me(), Origin.MISSED)
    planned = call_lists.to_call_back(me(), Origin.PLANNED)
    rows = [*missed, *planned]
    return render_template(
        "desk/call_backs.html",
        missed=missed,
        planned=planned,
        who=behind([row.number for row in missed], me()),
        tickets=call_lists.visible_tickets([row.ticket_id or 0 for row in rows], me()),
        due=due_words,
        unnoted=ringing.lately(me()),
        **({"ringing": ringing_shown(ringing.ringing_for(me()))}),
    )


@bp.get("/rappels/nouveau")
@staff(Permission.TAKE_CALLS)
def form() -> ResponseReturnValue:
    """Promise a call: about a ticket, to a person, or to a number alone."""
    typed = {name: request.args.get(name, "") for name in NAMES}
    return _form(typed, {})


@bp.post("/rappels")
@staff(Permission.TAKE_CALLS)
def plan() -> ResponseReturnValue:
    typed = _typed()
    ticket = one_visible(typed["ticket"], me(), lock=True) if typed["ticket"] else None
    known = read_row(typed["personne"])
    person = one_person(known, by=me()) if known is not None else None
    try:
        draft = Plan(
            number=typed["numero"],
            slot=read_slot(typed, me()),
            why=typed["pourquoi"],
            mine=typed["qui"] != "equipe",
            person=person,
            ticket=ticket,
            once_key=typed["cle"],
        )
        calling_back.plan(draft, by=me())
    except Invalid as refusal:
        return _form(typed, _errors(refusal)), 422
    flash(_("Le rappel est noté : il apparaîtra dans la journée voulue."), "success")
    if ticket is not None:
        return redirect(url_for("ticket.ticket", reference=shown(ticket.reference)), 303)
    return redirect(url_for("call_backs.listing"), 303)


@bp.get("/rappels/<int:call_back_id>")
@staff(Permission.TAKE_CALLS)
def one(call_back_id: int) -> ResponseReturnValue:
    return _page(calling_back.one_call_back(call_back_id, by=me()), {}, {})


@bp.post("/rappels/<int:call_back_id>/prises")
@staff(Permission.TAKE_CALLS)
def take(call_back_id: int) -> ResponseReturnValue:
    """Mine now, and the call screen with the number: the agent dials."""
    row = calling_back.one_call_back(call_back_id, by=me(), lock=True)
    try:
        calling_back.take(row, by=me())
    except Conflict as error:
        flash(sentence(error.problems[0]), "info")
        return redirect(url_for("call_backs.listing"), 303)
    ticket = call_lists.visible_tickets([row.ticket_id or 0], me()).get(row.ticket_id or 0)
    return redirect(
        url_for(
            "calls.new",
            rappel=row.id,
            numero=row.number,
            personne=row.person_id,
            ticket=shown(ticket.reference) if ticket else None,
        ),
        303,
    )


@bp.post("/rappels/<int:call_back_id>/liberations")
@staff(Permission.TAKE_CALLS)
def give_back(call_back_id: int) -> ResponseReturnValue:
    calling_back.give_back(_held(call_back_id), by=me())
    return _done(_("Le rappel est rendu à l’équipe."))


@bp.post("/rappels/<int:call_back_id>/deplacements")
@staff(Permission.TAKE_CALLS)
def move(call_back_id: int) -> ResponseReturnValue:
    row, typed = _held(call_back_id), _typed()
    try:
        calling_back.move(row, read_slot(typed, me()), by=me())
    except Invalid as refusal:
        return _page(row, typed, _errors(refusal)), 422
    return _done(_("Le rappel est déplacé."))


@bp.post("/rappels/<int:call_back_id>/absences")
@staff(Permission.TAKE_CALLS)
def not_reached(call_back_id: int) -> ResponseReturnValue:
    """Nobody answered: another time, or given up."""
    row, typed = _held(call_back_id), _typed()
    try:
        slot = read_slot(typed, me())
        if slot is None and request.form.get("abandon") != "oui":
            raise Invalid.of("slot.missing", "slot")
        calling_back.not_reached(row, slot, by=me())
    except Invalid as refusal:
        return _page(row, typed, _errors(refusal)), 422
    return _done(_("L’essai est compté."))


@bp.post("/rappels/<int:call_back_id>/fins")
@staff(Permission.TAKE_CALLS)
def done(call_back_id: int) -> ResponseReturnValue:
    row, typed = _held(call_back_id), _typed()
    try:
        calling_back.done(row, typed["issue"], by=me())
    except Invalid as refusal:
        return _page(row, typed, _errors(refusal)), 422
    return _done(_("Le rappel est fait."))


@bp.post("/rappels/<int:call_back_id>/annulations")
@staff(Permission.TAKE_CALLS)
def cancel(call_back_id: int) -> ResponseReturnValue:
    row, typed = _held(call_back_id), _typed()
    try:
        calling_back.cancel(row, typed["issue"], by=me())
    except Invalid as refusal:
        return _page(row, typed, _errors(refusal)), 422
    return _done(_("Le rappel est annulé."))


def _held(call_back_id: int) -> CallBack:
    return calling_back.one_call_back(call_back_id, by=me(), lock=True)


def _typed() -> dict[str, str]:
    return {name: request.form.get(name, "") for name in NAMES}


def _errors(refusal: Invalid) -> dict[str, str]:
    return {FIELDS.get(p.field or "", p.field or "quand"): sentence(p) for p in refusal.problems}


def _done(words: str) -> ResponseReturnValue:
    flash(words, "success")
    return redirect(url_for("call_backs.listing"), 303)


def _form(typed: dict[str, str], errors: Mapping[str, str]) -> str:
    ticket = one_visible(typed["ticket"], me()) if typed["ticket"] else None
    known = read_row(typed["personne"])
    person = one_person(known, by=me()) if known is not None else None
    person = person or (ticket.person if ticket else None)
    if not typed["numero"] and person is not None:
        typed["numero"] = person.phone or ""
    typed["cle"] = typed["cle"] or secrets.token_urlsafe(12)
    return render_template(
        "desk/call_back_new.html", t=typed, errors=errors, ticket=ticket, person=person,
        slots=proposals(me()),
    )  # fmt: skip


def _page(row: CallBack, typed: Mapping[str, Any], errors: Mapping[str, str]) -> str:
    tickets = call_lists.visible_tickets([row.ticket_id or 0], me())
    return render_template(
        "desk/call_back.html",
        row=row,
        t=typed,
        errors=errors,
        due=due_words(row),
        ticket=tickets.get(row.ticket_id or 0),
        matches=behind([row.number], me()).get(row.number, []),
        slots=proposals(me()),
    )
