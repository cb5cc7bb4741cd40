"""Text messages about an appointment: to whom, in what words, and who is called instead."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import Engine, select

from channels.sms import appointments, gateway
from channels.sms.gateway import Never, NotNow
from support.help_sessions import telling
from support.help_sessions.booking import Booking, book
from support.help_sessions.models import (
    Appointment,
    AppointmentEvent,
    AppointmentReason,
    BookingChannel,
    HelpPoint,
)
from support.help_sessions.telling import GIVEN, REMINDER, Rules
from support.kernel import db
from support.outbox.draining import TryLater
from support.people.contacting import add_contact
from support.people.models import Agent, Person
from tests.cast import Cast, again
from tests.factories import a_person
from tests.support.help_sessions.conftest import FRIDAY_BEFORE, a_point, at, reasons

MOBILE, DESK_PHONE = "+33639980177", "+33477000001"


class Noted:
    """Takes messages as told; ``fails`` with what it is given."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str, str]] = []
        self.fails: Exception | None = None

    def send(self, to: str, text: str, key: str) -> None:
        if self.fails:
            raise self.fails
        self.sent.append((to, text, key))


@pytest.fixture
def taking() -> Iterator[Noted]:
    noted = Noted()
    gateway.configure(noted)
    telling.configure(Rules(texts=True))
    yield noted
    gateway.configure(None)
    telling.configure(Rules())


@pytest.fixture
def clock():
    with time_machine.travel(FRIDAY_BEFORE, tick=False) as traveller:
        yield traveller


@pytest.fixture
def given(real_cast: Cast, real_db: Engine, clock) -> Appointment:
    with db.transaction():
        point = a_point(real_cast)
        reasons()
        person = a_person("Aïcha", "Œuvré", email=None, phone=MOBILE)
        return one_given(point, person, again(real_cast.pan))


def one_given(point: HelpPoint, person: Person, by: Agent) -> Appointment:
    reason = db.session().scalar(select(AppointmentReason).limit(1))
    wanted = Booking(
        key=f"form-{person.id}", point=point, reason=reason, starts_at=at("09:00"),
        person=person, channel=BookingChannel.PHONE,
    )  # fmt: skip
    return book(wanted, by=by)


def payload(appointment: Appointment, letter: str = GIVEN) -> dict[str, object]:
    return {"appointment_id": appointment.id, "letter": letter}


def events(appointment: Appointment) -> list[str]:
    with db.transaction(write=False) as session:
        query = select(AppointmentEvent.event).where(
            AppointmentEvent.appointment_id == appointment.id
        )
        return list(session.scalars(query.order_by(AppointmentEvent.id)))


def called(point_of: Appointment, by: Agent) -> list[int]:
    with db.transaction(write=False) as session:
        point = session.get_one(HelpPoint, point_of.help_point_id)
        return [one.id for one in telling.to_call(point, by=again(by))]


def test_a_mobile_without_an_address_is_sent_a_text(taking: Noted, given) -> None:
    appointments.tell(payload(given))
    ((to, text, key),) = taking.sent
    assert to == "+33639980177"
    assert "09:00" in text
    assert f"{given.code[:4]}-{given.code[4:]}" in text
    assert text.isascii()  # « é » would cost three messages
    assert key == f"appointment_given.{given.id}.{given.code}"
    assert events(given) == ["booked", "texted"]


def test_at_most_so_many_a_day(taking: Noted, given) -> None:
    for _n in range(8):
        appointments.tell(payload(given))
    assert len(taking.sent) == telling.MOST_A_DAY


def test_in_the_person_s_language(taking: Noted, given) -> None:
    with db.transaction() as session:
        found = session.get_one(Appointment, given.id)
        found.person.language = "ar"
        found.help_point.site.address = "très loin " * 29
        session.flush()
        said = appointments.text_of(found, GIVEN)
    assert "موعدكم" in said
    assert len(said) <= appointments.LONGEST
    assert "tres loin" not in said  # the code matters more than the street
    assert f"{given.code[:4]}-{given.code[4:]}" in said


def test_with_an_address_it_is_the_mail_s(taking: Noted, given) -> None:
    with db.transaction() as session:
        person = session.get_one(Person, given.person_id)
        add_contact(person, "a@example.org", by=session.get_one(Agent, given.booked_by_id))
    appointments.tell(payload(given))
    assert not taking.sent


def test_later_when_the_provider_is_away_and_never_when_it_refuses(
    taking: Noted, given, clock, real_cast: Cast
) -> None:
    taking.fails = NotNow("503")
    with pytest.raises(TryLater):
        appointments.tell(payload(given))
    assert events(given) == ["booked"]
    taking.fails = Never("400")
    clock.shift(timedelta(days=1, minutes=1))
    appointments.tell(payload(given, REMINDER))
    assert events(given) == ["booked", "untold"]
    assert called(given, real_cast.pan) == [given.id]


def test_who_has_neither_is_called(real_cast: Cast, real_db: Engine, clock, taking) -> None:
    with db.transaction() as session:
        point = a_point(real_cast)
        reasons()
        by = again(real_cast.pan)
        one = one_given(point, a_person(email=None, phone=DESK_PHONE), by)
        two = one_given(point, a_person(email=None, phone=MOBILE), by)
        session.flush()
    assert called(one, real_cast.pan) == []  # they have just taken it
    clock.shift(timedelta(days=1, minutes=1))
    assert called(one, real_cast.pan) == [one.id]
    telling.configure(Rules())
    assert called(one, real_cast.pan) == [one.id, two.id]
    with db.transaction() as session:
        for reached, number in ((False, one.id), (True, two.id)):
            telling.note_call(
                session.get_one(Appointment, number), reached=reached, by=again(real_cast.pan)
            )
    assert called(one, real_cast.pan) == [one.id]
