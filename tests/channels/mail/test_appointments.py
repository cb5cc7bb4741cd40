"""Letters about appointments: one mail each, in the person's language, never too many a day."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select, update

from channels.mail.rendering import language_of, plain_letter
from channels.mail.reviews import FOLDER
from support.help_sessions import attendance, telling
from support.help_sessions.booking import Booking, book
from support.help_sessions.models import (
    Appointment,
    AppointmentReason,
    BookingChannel,
    HelpPoint,
)
from support.kernel import db
from support.outbox.models import OutboxRow, OutboxState
from support.people.models import Person
from tests.cast import Cast, again
from tests.channels.mail.conftest import MailRoom, text_of
from tests.channels.mail.test_letters import said_in_html, said_in_text
from tests.factories import a_person
from tests.support.help_sessions.conftest import FRIDAY_BEFORE, MONDAY, a_point, at, reasons

LETTERS = (telling.GIVEN, telling.REMINDER, telling.CANCELLED)
LANGUAGES = ("fr", "en", "es", "ar")
FACTS = {
    "name": "Awa Traoré", "day": "lundi 30 novembre", "hour": "09:00", "place": "PAN",
    "address": "8 place du Vieux-Moulin", "phone": "04 65 71 42 30", "code": "1234-5678",
    "bring": ["Passeport", "Un <b>justificatif</b>"], "by_service": True,
}  # fmt: skip
BARE = FACTS | {"name": "", "address": "", "phone": "", "bring": [], "by_service": False}


@pytest.fixture(autouse=True)
def friday():
    with time_machine.travel(FRIDAY_BEFORE, tick=True):
        yield


@pytest.mark.parametrize("facts", [FACTS, BARE], ids=["full", "bare"])
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("letter", LETTERS)
def test_text_and_html_say_the_same(letter: str, language: str, facts: dict) -> None:
    assert language_of(letter, language) == language
    assert (FOLDER / letter / language).is_dir()
    subject, text, html = plain_letter(letter, language, facts)
    assert said_in_html(html) == said_in_text(text)
    assert "09:00" in subject
    assert "<b>" not in html


def given(cast: Cast, day: date = MONDAY, **known: str) -> int:
    """One appointment of a new person; its number."""
    with db.transaction() as session:
        point = session.scalar(select(HelpPoint)) or a_point(cast)
        found = session.scalar(select(AppointmentReason).limit(1)) or reasons()["deposit"]
        wanted = Booking(
            key=f"k{known}{day}", point=point, reason=found, starts_at=at("09:00", day),
            person=a_person(**known), channel=BookingChannel.PHONE,
        )  # fmt: skip
        return book(wanted, by=again(cast.pan)).id


def topics(state: OutboxState) -> list[str]:
    with db.transaction(write=False) as session:
        query = select(OutboxRow).where(OutboxRow.topic == telling.TOPIC, OutboxRow.state == state)
        return [row.payload["letter"] for row in session.scalars(query)]


def test_told_once_in_their_language(real_cast: Cast, mail_room: MailRoom) -> None:
    number = given(real_cast, email="ines@example.org", language="es")
    mail_room.drain()
    (mail,) = mail_room.sent
    assert mail["To"] == "Marie Diallo <ines@example.org>"
    assert "lunes, 30 de noviembre" in mail["Subject"]
    text = text_of(mail)
    assert "- Passeport" in text or "Passeport" in text
    assert "09:00" in text
    # Run again, as after a process that died between sending and saying so: the same mail.
    with db.transaction() as session:
        session.execute(update(OutboxRow).values(state=OutboxState.WAITING))
    mail_room.drain()
    assert {one["Message-ID"] for one in mail_room.sent} == {mail["Message-ID"]}
    assert {one["Date"] for one in mail_room.sent} == {mail["Date"]}
    with db.transaction() as session:
        found = session.get_one(Appointment, number)
        assert [e.event for e in attendance.events_of(found)][:2] == ["booked", "told"]


def test_who_has_no_address_is_sent_nothing(real_cast: Cast, mail_room: MailRoom) -> None:
    given(real_cast, email=None, phone="+33639980177")
    mail_room.drain()
    assert mail_room.sent == []
    assert topics(OutboxState.DONE) == [telling.GIVEN]


def test_given_up_before_it_was_said(real_cast: Cast, mail_room: MailRoom) -> None:
    number = given(real_cast)
    with db.transaction() as session:
        found = session.get_one(Appointment, number)
        attendance.cancel(found, by_person=False, reason="Panne", by=again(real_cast.pan))
    mail_room.drain()
    (mail,) = mail_room.sent  # only that it is off
    assert "annulé par nos services" in text_of(mail)


def test_reminded_two_days_before_once(real_cast: Cast, mail_room: MailRoom) -> None:
    given(real_cast)
    mail_room.drain()
    wednesday = MONDAY + timedelta(days=2)
    given(real_cast, wednesday)
    mail_room.drain()
    told = len(mail_room.sent)
    for moment, reminded in (
        (FRIDAY_BEFORE + timedelta(hours=6), 0),
        (FRIDAY_BEFORE + timedelta(days=1, hours=2), 1),  # Saturday, for Monday
        (FRIDAY_BEFORE + timedelta(days=1, hours=3), 0),
        (FRIDAY_BEFORE + timedelta(days=3, hours=1), 1),  # Monday, for Wednesday
    ):
        with time_machine.travel(moment, tick=True):
            with db.transaction():
                assert telling.remind() == reminded, moment
            mail_room.drain()
            told += reminded
            assert len(mail_room.sent) == told
    assert "Rappel" in mail_room.sent[-1]["Subject"]


def test_never_more_than_so_many_a_day(real_cast: Cast, mail_room: MailRoom) -> None:
    number = given(real_cast)
    with db.transaction() as session:
        person = session.get_one(Appointment, number).person_id
        for _again in range(telling.MOST_A_DAY):
            telling.note_told(session.get_one(Appointment, number), telling.GIVEN, telling.Way.MAIL)
        assert telling.heard_today(person) == telling.MOST_A_DAY
    mail_room.drain()
    assert mail_room.sent == []
    with db.transaction() as session:  # yet nobody comes for nothing
        found = session.get_one(Appointment, number)
        attendance.cancel(found, by_person=False, reason="Panne", by=again(real_cast.pan))
    mail_room.drain()
    assert len(mail_room.sent) == 1
    with time_machine.travel(datetime.now() + timedelta(days=2)), db.transaction() as session:
        assert telling.heard_today(session.get_one(Person, person).id) == 0
