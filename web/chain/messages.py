"""Who asked adds to their ticket: referents for their site, a help point for the person."""

from __future__ import annotations

import secrets

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from channels.pages import adding
from support.kernel import db
from support.kernel.errors import Forbidden, Invalid
from support.people.permissions import Permission
from support.tickets.asking import speaks_for_requester
from support.tickets.models import Ticket
from support.tickets.references import shown
from support.tickets.visibility import one_visible
from web import uploads
from web.access import own_transactions, staff
from web.desk.ticket import Typed, refused
from web.http import me

bp = Blueprint("messages", __name__, url_prefix="/agent/tickets/<reference>")


@bp.post("/messages")
@own_transactions
@staff(Permission.READ_TICKETS)
def add(reference: str) -> ResponseReturnValue:
    """Kept first, then put on the ticket. The same form sent twice is one message."""
    with db.transaction(write=False):
        ticket_id = _own(reference).id
    text, files = request.form.get("text", ""), uploads.unseal(request.form.getlist("kept"))
    key = request.form.get("cle") or secrets.token_hex(16)
    try:
        uploads.take_files(request.files.getlist("files"), files)
        with db.transaction():
            message = adding.Message(ticket_id, text, tuple(files), agent_id=me().id)
            received = adding.keep(message, key=key, source=me().email)
    except Invalid as refusal:
        with db.transaction(write=False):
            typed = Typed("message", text, files=files)
            return refused(one_visible(reference, me()), typed, refusal, 422)
    with db.transaction():
        adding.understand(received.id)
        ticket = one_visible(reference, me())
        flash(_("Message ajouté. %(team)s le verra.", team=ticket.team.label), "success")
        return redirect(url_for("ticket.ticket", reference=shown(ticket.reference)), 303)


def _own(reference: str) -> Ticket:
    """Raises NotVisible, or Forbidden ``message.not_yours``."""
    ticket = one_visible(reference, me())
    if not speaks_for_requester(me(), ticket):
        raise Forbidden.of("message.not_yours")
    return ticket
