"""The help point of the cast: two desks on Monday and Wednesday mornings, and two reasons."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from itertools import count
from zoneinfo import ZoneInfo

import pytest

from support.help_sessions.booking import Booking, book
from support.help_sessions.models import (
    Appointment,
    AppointmentReason,
    BookingChannel,
    Desk,
    HelpPoint,
    HelpPointKind,
    OpeningWindow,
)
from support.kernel import db
from support.people.models import Agent, Person
from tests.cast import Cast
from tests.factories import a_person

MONDAY = date(2026, 11, 30)
FRIDAY_BEFORE = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)
_keys = count(1)


def at(said: str, day: date = MONDAY) -> datetime:
    """« 09:30 » in Paris, in UTC."""
    local = datetime.combine(day, time.fromisoformat(said), ZoneInfo("Europe/Paris"))
    return local.astimezone(UTC)


def a_point(cast: Cast, **more) -> HelpPoint:
    session = db.session()
    site = cast.pan.team.site
    point = HelpPoint(site_id=site.id, kind=HelpPointKind.PAN, **more)
    point.desks = [Desk(name="Guichet 1", position=0), Desk(name="Guichet 2", position=1)]
    session.add(point)
    session.flush()
    for weekday in (0, 2):
        session.add(
            OpeningWindow(
                help_point_id=point.id, weekday=weekday, starts=time(9), ends=time(11), groups=[]
            )
        )
    session.flush()
    return point


def reasons() -> dict[str, AppointmentReason]:
    found = {
        "deposit": AppointmentReason(
            code="deposit", group="help", label="Déposer une demande",
            public_label="Être aidé pour déposer une demande", minutes=30,
            bring="Passeport\nJustificatif de domicile",
        ),
        "account": AppointmentReason(
            code="account", group="account", label="Ouvrir un compte",
            public_label="Être aidé pour ouvrir un compte", minutes=15,
        ),
    }  # fmt: skip
    db.session().add_all(found.values())
    db.session().flush()
    return found


@pytest.fixture
def point(cast: Cast) -> HelpPoint:
    return a_point(cast)


@pytest.fixture
def reason(db_session) -> dict[str, AppointmentReason]:
    return reasons()


Give = Callable[..., Appointment]


@pytest.fixture
def give(cast: Cast, point: HelpPoint, reason) -> Give:
    """Give a place at the point, by its agent on the telephone unless said otherwise."""

    def one(
        starts: datetime, person: Person | None = None, *, what: str = "deposit",
        channel: BookingChannel = BookingChannel.PHONE, by: Agent | None = cast.pan,
        key: str = "", **more,
    ) -> Appointment:  # fmt: skip
        wanted = Booking(
            key=key or f"form-{next(_keys)}", point=point, reason=reason[what],
            starts_at=starts, person=person or a_person(), channel=channel, **more,
        )  # fmt: skip
        return book(wanted, by=by)

    return one
