"""A desk's calendar for other programs: hours and codes, nobody's name, and an end."""

from __future__ import annotations

import pytest
import time_machine
from icalendar import Calendar

from support.help_sessions import attendance, feeds
from support.help_sessions.booking import shown
from support.kernel.errors import Forbidden, NotVisible
from tests.cast import Cast
from tests.factories import a_person
from tests.support.help_sessions.conftest import FRIDAY_BEFORE, at


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(FRIDAY_BEFORE, tick=False) as traveller:
        yield traveller


def events(token: str) -> list[dict[str, object]]:
    return [dict(one) for one in Calendar.from_ical(feeds.feed(token)).walk("VEVENT")]


def test_what_a_program_reads(cast: Cast, point, give) -> None:
    desk, other = point.desks
    assert feeds.token_of(desk) is None
    feeds.publish(desk, by=cast.pan)
    token = feeds.token_of(desk)
    given = give(at("09:00"), a_person("Aïcha", "Secrète"), note="Vient avec sa sœur")
    gone = give(at("09:30"), a_person())
    attendance.cancel(gone, by_person=True, reason="Malade", by=cast.pan)
    mine = token if given.desk_id == desk.id else None
    if mine is None:
        feeds.publish(other, by=cast.pan)
        mine = feeds.token_of(other)
    (event,) = events(mine)
    assert event["DTSTART"].dt == given.starts_at
    assert event["DTEND"].dt == given.ends_at
    assert event["SUMMARY"] == f"Déposer une demande ({shown(given.code)})"
    raw = feeds.feed(mine)
    for hidden in ("Aïcha", "Secrète", "sœur", "Malade"):
        assert hidden.encode() not in raw
    assert b"BEGIN:VCALENDAR\r\n" in raw
    assert feeds.feed(mine) == raw


def test_an_address_that_was_changed_opens_nothing(cast: Cast, point) -> None:
    desk = point.desks[0]
    feeds.publish(desk, by=cast.pan)
    old = feeds.token_of(desk)
    feeds.publish(desk, by=cast.pan)
    assert events(feeds.token_of(desk)) == []
    for token in (old, "x", "", old + "x"):
        with pytest.raises(NotVisible):
            feeds.feed(token)
    last = feeds.token_of(desk)
    feeds.withdraw(desk, by=cast.pan)
    with pytest.raises(NotVisible):
        feeds.feed(last)
    with pytest.raises(Forbidden):
        feeds.publish(desk, by=cast.teleadviser)
    with pytest.raises(NotVisible):
        feeds.desk_of(point, 99999)
