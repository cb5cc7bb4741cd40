"""The soonest places among many: always the true ones, whatever is given, given back or changed."""

from __future__ import annotations

from datetime import time, timedelta

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from support.help_sessions import attendance, offering, setting_up, soonest
from support.help_sessions.booking import Booking, book
from support.help_sessions.first_places import FirstPlace
from support.help_sessions.models import (
    Appointment,
    AppointmentReason,
    BookingChannel,
    Desk,
    HelpPoint,
    HelpPointKind,
    OpeningWindow,
)
from support.help_sessions.offering import Asked
from support.kernel import db
from support.kernel.errors import Conflict
from support.people.models import Site, SiteKind
from tests.cast import Cast
from tests.factories import a_person, counted
from tests.support.help_sessions.conftest import FRIDAY_BEFORE, reasons

CENTRE = BookingChannel.CONTACT_CENTRE


def many(count: int) -> list[HelpPoint]:
    """Places that open one after the other: the first on Monday, the second on Tuesday…"""
    session, found = db.session(), []
    for number in range(count):
        site = Site(
            code=f"lieu-{number}", kind=SiteKind.HELP_POINT, name=f"Lieu {number}",
            department="42",
        )  # fmt: skip
        session.add(site)
        session.flush()
        point = HelpPoint(
            site_id=site.id, kind=HelpPointKind.PAN, centre_booking=True, notice_hours=0
        )
        point.desks = [Desk(name="Guichet", position=0)]
        session.add(point)
        session.flush()
        session.add(
            OpeningWindow(
                help_point_id=point.id, weekday=number % 5, starts=time(9), ends=time(10),
                groups=[],
            )
        )  # fmt: skip
        found.append(point)
    session.flush()
    return found


def exact(reason: AppointmentReason, count: int = 3) -> list[tuple[int, object]]:
    """What looking through every place finds."""
    found = []
    for point in db.session().scalars(select(HelpPoint).where(HelpPoint.centre_booking)):
        first = offering.nearest(Asked(point, reason, CENTRE), 1)
        found += [(one.start, point.id) for one in first]
    return [(point, start) for start, point in sorted(found)[:count]]


def quick(reason: AppointmentReason, count: int = 3) -> list[tuple[int, object]]:
    return [(p.id, s.start) for p, s in soonest.soonest(reason, CENTRE, count=count)]


def refresh() -> int:
    points = soonest.to_refresh()
    for number in points:
        soonest.refresh_one(number)
    return len(points)


@pytest.fixture
def reason(cast: Cast):
    with time_machine.travel(FRIDAY_BEFORE, tick=False):
        yield reasons()["deposit"]


def a_booking(point: HelpPoint, reason: AppointmentReason, key: str) -> Booking:
    first = offering.nearest(Asked(point, reason, CENTRE), 1)[0]
    return Booking(
        key=key, point=point, reason=reason, starts_at=first.start, person=a_person(),
        channel=CENTRE,
    )  # fmt: skip


def test_with_bounds_and_without(cast: Cast, reason) -> None:
    points = many(7)
    assert quick(reason) == exact(reason)  # nothing known yet
    assert refresh() == 7
    assert refresh() == 0
    assert quick(reason) == exact(reason)
    assert quick(reason, 20) == exact(reason, 20)
    given_ = book(a_booking(points[0], reason, "a"), by=cast.teleadviser)
    assert quick(reason) == exact(reason)
    assert refresh() == 1  # only that place is looked at again
    attendance.cancel(given_, by_person=True, reason="Malade", by=cast.teleadviser)
    assert quick(reason)[0] == (points[0].id, given_.starts_at)
    assert quick(reason) == exact(reason)


def test_a_changed_calendar_is_seen_at_once(cast: Cast, reason) -> None:
    points = many(3)
    refresh()
    points[2].site_id = cast.pan.team.site_id
    setting_up.open_once(
        points[2], FRIDAY_BEFORE.date() + timedelta(days=1), time(9), time(10), by=cast.pan
    )
    assert quick(reason)[0][0] == points[2].id
    assert quick(reason) == exact(reason)


def test_a_place_that_is_hidden_for_a_while_is_not_passed_over(cast: Cast, reason) -> None:
    point = many(1)[0]
    point.public_booking, point.release_least, point.release_most = True, 60, 60
    given_ = book(a_booking(point, reason, "a"), by=cast.teleadviser)
    attendance.cancel(given_, by_person=True, reason="Malade", by=cast.teleadviser)
    refresh()
    public = soonest.soonest(reason, BookingChannel.PUBLIC)
    assert public[0].slot.start > given_.starts_at
    with time_machine.travel(FRIDAY_BEFORE + timedelta(minutes=61), tick=False):
        again = soonest.soonest(reason, BookingChannel.PUBLIC)
        assert again[0].slot.start == given_.starts_at


def test_three_hundred_places_cost_what_ten_do(cast: Cast, reason) -> None:
    many(10)
    refresh()
    db.session().expire_all()
    with counted() as few:
        soonest.soonest(reason, CENTRE)
    for point in many_more(60):
        soonest.refresh_one(point.id)
    db.session().expire_all()
    with counted() as more:
        soonest.soonest(reason, CENTRE)
    assert len(more) <= len(few) + 2


def many_more(count: int) -> list[HelpPoint]:
    """Others, open on Fridays only."""
    session = db.session()
    site_ids = []
    for number in range(count):
        site = Site(
            code=f"autre-{number}", kind=SiteKind.HELP_POINT, name=f"Autre {number}",
            department="42",
        )  # fmt: skip
        session.add(site)
        session.flush()
        site_ids.append(site.id)
    points = [
        HelpPoint(site_id=s, kind=HelpPointKind.PAN, centre_booking=True, notice_hours=0)
        for s in site_ids
    ]
    for point in points:
        point.desks = [Desk(name="Guichet", position=0)]
    session.add_all(points)
    session.flush()
    session.add_all(
        OpeningWindow(help_point_id=p.id, weekday=4, starts=time(9), ends=time(10), groups=[])
        for p in points
    )
    session.flush()
    return points


@pytest.fixture
def three(cast: Cast, reason):
    return many(3)


@settings(
    max_examples=25, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(st.lists(st.tuples(st.sampled_from(["book", "cancel", "refresh"]), st.integers(0, 2)),
                max_size=12))  # fmt: skip
def test_whatever_happens_it_is_the_truth(cast: Cast, reason, three, moves) -> None:
    with db.session().begin_nested() as undone:
        for number, (what, which) in enumerate(moves):
            if what == "book":
                try:
                    book(a_booking(three[which], reason, f"form-{number}"), by=cast.teleadviser)
                except (Conflict, IndexError):
                    continue
            elif what == "cancel":
                live = select(Appointment).where(
                    Appointment.help_point_id == three[which].id,
                    Appointment.state == "scheduled",
                )
                one = db.session().scalar(live.limit(1))
                if one is not None:
                    attendance.cancel(one, by_person=True, reason="x", by=cast.teleadviser)
            else:
                soonest.refresh_one(three[which].id)
            assert quick(reason) == exact(reason)
        undone.rollback()
    assert db.session().scalar(select(FirstPlace).limit(1)) is None
