"""Who asked adds to their ticket: referents for their site, a help point for the person."""

from __future__ import annotations

import json
import secrets

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from support.intake.models import Channel, Outcome
from support.intake.receiving import key_of, receive
from support.intake.settling import settle, take_unsettled
from support.kernel.errors import Invalid
from support.people.permissions import Permission
from support.tickets.asking import add_words
from support.tickets.journal import FileDraft, Words
from support.tickets.models import Ticket
from support.tickets.references import shown
from support.tickets.visibility import one_visible
from web import uploads
from web.access import staff
from web.desk.ticket import Typed, refused
from web.http import me

bp = Blueprint("messages", __name__, url_prefix="/agent/tickets/<reference>")


@bp.post("/messages")
@staff(Permission.READ_TICKETS)
def add(reference: str) -> ResponseReturnValue:
    ticket = one_visible(reference, me(), lock=True)
    text = request.form.get("text", "")
    files = uploads.unseal(request.form.getlist("kept"))
    try:
        files += uploads.take_files(request.files.getlist("files"))
        _write(ticket, text, files)
    except Invalid as refusal:
        return refused(ticket, Typed("message", text, files=files), refusal, 422)
    flash(_("Message ajouté. %(team)s le verra.", team=ticket.team.label), "success")
    return redirect(url_for("ticket.ticket", reference=shown(ticket.reference)), 303)


def _write(ticket: Ticket, text: str, files: list[FileDraft]) -> None:
    """The same form sent twice is one message."""
    raw = json.dumps({"ticket": ticket.id, "text": text, "files": [f.key for f in files]})
    key = key_of(str(ticket.id), str(me().id), request.form.get("cle") or secrets.token_hex(16))
    kept = receive(Channel.STAFF, raw.encode(), source=me().email, dedupe_key=key)
    received = take_unsettled(kept.received.id)
    if received is None:
        return
    words = Words(text.strip(), channel=Channel.STAFF, received=received, files=files)
    entry = add_words(ticket, words, by=me())
    settle(received, Outcome.APPENDED, ticket_id=ticket.id, entry_id=entry.id)
