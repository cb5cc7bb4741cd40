"""Answering the requester: sent after a few seconds in which it may be taken back."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from channels.mail.identifiers import new_message_id
from support.kernel import db
from support.kernel.errors import Conflict, Forbidden, Invalid, NotVisible
from support.people.permissions import Permission
from support.tickets import reaching, reopening, replying, withdrawing
from support.tickets.models import Ticket
from support.tickets.references import shown
from support.tickets.thread import entry_visible
from support.tickets.visibility import one_visible
from web.access import staff
from web.desk import deliveries
from web.desk.acting import back
from web.desk.ticket import Typed, refused
from web.http import me
from web.library.inserting import read_marks
from web.messages import sentence
from web.reading_args import row_number
from web.uploads import take_files, unseal

bp = Blueprint("answers", __name__, url_prefix="/agent/tickets/<reference>")


@bp.post("/reponses")
@staff(Permission.REPLY)
def reply(reference: str) -> ResponseReturnValue:
    ticket = one_visible(reference, me(), lock=True)
    files, then = unseal(request.form.getlist("kept")), _wanted()
    text, articles = request.form.get("text", ""), request.form.getlist("articles")
    undo_for = timedelta(seconds=current_app.config["SETTINGS"].undo_seconds)
    try:
        take_files(request.files.getlist("files"), files)
        seen = row_number(request.form, "seen")
        if seen is None:
            replying.refuse_blind(ticket)
        draft = replying.ReplyDraft(
            text=text,
            message_id=new_message_id(current_app.config["SETTINGS"].mail_domain),
            seen_entry_id=seen,
            files=files,
            articles=read_marks(articles),
            undo_for=undo_for,
        )
        if "rouvrir" in request.form and reopening.can_reopen(ticket, me()):
            reopening.reopen(ticket, by=me())
        withdrawing.answer(ticket, draft, then, by=me())
    except (Invalid, Conflict) as error:
        db.session().rollback()
        again = Typed("reply", text, articles, files=files, then=then)
        fresh = one_visible(reference, me())
        return refused(fresh, again, error, 409 if isinstance(error, Conflict) else 422)
    # While it may be taken back the page says so itself, where the eye is.
    return back(ticket, None if undo_for else _reply_words(ticket, then))


@bp.post("/reponses/<int:entry_id>/annulations")
@staff(Permission.REPLY)
def withdraw(reference: str, entry_id: int) -> ResponseReturnValue:
    """Take a reply back: its words are in the reply box again."""
    ticket = one_visible(reference, me(), lock=True)
    try:
        untouched = withdrawing.withdraw(ticket, entry_id, by=me())
    except (Conflict, Forbidden, NotVisible) as error:
        flash(sentence(error.problems[0]), "error")
        return redirect(_page(ticket))
    if untouched:
        flash(_("Réponse annulée : rien n’est parti. Votre texte est ci-dessous."), "success")
    else:
        flash(
            _(
                "Réponse annulée : rien n’est parti. Le ticket a changé entre-temps : son état "
                "reste comme il est."
            ),
            "warning",
        )
    return redirect(_page(ticket, taken_back=entry_id))


@bp.get("/reponses/<int:entry_id>/remise")
@staff(Permission.READ_TICKETS)
def progress(reference: str, entry_id: int) -> ResponseReturnValue:
    """A part of the page: what has become of a reply that was about to leave."""
    entry = entry_visible(one_visible(reference, me()), entry_id, by=me())
    return render_template(
        "desk/_progress.html", entry=entry, reference=reference, told=deliveries.told
    )


@bp.post("/joints")
@staff(Permission.REPLY)
def reached(reference: str) -> ResponseReturnValue:
    """The person has been reached otherwise: what did not arrive is no longer owed."""
    ticket = one_visible(reference, me(), lock=True)
    reaching.reached(ticket, by=me())
    return back(ticket, _("Noté : la personne a été jointe autrement."))


def _page(ticket: Ticket, taken_back: int | None = None) -> str:
    return url_for("ticket.ticket", reference=shown(ticket.reference), reprise=taken_back)


def _wanted() -> replying.Then:
    """What the button said; a ticket that none of ours names stays open."""
    wanted = request.form.get("then", "")
    return replying.Then(wanted) if wanted in set(replying.Then) else replying.Then.STAY


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
