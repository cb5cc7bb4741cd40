"""The week of a place by mail: when, to whom, once, and in what words."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import Engine, select

from channels.mail import site_figures
from support.help_sessions import watching
from support.help_sessions.booking import Booking, book
from support.help_sessions.models import AppointmentReason, BookingChannel, HelpPoint, QuotaRule
from support.kernel import db
from support.outbox.draining import TryLater
from support.outbox.models import OutboxRow
from tests.cast import Cast, again
from tests.channels.mail.conftest import MailRoom, text_of
from tests.factories import a_person
from tests.support.help_sessions.conftest import FRIDAY_BEFORE, a_point, at, reasons


@pytest.fixture
def clock():
    with time_machine.travel(FRIDAY_BEFORE, tick=False) as traveller:
        yield traveller


@pytest.fixture
def point(real_cast: Cast, real_db: Engine, clock) -> int:
    with db.transaction():
        made = a_point(real_cast, weekly_to="chef@example.org adjoint@example.org")
        reasons()
        return made.id


def watch(point: int) -> list[dict[str, str]]:
    with db.transaction() as session:
        known = set(session.scalars(select(OutboxRow.id)))
        watching.watch(point)
        rows = session.scalars(select(OutboxRow).where(OutboxRow.topic == watching.TOPIC))
        return [row.payload for row in rows.all() if row.id not in known]


def test_each_week_once_and_when_one_fills_up(point: int, real_cast: Cast, clock) -> None:
    assert [one["what"] for one in watch(point)] == ["week"]
    assert watch(point) == []
    with db.transaction() as session:
        session.add(QuotaRule(help_point_id=point, group="", channel="", capacity=1))
        session.flush()
        reason = session.scalar(select(AppointmentReason).limit(1))
        wanted = Booking(
            key="a", point=session.get_one(HelpPoint, point), reason=reason,
            starts_at=at("09:00"), person=a_person(), channel=BookingChannel.PHONE,
        )  # fmt: skip
        book(wanted, by=again(real_cast.pan))
    (full,) = watch(point)
    assert (full["what"], full["monday"]) == ("full", "2026-11-30")
    assert watch(point) == []
    clock.shift(timedelta(days=7))
    assert [(one["what"], one["monday"]) for one in watch(point)] == [("week", "2026-11-23")]


def test_nothing_free_at_all_is_said_once_a_week(point: int, clock) -> None:
    with db.transaction() as session:
        session.add(QuotaRule(help_point_id=point, group="", channel="", capacity=0))
    assert sorted(one["what"] for one in watch(point)) == ["none_left", "week"]
    assert watch(point) == []


def test_the_mail(point: int, mail_room: MailRoom) -> None:
    (week,) = watch(point)
    mail_room.smtp.stop()
    with pytest.raises(TryLater):
        site_figures.tell(week)
    mail_room.smtp.start()
    for _n in range(2):
        site_figures.tell(week)
    first, again_ = mail_room.sent
    assert first["To"] == "chef@example.org, adjoint@example.org"
    assert "la semaine du 16 novembre 2026" in first["Subject"]
    assert "places données : 0 sur 16" in text_of(first)
    assert "Première place libre : 30 novembre 2026" in text_of(first)
    assert first["Message-ID"] == again_["Message-ID"]


def test_nobody_reads_them_any_more(point: int, mail_room: MailRoom) -> None:
    (week,) = watch(point)
    with db.transaction() as session:
        session.get_one(HelpPoint, point).weekly_to = ""
    site_figures.tell(week)
    assert mail_room.sent == []
    with db.transaction(write=False):
        assert watching.watched() == []
