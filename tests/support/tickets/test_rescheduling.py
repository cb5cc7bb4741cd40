"""Hours that change: no announced date moves, warnings and agreements follow, each is told once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select

from escalation import agreements
from escalation.reading import open_escalations
from support.clocks import running
from support.clocks.models import Calendar, ClockKind
from support.clocks.reading_hours import Hours
from support.kernel.errors import Forbidden, NotVisible
from support.outbox.models import OutboxRow
from support.tickets import rescheduling
from support.tickets.timeline import Entry
from tests.factories import a_ticket, climb

MONDAY = datetime(2026, 11, 16, 8, tzinfo=UTC)
OFFICE = {str(day): [["09:00", "12:30"], ["13:30", "17:00"]] for day in range(5)}
MORNINGS = Hours({str(day): [["09:00", "12:30"]] for day in range(5)}, "metropole", [])
LONGER = Hours({str(day): [["08:00", "20:00"]] for day in range(6)}, "metropole", [])


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(MONDAY, tick=False) as traveller:
        yield traveller


@pytest.fixture
def office(cast, db_session) -> Calendar:
    """The hours of every team of the cast."""
    codes = {team.calendar_code for team in cast.teams.values()}
    made = [Calendar(code=code, label=code, weekly=OFFICE, closures=[]) for code in codes]
    known = {c.code: c for c in db_session.scalars(select(Calendar))}
    for one in made:
        if one.code not in known:
            db_session.add(one)
            known[one.code] = one
    for team in cast.teams.values():
        team.calendar_code = "bureau"
    calendar = Calendar(code="bureau", label="Bureau", weekly=OFFICE, closures=[])
    db_session.add(calendar)
    db_session.flush()
    return calendar


def rows(session) -> list[dict]:
    query = select(OutboxRow.payload).where(OutboxRow.topic == rescheduling.TOPIC)
    return list(session.scalars(query.order_by(OutboxRow.id)))


def said(session, ticket) -> list[dict]:
    query = select(Entry).where(Entry.ticket_id == ticket.id, Entry.event == "hours_changed")
    return [entry.data for entry in session.scalars(query)]


def follow(session) -> None:
    session.flush()
    for payload in rows(session):
        rescheduling.recompute(payload)


def test_an_announced_date_stays_and_is_warned_of_sooner(cast, db_session, office):
    ticket = a_ticket(cast)
    one = running.live(ticket.id)
    promised, warned = one.deadline, one.warn_at
    rescheduling.edit(office, MORNINGS, by=cast.admin)
    for _ in range(2):  # delivered twice
        follow(db_session)
    assert one.deadline == ticket.promised_at == promised
    assert one.warn_at < warned
    assert said(db_session, ticket) == [{"kind": "answer", "less": True}]


def test_more_time_is_more_time(cast, db_session, office):
    ticket = a_ticket(cast)
    one = running.live(ticket.id)
    promised, warned = one.deadline, one.warn_at
    rescheduling.edit(office, LONGER, by=cast.admin)
    follow(db_session)
    assert (one.deadline, said(db_session, ticket)) == (
        promised,
        [{"kind": "answer", "less": False}],
    )
    assert one.warn_at > warned


def test_what_levels_agreed_moves_with_the_hours(cast, db_session, office):
    ticket = a_ticket(cast)
    climb(ticket, "dp", cast, by=cast.teleadviser)
    level = running.live(ticket.id, ClockKind.LEVEL)
    before = level.deadline
    closed = Hours(OFFICE, "metropole", ["2026-11-17"])
    rescheduling.edit(office, closed, by=cast.admin)
    for _ in range(2):
        follow(db_session)
    assert level.deadline == before + timedelta(days=1)
    moved = select(OutboxRow.payload).where(OutboxRow.topic == rescheduling.AGREED)
    (payload,) = db_session.scalars(moved)
    for _ in range(2):
        agreements.follow(payload)
    (raised,) = open_escalations(ticket)
    assert raised.agreed_until == level.deadline
    kinds = [data["kind"] for data in said(db_session, ticket)]
    assert sorted(kinds) == ["answer", "level"]


def test_a_paused_a_stopped_and_a_broken_clock_are_left_alone(cast, db_session, office):
    paused, stopped, broken = (a_ticket(cast) for _ in range(3))
    running.pause(running.live(paused.id))
    running.stop(running.live(stopped.id))
    running.live(broken.id).breached_at = MONDAY
    db_session.flush()
    rescheduling.edit(office, MORNINGS, by=cast.admin)
    follow(db_session)
    assert [said(db_session, t) for t in (paused, stopped, broken)] == [[], [], []]


def test_many_are_done_some_at_a_time(cast, db_session, office, monkeypatch):
    monkeypatch.setattr(rescheduling, "BATCH", 2)
    tickets = [a_ticket(cast) for _ in range(5)]
    rescheduling.edit(office, MORNINGS, by=cast.admin)
    db_session.flush()
    done = 0
    while len(rows(db_session)) > done:
        rescheduling.recompute(rows(db_session)[done])
        done += 1
        db_session.flush()
    assert done == 8  # fifteen clocks: a promise and the two of the beginning for each
    assert all(len(said(db_session, ticket)) == 1 for ticket in tickets)


def test_what_it_would_mean_is_known_before(cast, db_session, office):
    a_ticket(cast)
    a_ticket(cast)
    assert rescheduling.preview(office, MORNINGS) == (2, 2)
    assert rescheduling.preview(office, LONGER) == (2, 0)
    assert rows(db_session) == []


def test_only_an_administrator_changes_hours(cast, db_session, office):
    with pytest.raises(Forbidden):
        rescheduling.edit(office, MORNINGS, by=cast.supervisor)
    with pytest.raises(NotVisible):
        rescheduling.one_calendar("inconnu", by=cast.admin)


def test_the_clocks_of_the_beginning_follow_silently_and_the_same_twice(cast, db_session, office):
    ticket = a_ticket(cast)
    first = running.live(ticket.id, ClockKind.FIRST_ANSWER)
    before = first.deadline
    rescheduling.edit(office, MORNINGS, by=cast.admin)
    deadlines = []
    for _ in range(2):
        follow(db_session)
        db_session.refresh(first)
        deadlines.append(first.deadline)
    assert deadlines[0] == deadlines[1] > before
    assert [one["kind"] for one in said(db_session, ticket)] == ["answer"]
