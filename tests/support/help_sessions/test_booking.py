"""A place given once, a week not given away twice, a form sent twice one appointment."""

from __future__ import annotations

import threading
from datetime import date, time, timedelta

import pytest
import time_machine
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from support.help_sessions import attendance, booking, offering, quotas
from support.help_sessions.booking import Booking
from support.help_sessions.models import (
    Appointment,
    AppointmentReason,
    AppointmentState,
    BookingChannel,
    BookingWindow,
    Closure,
    HelpPoint,
    QuotaRule,
    SlotClaim,
    UnmetSearch,
    WeeklyQuota,
)
from support.help_sessions.offering import Asked
from support.help_sessions.states import free, move
from support.kernel import db
from support.kernel.errors import Conflict, DomainError, Forbidden, Invalid
from support.kernel.time import now
from support.people.models import Person
from tests.cast import Cast, again
from tests.factories import a_person
from tests.support.help_sessions.conftest import FRIDAY_BEFORE, MONDAY, Give, a_point, at, reasons

PHONE, PUBLIC, CENTRE = BookingChannel.PHONE, BookingChannel.PUBLIC, BookingChannel.CONTACT_CENTRE
S = AppointmentState


@pytest.fixture(autouse=True)
def friday():
    with time_machine.travel(FRIDAY_BEFORE, tick=False):
        yield


def free_at(point, reason, channel=PHONE, day: date = MONDAY) -> list[tuple[str, int]]:
    slots = offering.of_days(Asked(point, reason, channel), [day])
    return [(slot.start.strftime("%H:%M"), len(slot.desks)) for slot in slots]


def quota(point: HelpPoint, capacity: int, group: str = "", channel: str = "") -> None:
    db.session().add(
        QuotaRule(help_point_id=point.id, group=group, channel=channel, capacity=capacity)
    )
    db.session().flush()


def test_a_place_given_is_not_free_any_more(cast: Cast, point, reason, give: Give) -> None:
    assert free_at(point, reason["deposit"])[0] == ("08:00", 2)  # nine in Paris
    first = give(at("09:00"), cast.awa)
    assert free_at(point, reason["deposit"])[0] == ("08:00", 1)
    second = give(at("09:00"), cast.binta)
    assert first.desk_id != second.desk_id
    assert free_at(point, reason["deposit"])[0] == ("08:30", 2)
    with pytest.raises(Conflict, match=r"appointment\.taken"):
        give(at("09:00"))
    assert db.session().scalar(select(func.count()).select_from(SlotClaim)) == 12
    assert len(first.code) == 8
    assert booking.shown("12345678") == "1234-5678"


@pytest.mark.parametrize(
    "starts", ["08:30", "09:10", "10:45", "23:00"], ids=["early", "askew", "too-long", "night"]
)
def test_only_what_is_offered(give: Give, starts: str) -> None:
    with pytest.raises(Conflict, match=r"appointment\.taken"):
        give(at(starts))


def test_a_form_sent_twice_is_one_appointment(cast: Cast, give: Give) -> None:
    first = give(at("09:00"), cast.awa, key="same")
    assert give(at("09:30"), cast.binta, key="same").id == first.id
    assert db.session().scalar(select(func.count()).select_from(Appointment)) == 1


def test_one_live_appointment_a_person_and_group(cast: Cast, give: Give) -> None:
    first = give(at("09:00"), cast.awa)
    with pytest.raises(Conflict, match=r"appointment\.already") as refused:
        give(at("10:00"), cast.awa)
    assert refused.value.problems[0].params["starts_at"] == first.starts_at
    give(at("10:00"), cast.awa, what="account")
    free(first, S.CANCELLED_BY_USER, by=cast.pan, reason="empêchée")
    assert give(at("10:00"), cast.awa).state is S.SCHEDULED


def test_moved_in_one_go(cast: Cast, point, reason, give: Give) -> None:
    quota(point, 1)
    first = give(at("09:00"), cast.awa)
    second = give(at("10:30"), cast.awa, instead_of=first)
    assert (first.state, second.moved_from_id) == (S.RESCHEDULED, first.id)
    assert quotas.left(point, "help", PHONE, [MONDAY]) == {MONDAY: 0}
    used = db.session().scalars(select(WeeklyQuota.used)).all()
    assert used == [1]


def test_the_week_has_a_quota(cast: Cast, point, reason, give: Give) -> None:
    quota(point, 2)
    give(at("09:00"))
    last = give(at("09:30"))
    assert free_at(point, reason["deposit"]) == []
    with pytest.raises(Conflict, match=r"appointment\.quota_full"):
        give(at("10:00"))
    beyond = give(at("10:00"), beyond="Femme enceinte, titre expiré demain")
    assert beyond.over_quota.startswith("Femme")
    assert quotas.left(point, "help", PHONE, [MONDAY]) == {MONDAY: 0}
    free(last, S.CANCELLED_BY_SERVICE, by=cast.pan)
    free(beyond, S.CANCELLED_BY_USER, by=cast.pan)
    assert quotas.left(point, "help", PHONE, [MONDAY]) == {MONDAY: 1}
    next_week = MONDAY + timedelta(days=7)
    assert quotas.left(point, "help", PHONE, [next_week]) == {next_week: 2}


def test_a_share_is_reserved_to_a_channel(point, reason, give: Give) -> None:
    point.public_booking = True
    quota(point, 1)
    quota(point, 1, channel="phone")
    give(at("09:00"), channel=PUBLIC, by=None)
    assert free_at(point, reason["deposit"], PUBLIC) == []
    assert free_at(point, reason["deposit"], PHONE)
    give(at("09:30"))
    assert free_at(point, reason["deposit"], PHONE) == []
    assert {(g.channel, g.used) for g in quotas.gauges(point, MONDAY)} == {("", 1), ("phone", 1)}


def test_a_group_and_the_whole_are_counted_apart(point, reason, give: Give) -> None:
    quota(point, 3)
    quota(point, 1, group="help")
    give(at("09:00"))
    with pytest.raises(Conflict, match=r"appointment\.quota_full"):
        give(at("09:30"))
    give(at("09:30"), what="account")
    give(at("10:00"), what="account")
    assert free_at(point, reason["account"]) == []


def test_a_rule_that_changes_is_followed_by_the_weeks_to_come(point, give: Give) -> None:
    quota(point, 1)
    give(at("09:00"))
    rule = db.session().scalars(select(QuotaRule)).one()
    rule.capacity = 4
    quotas.rules_changed(point, MONDAY)
    assert quotas.left(point, "help", PHONE, [MONDAY]) == {MONDAY: 3}


def test_a_no_show_has_used_its_place(cast: Cast, point, reason, give: Give) -> None:
    quota(point, 1)
    with time_machine.travel(at("09:00") - timedelta(hours=1), tick=False):
        missed = give(at("09:00"))
    with time_machine.travel(at("09:20"), tick=False):
        move(missed, S.NO_SHOW, by=cast.pan)
        assert quotas.left(point, "help", PHONE, [MONDAY]) == {MONDAY: 0}
        move(missed, S.CHECKED_IN, by=cast.pan)
        move(missed, S.COMPLETED, by=cast.pan)
        with pytest.raises(Conflict, match=r"appointment\.moved"):
            move(missed, S.NO_SHOW, by=cast.pan)


def test_the_public_sees_a_freed_place_later(cast: Cast, point, reason, give: Give) -> None:
    point.public_booking = True
    point.release_least, point.release_most = 60, 120
    first, second = give(at("09:00")), give(at("09:00"))
    free(first, S.CANCELLED_BY_USER, by=cast.pan)
    assert ("08:00", 1) in free_at(point, reason["deposit"], PHONE)
    assert ("08:00", 1) not in free_at(point, reason["deposit"], PUBLIC)
    with time_machine.travel(FRIDAY_BEFORE + timedelta(minutes=59), tick=False):
        assert ("08:00", 1) not in free_at(point, reason["deposit"], PUBLIC)
    with time_machine.travel(FRIDAY_BEFORE + timedelta(minutes=121), tick=False):
        assert ("08:00", 1) in free_at(point, reason["deposit"], PUBLIC)
    assert second.state is S.SCHEDULED


def test_each_channel_where_and_when_it_may(cast: Cast, point, give: Give) -> None:
    with pytest.raises(Forbidden):
        give(at("09:00"), channel=PUBLIC, by=None)
    point.public_booking = True
    db.session().add(
        BookingWindow(
            help_point_id=point.id, channel=PUBLIC, weekday=1, starts=time(10),
            ends=time(11, 30),
        )
    )  # fmt: skip
    db.session().flush()
    with pytest.raises(Conflict, match=r"appointment\.closed_now"):
        give(at("09:00"), channel=PUBLIC, by=None)
    tuesday = at("10:30", MONDAY - timedelta(days=6))
    with time_machine.travel(tuesday, tick=False):
        assert give(at("09:00"), channel=PUBLIC, by=None).booked_by_id is None
    for who in (cast.referent, cast.editor, cast.steering):
        with pytest.raises(Forbidden):
            give(at("10:00"), by=who)


def test_shut_is_not_free(point, reason) -> None:
    closed = Closure(help_point_id=point.id, starts_at=at("09:00"), ends_at=at("10:00"))
    closed.desk_id = point.desks[0].id
    db.session().add(closed)
    db.session().flush()
    assert free_at(point, reason["deposit"])[:3] == [("08:00", 1), ("08:30", 1), ("09:00", 2)]
    closed.desk_id = None
    db.session().flush()
    assert free_at(point, reason["deposit"])[0] == ("09:00", 2)


def test_the_nearest_places_and_what_nobody_could_have(point, reason) -> None:
    asked = Asked(point, reason["deposit"], PHONE)
    assert [slot.start for slot in offering.nearest(asked)] == [
        at("09:00"), at("09:30"), at("10:00"),
    ]  # fmt: skip
    point.horizon_days = 1
    assert offering.nearest(asked) == []
    for _twice in range(2):
        offering.note_unmet(asked)
    row = db.session().scalars(select(UnmetSearch)).one()
    assert (row.times, row.group, row.day) == (2, "help", date(2026, 11, 27))


def test_the_database_refuses_by_itself(cast: Cast, give: Give, database: str) -> None:
    given = give(at("09:00"))
    session = db.session()
    claim = SlotClaim(desk_id=given.desk_id, quantum=given.starts_at, appointment_id=given.id)
    with pytest.raises(IntegrityError):
        added(session, claim)
    twin = Appointment(
        key="twin", code="00000000", help_point_id=given.help_point_id, desk_id=given.desk_id,
        reason_id=given.reason_id, group="other", person_id=cast.binta.id,
        starts_at=given.starts_at + timedelta(minutes=25), channel=PHONE,
        ends_at=given.ends_at + timedelta(minutes=25), quota_ids=[], needs={},
    )  # fmt: skip
    if database == "postgresql":
        with pytest.raises(IntegrityError, match="ex_appointment_desk"):
            added(session, twin)


def added(session: Session, row: object) -> None:
    with session.begin_nested():
        session.add(row)
        session.flush()


def test_many_want_the_last_places(real_cast: Cast) -> None:
    """Ten places of a week's quota of ten and twenty who want one, all at once."""
    with db.transaction():
        point, wanted = a_point(real_cast), reasons()["deposit"]
        quota(point, 6)
        people = [a_person(f"Nom{n}", "Essai").id for n in range(20)]
        point_id, reason_id = point.id, wanted.id
    told: list[str] = []
    begin = threading.Barrier(len(people))

    def want(number: int, person_id: int) -> None:
        begin.wait()
        try:
            with db.transaction() as session:
                book_one(session, number, person_id)
            told.append("booked")
        except DomainError as refused:
            told.append(refused.code)

    def book_one(session, number: int, person_id: int) -> None:
        booking.book(
            Booking(
                key=f"k{number}", point=session.get_one(HelpPoint, point_id),
                reason=session.get_one(AppointmentReason, reason_id),
                starts_at=at(("09:00", "09:30", "10:00", "10:30")[number % 4]),
                person=session.get_one(Person, person_id), channel=PHONE,
            ),
            by=again(real_cast.pan),
        )  # fmt: skip

    threads = [threading.Thread(target=want, args=(n, person)) for n, person in enumerate(people)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(told) == len(people)
    assert told.count("booked") == 6
    assert set(told) <= {"booked", "appointment.taken", "appointment.quota_full"}
    with db.transaction() as session:
        assert session.scalar(select(func.count()).select_from(Appointment)) == 6
        assert session.scalar(select(WeeklyQuota.used)) == 6
        rows = session.execute(select(Appointment.desk_id, Appointment.starts_at)).all()
        assert len(set(rows)) == len(rows)


def test_moved_for_the_same_person_only(cast: Cast, give: Give) -> None:
    first = give(at("09:00"), cast.awa)
    with pytest.raises(Invalid, match=r"appointment\.somebody_else"):
        give(at("10:00"), cast.binta, instead_of=first)
    assert first.state is S.SCHEDULED


def test_only_the_place_itself_passes_its_quota(cast: Cast, point, give: Give) -> None:
    point.centre_booking = True
    quota(point, 0)
    with pytest.raises(Forbidden, match=r"appointment\.beyond"):
        give(at("09:00"), channel=CENTRE, by=cast.teleadviser, beyond="Parce que")
    with pytest.raises(Conflict, match=r"appointment\.quota_full"):
        give(at("09:00"), channel=CENTRE, by=cast.teleadviser)
    assert give(at("09:00"), beyond="Parce que").over_quota


def test_visits_without_appointment_at_one_hour_and_beside_a_desk(
    cast: Cast, point, reason, give
) -> None:
    give(at("09:00"))
    with time_machine.travel(at("09:05"), tick=False):
        for number in range(2):
            wanted = Booking(
                key=f"walk-{number}", point=point, reason=reason["deposit"], starts_at=now(),
                person=a_person(), channel=BookingChannel.WALK_IN,
            )  # fmt: skip
            came = attendance.walk_in(wanted, by=cast.pan)
            assert came.desk_id is None
