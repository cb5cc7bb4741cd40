"""Workshops: so many places and no more, each an appointment; desks shut for their time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, time
from itertools import count

import pytest
import time_machine

from support.help_sessions import attendance, figures, group_sessions, offering, telling
from support.help_sessions.booking import Booking
from support.help_sessions.group_sessions import Plan
from support.help_sessions.models import AppointmentState, BookingChannel, GroupSession
from support.help_sessions.offering import Asked
from support.kernel import db
from support.kernel.errors import Conflict, Invalid, NotVisible
from support.outbox.models import OutboxRow
from support.people.models import Person
from tests.cast import Cast
from tests.factories import a_person
from tests.support.help_sessions.conftest import FRIDAY_BEFORE, MONDAY, at

S = AppointmentState
_keys = count(1)


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Coordinates]:
    with time_machine.travel(FRIDAY_BEFORE, tick=False) as traveller:
        yield traveller


@pytest.fixture
def workshop(cast: Cast, point, reason) -> GroupSession:
    return group_sessions.plan(point, a_plan(point, reason), by=cast.pan)


def a_plan(point, reasons_, **more) -> Plan:
    return Plan(**{
        "title": "Ouvrir un compte, ensemble", "reason": reasons_["account"], "day": MONDAY,
        "starts": time(9), "ends": time(10), "capacity": 2, "desk_ids": [point.desks[0].id],
        **more,
    })  # fmt: skip


def joined(cast: Cast, workshop: GroupSession, person: Person | None = None, **more):
    wanted = Booking(
        key=more.pop("key", f"form-{next(_keys)}"), point=workshop.help_point,
        reason=workshop.reason, starts_at=workshop.starts_at, person=person or a_person(),
        channel=BookingChannel.PHONE, **more,
    )  # fmt: skip
    return group_sessions.join(workshop, wanted, by=cast.pan)


def test_so_many_and_no_more(cast: Cast, workshop) -> None:
    first = joined(cast, workshop, key="a")
    assert joined(cast, workshop, key="a") is first
    joined(cast, workshop)
    with pytest.raises(Conflict, match=r"workshop\.full"):
        joined(cast, workshop)
    assert (workshop.taken, len(group_sessions.people_of(workshop))) == (2, 2)
    attendance.cancel(first, by_person=True, reason="Malade", by=cast.pan)
    db.session().refresh(workshop)
    assert workshop.taken == 1
    joined(cast, workshop)
    told = db.session().query(OutboxRow).filter_by(topic=telling.TOPIC)
    assert sum(row.payload["letter"] == telling.GIVEN for row in told) == 3


def test_one_person_has_one_place(cast: Cast, workshop) -> None:
    person = a_person()
    joined(cast, workshop, person)
    with pytest.raises(Conflict, match=r"appointment\.already"), db.session().begin_nested():
        joined(cast, workshop, person)
    db.session().refresh(workshop)
    assert workshop.taken == 1


def test_its_desks_receive_nobody_meanwhile(cast: Cast, point, reason, workshop) -> None:
    asked = Asked(point, reason["account"], BookingChannel.PHONE)
    shut = point.desks[0].id

    def offered() -> set[int]:
        return {
            desk for slot in offering.of_days(asked, [MONDAY]) for desk in slot.desks
            if slot.start < at("10:00")
        }  # fmt: skip

    assert offered() == {point.desks[1].id}
    assert group_sessions.call_off(workshop, "Grève", by=cast.pan) == 0
    assert offered() == {shut, point.desks[1].id}


def test_called_off_each_is_told_once(cast: Cast, workshop) -> None:
    given = [joined(cast, workshop), joined(cast, workshop)]
    with pytest.raises(Invalid):
        group_sessions.call_off(workshop, " ", by=cast.pan)
    assert group_sessions.call_off(workshop, "Grève", by=cast.pan) == 2
    assert {one.state for one in given} == {S.CANCELLED_BY_SERVICE}
    with pytest.raises(Conflict):
        group_sessions.call_off(workshop, "Grève", by=cast.pan)
    with pytest.raises(Conflict, match=r"workshop\.over"):
        joined(cast, workshop)


def test_who_came_counts_apart_from_the_desks(cast: Cast, point, workshop, clock) -> None:
    given = [joined(cast, workshop), joined(cast, workshop)]
    clock.move_to(at("09:05"))
    attendance.act(given[0], S.CHECKED_IN, by=cast.pan)
    attendance.act(given[1], S.NO_SHOW, by=cast.pan)
    week = figures.week_of(point, MONDAY, by=cast.pan)
    assert (week.taken, week.lines) == (0, [])
    assert (week.workshops.count, week.workshops.taken, week.workshops.came) == (1, 2, 1)
    with pytest.raises(Conflict, match=r"workshop\.over"):
        joined(cast, workshop)  # it has begun


def test_moved_from_a_desk_to_a_workshop(cast: Cast, give, workshop) -> None:
    person = a_person()
    alone = give(at("10:30"), person, what="account")
    together = joined(cast, workshop, person, instead_of=alone)
    assert alone.state is S.RESCHEDULED
    assert together.moved_from_id == alone.id


@pytest.mark.parametrize(
    ("wrong", "codes"),
    [
        ({"title": " "}, ["field.required"]),
        ({"reason": None}, ["field.choice"]),
        ({"day": date(2026, 11, 26)}, ["day.past"]),
        ({"day": None, "capacity": 0}, ["day.missing", "workshop.people"]),
        ({"ends": time(9)}, ["hours.backwards"]),
        ({"starts": None}, ["hours.backwards"]),
        ({"capacity": 201}, ["workshop.people"]),
    ],
    ids=["title", "reason", "past", "two", "backwards", "hours", "many"],
)
def test_what_is_wrong_with_one(cast: Cast, point, reason, wrong, codes) -> None:
    with pytest.raises(Invalid) as refusal:
        group_sessions.plan(point, a_plan(point, reason, **wrong), by=cast.pan)
    assert [p.code for p in refusal.value.problems] == codes


def test_of_another_place(cast: Cast, point, reason, workshop) -> None:
    point.site_id = cast.referent.team.site_id
    db.session().flush()
    with pytest.raises(NotVisible):
        group_sessions.one(workshop.id, by=cast.pan)
    with pytest.raises(NotVisible):
        group_sessions.plan(point, a_plan(point, reason), by=cast.pan)
