"""Who and what else belongs to a ticket: followers, and tickets that are one matter with it."""

from __future__ import annotations

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from support.people.permissions import Permission
from support.tickets import followers, following_up
from support.tickets.models import Ticket
from support.tickets.references import shown
from support.tickets.visibility import hold, one_visible
from web.access import staff
from web.desk.acting import back
from web.http import me

bp = Blueprint("gathering", __name__, url_prefix="/agent/tickets/<reference>")


@bp.post("/suiveurs")
@staff(Permission.REPLY)
def follow(reference: str) -> ResponseReturnValue:
    ticket = one_visible(reference, me(), lock=True)
    address, name = request.form.get("adresse", ""), request.form.get("nom", "")
    added = followers.add_follower(ticket, address, name, by=me())
    said = _("%(who)s fait désormais partie du ticket.", who=added.name or added.address)
    return back(ticket, said)


@bp.post("/suiveurs/<int:follower_id>/retraits")
@staff(Permission.REPLY)
def unfollow(reference: str, follower_id: int) -> ResponseReturnValue:
    ticket = one_visible(reference, me(), lock=True)
    followers.remove_follower(ticket, follower_id, by=me())
    return back(ticket, _("Retiré du ticket. Ses prochains courriels seront à trier."))


@bp.post("/reunions")
@staff(Permission.REPLY)
def unite(reference: str) -> ResponseReturnValue:
    """The messages go on on the earlier ticket, which is shown next."""
    ticket, earlier = _both(reference)
    following_up.unite(ticket, earlier, by=me())
    return back(earlier, _("Réuni : %(ref)s est clos.", ref=shown(ticket.reference)))


@bp.post("/sujets-distincts")
@staff(Permission.REPLY)
def keep_apart(reference: str) -> ResponseReturnValue:
    ticket, earlier = _both(reference)
    following_up.keep_apart(ticket, earlier, by=me())
    return back(ticket, _("Noté : ce sont deux sujets."))


def _both(reference: str) -> tuple[Ticket, Ticket]:
    """This ticket and the one named, both visible, held in the order of their numbers."""
    ticket = one_visible(reference, me())
    other = one_visible(request.form.get("avec", ""), me())
    for one in sorted((ticket, other), key=lambda one: one.id):
        hold(one)
    return ticket, other
