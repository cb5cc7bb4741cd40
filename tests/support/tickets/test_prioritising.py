"""Dates that come near make a ticket more urgent by themselves, once, with the reason."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select

from support.catalogue.models import Priority
from support.tickets.closing import close
from support.tickets.facts import note_facts
from support.tickets.models import ClosedHow
from support.tickets.prioritising import raise_near
from support.tickets.timeline import Entry
from tests.factories import a_ticket

MONDAY = datetime(2026, 11, 16, 8, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(MONDAY, tick=False) as traveller:
        yield traveller


def ends(person, days: int) -> None:
    person.document_expires_on = datetime.combine(
        MONDAY.date() + timedelta(days=days), datetime.min.time(), UTC
    ) + timedelta(hours=12)


def said(session, ticket) -> list[str]:
    query = select(Entry).where(Entry.ticket_id == ticket.id, Entry.event == "priority_raised")
    return [entry.data["to"] for entry in session.scalars(query.order_by(Entry.id))]


@pytest.mark.parametrize(
    ("days", "priority"),
    [(31, Priority.NORMAL), (30, Priority.HIGH), (0, Priority.HIGH), (-1, Priority.URGENT)],
)
def test_the_end_of_a_document(cast, db_session, days, priority):
    ticket = a_ticket(cast)
    ends(ticket.person, days)
    db_session.flush()
    raise_near(100)
    raise_near(100)
    assert ticket.priority is priority
    assert said(db_session, ticket) == ([] if priority is Priority.NORMAL else [priority.value])


def test_it_rises_again_when_the_day_has_passed(cast, db_session, clock):
    ticket = a_ticket(cast)
    ends(ticket.person, 10)
    db_session.flush()
    raise_near(100)
    clock.shift(timedelta(days=11))
    raise_near(100)
    assert said(db_session, ticket) == ["high", "urgent"]
    (reason,) = ticket.priority_reasons
    assert reason == {"code": "document_expires", "on": "2026-11-26"}


@pytest.mark.parametrize(
    ("filed", "near"),
    [
        ("2026-07-16", True),  # four months to the day
        ("2026-07-31", True),
        ("2026-07-15", False),  # over: an answer of another kind
        ("2026-08-02", False),  # not yet
        ("demain", False),
    ],
)
def test_the_end_of_four_months_of_silence(cast, db_session, filed, near):
    ticket = a_ticket(cast)
    note_facts(ticket, {"deposit_date": filed}, by=cast.awa)
    raise_near(100)
    assert (ticket.priority is Priority.HIGH) is near


def test_a_month_that_is_too_short_ends_on_its_last_day(cast, db_session, clock):
    clock.move_to(datetime(2027, 6, 30, 8, tzinfo=UTC))
    ticket = a_ticket(cast)
    note_facts(ticket, {"deposit_date": "2027-02-28"}, by=cast.awa)
    raise_near(100)
    assert ticket.priority is Priority.HIGH
    assert date(2027, 2, 28).isoformat() == ticket.priority_reasons[0]["filed"]


def test_what_is_more_urgent_already_or_closed_stays(cast, db_session):
    urgent, closed = a_ticket(cast), a_ticket(cast)
    urgent.priority = Priority.URGENT
    ends(urgent.person, 3)
    close(closed, ClosedHow.ANSWERED, by=cast.teleadviser)
    db_session.flush()
    assert raise_near(100) == (0, 0)
    assert said(db_session, closed) == []


def test_they_are_looked_at_some_at_a_time(cast, db_session):
    for _ in range(3):
        ends(a_ticket(cast).person, 3)
    db_session.flush()
    first, after = raise_near(2)
    second, end = raise_near(2, after)
    assert (first, second, end) == (2, 1, 0)
