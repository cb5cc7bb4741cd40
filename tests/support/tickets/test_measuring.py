"""The date announced is drawn from what answering has really taken."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select

from support.clocks import running
from support.clocks.models import Clock, ClockKind
from support.kernel.time import now
from support.tickets import announcing, measuring, promising
from support.tickets.closing import close
from support.tickets.measuring import Rules
from support.tickets.models import ClosedHow, Ticket
from support.tickets.pressing import presses
from tests.factories import a_ticket

MONDAY = datetime(2026, 11, 16, 8, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock():
    measuring.configure(Rules(percent=80, least=5))
    with time_machine.travel(MONDAY, tick=False) as traveller:
        yield traveller
    measuring.configure(Rules())


def answered(cast, clock, hours: float) -> None:
    """A request opened on a morning and answered so many hours later, the same day."""
    ticket = a_ticket(cast)
    begun = now()
    clock.shift(timedelta(hours=hours))
    close(ticket, ClosedHow.ANSWERED, by=cast.teleadviser)
    clock.move_to(begun)


def test_eight_of_ten_came_within_it(cast, db_session, clock):
    reason = cast.reasons["other"]
    for hours in (1, 1, 2, 2, 2, 2, 2.5, 3, 3, 3.2):
        answered(cast, clock, hours)
    assert measuring.measure() == 1
    assert (reason.measured_minutes, reason.measured_count) == (180, 10)
    assert promising.minutes_for(reason) == 180
    ticket = a_ticket(cast)
    assert running.live(ticket.id).budget_minutes == 180
    assert cast.reasons["renewal.business"].measured_minutes is None


def test_too_few_say_nothing_and_old_ones_are_forgotten(cast, db_session, clock):
    reason = cast.reasons["other"]
    for _ in range(4):
        answered(cast, clock, 1)
    assert measuring.measure() == 0
    assert (reason.measured_minutes, reason.measured_count) == (None, 4)
    assert promising.minutes_for(reason) == reason.answer_hours * 60
    answered(cast, clock, 1)
    assert measuring.measure() == 1
    clock.shift(timedelta(days=91))
    assert measuring.measure() == 0
    assert reason.measured_minutes is None


def test_a_promise_replaced_is_part_of_the_same_answer(cast, db_session, clock):
    reason = cast.reasons["other"]
    for _ in range(5):
        ticket = a_ticket(cast)
        clock.shift(timedelta(hours=1))
        day = (now() + timedelta(days=10)).date()
        announcing.announce(ticket, day, "Nous attendons les spécialistes.", by=cast.teleadviser)
        clock.shift(timedelta(hours=1))
        close(ticket, ClosedHow.ANSWERED, by=cast.teleadviser)
        clock.move_to(MONDAY)
    measuring.measure()
    assert (reason.measured_minutes, reason.measured_count) == (120, 5)


def test_it_is_never_less_than_an_hour(cast, db_session, clock):
    for _ in range(5):
        answered(cast, clock, 0.05)
    measuring.measure()
    assert cast.reasons["other"].measured_minutes == 60


def told(session, agent) -> set[int]:
    return set(session.scalars(select(Ticket.id).where(presses(agent))))


def test_the_owner_is_told_then_the_team_then_those_who_lead_it(cast, db_session, clock):
    ticket = a_ticket(cast)
    ticket.home_team, ticket.home_owner = cast.teleadviser.team, cast.teleadviser
    db_session.flush()
    mine = (Clock.ticket_id == ticket.id, Clock.kind == ClockKind.ANSWER)
    one = db_session.scalars(select(Clock).where(*mine)).one()
    promising.note_warning(ticket.id, one.id, 1)
    promising.note_warning(ticket.id, one.id, 1)
    assert told(db_session, cast.teleadviser) == {ticket.id}
    assert told(db_session, cast.colleague) == set()
    promising.note_warning(ticket.id, one.id, 2)
    assert told(db_session, cast.colleague) == {ticket.id}
    assert told(db_session, cast.other_team) == told(db_session, cast.supervisor) == set()
    promising.note_breach(ticket.id, one.id)
    assert told(db_session, cast.supervisor) == {ticket.id}
    close(ticket, ClosedHow.ANSWERED, by=cast.teleadviser)
    for agent in (cast.teleadviser, cast.colleague, cast.supervisor):
        assert told(db_session, agent) == set()


def test_a_new_date_ends_the_warnings(cast, db_session, clock):
    ticket = a_ticket(cast)
    one = running.live(ticket.id)
    promising.note_warning(ticket.id, one.id, 2)
    assert ticket.pressing == 2
    day = (now() + timedelta(days=10)).date()
    announcing.announce(ticket, day, "Nous attendons les spécialistes.", by=cast.teleadviser)
    assert ticket.pressing == 0
    promising.note_warning(ticket.id, one.id, 2)
    assert ticket.pressing == 0
