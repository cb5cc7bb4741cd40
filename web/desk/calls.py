"""The call screen: who calls, what is said, the wiki beside; noted once, on the right ticket."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from channels.phone import taking
from channels.phone.sheet import Sheet, Then
from channels.phone.taking import Noted
from support.kernel import db
from support.kernel.errors import Conflict, DomainError, Invalid, NotVisible
from support.people.permissions import Permission
from support.tickets.handing import at_home
from support.tickets.references import shown
from support.tickets.timeline import Entry
from support.tickets.visibility import one_visible
from web.access import own_transactions, staff
from web.desk import call_extras, call_page
from web.desk.call_page import Page
from web.desk.call_starts import Start, again, seal, unseal
from web.desk.labels import wrap_up_label
from web.filters import duration
from web.http import me
from web.messages import sentence

bp = Blueprint("calls", __name__, url_prefix="/agent/appels")

# What the domain calls a field, and where it is on the page.
FIELDS = {
    "person": "appelant",
    "reason": "motif",
    "procedure": "demarche",
    "wrap_up": "conclusion",
    **call_extras.FIELDS,
}


@bp.get("/nouveau")
@staff(Permission.TAKE_CALLS)
def new() -> ResponseReturnValue:
    """A call begins: its start goes into the address, so that a reload keeps it."""
    start = _start(request.args.get("appel", ""))
    if start is None:
        typed = call_page.read_address()
        begun = call_page.start_of(typed)
        names = ("personne", "ticket", "numero", "telephone", "rappel")
        kept: dict[str, Any] = {name: typed[name] or None for name in names}
        return redirect(url_for("calls.new", appel=seal(begun, me()), **kept))
    typed = call_page.read_address()
    if typed["ticket"] and not typed["personne"]:
        typed["personne"] = str(one_visible(typed["ticket"], me()).person_id or "")
    return call_page.show(Page(start, typed))


@bp.get("/appelants")
@staff(Permission.TAKE_CALLS)
def callers() -> ResponseReturnValue:
    """A part of the screen: who may be calling."""
    found = call_page.candidates(request.args.get("appelant", ""))
    return render_template("desk/call_callers.html", **found)


@bp.get("/appelant")
@staff(Permission.TAKE_CALLS)
def caller() -> ResponseReturnValue:
    """A part of the screen: the chosen caller."""
    typed = call_page.read_address()
    chosen = call_page.caller(typed)
    return render_template("desk/call_caller.html", t=typed, errors={}, **chosen)


@bp.post("")
@own_transactions
@staff(Permission.TAKE_CALLS)
def note() -> ResponseReturnValue:
    """Note the call. A press that does not end it (no script runs) shows the screen again."""
    page = call_page.read_form()
    if request.form.get("suite") not in set(Then):
        return _again(page)
    sheet = call_page.sheet_of(page)
    try:
        with db.transaction():
            received = taking.keep(sheet, by=me())
    except (Invalid, Conflict) as error:
        return _refused(page, error)
    try:
        with db.transaction():
            noted = taking.understand(received.id)
            answer = _done(noted, sheet) if noted else None
            if sheet.then is Then.NOTHING and taking.noted_without_ticket(received.id):
                answer = _done_without_ticket(sheet)
    except (Invalid, Conflict) as error:
        with db.transaction():
            taking.refuse(received.id, error)
        return _refused(page, error, spent=True)
    return answer or _refused(page, Conflict.of("call.refused_before"), spent=True)


@bp.get("/<reference>/<int:entry_id>")
@staff(Permission.TAKE_CALLS)
def noted(reference: str, entry_id: int) -> ResponseReturnValue:
    """What was noted, and the next call one key away: its clock starts when it is taken."""
    ticket = one_visible(reference, me())
    entry = db.session().get(Entry, entry_id)
    if entry is None or entry.ticket_id != ticket.id or entry.call is None:
        raise NotVisible.of("ticket.unknown")
    return render_template("desk/call_noted.html", ticket=ticket, call=entry.call)


def _start(token: str) -> Start | None:
    """The start in the address, unless its call has been noted already."""
    start = unseal(token, me()) if token else None
    return start if start and taking.noted_under(start.key) is None else None


def _done_without_ticket(sheet: Sheet) -> ResponseReturnValue:
    """The next call; or the call-back that reached nobody, to be tried another time."""
    flash(_("Appel noté sans ticket : %(what)s.", what=wrap_up_label(sheet.came_to)), "success")
    if sheet.call_back_id is not None:
        return redirect(url_for("call_backs.one", call_back_id=sheet.call_back_id), 303)
    return redirect(url_for("call_backs.listing"), 303)


def _done(noted: Noted, sheet: Sheet) -> ResponseReturnValue:
    """Where to go next, with what happened in words."""
    ticket, reference, then = noted.ticket, shown(noted.ticket.reference), sheet.then
    if sheet.further:
        count = len(sheet.further) + 1
        flash(_("L’appel est noté sur %(count)s tickets, sa durée compte une fois.", count=count))
    if sheet.came_to == "call_back":
        flash(_("Appel noté. Dites maintenant quand rappeler."), "success")
        number = taking.number_of(sheet) or None
        return redirect(url_for("call_backs.form", ticket=reference, numero=number), 303)
    if noted.recognised:
        name = ticket.requester_name
        flash(_("%(name)s avait déjà une fiche : l’appel y est noté.", name=name), "info")
    if then is Then.CLOSE:
        where = url_for("calls.noted", reference=reference, entry_id=noted.entry.id)
        return redirect(where, 303)
    if then is Then.PASS_ON and at_home(ticket):
        flash(_("Appel noté. Dites maintenant ce que vous demandez."), "success")
        return redirect(url_for("escalating.form", reference=reference), 303)
    time = duration(noted.entry.call.seconds) if noted.entry.call else ""
    if then is Then.PASS_ON:
        said = _("Appel noté (%(time)s). Ce ticket est déjà chez %(team)s.", time=time,
                 team=ticket.team.label)  # fmt: skip
    else:
        said = _("Appel noté (%(time)s). Le ticket reste ouvert.", time=time)
    flash(said, "success")
    return redirect(url_for("ticket.ticket", reference=reference), 303)


def _refused(page: Page, error: DomainError, *, spent: bool = False) -> ResponseReturnValue:
    """The screen again, with everything typed; under another key when this one is spent."""
    page.errors = {
        FIELDS.get(problem.field or "", problem.field or "note"): sentence(problem)
        for problem in error.problems
    }
    if error.code == "call.other_noted":
        spent = True
        with db.transaction(write=False):
            before = taking.noted_under(page.start.key)
            page.elsewhere = taking.noted(before.id) if before else None
    if spent:
        page.start = again(page.start)
    return _again(page), 409 if isinstance(error, Conflict) else 422


def _again(page: Page) -> str:
    with db.transaction(write=False):
        return call_page.show(page)
