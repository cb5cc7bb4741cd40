"""A large place: twenty desks, two thousand appointments in the week that is looked at; and the
soonest place among three hundred.
"""

from __future__ import annotations

from argparse import Namespace
from datetime import date, time, timedelta
from time import perf_counter

from sqlalchemy import select

from benchmarks.browsing import Reader
from benchmarks.places import ACCOUNT, Place
from benchmarks.report import Figure, timing
from support.help_sessions import places, soonest
from support.help_sessions.models import (
    Appointment,
    AppointmentReason,
    AppointmentState,
    BookingChannel,
    Desk,
    HelpPoint,
    HelpPointKind,
    OpeningWindow,
)
from support.help_sessions.slots import free_slots
from support.kernel import db
from support.kernel.time import now
from support.kernel.writing import write_values
from support.people.models import Person, Site, SiteKind, Team, TeamKind

DESKS, GIVEN, PLACES = 20, 2000, 300
_HOURS = ((time(8), time(12)), (time(13), time(18)))
_EMAIL, _PASSWORD = "accueil@example.org", ACCOUNT[1]


def measure(place: Place, asked: Namespace) -> list[Figure]:
    place.relais("db", "upgrade")
    engine = db.make_engine(place.database_url)
    db.configure(engine)
    monday = _plant()
    soon = _soonest(asked.requests)
    engine.dispose()
    place.relais(
        "user", "create", _EMAIL, "--role", "help_point_agent", "--team", "accueil-mesure",
        "--password", _PASSWORD,
    )  # fmt: skip
    with place.serving() as port:
        reader = Reader(port)
        reader.sign_in(_EMAIL, _PASSWORD)
        home, public = "/agent/rendez-vous", "/rendez-vous"
        return [
            timing("appointments", place.name, what, reader.timed(path, asked.requests))
            for what, path in (
                (f"a week of {GIVEN}", f"{home}/semaine?jour={monday}"),
                ("a day of them", f"{home}?jour={monday}"),
                ("page that gives a place", f"{home}/nouveau?motif=mesure"),
                ("places alone", f"{home}/nouveau/places?motif=mesure"),
                ("figures of the week", f"{home}/chiffres?semaine={monday}"),
                ("public page", f"{public}?motif=mesure"),
            )
        ] + [timing("appointments", place.name, f"soonest of {PLACES} places", soon)]


def _soonest(times: int) -> list[float]:
    """Seconds for the three soonest places of all, as a page asks for them."""
    with db.transaction() as session:
        reason = session.scalars(select(AppointmentReason).limit(1)).one()
        sites = [
            Site(code=f"lieu-{n}", kind=SiteKind.HELP_POINT, name=f"Lieu {n}", department="42")
            for n in range(PLACES)
        ]
        session.add_all(sites)
        session.flush()
        for n, site in enumerate(sites):
            point = HelpPoint(site_id=site.id, kind=HelpPointKind.PAN, centre_booking=True)
            point.desks = [Desk(name=f"Guichet {d}", position=d) for d in range(3)]
            session.add(point)
            session.flush()
            session.add_all(
                OpeningWindow(
                    help_point_id=point.id, weekday=(n + day) % 5, starts=starts, ends=ends,
                    groups=[],
                )
                for day in range(3)
                for starts, ends in _HOURS
            )  # fmt: skip
        session.flush()
        reason_id = reason.id
        points = soonest.to_refresh(10 * PLACES)
    for number in points:
        with db.transaction():
            soonest.refresh_one(number)
    taken = []
    for _n in range(max(20, times)):
        with db.transaction(write=False) as session:
            reason = session.get_one(AppointmentReason, reason_id)
            begun = perf_counter()
            soonest.soonest(reason, BookingChannel.CONTACT_CENTRE)
            taken.append(perf_counter() - begun)
    return taken


def _plant() -> date:
    """The place, with two of three of its places of next week taken; its monday."""
    with db.transaction() as session:
        site = Site(code="mesure", kind=SiteKind.HELP_POINT, name="Lieu de mesure", department="42")
        session.add(site)
        session.flush()
        session.add(
            Team(
                code="accueil-mesure", kind=TeamKind.HELP_POINT, label="Accueil",
                public_label="Accueil", site_id=site.id,
            )
        )  # fmt: skip
        reason = AppointmentReason(
            code="mesure", group="mesure", label="Mesure", public_label="Mesure", minutes=20
        )
        point = HelpPoint(site_id=site.id, kind=HelpPointKind.PAN, public_booking=True)
        point.desks = [Desk(name=f"Guichet {n}", position=n) for n in range(DESKS)]
        session.add_all([reason, point])
        session.flush()
        session.add_all(
            OpeningWindow(help_point_id=point.id, weekday=day, starts=starts, ends=ends, groups=[])
            for day in range(6)
            for starts, ends in _HOURS
        )
        session.flush()
        monday = places.monday_of(places.local_day(point, now())) + timedelta(days=7)
        _fill(point, reason, monday)
    return monday


def _fill(point: HelpPoint, reason: AppointmentReason, monday: date) -> None:
    days = [monday + timedelta(days=n) for n in range(6)]
    slots = free_slots(places.hours_of(point), (), days, length=timedelta(minutes=20))
    every = [(slot, desk) for slot in slots for desk in slot.desks]
    taken = [one for number, one in enumerate(every) if number % 3][:GIVEN]
    write_values(
        Person,
        [
            {"id": n, "family_name": f"Nom{n}", "given_name": "Essai", "search_name": f"nom{n}"}
            for n in range(1, len(taken) + 1)
        ],
    )
    write_values(
        Appointment,
        [
            {
                "key": f"mesure-{n}", "code": f"{n:08d}", "help_point_id": point.id,
                "desk_id": desk, "reason_id": reason.id, "group": "mesure", "person_id": n,
                "starts_at": slot.start, "ends_at": slot.end,
                "state": AppointmentState.SCHEDULED, "channel": BookingChannel.PHONE,
                "needs": {}, "quota_ids": [],
            }
            for n, (slot, desk) in enumerate(taken, 1)
        ],
    )  # fmt: skip
