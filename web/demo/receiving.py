"""The demonstration's help points: their calendars, and a fortnight of appointments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from random import Random

from sqlalchemy import select

from support.help_sessions import attendance, offering, places, setting_up
from support.help_sessions.booking import Booking, book
from support.help_sessions.models import (
    Appointment,
    AppointmentReason,
    AppointmentState,
    BookingChannel,
    HelpPoint,
    HelpPointKind,
)
from support.help_sessions.offering import Asked
from support.help_sessions.setting_up import Plan
from support.kernel import db
from support.kernel.errors import Conflict
from support.kernel.time import as_of, now
from support.people.models import Agent, Person, Site

S = AppointmentState
MORNING, AFTERNOON = (time(9), time(12)), (time(13, 30), time(16, 30))
WHOLE = [MORNING, AFTERNOON]
PLANS: Mapping[str, tuple[HelpPointKind, Plan]] = {
    "pan-42": (
        HelpPointKind.PAN,
        Plan(
            desks=["Guichet 1", "Guichet 2"],
            received=dict.fromkeys(range(4), WHOLE) | {4: [MORNING]},
            called={1: [(time(10), time(11, 30))], 3: [(time(14), time(15, 30))]},
            weekly=90, reserved=20, public_booking=True,
            said_before="Les agents aident à la démarche en ligne ; ils n’instruisent pas la "
            "demande et ne donnent pas son état.",
        ),
    ),
    "pan-86": (
        HelpPointKind.EMERAUDE,
        Plan(
            desks=["Bureau 4"],
            received={0: [MORNING], 2: [AFTERNOON], 4: [MORNING]},
            called={1: [(time(10), time(11, 30))], 3: [(time(14), time(15, 30))]},
            weekly=16, reserved=4, centre_booking=True,
        ),
    ),
}  # fmt: skip
WEEKS_BEFORE, SHARE = 2, 0.55  # of the places of a day that somebody took


def receive(agents: Mapping[str, Agent], persons: Sequence[Person], rng: Random) -> None:
    """Set the help points up, two weeks ago, and let people come since."""
    if not persons:
        return
    people = list(persons)
    rng.shuffle(people)
    reasons = db.session().scalars(select(AppointmentReason)).all()
    begun = now() - timedelta(weeks=WEEKS_BEFORE)
    for code, (kind, plan) in PLANS.items():
        site = db.session().scalar(select(Site).where(Site.code == code))
        agent = next((a for a in agents.values() if site and a.team.site_id == site.id), None)
        if site is None or agent is None:
            continue
        with as_of(begun):
            point = setting_up.open_point(site, kind, by=agent)
            setting_up.set_up(point, plan, by=agent)
        for number in range(7 * WEEKS_BEFORE + 10):
            _fill(point, agent, begun + timedelta(days=number), people, reasons, rng)


def _fill(
    point: HelpPoint, agent: Agent, at: datetime, people: list[Person],
    reasons: Sequence[AppointmentReason], rng: Random,
) -> None:  # fmt: skip
    """The appointments of one day, given three days before; those past have their end."""
    today = now()
    given_at = min(at - timedelta(days=3), today)
    day = places.local_day(point, at)
    with as_of(given_at):
        for reason in rng.sample(reasons, k=min(4, len(reasons))):
            for slot in offering.of_days(Asked(point, reason, BookingChannel.PHONE), [day]):
                if rng.random() > SHARE / 3 or not people:
                    continue
                person = people.pop()
                people.insert(0, person)
                wanted = Booking(
                    key=f"demo-{point.id}-{slot.start:%m%d%H%M}-{person.id}", point=point,
                    reason=reason, starts_at=slot.start, person=person,
                    channel=BookingChannel.PHONE,
                )  # fmt: skip
                try:
                    given = book(wanted, by=agent)
                except Conflict:
                    continue  # they have one, or the week is full
                if given.ends_at < today:
                    _end(given, agent, rng)


def _end(given: Appointment, agent: Agent, rng: Random) -> None:
    drawn = rng.random()
    with as_of(given.starts_at + timedelta(minutes=5)):
        if drawn < 0.18:
            attendance.act(given, S.NO_SHOW, by=agent)
            return
        attendance.act(given, S.CHECKED_IN, by=agent)
    with as_of(given.ends_at):
        if drawn < 0.25:
            attendance.act(given, S.NOT_SERVED, by=agent, reason="papers_missing")
        else:
            attendance.act(given, S.COMPLETED, by=agent)
