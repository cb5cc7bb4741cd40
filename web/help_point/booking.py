"""Giving an appointment while the person is on the line: one page, the keyboard alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from escalation import visits
from support.help_sessions import attendance, group_sessions, offering, places, waiting
from support.help_sessions.booking import Booking, book
from support.help_sessions.models import (
    Appointment,
    AppointmentReason,
    GroupSession,
    HelpPoint,
)
from support.help_sessions.offering import Asked
from support.kernel import db
from support.kernel.errors import Conflict, DomainError, Invalid, Problem
from support.kernel.time import now
from support.people.identifying import recognise_or_create
from support.people.models import Person
from support.people.permissions import Permission
from support.tickets.journal import written
from web.access import staff
from web.chain import visitors
from web.help_point import labels
from web.help_point.choosing import choose_place
from web.help_point.page_of_booking import (
    Page,
    channel_of,
    chosen_person,
    find,
    offers,
    opened,
    point_of,
    reason_of,
    replaced,
    sent,
    show,
    ticket_of,
    workshop_of,
)
from web.http import me
from web.messages import sentence
from web.reading_args import instant

bp = Blueprint("giving", __name__, url_prefix="/agent/rendez-vous/nouveau")


@bp.get("")
@staff(Permission.BOOK, Permission.READ_PERSONS)
def form() -> ResponseReturnValue:
    page = opened()
    if not page.typed["lieu"] and not places.bookable(by=me()):
        return choose_place()
    return show(page)


@bp.get("/personnes")
@staff(Permission.BOOK, Permission.READ_PERSONS)
def people() -> ResponseReturnValue:
    """Whom the words may mean, as one types."""
    found = find(request.args.get("q", ""), request.args.get("person", ""))
    return render_template("chain/_found.html", **found)


@bp.get("/places")
@staff(Permission.BOOK, Permission.READ_PERSONS)
def free() -> ResponseReturnValue:
    """The places for a reason: the nearest, and a week."""
    page = opened()
    if not page.typed["lieu"] and not places.bookable(by=me()):
        return ""
    return render_template(
        "help_point/_places.html", **offers(page.typed, point_of(page.typed), channel_of(page))
    )


@bp.post("")
@staff(Permission.BOOK, Permission.READ_PERSONS)
def give() -> ResponseReturnValue:
    """Give the place. Refused, the page comes back with all that was typed and fresh places."""
    page = sent()
    point_of(page.typed)  # without a place there is no page to come back to
    if request.form.get("suite") == "chercher":
        return show(page)
    try:
        if request.form.get("suite") == "attendre":
            return _waits(page)
        given = _given(page)
    except (Invalid, Conflict) as refusal:
        return _again(page, refusal)
    return redirect(url_for("appointment.one", appointment_id=given.id, donne=1), 303)


@bp.post("/manques")
@staff(Permission.BOOK)
def unmet() -> ResponseReturnValue:
    """Somebody wanted a place and there was none: counted, and said to have been."""
    typed = {"lieu": request.form.get("lieu", ""), "motif": request.form.get("motif", "")}
    point, reason = point_of(typed), reason_of(typed)
    if reason is not None:
        offering.note_unmet(Asked(point, reason, channel_of(Page({"au_guichet": ""}, ""))))
        flash(_("C’est compté : la demande sans place se voit dans les chiffres."), "success")
    return redirect(url_for("giving.form", lieu=point.id, motif=typed["motif"]), 303)


def _waits(page: Page) -> ResponseReturnValue:
    """No place suits them: they are called when one is given up, and counted now."""
    point, reason = point_of(page.typed), reason_of(page.typed)
    if reason is None:
        raise Invalid.of("field.choice", "motif")
    waiting.wait(point, _person(page), reason, by=me(), note=page.typed["note"])
    offering.note_unmet(Asked(point, reason, channel_of(page)))
    flash(_("C’est noté : cette personne est sur la liste d’attente."), "success")
    return redirect(url_for("waiting.listing"), 303)


def _given(page: Page) -> Appointment:
    point, reason, workshop = point_of(page.typed), reason_of(page.typed), workshop_of(page.typed)
    reason = workshop.reason if workshop else reason
    here = request.form.get("suite") == "recevoir"
    reason, starts_at, person = _all_of(page, reason, here=here or workshop is not None)
    wanted, about = _wanted(page, point, reason, starts_at, person), ticket_of(page.typed)
    if about is not None and about.person_id == person.id:
        wanted = replace(wanted, ticket_id=about.id)
    given = _put_down(wanted, workshop, here=here)
    if about is not None and given.ticket_id == about.id and not written(f"appointment:{given.id}"):
        visits.note_given(about, given, by=me())
    return given


def _put_down(wanted: Booking, workshop: GroupSession | None, *, here: bool) -> Appointment:
    if workshop is not None:
        return group_sessions.join(workshop, wanted, by=me())
    return attendance.walk_in(wanted, by=me()) if here else book(wanted, by=me())


def _all_of(
    page: Page, reason: AppointmentReason | None, *, here: bool
) -> tuple[AppointmentReason, datetime, Person]:
    """What an appointment needs. Raises Invalid with everything that is missing at once."""
    wrong: list[Problem] = []
    starts_at, person = now(), None
    try:
        person = _person(page)
    except Invalid as refusal:
        wrong += refusal.problems
    if reason is None:
        wrong.append(Problem("field.choice", "motif"))
    elif not here:
        try:
            starts_at = _place(page)
        except Invalid as refusal:
            wrong += refusal.problems
    if wrong or reason is None or person is None:
        raise Invalid(*wrong)
    return reason, starts_at, person


def _wanted(
    page: Page, point: HelpPoint, reason: AppointmentReason, starts_at: datetime, person: Person
) -> Booking:
    t = page.typed
    needs = {name: t[name].strip()[:60] for name in ("interprete", "accompagne", "acces")}
    return Booking(
        key=page.key, point=point, reason=reason, starts_at=starts_at, person=person,
        channel=channel_of(page), note=t["note"], beyond=t["beyond"].strip(),
        needs={name: said for name, said in needs.items() if said},
        instead_of=replaced(t),
    )  # fmt: skip


def _place(page: Page) -> datetime:
    starts_at = instant(page.typed["place"])
    if starts_at is None:
        raise Invalid.of("appointment.place", "place")
    return starts_at


def _person(page: Page) -> Person:
    t = page.typed
    if t["person"] == visitors.NEW:
        if not t["phone"].strip() and not t["email"].strip():
            raise Invalid(Problem("appointment.reach", "phone"))
        site = me().team.site
        return recognise_or_create(visitors.identity(t, site.department if site else None))
    found = chosen_person(t["person"], t["q"])
    if found is None:
        raise Invalid.of("person.unchosen", "person")
    return found


def _again(page: Page, refusal: DomainError) -> ResponseReturnValue:
    """With fresh places; what was refused is not chosen any more."""
    db.session().rollback()
    for problem in refusal.problems:
        page.errors.setdefault(problem.field or "place", _said(page, problem))
    status = 409 if isinstance(refusal, Conflict) else 422
    if status == 409:
        page.typed["place"] = ""
    return show(page), status


def _said(page: Page, problem: Problem) -> str:
    params = dict(problem.params)
    if "starts_at" in params:
        params["when"] = labels.when(point_of(page.typed), params["starts_at"])
    if "monday" in params:
        params["week"] = labels.day_words(params["monday"])
    return sentence(Problem(problem.code, problem.field, params))
