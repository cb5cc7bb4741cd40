"""The day at the counter, by hour and desk; and the week at a glance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from escalation import visits
from support.clocks.calendar import public_holidays
from support.help_sessions import assistance_log, attendance, places, quotas, telling, waiting
from support.help_sessions.models import Appointment, AppointmentState, Closure, HelpPoint
from support.help_sessions.slots import Range, minutes_open, open_ranges
from support.kernel.time import now
from support.people.permissions import Permission, may
from web.access import staff
from web.help_point import labels
from web.help_point.choosing import choose_place
from web.http import me
from web.reading_args import a_day

bp = Blueprint("day", __name__, url_prefix="/agent/rendez-vous")

S = AppointmentState
# What is pressed next, by where the person is: the likeliest first.
NEXT: Mapping[AppointmentState, tuple[AppointmentState, ...]] = {
    S.SCHEDULED: (S.CHECKED_IN, S.NO_SHOW),
    S.CHECKED_IN: (S.IN_PROGRESS, S.COMPLETED),
    S.IN_PROGRESS: (S.COMPLETED,),
    S.NO_SHOW: (S.CHECKED_IN,),
    S.UNRECORDED: (S.COMPLETED, S.NO_SHOW),
    S.NOT_SERVED: (S.CHECKED_IN,),
    S.COMPLETED: (),
}


@bp.get("")
@staff(Permission.BOOK)
def day() -> ResponseReturnValue:
    """Who is expected, who is here; for the centre, which receives nobody, giving a place."""
    point = places.own(by=me())
    if point is None or not may(me(), Permission.RECEIVE):
        return choose_place()
    chosen = _day(request.args.get("jour", ""), point)
    rows = attendance.of_day(point, chosen, by=me())
    return render_template(
        "help_point/day.html",
        point=point, day=chosen, rows=rows, labels=labels, next_of=NEXT,
        today=places.local_day(point, now()), one_day=timedelta(days=1),
        discreet=bool(request.args.get("discret")), initials=initials,
        missed=attendance.missed_before([row.person_id for row in rows]),
        logged=assistance_log.logged([row.id for row in rows]),
        answers=visits.answers_back(point, by=me()), to_call=telling.to_call(point, by=me()),
        waiting_count=waiting.how_many(point), late=_late(rows),
        gauges=quotas.gauges(point, places.monday_of(chosen)),
        too_early=lambda a: a.starts_at > now(),
        why=attendance.NOT_SERVED,
    )  # fmt: skip


@bp.get("/semaine")
@staff(Permission.RECEIVE)
def week() -> ResponseReturnValue:
    point = places.own(by=me())
    if point is None:
        return choose_place()
    monday = places.monday_of(_day(request.args.get("jour", ""), point))
    days = [monday + timedelta(days=n) for n in range(7)]
    hours, shut = places.hours_of(point), places.closures_between(point, *places.span(point, days))
    rows: dict[date, list[tuple[str, attendance.Shown]]] = {day: [] for day in days}
    zone = ZoneInfo(point.timezone)
    for line in attendance.calendar_of(point, days, by=me()):
        local = line.starts_at.astimezone(zone)
        rows[local.date()].append((f"{local:%H:%M}", line))
    return render_template(
        "help_point/week.html",
        point=point, days=days, labels=labels, rows=rows,
        one=url_for("appointment.one", appointment_id=0).removesuffix("0"),
        ranges={day: _distinct(open_ranges(hours, day)) for day in days},
        minutes={day: minutes_open(hours, [day]) for day in days},
        holidays={day for day in days if day in public_holidays(day.year, point.zone)},
        closed={day: [c for c in shut if _covers(c, point, day)] for day in days},
        today=places.local_day(point, now()), one_week=timedelta(days=7),
        gauges=quotas.gauges(point, monday),
    )  # fmt: skip


def initials(appointment: Appointment) -> str:
    """What may be read over a shoulder: no name."""
    words = f"{appointment.person.given_name} {appointment.person.family_name}".split()
    return ". ".join(word[0].upper() for word in words) + "." if words else "?"


def _day(typed: str, point: HelpPoint) -> date:
    return a_day(typed) or places.local_day(point, now())


def _late(rows: Sequence[Appointment]) -> set[int]:
    """Those who should have come some time ago."""
    return {
        row.id
        for row in rows
        if row.state is S.SCHEDULED and row.starts_at + attendance.LATE_FOR < now()
    }


def _distinct(by_desk: Mapping[int, Sequence[Range]]) -> list[Range]:
    return sorted({one for ranges in by_desk.values() for one in ranges})


def _covers(closure: Closure, point: HelpPoint, day: date) -> bool:
    start, end = places.span(point, [day])
    return closure.starts_at < end and closure.ends_at > start
