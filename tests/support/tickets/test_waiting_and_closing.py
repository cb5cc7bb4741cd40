"""Waiting makes the promise stand still, closing settles it, and only the front does either."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select

from escalation.returning import answer
from support.clocks import running, ticking
from support.clocks.models import Clock, ClockKind
from support.kernel.errors import Conflict, Forbidden
from support.kernel.time import FAR_FUTURE
from support.tickets import promising
from support.tickets.assigning import take
from support.tickets.closing import close
from support.tickets.models import ClosedHow, State
from support.tickets.timeline import Entry
from support.tickets.waiting import stop_waiting, wait_for_person
from tests.factories import a_report, a_ticket, climb

MONDAY = datetime(2026, 11, 16, 8, tzinfo=UTC)


@pytest.fixture
def clock():
    with time_machine.travel(MONDAY, tick=False) as traveller:
        yield traveller


def the_clock(session) -> Clock:
    session.flush()
    promise = select(Clock).where(Clock.kind == ClockKind.ANSWER)
    return session.scalars(promise.execution_options(populate_existing=True)).one()


def test_the_promise_stands_still_while_we_wait(cast, clock):
    ticket = a_ticket(cast, reason="account.blocked")
    promised = ticket.promised_at
    wait_for_person(ticket, by=cast.teleadviser)
    assert (ticket.state, ticket.sort_due) == (State.WAITING_PERSON, FAR_FUTURE)
    clock.shift(timedelta(days=1))
    assert ticking.sweep() == 0
    stop_waiting(ticket, by=cast.teleadviser)
    assert ticket.state is State.IN_PROGRESS
    assert ticket.promised_at == ticket.sort_due == promised + timedelta(days=1)


def test_waiting_does_not_mend_a_broken_promise(cast, clock, db_session):
    ticket = a_ticket(cast, reason="account.blocked")
    promised = ticket.promised_at
    clock.shift(timedelta(days=7))
    wait_for_person(ticket, by=cast.teleadviser)
    clock.shift(timedelta(days=1))
    stop_waiting(ticket, by=cast.teleadviser)
    assert ticket.sort_due == ticket.promised_at == promised
    close(ticket, ClosedHow.ANSWERED, by=cast.teleadviser)
    assert the_clock(db_session).kept is False


@pytest.mark.parametrize(("days", "kept"), [(0, True), (9, False)])
def test_closing_settles_the_promise(cast, clock, db_session, days, kept):
    ticket = a_ticket(cast, reason="account.blocked")
    clock.shift(timedelta(days=days))
    close(ticket, ClosedHow.SOLVED, by=cast.teleadviser)
    assert (ticket.state, ticket.is_open, ticket.sort_due) == (State.CLOSED, False, FAR_FUTURE)
    assert (ticket.closed_how, ticket.closed_at) == (ClosedHow.SOLVED, MONDAY + timedelta(days))
    assert running.live(ticket.id) is None
    assert the_clock(db_session).kept is kept
    entry = db_session.get(Entry, ticket.last_entry_id)
    assert entry.data["kept"] is kept
    assert entry.data["how"] == "solved"


def half_way_down(cast):
    """A person's ticket that the third level has answered and the second still has."""
    ticket = a_ticket(cast)
    climb(ticket, "dp", cast, by=cast.teleadviser)
    climb(ticket, "sdst", cast, by=cast.dp)
    answer(ticket, "Refaire la demande.", by=cast.sdst)
    return ticket


def away(cast):
    ticket = a_ticket(cast)
    climb(ticket, "dp", cast, by=cast.teleadviser)
    return ticket


def closed(cast):
    ticket = a_ticket(cast)
    close(ticket, ClosedHow.ANSWERED, by=cast.teleadviser)
    return ticket


VERBS = {
    "wait": wait_for_person,
    "stop": stop_waiting,
    "close": lambda ticket, by: close(ticket, ClosedHow.ANSWERED, by=by),
}


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("made", [half_way_down, away, closed])
def test_while_it_is_elsewhere_nothing_of_it_happens(cast, db_session, verb, made):
    ticket = made(cast)
    before = ticket.state, ticket.team, ticket.last_entry_id, ticket.sort_due
    with pytest.raises(Conflict, match=r"ticket\.move_refused"):
        VERBS[verb](ticket, by=cast.teleadviser)
    assert (ticket.state, ticket.team, ticket.last_entry_id, ticket.sort_due) == before
    live = running.live(ticket.id)
    assert (live is None) is (made is closed)


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize(
    ("agent", "code"),
    [
        ("dp", "not_front"),
        ("sdst", "permission.missing"),
        ("referent", "permission.missing"),
        ("pan", "permission.missing"),
        ("steering", "permission.missing"),
        ("admin", "permission.missing"),
    ],
)
def test_only_the_team_that_answers_does(cast, verb, agent, code):
    ticket = a_ticket(cast)
    with pytest.raises(Forbidden) as refused:
        VERBS[verb](ticket, by=cast.agents[agent])
    assert code in refused.value.code


def test_a_higher_level_that_has_it_does_not_either(cast):
    ticket = away(cast)
    for verb in VERBS.values():
        with pytest.raises(Forbidden):
            verb(ticket, by=cast.dp)


def test_the_project_directorate_closes_what_referents_asked(cast):
    report = a_report(cast)
    take(report, by=cast.dp)
    wait_for_person(report, by=cast.dp)
    close(report, ClosedHow.ANSWERED, by=cast.dp)
    assert report.state is State.CLOSED


def test_nobody_is_waited_for_twice(cast):
    ticket = a_ticket(cast)
    with pytest.raises(Conflict):
        stop_waiting(ticket, by=cast.teleadviser)
    wait_for_person(ticket, by=cast.teleadviser)
    with pytest.raises(Conflict):
        wait_for_person(ticket, by=cast.teleadviser)


def test_a_breach_is_written_once_and_only_while_open(cast, clock, db_session):
    ticket, other = a_ticket(cast), closed(cast)
    number = running.live(ticket.id).id
    for _ in range(2):
        promising.note_breach(ticket.id, number)
        promising.note_breach(other.id, 999)
        promising.note_breach(404, 998)
    told = db_session.scalars(select(Entry).where(Entry.event == "promise_broken")).all()
    assert [entry.ticket_id for entry in told] == [ticket.id]
