"""Mail that no rule may file: read by a person, put where it belongs, once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup, escape
from sqlalchemy import select

from channels.contact_form import caught
from channels.mail import forwarded, refiling, sorting
from channels.mail.reading import OpenedMail
from support.intake.models import Received
from support.kernel import db
from support.kernel.errors import Conflict, Invalid, NotVisible
from support.people.permissions import Permission
from support.tickets.filing import Filed, Why, belongs
from support.tickets.models import Ticket
from support.tickets.references import shown
from support.tickets.timeline import Attachment
from support.tickets.visibility import PAGE, one_visible, visible_to
from web import uploads
from web.access import staff
from web.desk.files import hand_out
from web.desk.mail_words import auth_words, why_words
from web.http import me
from web.messages import sentence
from web.reading_args import row_number

bp = Blueprint("sorting", __name__, url_prefix="/agent/courriels")

SHOWN = 50
COUNTED = 1000


@bp.get("")
@staff(Permission.SORT_MAIL)
def messages() -> ResponseReturnValue:
    """What waits, oldest first; the address holds the place."""
    after, before = row_number(request.args, "apres"), row_number(request.args, "avant")
    read = sorting.waiting(by=me(), limit=SHOWN + 1, after=after, before=before)
    more = len(read) > SHOWN
    shown_now = list(read[-SHOWN:] if before else read[:SHOWN])
    first, last = (shown_now[0].id, shown_now[-1].id) if shown_now else (None, None)
    counts = select(sorting.waiting_count(COUNTED), caught.waiting_count())
    count, forms = db.session().execute(counts).one()
    return render_template(
        "desk/sorting.html",
        messages=shown_now,
        suggested=_suggested(shown_now),
        why=why_words,
        total=count,
        bounded=count >= COUNTED,
        forms_caught=forms,
        previous=url_for(".messages", avant=first) if after or (before and more) else None,
        next=url_for(".messages", apres=last) if before or more else None,
    )


@bp.get("/<int:received_id>")
@staff(Permission.SORT_MAIL)
def message(received_id: int) -> ResponseReturnValue:
    try:
        received, opened = sorting.one_to_sort(received_id, by=me())
    except Conflict as error:
        return _sorted(received_id, error)
    return _show(received, opened)


@bp.get("/<int:received_id>/pieces/<int:number>")
@staff(Permission.SORT_MAIL)
def file(received_id: int, number: int) -> ResponseReturnValue:
    """The ``number``-th file of a message, counted from 0."""
    _received, opened = sorting.one_to_sort(received_id, by=me())
    if number >= len(opened.files):
        raise NotVisible.of("attachment.unknown")
    draft = opened.files[number]
    found = Attachment(filename=draft.filename, content_type=draft.content_type, file_key=draft.key)
    return hand_out(found)


@bp.post("/<int:received_id>/rattachements")
@staff(Permission.SORT_MAIL)
def attach(received_id: int) -> ResponseReturnValue:
    try:
        ticket = one_visible(request.form.get("reference", ""), me())
        follow = bool(request.form.get("suivre"))
        filed = sorting.attach(received_id, ticket, by=me(), add_follower=follow)
    except NotVisible as error:
        if error.code != "ticket.unknown":
            raise
        return _again(received_id, {"reference": sentence(error.problems[0])})
    except Invalid as error:
        return _again(received_id, {"reference": sentence(error.problems[0])})
    except Conflict as error:
        return _sorted(received_id, error)
    return _next(received_id, filed, _("Courriel rattaché au ticket"))


@bp.post("/<int:received_id>/tickets")
@staff(Permission.SORT_MAIL, Permission.OPEN_TICKETS)
def open_new(received_id: int) -> ResponseReturnValue:
    try:
        filed = sorting.open_new(received_id, by=me())
    except Invalid as error:
        return _again(received_id, {"ouvrir": sentence(error.problems[0])})
    except Conflict as error:
        return _sorted(received_id, error)
    return _next(received_id, filed, _("Ouvert, motif à préciser : ticket"))


@bp.post("/<int:received_id>/transferts")
@staff(Permission.SORT_MAIL, Permission.OPEN_TICKETS)
def open_forwarded(received_id: int) -> ResponseReturnValue:
    """For the person whose mail one of us forwarded."""
    try:
        filed = refiling.open_forwarded(received_id, by=me(), seen=request.form.get("vu"))
    except Conflict as error:
        return _sorted(received_id, error)
    return _next(received_id, filed, _("Ouvert au nom de la personne, motif à préciser : ticket"))


@bp.post("/<int:received_id>/mises-a-part")
@staff(Permission.SORT_MAIL)
def set_aside(received_id: int) -> ResponseReturnValue:
    reasons = aside_reasons()
    chosen, more = request.form.get("raison", ""), request.form.get("precision", "").strip()
    if chosen not in reasons or (chosen == "autre" and not more):
        problem = _("Dites pourquoi : un collègue peut avoir à le comprendre plus tard.")
        return _again(received_id, {"raison" if chosen not in reasons else "precision": problem})
    try:
        sorting.set_aside(received_id, " : ".join(filter(None, (reasons[chosen], more))), by=me())
    except Conflict as error:
        return _sorted(received_id, error)
    _say(_("Courriel mis à part."), url_for(".message", received_id=received_id), _("Revoir"))
    return redirect(_next_address(received_id), 303)


@bp.post("/<int:received_id>/remises")
@staff(Permission.SORT_MAIL)
def put_back(received_id: int) -> ResponseReturnValue:
    try:
        sorting.put_back(received_id, by=me())
    except Conflict as error:
        return _sorted(received_id, error)
    flash(_("Le courriel est de nouveau à trier."), "success")
    return redirect(url_for(".message", received_id=received_id), 303)


def aside_reasons() -> dict[str, str]:
    return {
        "publicite": _("Publicité ou lettre de diffusion"),
        "hameconnage": _("Hameçonnage ou message dangereux"),
        "double": _("Double d’un message déjà traité"),
        "automatique": _("Message automatique"),
        "autre": _("Autre raison"),
    }


def _suggested(received: Sequence[Received]) -> Mapping[int, Ticket]:
    """By identifier, the tickets that these messages seem to be about, among those I see."""
    wanted = {(r.digest or {}).get("suggested_ticket_id") for r in received} - {None}
    if not wanted:
        return {}
    query = select(Ticket).where(Ticket.id.in_(wanted), visible_to(me())).options(*PAGE)
    return {ticket.id: ticket for ticket in db.session().scalars(query)}


def _show(received: Received, opened: OpenedMail, errors: Mapping[str, str] | None = None) -> str:
    ticket = next(iter(_suggested([received]).values()), None)
    return render_template(
        "desk/sorting_message.html",
        received=received,
        opened=opened,
        mail=opened.mail,
        why=why_words(received.reason),
        auth=auth_words(opened.auth.as_json() if opened.auth else None),
        aside=sorting.was_set_aside(received),
        seen=refiling.state_of(received),
        forwarded=forwarded.read(opened) if received.reason == Why.STAFF_ADDRESS else None,
        suggested=ticket,
        known=bool(ticket and opened.sender and belongs(opened.sender, ticket)),
        reasons=list(aside_reasons().items()),
        typed=request.form,
        errors=errors or {},
        file_kind=uploads.kind,
    )


def _again(received_id: int, errors: Mapping[str, str]) -> ResponseReturnValue:
    """The message again, with what was typed and what is wrong."""
    try:
        received, opened = sorting.one_to_sort(received_id, by=me())
    except Conflict as error:
        return _sorted(received_id, error)
    return _show(received, opened, errors), 422


def _sorted(received_id: int, error: Conflict) -> ResponseReturnValue:
    """A colleague was quicker: what became of it, for those who may see that."""
    if error.code != "mail.sorted":
        raise error
    db.session().expire_all()
    received = db.session().get_one(Received, received_id)
    query = select(Ticket).where(Ticket.id == received.ticket_id, visible_to(me()))
    ticket = db.session().scalar(query) if received.ticket_id else None
    page = render_template(
        "desk/sorting_done.html",
        received=received,
        ticket=ticket,
        aside=sorting.was_set_aside(received),
        next=_next_address(received_id),
    )
    return page, 409


def _next(received_id: int, filed: Filed, said: str) -> ResponseReturnValue:
    assert filed.ticket is not None
    reference = shown(filed.ticket.reference)
    _say(said, url_for("ticket.ticket", reference=reference), reference)
    return redirect(_next_address(received_id), 303)


def _say(said: str, href: str, link: str) -> None:
    flash(Markup('{} <a href="{}">{}</a>').format(said, href, escape(link)), "success")


def _next_address(received_id: int) -> str:
    """The next message that waits, or the list when it was the last."""
    following: Any = sorting.waiting(by=me(), limit=1, after=received_id)
    if following:
        return url_for(".message", received_id=following[0].id)
    return url_for(".messages")
