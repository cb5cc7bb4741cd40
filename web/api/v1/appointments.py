"""Appointments for programmes: ``GET`` and ``POST /api/v1/appointments``."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from support.help_sessions import attendance, places
from support.help_sessions.booking import Booking, book
from support.help_sessions.models import Appointment, HelpPoint
from support.kernel.errors import Invalid, Problem
from support.people.identifying import recognise_or_create
from support.people.models import Person
from support.people.permissions import Permission
from web.access import by_token, own_transactions
from web.api.bodies import once, read_object
from web.chain import visitors
from web.help_point.page_of_booking import chosen_person, reason_of
from web.http import me
from web.reading_args import a_day, instant, instant_and_number, row_number

bp = Blueprint("api_appointments", __name__, url_prefix="/api/v1")

PAGE = 50
LONGEST_KEY = 64


@bp.get("/appointments")
@by_token(Permission.BOOK, Permission.READ_PERSONS)
def listing() -> ResponseReturnValue:
    """Those of a place from a day on, by hour; the next page by ``cursor``."""
    point = _point(row_number(request.args, "help_point"))
    begin = _begin(point)
    after = instant_and_number(request.args.get("cursor", ""))
    rows = attendance.from_moment(
        point, after[0] if after else begin, by=me(), after_id=after[1] if after else 0,
        limit=PAGE + 1,
    )  # fmt: skip
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    return jsonify(
        appointments=[_shown(one) for one in rows[:PAGE]],
        next_cursor=f"{last.starts_at.isoformat()}_{last.id}" if last else None,
    )


@bp.post("/appointments")
@own_transactions
@by_token(Permission.BOOK, Permission.READ_PERSONS)
def give() -> ResponseReturnValue:
    """Give a place: 201 with the appointment; 409 when somebody has it."""
    sent = read_object()

    def make() -> tuple[int, Mapping[str, Any]]:
        return 201, _shown(book(_wanted(sent), by=me()))

    return once(sent, make)


def _wanted(sent: Mapping[str, Any]) -> Booking:
    point = _point(sent.get("help_point"))
    reason = reason_of({"motif": str(sent.get("reason", ""))})
    if reason is None:
        raise Invalid.of("field.choice", "reason")
    return Booking(
        key=f"api-{secrets.token_urlsafe(24)}"[:LONGEST_KEY], point=point, reason=reason,
        starts_at=_instant(sent.get("starts_at")), person=_person(sent, point),
        channel=places.channel_of(me()), note=str(sent.get("note") or ""),
        beyond=str(sent.get("beyond_quota") or ""),
    )  # fmt: skip


def _point(number: Any) -> HelpPoint:
    if isinstance(number, int) and not isinstance(number, bool):
        return places.one_bookable(number, by=me())
    if number is not None:
        raise Invalid.of("field.choice", "help_point")
    bookable = places.bookable(by=me())
    if len(bookable) != 1:
        raise Invalid.of("field.choice" if bookable else "help_point.none", "help_point")
    return bookable[0]


def _person(sent: Mapping[str, Any], point: HelpPoint) -> Person:
    if sent.get("person_id") is not None:
        known = chosen_person(str(sent["person_id"]), str(sent.get("given") or ""))
        if known is None:
            raise Invalid.of("person.unchosen", "person_id")
        return known
    said = sent.get("person")
    if not isinstance(said, dict):
        raise Invalid.of("person.unchosen", "person")
    values = {name: str(said.get(name) or "") for name in visitors.NAMES}
    if not values["phone"].strip() and not values["email"].strip():
        raise Invalid(Problem("appointment.reach", "phone"))
    values["language"] = values["language"] or "fr"
    return recognise_or_create(visitors.identity(values, point.site.department))


def _instant(typed: Any) -> datetime:
    found = instant(str(typed))
    if found is None:
        raise Invalid.of("appointment.place", "starts_at")
    return found


def _begin(point: HelpPoint) -> datetime:
    typed = request.args.get("from", "")
    day = a_day(typed)
    if day is None:
        if typed:
            raise Invalid.of("date.invalid", "from")
        return datetime.combine(date.min, time(), UTC)
    return datetime.combine(day, time(), ZoneInfo(point.timezone)).astimezone(UTC)


def _shown(one: Appointment) -> dict[str, Any]:
    return {
        "id": one.id,
        "code": one.code,
        "help_point": one.help_point_id,
        "desk": one.desk.name if one.desk else None,
        "reason": one.reason.code,
        "person_id": one.person_id,
        "person_name": one.person.full_name,
        "starts_at": one.starts_at.isoformat(),
        "ends_at": one.ends_at.isoformat(),
        "state": one.state.value,
        "channel": one.channel.value,
        "note": one.note,
    }
