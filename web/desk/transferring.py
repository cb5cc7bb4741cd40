"""Passing a request on to another authority."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from escalation.transfers import transferring
from escalation.transfers.transferring import TransferDraft
from support.kernel import db
from support.kernel.errors import Conflict, Forbidden, Invalid
from support.people.permissions import Permission
from support.tickets.models import Ticket
from support.tickets.references import shown
from support.tickets.visibility import one_visible
from web.access import staff
from web.errors import STATUS
from web.http import me
from web.messages import sentences
from web.reading_args import row_number

bp = Blueprint("transferring", __name__, url_prefix="/agent/tickets/<reference>/transferts")

Errors = dict[str | None, str]


@bp.get("/nouveau")
@staff(Permission.CLOSE)
def form(reference: str) -> ResponseReturnValue:
    return _page(one_visible(reference, me()), TransferDraft(), {})


@bp.post("")
@staff(Permission.CLOSE)
def transfer(reference: str) -> ResponseReturnValue:
    ticket = one_visible(reference, me(), lock=True)
    typed = {name: request.form.get(name, "") for name in ("name", "email", "contact", "word")}
    draft = TransferDraft(
        service_id=row_number(request.form, "service"),
        by_other_means=bool(request.form.get("by_other_means")),
        **typed,
    )
    try:
        entry = transferring.transfer(ticket, draft, by=me())
    except (Invalid, Conflict, Forbidden) as error:
        db.session().rollback()
        return _page(one_visible(reference, me()), draft, sentences(error)), STATUS[type(error)]
    flash(
        _("Transmis à %(service)s. La personne en est informée, et le ticket est clos.",
          service=entry.data["to"]),
        "success",
    )  # fmt: skip
    return redirect(url_for("ticket.ticket", reference=shown(ticket.reference)), 303)


def _page(ticket: Ticket, draft: TransferDraft, errors: Errors) -> str:
    services = transferring.services()
    return render_template(
        "desk/transfer.html",
        ticket=ticket,
        draft=draft,
        errors=errors,
        services=[("", _("choisir, ou en nommer un autre ci-dessous"))]
        + [(str(one.id), one.label) for one in services],
        without=[one.label for one in services if not one.email],
    )
