"""Booking by the public: where, what for, when; then one's own page, to keep or give back."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_date, get_locale
from flask_babel import gettext as _

from support.help_sessions import offering, orienting, places, public_booking, soonest
from support.help_sessions.booking import Booking, shown
from support.help_sessions.models import (
    Appointment,
    AppointmentReason,
    BookingChannel,
    HelpPoint,
)
from support.help_sessions.offering import Asked
from support.help_sessions.slots import Slot
from support.kernel import db
from support.kernel.errors import Conflict, DomainError, Invalid, Problem
from support.people.guessing import (
    note_sending,
    note_sending_from,
    refuse_flood,
    refuse_many_from,
)
from support.people.identifying import Identity, declared_or_create
from support.people.normalising import email_address, foreigner_number, phone_number
from web.access import public
from web.citizen import public_doors, robots
from web.http import keep
from web.messages import sentence
from web.reading_args import a_day, instant, number

bp = Blueprint("appointments", __name__, url_prefix="/rendez-vous")

SHOWN = 12  # dates at once
NAMES = (
    "lieu", "motif", "depuis", "place", "given_name", "family_name", "phone", "email",
    "foreigner_number",
)  # fmt: skip


@bp.get("")
@public
def form() -> ResponseReturnValue:
    return _page({name: request.args.get(name, "") for name in NAMES}, {})


@bp.post("")
@public
def take() -> ResponseReturnValue:
    """Take the place. Refused, all that was typed comes back with fresh dates."""
    typed = {name: request.form.get(name, "") for name in NAMES}
    if request.form.get("aller") == "voir":
        return _page(typed, {})
    if request.form.get("aller") == "dates":
        return _led(typed)
    if robots.caught(request.form):
        return _page(typed, {}), 422
    if robots.too_quick(request.form.get("ouvert", "")):
        return _page(typed, {"place": _("Vérifiez la date, puis réservez à nouveau.")}), 422
    try:
        given = _taken(typed)
    except (Invalid, Conflict) as refusal:
        return _again(typed, refusal)
    return redirect(url_for("appointments.mine", token=public_booking.token_of(given)), 303)


@bp.get("/<token>")
@public
def mine(token: str) -> ResponseReturnValue:
    found = public_booking.by_token(token)
    return render_template(
        "citizen/appointment.html",
        a=found, token=token, when=_when(found.help_point, found.starts_at),
        code=shown(found.code), bring=_bring(found.reason),
        may_give_back=public_booking.may_give_back(found),
    )  # fmt: skip


@bp.post("/<token>/annulations")
@public
def give_back(token: str) -> ResponseReturnValue:
    try:
        public_booking.give_back(public_booking.by_token(token))
    except Conflict as refusal:
        db.session().rollback()
        flash(sentence(refusal.problems[0]), "error")
    else:
        flash(_("Votre place est rendue. Merci : quelqu’un d’autre va en profiter."), "success")
    return redirect(url_for("appointments.mine", token=token), 303)


def _led(typed: Mapping[str, str]) -> ResponseReturnValue:
    """To the dates, under an address to keep; or to another door, which is counted."""
    point, _reason = _chosen(typed)
    door = public_doors.door_of(typed["motif"])
    address = request.remote_addr or ""
    if point is not None and door is not None:
        with suppress(Conflict):  # a robot is shown the door as everybody is, and not counted
            refuse_flood("orientation", address)
            note_sending("orientation", address)
            key = (request.form.get("cle") or secrets.token_urlsafe(16))[:64]
            orienting.redirect_to(point, door, BookingChannel.PUBLIC, key, by=None)
    to = url_for(
        "appointments.form", lieu=typed["lieu"] or None, motif=typed["motif"] or None
    )  # fmt: skip
    return redirect(to, 303)


def _taken(typed: Mapping[str, str]) -> Appointment:
    point, reason = _chosen(typed)
    if point is None or reason is None:
        raise Invalid.of("field.choice", "motif" if point else "lieu")
    who = _identity(typed, point)
    address = request.remote_addr or ""
    given = who.email or who.phone or ""
    refuse_flood("rendez-vous", address)
    refuse_many_from("rendez-vous", given)
    wanted = Booking(
        key=(request.form.get("cle") or secrets.token_urlsafe(16))[:64], point=point,
        reason=reason, starts_at=_place(typed), person=declared_or_create(who),
        channel=BookingChannel.PUBLIC,
    )  # fmt: skip
    taken = public_booking.take_place(wanted, who)
    _count(given)
    return taken


def _count(given: str) -> None:
    """One more asked from this computer, and for this number or address."""
    note_sending("rendez-vous", request.remote_addr or "")
    if given:
        note_sending_from("rendez-vous", given)


def _identity(typed: Mapping[str, str], point: HelpPoint) -> Identity:
    wrong: list[Problem] = [
        Problem("field.required", name)
        for name in ("given_name", "family_name")
        if not typed[name].strip()
    ]
    if not typed["phone"].strip() and not typed["email"].strip():
        wrong.append(Problem("appointment.reach", "phone"))
    read: dict[str, str | None] = {}
    for name, reader in (
        ("phone", phone_number), ("email", email_address), ("foreigner_number", foreigner_number),
    ):  # fmt: skip
        try:
            read[name] = reader(typed[name]) if typed[name].strip() else None
        except Invalid as refusal:
            wrong += [Problem(p.code, name, p.params) for p in refusal.problems]
    if wrong:
        raise Invalid(*wrong)
    return Identity(
        given_name=typed["given_name"].strip()[:120],
        family_name=typed["family_name"].strip()[:120],
        language=str(get_locale() or "fr")[:2],
        department=point.site.department,
        **read,
    )


def _place(typed: Mapping[str, str]) -> datetime:
    at = instant(typed["place"])
    if at is None:
        raise Invalid.of("appointment.place", "place")
    return at


def _again(typed: dict[str, str], refusal: DomainError) -> ResponseReturnValue:
    db.session().rollback()
    if isinstance(refusal, Conflict) and not refusal.code.startswith("contact."):
        _count("")  # who tries place after place is a robot
        keep()
    errors: dict[str, str] = {}
    for problem in refusal.problems:
        errors.setdefault(problem.field or "place", sentence(problem))
    if isinstance(refusal, Conflict):
        typed["place"] = ""
    return _page(typed, errors), 409 if isinstance(refusal, Conflict) else 422


def _chosen(typed: Mapping[str, str]) -> tuple[HelpPoint | None, AppointmentReason | None]:
    wanted = number(typed["lieu"])
    points = public_booking.open_points()
    point = next((p for p in points if p.id == wanted), points[0] if len(points) == 1 else None)
    reasons = public_booking.public_reasons()
    return point, next((r for r in reasons if r.code == typed["motif"]), None)


def _page(typed: Mapping[str, str], errors: Mapping[str, str]) -> str:
    points = public_booking.open_points()
    point, reason = _chosen(typed)
    dates: list[tuple[str, list[tuple[str, str]]]] = []
    later = None
    if point is not None and reason is not None:
        dates, later = _dates(Asked(point, reason, BookingChannel.PUBLIC), typed["depuis"])
    return render_template(
        "citizen/appointments.html",
        t=typed, errors=errors, points=points, point=point, reason=reason, dates=dates,
        later=later, reasons=public_booking.public_reasons(), trap=robots.TRAP,
        opened=robots.opened(request.form.get("ouvert", "")),
        key=request.form.get("cle") or secrets.token_urlsafe(16),
        bring=_bring(reason) if reason else [],
        elsewhere=_elsewhere(point, reason, dates), when=_when,
        needs=public_doors.choices(), other=public_doors.words_of(typed["motif"]),
    )  # fmt: skip


def _elsewhere(
    point: HelpPoint | None, reason: AppointmentReason | None, dates: Sequence[object]
) -> list[soonest.Found]:
    """The soonest places of all, before one is chosen or when it has none."""
    if reason is None or (point is not None and dates):
        return []
    apart = point.id if point else None
    return soonest.soonest(reason, BookingChannel.PUBLIC, apart_from=apart)


def _dates(asked: Asked, since: str) -> tuple[list[tuple[str, list[tuple[str, str]]]], str | None]:
    """By day in words, its hours as (value, hour); and the day from which there are more."""
    point = asked.point
    first = places.local_day(point, asked.earliest)
    day = max(a_day(since) or first, first)
    by_day: dict[date, list[Slot]] = {}
    for slot in offering.from_day(asked, day, SHOWN):
        by_day.setdefault(places.local_day(point, slot.start), []).append(slot)
    zone = ZoneInfo(point.timezone)
    first_days = _enough(by_day)
    later = max(first_days) + timedelta(days=1) if first_days else None
    said = [
        (
            format_date(one, "full"),
            [(s.start.isoformat(), s.start.astimezone(zone).strftime("%H:%M")) for s in slots],
        )
        for one, slots in first_days.items()
    ]
    return said, later.isoformat() if later and later <= asked.last_day else None


def _enough(by_day: Mapping[date, list[Slot]]) -> dict[date, list[Slot]]:
    """The first days with ``SHOWN`` hours between them: a telephone is small."""
    found: dict[date, list[Slot]] = {}
    for one, slots in by_day.items():
        if sum(map(len, found.values())) >= SHOWN:
            break
        found[one] = slots
    return found


def _when(point: HelpPoint, at: datetime) -> str:
    local = at.astimezone(ZoneInfo(point.timezone))
    return f"{format_date(local.date(), 'full')}, {local:%H:%M}"


def _bring(reason: AppointmentReason) -> Sequence[str]:
    return [line.strip() for line in reason.bring.splitlines() if line.strip()]
