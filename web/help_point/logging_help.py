"""The log of help: a line after each visit or call, and from a blocked one straight to a ticket."""

from __future__ import annotations

import secrets
from collections.abc import Mapping

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from support.help_sessions import assistance_log, attendance, places
from support.help_sessions.assistance_log import AssistanceEntry, EntryDraft, Result
from support.help_sessions.models import Appointment, AppointmentState, BookingChannel
from support.kernel import db
from support.kernel.errors import Conflict, Invalid
from support.kernel.time import now
from support.people.languages import LANGUAGES
from support.people.permissions import Permission
from web.access import staff
from web.help_point import labels, log_labels
from web.help_point.choosing import choose_place
from web.help_point.page_of_booking import reason_of, reasons
from web.http import me
from web.messages import sentence
from web.reading_args import MOST_SMALL, a_day, row_number

bp = Blueprint("logging_help", __name__, url_prefix="/agent/rendez-vous/journal")

NAMES = (
    "minutes", "way", "reason", "result", "step", "autonomy", "profile", "first_time", "language",
    "interpreter", "door", "note", "anonymous",
)  # fmt: skip


@bp.get("")
@staff(Permission.RECEIVE)
def listing() -> ResponseReturnValue:
    """The lines of a day."""
    point = places.own(by=me())
    if point is None:
        return choose_place()
    day = a_day(request.args.get("jour", "")) or places.local_day(point, now())
    return render_template(
        "help_point/log.html",
        point=point, day=day, labels=labels, results=dict(log_labels.results()),
        ways=dict(log_labels.ways()), doors=dict(log_labels.doors()),
        entries=assistance_log.of_day(point, day, by=me()),
    )  # fmt: skip


@bp.get("/nouveau")
@staff(Permission.RECEIVE)
def form() -> ResponseReturnValue:
    if places.own(by=me()) is None:
        return choose_place()
    visit = _visit(request.args)
    typed = {name: request.args.get(name, "") for name in NAMES}
    if visit is not None:
        typed |= _known(visit)
    return _page(typed, secrets.token_urlsafe(16), visit, {})


@bp.post("")
@staff(Permission.RECEIVE)
def write() -> ResponseReturnValue:
    """Write the line. Blocked: the ticket comes next, with what is known already."""
    point = places.own(by=me())
    if point is None:
        raise Conflict.of("help_point.none")
    visit = _visit(request.form)
    typed = {name: request.form.get(name, "") for name in NAMES}
    key = (request.form.get("cle") or secrets.token_urlsafe(16))[:64]
    try:
        entry = assistance_log.log(point, _draft(typed, key, visit), by=me())
    except Invalid as refusal:
        db.session().rollback()
        wrong = {p.field or "note": sentence(p) for p in refusal.problems}
        return _page(typed, key, _visit(request.form), wrong), 422
    _close(visit)
    if entry.result is Result.BLOCKED:
        flash(_("Noté. Il reste à faire le ticket : ce qui est su y est déjà."), "success")
        return redirect(_ticket(entry, visit), 303)
    flash(_("Noté au journal."), "success")
    return redirect(url_for("day.day"), 303)


def _close(visit: Appointment | None) -> None:
    """Whoever writes what came of a visit has received the person."""
    being = (AppointmentState.CHECKED_IN, AppointmentState.IN_PROGRESS)
    if visit is not None and visit.state in being:
        attendance.act(visit, AppointmentState.COMPLETED, by=me())


def _ticket(entry: AssistanceEntry, visit: Appointment | None) -> str:
    person = visit.person if visit and entry.person_id else None
    return url_for(
        "opening.form",
        visite=visit.id if visit and entry.person_id else None,
        person=person.id if person else None,
        q=(person.phone or person.email or person.foreigner_number) if person else None,
        text=entry.note or None,
        step_reached=entry.step or None,
        language=entry.language,
    )


def _visit(source: Mapping[str, str]) -> Appointment | None:
    known = row_number(source, "visite")
    return attendance.one(known, by=me()) if known is not None else None


def _known(visit: Appointment) -> dict[str, str]:
    by_phone = visit.channel is BookingChannel.PHONE and visit.starts_at > now()
    return {
        "reason": visit.reason.code,
        "language": visit.person.language,
        "minutes": str(max(5, visit.reason.minutes)),
        "way": "phone" if by_phone else "counter",
        "interpreter": "y" if visit.needs.get("interprete") else "",
    }


def _draft(typed: Mapping[str, str], key: str, visit: Appointment | None) -> EntryDraft:
    language = typed["language"]
    return EntryDraft(
        key=key, minutes=row_number(typed, "minutes", MOST_SMALL), way=typed["way"],
        reason=reason_of({"motif": typed["reason"]}), result=typed["result"], step=typed["step"],
        autonomy=typed["autonomy"], profile=typed["profile"],
        first_time={"oui": True, "non": False}.get(typed["first_time"]),
        language=language if language in LANGUAGES else "fr",
        interpreter=bool(typed["interpreter"]), door=typed["door"], note=typed["note"],
        appointment=visit, anonymous=bool(typed["anonymous"]),
    )  # fmt: skip


def _page(
    typed: Mapping[str, str], key: str, visit: Appointment | None, errors: Mapping[str, str]
) -> str:
    return render_template(
        "help_point/log_entry.html",
        t=typed, key=key, visit=visit, errors=errors, labels=labels, log=log_labels,
        reasons=[(one.code, one.label) for one in reasons()], language_codes=LANGUAGES,
        most=assistance_log.LONGEST_NOTE,
    )  # fmt: skip
