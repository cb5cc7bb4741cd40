"""Acting on a ticket: each action is a small resource with a thin view."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, current_app, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from channels.mail.identifiers import new_message_id
from support.kernel import db
from support.kernel.errors import Conflict, Invalid
from support.people.models import Agent
from support.people.permissions import Permission
from support.tickets import (
    assigning,
    closing,
    noting,
    qualifying,
    reopening,
    replying,
    waiting,
)
from support.tickets.models import ClosedHow, Ticket
from support.tickets.references import shown
from support.tickets.visibility import one_visible
from web.access import staff
from web.desk import catalogue
from web.desk.ticket import Typed, refused
from web.http import me
from web.library.inserting import read_marks
from web.reading_args import row_number
from web.uploads import take_files, unseal

bp = Blueprint("acting", __name__, url_prefix="/agent/tickets/<reference>")


def back(ticket: Ticket, said: str | None = None) -> ResponseReturnValue:
    if said:
        flash(said, "success")
    return redirect(url_for("ticket.ticket", reference=shown(ticket.reference)))


@bp.post("/reponses")
@staff(Permission.REPLY)
def reply(reference: str) -> ResponseReturnValue:
    ticket = one_visible(reference, me(), lock=True)
    typed = Typed("reply", request.form.get("text", ""), request.form.getlist("articles"))
    files, then = unseal(request.form.getlist("kept")), _wanted()
    try:
        take_files(request.files.getlist("files"), files)
        seen = row_number(request.form, "seen")
        if seen is None:
            replying.refuse_blind(ticket)
        draft = replying.ReplyDraft(
            text=typed.text,
            message_id=new_message_id(current_app.config["SETTINGS"].mail_domain),
            seen_entry_id=seen,
            files=files,
            articles=read_marks(typed.articles),
        )
        if "rouvrir" in request.form and reopening.can_reopen(ticket, me()):
            reopening.reopen(ticket, by=me())
        replying.agent_replies(ticket, draft, by=me())
        _then(ticket, then)
    except (Invalid, Conflict) as error:
        db.session().rollback()
        again = Typed(typed.form, typed.text, typed.articles, files=files)
        fresh = one_visible(reference, me())
        return refused(fresh, again, error, 409 if isinstance(error, Conflict) else 422)
    return back(ticket, _reply_words(ticket, then))


def _wanted() -> replying.Then:
    """What the button said; a ticket that none of ours names stays open."""
    wanted = request.form.get("then", "")
    return replying.Then(wanted) if wanted in set(replying.Then) else replying.Then.STAY


def _then(ticket: Ticket, then: replying.Then) -> None:
    if then is replying.Then.CLOSE:
        closing.close(ticket, ClosedHow.ANSWERED, by=me())
    elif then is replying.Then.WAIT:
        waiting.wait_for_person(ticket, by=me())


def _reply_words(ticket: Ticket, then: replying.Then) -> str:
    if replying.requester_address(ticket) is None:
        return _(
            "Réponse enregistrée. %(name)s n’a pas d’adresse électronique : appelez, ou la "
            "personne la lira sur sa page de suivi.",
            name=ticket.requester_name,
        )
    return {
        replying.Then.STAY: _("Réponse envoyée. Le ticket reste ouvert."),
        replying.Then.WAIT: _("Réponse envoyée. La date promise attend la personne."),
        replying.Then.CLOSE: _("Réponse envoyée. Ticket clos."),
    }[then]


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
