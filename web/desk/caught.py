"""Forms that look like a robot's: read by a person, let in or left where they are."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from channels.contact_form import caught
from support.people.permissions import Permission
from support.tickets.references import shown
from web.access import staff
from web.http import me

bp = Blueprint("caught", __name__, url_prefix="/agent/formulaires")


@bp.get("")
@staff(Permission.SORT_MAIL)
def forms() -> ResponseReturnValue:
    read = [(received, caught.read(received)) for received in caught.waiting(by=me())]
    return render_template("desk/caught.html", forms=read)


@bp.post("/<int:received_id>/tickets")
@staff(Permission.SORT_MAIL, Permission.OPEN_TICKETS)
def let_in(received_id: int) -> ResponseReturnValue:
    ticket = caught.let_in(received_id, by=me())
    flash(_("Ticket ouvert : la personne reçoit son accusé de réception."), "success")
    return redirect(url_for("ticket.ticket", reference=shown(ticket.reference)), 303)


@bp.post("/<int:received_id>/mises-a-part")
@staff(Permission.SORT_MAIL)
def leave(received_id: int) -> ResponseReturnValue:
    caught.leave(received_id, by=me())
    flash(_("Formulaire mis à part. Il reste gardé."), "success")
    return redirect(url_for("caught.forms"), 303)
