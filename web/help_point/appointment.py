"""One appointment: what to say, the slip, moved, given up, and what happened to it."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from escalation import visits
from support.help_sessions import attendance, places, waiting
from support.help_sessions.booking import shown
from support.help_sessions.models import Appointment, AppointmentState
from support.kernel import db
from support.kernel.errors import Conflict, Invalid
from support.people.permissions import Permission, may
from web.access import staff
from web.desk.facts import masked
from web.help_point import labels
from web.http import me
from web.messages import sentences
from web.reading_args import row_number

S = AppointmentState
bp = Blueprint("appointment", __name__, url_prefix="/agent/rendez-vous")


@bp.get("/<int:appointment_id>")
@staff(Permission.BOOK)
def one(appointment_id: int) -> ResponseReturnValue:
    return _page(appointment_id, {})


@bp.get("/<int:appointment_id>/bon")
@staff(Permission.BOOK)
def slip(appointment_id: int) -> ResponseReturnValue:
    """To print: where, when, what to bring, the code. No word of why one comes."""
    found = attendance.one(appointment_id, by=me())
    return render_template("help_point/slip.html", a=found, labels=labels, code=shown(found.code))


@bp.post("/<int:appointment_id>/reponses")
@staff(Permission.RECEIVE)
def read(appointment_id: int) -> ResponseReturnValue:
    """The place has the answer to the request made at the visit."""
    visits.read(attendance.one(appointment_id, by=me()), by=me())
    flash(_("Noté : la réponse est lue."), "success")
    return redirect(url_for("day.day"), 303)


@bp.post("/<int:appointment_id>/annulations")
@staff(Permission.BOOK)
def cancel(appointment_id: int) -> ResponseReturnValue:
    found = attendance.one(appointment_id, by=me())
    by_person = request.form.get("par") != "service"
    try:
        attendance.cancel(
            found, by_person=by_person, reason=request.form.get("reason", ""), by=me()
        )
    except Invalid as refusal:
        db.session().rollback()
        return _page(appointment_id, sentences(refusal)), 422
    except Conflict as refusal:
        db.session().rollback()
        flash(sentences(refusal)[None], "error")
        return redirect(url_for("appointment.one", appointment_id=appointment_id), 303)
    flash(_("Annulé : la place est rendue."), "success")
    if waits := waiting.how_many(found.help_point):
        said = ngettext(
            "%(num)s personne attend une place : appelez-la (liste d’attente).",
            "%(num)s personnes attendent une place : appelez la première (liste d’attente).",
            waits,
        )
        flash(said, "info")
    if not by_person and found.reason.active:
        # Whoever gives a place up for the service offers another.
        return redirect(
            url_for("giving.form", lieu=found.help_point_id, person=found.person_id,
                    motif=found.reason.code), 303
        )  # fmt: skip
    return redirect(url_for("appointment.one", appointment_id=appointment_id), 303)


@bp.post("/<int:appointment_id>/etats")
@staff(Permission.RECEIVE)
def act(appointment_id: int) -> ResponseReturnValue:
    """Arrived, received, not come…: from the list of the day, and back to it."""
    found = attendance.one(appointment_id, by=me())
    wanted = request.form.get("etat", "")
    try:
        if wanted not in set(AppointmentState):
            raise Conflict.of("appointment.moved")
        attendance.act(
            found, AppointmentState(wanted), by=me(), reason=request.form.get("reason", "")
        )
    except (Invalid, Conflict) as refusal:
        db.session().rollback()
        flash(next(iter(sentences(refusal).values())), "error")
    else:
        flash(f"{found.person.full_name} : {labels.state_label(found.state)}", "success")
    if (session_id := row_number(request.form, "atelier")) is not None:
        return redirect(url_for("workshops.workshop", session_id=session_id), 303)
    if request.form.get("jour"):
        discreet = request.form.get("discret") or None
        return redirect(url_for("day.day", jour=request.form["jour"], discret=discreet), 303)
    return redirect(url_for("appointment.one", appointment_id=appointment_id), 303)


def _page(appointment_id: int, errors: dict[str | None, str]) -> str:
    found = attendance.one(appointment_id, by=me())
    return render_template(
        "help_point/appointment.html",
        a=found, code=shown(found.code), labels=labels, masked=masked, errors=errors,
        events=attendance.events_of(found), given=bool(request.args.get("donne")),
        live=found.state is AppointmentState.SCHEDULED,
        receives=attendance.may_receive(me(), found),
        day=places.local_day(found.help_point, found.starts_at).isoformat(),
        back=visits.of_visit(found, by=me()), may_open=_may_open(found),
        others=[o for o in attendance.of_person(found.person) if o.id != found.id],
    )  # fmt: skip


def _may_open(appointment: Appointment) -> bool:
    """Whether a request may be made from the visit: who receives, once somebody has come."""
    came = (S.CHECKED_IN, S.IN_PROGRESS, S.COMPLETED, S.NOT_SERVED)
    may_all = may(me(), Permission.OPEN_TICKETS) and attendance.may_receive(me(), appointment)
    return may_all and appointment.state in came and appointment.ticket_id is None
