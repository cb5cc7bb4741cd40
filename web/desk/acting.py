"""Acting on a ticket: each action is a small resource with a thin view."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from knowledge.articles import solving
from support.kernel import db
from support.kernel.errors import Invalid
from support.people.models import Agent
from support.people.permissions import Permission
from support.tickets import (
    assigning,
    closing,
    noting,
    qualifying,
    reopening,
    waiting,
)
from support.tickets.models import ClosedHow, Ticket
from support.tickets.references import shown
from support.tickets.visibility import one_visible
from web.access import staff
from web.desk import catalogue
from web.desk.ticket import Typed, refused
from web.http import me
from web.reading_args import row_number

bp = Blueprint("acting", __name__, url_prefix="/agent/tickets/<reference>")


def back(ticket: Ticket, said: str | None = None) -> ResponseReturnValue:
    if said:
        flash(said, "success")
    return redirect(url_for("ticket.ticket", reference=shown(ticket.reference)))


@bp.post("/notes")
@staff(Permission.NOTE)
def note(reference: str) -> ResponseReturnValue:
    ticket = one_visible(reference, me(), lock=True)
    text = request.form.get("text", "")
    try:
        noting.add_note(ticket, text, by=me(), key=request.form.get("cle", ""))
    except Invalid as error:
        return refused(ticket, Typed("note", text), error, 422)
    return back(ticket, _("Note interne ajoutée."))


def _action(permission: Permission, rule: str, said: Callable[[Ticket], str]):  # type: ignore[no-untyped-def]
    """A view that loads the ticket, does one thing to it, and goes back to its page."""

    def register(verb: Callable[[Ticket], None]) -> Callable[[str], ResponseReturnValue]:
        @staff(permission)
        def view(reference: str) -> ResponseReturnValue:
            ticket = one_visible(reference, me(), lock=True)
            verb(ticket)
            return back(ticket, said(ticket))

        bp.add_url_rule(rule, verb.__name__, view, methods=["POST"])
        return view

    return register


@_action(Permission.ASSIGN, "/prises", lambda t: _("Ce ticket est à vous."))
def take(ticket: Ticket) -> None:
    assigning.take(ticket, by=me())


@_action(Permission.ASSIGN, "/liberations", lambda t: _("Ticket rendu à l’équipe."))
def release(ticket: Ticket) -> None:
    assigning.release(ticket, by=me())


@_action(Permission.ASSIGN, "/attributions", lambda t: _("Ticket confié à un collègue."))
def assign(ticket: Ticket) -> None:
    to = db.session().scalar(
        select(Agent).where(Agent.id == row_number(request.form, "agent"), Agent.active)
    )
    if to is None:
        raise Invalid.of("field.choice", "agent")
    assigning.assign(ticket, to, by=me())


@_action(Permission.CLOSE, "/clotures", lambda t: _("Ticket clos."))
def close(ticket: Ticket) -> None:
    how = request.form.get("how", ClosedHow.ANSWERED.value)
    if how not in set(ClosedHow):
        raise Invalid.of("field.choice", "how")
    closing.close(ticket, ClosedHow(how), by=me())


@_action(Permission.REPLY, "/reouvertures", lambda t: _("Ticket rouvert : il est à vous."))
def reopen(ticket: Ticket) -> None:
    reopening.reopen(ticket, by=me())


@_action(Permission.REPLY, "/attentes", lambda t: _("La date promise attend la personne."))
def wait(ticket: Ticket) -> None:
    waiting.wait_for_person(ticket, by=me())


@_action(Permission.REPLY, "/reprises", lambda t: _("La date promise court à nouveau."))
def resume(ticket: Ticket) -> None:
    waiting.stop_waiting(ticket, by=me())


@_action(
    Permission.NOTE,
    "/fiches-utiles",
    lambda t: _("Noté : cette fiche sera proposée plus haut pour les mêmes demandes."),
)
def solved_by(ticket: Ticket) -> None:
    solving.solved_it(ticket, request.form.get("fiche", ""), by=me())


@_action(Permission.NOTE, "/qualifications", lambda t: _("Motif enregistré."))
def qualify(ticket: Ticket) -> None:
    reason = catalogue.reason_with(request.form.get("motif", ""))
    if reason is None:
        raise Invalid.of("field.choice", "motif")
    what = qualifying.Qualification(
        reason=reason,
        procedure=catalogue.procedure_with(request.form.get("demarche", "")),
        dossier_number=request.form.get("dossier", ""),
    )
    qualifying.qualify(ticket, what, by=me())
