"""What the page that gives an appointment shows, and what was typed on it."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from flask import render_template, request
from sqlalchemy import select

from support.help_sessions import attendance, group_sessions, offering, places, soonest
from support.help_sessions.models import (
    Appointment,
    AppointmentReason,
    BookingChannel,
    GroupSession,
    HelpPoint,
)
from support.help_sessions.offering import Asked
from support.help_sessions.slots import Slot
from support.kernel import db
from support.kernel.errors import Conflict, NotVisible
from support.kernel.time import now
from support.people import finding
from support.people.languages import LANGUAGES
from support.people.models import Person
from support.tickets import persons
from support.tickets.models import Ticket
from support.tickets.visibility import one_visible
from web.chain import visitors
from web.desk.facts import masked
from web.help_point import labels
from web.http import me
from web.reading_args import a_day, number

FOUND = 6
NAMES = (
    "lieu", "q", "person", *visitors.NAMES, "motif", "semaine", "place", "note", "beyond",
    "au_guichet", "a_la_place_de", "ticket", "atelier", "interprete", "accompagne", "acces",
)  # fmt: skip


@dataclass
class Page:
    """``typed``: what is on screen, by the names of NAMES. ``key``: of this one form."""

    typed: dict[str, str]
    key: str
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def at_counter(self) -> bool:
        return bool(self.typed["au_guichet"])


def opened() -> Page:
    typed = {name: request.args.get(name, "") for name in NAMES}
    typed["lieu"] = request.args.get("ailleurs") or typed["lieu"]
    about = ticket_of(typed)
    if about is not None and about.person_id and not typed["person"]:
        typed["person"] = str(about.person_id)
    return Page(typed, secrets.token_urlsafe(16))


def sent() -> Page:
    typed = {name: request.form.get(name, "") for name in NAMES}
    return Page(typed, (request.form.get("cle") or secrets.token_urlsafe(16))[:64])


def point_of(typed: Mapping[str, str]) -> HelpPoint:
    """The place that was chosen, or the first where the agent may book.

    Raises NotVisible, Conflict ``help_point.none``.
    """
    chosen = number(typed.get("lieu", ""))
    if chosen is not None:
        return places.one_bookable(chosen, by=me())
    bookable = places.bookable(by=me())
    if not bookable:
        raise Conflict.of("help_point.none")
    return bookable[0]


def reasons() -> Sequence[AppointmentReason]:
    query = select(AppointmentReason).where(AppointmentReason.active)
    return db.session().scalars(query.order_by(AppointmentReason.position)).all()


def reason_of(typed: Mapping[str, str]) -> AppointmentReason | None:
    return next((one for one in reasons() if one.code == typed.get("motif")), None)


def replaced(typed: Mapping[str, str]) -> Appointment | None:
    """The appointment that the new one stands in for. Raises NotVisible."""
    known = number(typed.get("a_la_place_de", ""))
    return attendance.one(known, by=me()) if known is not None else None


def workshop_of(typed: Mapping[str, str]) -> GroupSession | None:
    """The workshop in which the place is. Raises NotVisible."""
    known = number(typed.get("atelier", ""))
    return group_sessions.one(known, by=me()) if known is not None else None


def ticket_of(typed: Mapping[str, str]) -> Ticket | None:
    """The request that the appointment is about. Raises NotVisible."""
    said = typed.get("ticket", "")
    return one_visible(said, me()) if said else None


def find(words: str, chosen: str) -> Mapping[str, Any]:
    """Whom the words may mean: those the agent may look up, and those who have come here."""
    found = list(persons.find_persons(words, by=me(), limit=FOUND))
    if me().team.site_id is not None:
        known = attendance.known_here(me())
        found += finding.find_persons(words, by=me(), limit=FOUND, among=known)
    known_id = number(chosen)
    if known_id is not None and known_id not in {person.id for person in found}:
        person = chosen_person(chosen, words)
        found = [person, *found] if person else found
    people = list({person.id: person for person in found}.values())[:FOUND]
    return {
        "people": people, "chosen": chosen, "open_of": {}, "typed_words": words.strip(),
        "masked": masked, "NEW": visitors.NEW,
    }  # fmt: skip


def chosen_person(chosen: str, words: str) -> Person | None:
    """The person, when the agent may take them."""
    known = number(chosen) or 0
    try:
        return persons.one_person(known, by=me(), given=words)
    except NotVisible:
        here = select(Person).where(Person.id == known, attendance.known_here(me()))
        return db.session().scalar(here)


def offers(typed: Mapping[str, str], point: HelpPoint, channel: BookingChannel) -> dict[str, Any]:
    """The part of the page with the places: the nearest three, then a week."""
    reason = reason_of(typed)
    if reason is None or typed.get("atelier"):
        return {"reason": None, "point": point, "labels": labels}
    asked = Asked(point, reason, channel, beyond=bool(typed.get("beyond", "").strip()))
    nearest = offering.nearest(asked)
    monday = _monday(typed.get("semaine", ""), point, nearest)
    days: dict[date, list[Slot]] = {monday + timedelta(days=n): [] for n in range(7)}
    for slot in offering.of_week(asked, monday):
        days[places.local_day(point, slot.start)].append(slot)
    first = places.monday_of(places.local_day(point, now()))
    return {
        "reason": reason, "point": point, "nearest": nearest, "week": days, "monday": monday,
        "before": monday - timedelta(days=7) if monday > first else None,
        "after": monday + timedelta(days=7) if monday + timedelta(days=7) <= asked.last_day
        else None,
        "chosen_place": typed.get("place", ""), "labels": labels, "iso": datetime.isoformat,
        "beyond": typed.get("beyond", ""), "elsewhere": _elsewhere(asked, nearest),
    }  # fmt: skip


def _elsewhere(asked: Asked, nearest: Sequence[Slot]) -> list[soonest.Found]:
    """Sooner at other places, for the centre, which may give them all."""
    if asked.channel is not BookingChannel.CONTACT_CENTRE:
        return []
    found = soonest.soonest(asked.reason, asked.channel, apart_from=asked.point.id)
    return [one for one in found if not nearest or one.slot.start < nearest[0].start]


def show(page: Page) -> str:
    point = point_of(page.typed)
    channel = channel_of(page)
    return render_template(
        "help_point/booking.html",
        page_=page, t=page.typed, errors=page.errors,
        bookable=places.bookable(by=me()), reasons=reasons(),
        language_codes=LANGUAGES, replaces=replaced(page.typed), about=ticket_of(page.typed),
        workshop=workshop_of(page.typed),
        in_hours=places.takes_bookings(point, channel, now()),
        receives=point.site_id == me().team.site_id,
        **find(page.typed["q"], page.typed["person"]),
        **offers(page.typed, point, channel),
    )  # fmt: skip


def channel_of(page: Page) -> BookingChannel:
    usual = places.channel_of(me())
    return BookingChannel.COUNTER if page.at_counter and usual is BookingChannel.PHONE else usual


def _monday(typed: str, point: HelpPoint, nearest: Sequence[Slot]) -> date:
    wanted = a_day(typed) or places.local_day(point, nearest[0].start if nearest else now())
    return max(places.monday_of(wanted), places.monday_of(places.local_day(point, now())))
