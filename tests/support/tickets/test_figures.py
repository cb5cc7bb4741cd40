"""Counting tickets between two dates."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine

from support.kernel.time import as_of
from support.tickets import figures
from support.tickets.closing import close
from support.tickets.journal import Words
from support.tickets.models import ClosedHow
from support.tickets.replying import person_replies
from support.tickets.small_cells import Counted
from tests.factories import a_report, a_ticket, counted

MONDAY = datetime(2026, 10, 19, tzinfo=ZoneInfo("Europe/Paris")).astimezone(UTC)


@pytest.fixture
def week():
    """The bounds of seven days; the last one has 25 hours, the clocks go back."""
    paris = ZoneInfo("Europe/Paris")
    days = [datetime(2026, 10, 19 + n, tzinfo=paris).astimezone(UTC) for n in range(8)]
    assert days[7] - days[6] == timedelta(hours=25)
    return days


def at(instant: datetime, cast, **more):
    with as_of(instant):
        return a_ticket(cast, **more)


def test_arrivals_fall_on_their_local_day(cast, db_session, week):
    at(week[0], cast)  # midnight belongs to the day that begins
    at(week[1] - timedelta(seconds=1), cast, person=cast.chen)
    at(week[6] + timedelta(hours=24, minutes=30), cast)  # the hour that comes twice
    at(week[0] - timedelta(seconds=1), cast)
    at(week[7], cast)
    assert [c.count for c in figures.arrivals(week)] == [2, 0, 0, 0, 0, 0, 1]


def test_a_person_with_two_tickets_is_one_person(cast, db_session, week):
    at(week[0], cast)
    at(week[0], cast)
    with as_of(week[0]):
        a_report(cast)
        a_report(cast, cast.natali)
    assert figures.arrivals(week)[0] == Counted(4, 3)
    assert figures.opened_between(week[0], week[1]) == Counted(4, 3)


def test_closings_leave_out_what_was_reopened(cast, db_session, week):
    first, second = at(week[0], cast), at(week[0], cast, person=cast.chen)
    with as_of(week[2]):
        close(first, ClosedHow.ANSWERED, by=cast.teleadviser)
        close(second, ClosedHow.FIRST_CONTACT, by=cast.teleadviser)
    with as_of(week[3]):
        person_replies(first, Words("Encore moi."), by=cast.awa)
    db_session.flush()
    assert [c.count for c in figures.closings(week)] == [0, 0, 1, 0, 0, 0, 0]
    assert figures.closed_between(week[0], week[7]).count == 1
    first_contact = figures.closed_between(week[0], week[7], ClosedHow.FIRST_CONTACT)
    assert first_contact == Counted(1, 1)


def test_open_tickets_by_level_and_reason(cast, db_session):
    a_ticket(cast)
    a_ticket(cast, cast.chen)
    a_report(cast)
    close(a_ticket(cast), ClosedHow.ANSWERED, by=cast.teleadviser)
    db_session.flush()
    assert figures.open_by_level() == {1: Counted(2, 2), 2: Counted(1, 1)}
    by_reason = figures.open_by_reason()
    assert by_reason[cast.reasons["other"].id] == Counted(2, 2)
    assert by_reason[cast.reasons["renewal.business"].id] == Counted(1, 1)


def test_promises_are_counted_when_they_end(cast, db_session):
    with time_machine.travel(MONDAY + timedelta(hours=9), tick=False) as clock:
        kept, broken = a_ticket(cast), a_ticket(cast, cast.chen)
        a_ticket(cast)  # still running
        close(kept, ClosedHow.ANSWERED, by=cast.teleadviser)
        clock.shift(timedelta(days=30))
        close(broken, ClosedHow.ANSWERED, by=cast.teleadviser)
    db_session.flush()
    other = cast.reasons["other"].id
    month = figures.promises_by_reason(MONDAY, MONDAY + timedelta(days=60))
    assert month == {other: figures.Promises(Counted(2, 2), Counted(1, 2))}
    first = figures.promises_by_reason(MONDAY, MONDAY + timedelta(days=1))
    assert first == {other: figures.Promises(Counted(1, 1), Counted(1, 1))}


def test_each_figure_is_one_query(cast, db_session, week):
    for n in range(6):
        at(week[n], cast)
    db_session.flush()
    for read in (
        lambda: figures.arrivals(week),
        lambda: figures.closings(week),
        figures.open_by_reason,
        lambda: figures.promises_by_reason(week[0], week[7]),
    ):
        with counted() as sql:
            read()
        assert len(sql) == 1
