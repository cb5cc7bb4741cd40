"""From a ticket's answer to the draft of an article, read before it goes to the editors."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from knowledge.articles import proposing
from knowledge.articles.writing import Words
from support.kernel import db
from support.kernel.errors import Invalid
from support.people.permissions import Permission
from support.tickets.models import Ticket
from support.tickets.references import shown
from support.tickets.timeline import Entry, EntryKind
from support.tickets.visibility import one_visible
from web.access import staff
from web.http import me
from web.library import sheets
from web.messages import sentences

bp = Blueprint("proposing", __name__, url_prefix="/agent/tickets/<reference>/fiches")


@bp.get("/nouvelle")
@staff(Permission.READ_TICKETS, Permission.REPLY)
def new(reference: str) -> ResponseReturnValue:
    """The last answer without what says who the person is, to be read before it is proposed."""
    ticket = one_visible(reference, me())
    if not _answer(ticket):
        flash(_("Répondez d’abord : la fiche se fait de la dernière réponse."), "error")
        return redirect(url_for("ticket.ticket", reference=shown(ticket.reference)))
    names = list(_names(ticket))
    title = proposing.stripped(ticket.subject, names)
    return _page(ticket, {"title": title, "body": proposing.stripped(_answer(ticket), names)}, {})


@bp.post("")
@staff(Permission.READ_TICKETS, Permission.REPLY)
def propose(reference: str) -> ResponseReturnValue:
    ticket = one_visible(reference, me())
    typed = {name: request.form.get(name, "") for name in ("title", "body")}
    words = Words(typed["title"], "", typed["body"])
    try:
        slug = sheets.slug_of(typed["title"])
        proposing.propose(slug, words, by=me(), reasons=[ticket.reason.code])
    except Invalid as refusal:
        db.session().rollback()
        return _page(one_visible(reference, me()), typed, sentences(refusal)), 422
    flash(_("Proposée à la rédaction : merci."), "success")
    return redirect(url_for("ticket.ticket", reference=shown(ticket.reference)), 303)


def _page(ticket: Ticket, typed: dict[str, str], errors: dict[str | None, str]) -> str:
    return render_template(
        "library/propose.html", ref=shown(ticket.reference), typed=typed, errors=errors
    )


def _answer(ticket: Ticket) -> str:
    """What the person was told last."""
    said = db.session().scalar(
        select(Entry.text)
        .where(Entry.ticket_id == ticket.id, Entry.kind == EntryKind.REPLY)
        .order_by(Entry.id.desc())
        .limit(1)
    )
    return said or ""


def _names(ticket: Ticket) -> Iterator[str]:
    yield ticket.requester_name
    yield me().full_name
    if ticket.owner is not None:
        yield ticket.owner.full_name
