"""Another date is announced in time, with a reason, and never behind the person's back."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select

from support.clocks import running
from support.clocks.models import Clock, ClockKind
from support.kernel.errors import Conflict, Forbidden, Invalid
from support.kernel.time import now
from support.outbox.models import OutboxRow
from support.tickets import announcing, figures, waiting
from support.tickets.closing import close
from support.tickets.models import ClosedHow
from support.tickets.promise_history import Because, promises_of
from tests.factories import a_ticket

MONDAY = datetime(2026, 11, 16, 8, tzinfo=UTC)
FRIDAY = date(2026, 11, 27)
WHY = "Nous attendons la réponse des spécialistes du séjour."


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(MONDAY, tick=False) as traveller:
        yield traveller


def test_the_answer_is_due_at_the_end_of_that_day(cast, db_session):
    ticket = a_ticket(cast)
    was = ticket.promised_at
    announcing.announce(ticket, FRIDAY, WHY, by=cast.teleadviser)
    assert ticket.promised_at == ticket.sort_due == running.live(ticket.id).deadline
    assert ticket.promised_at.date() == FRIDAY
    assert ticket.promised_at != was
    first, second = promises_of(ticket)
    assert (first.at, first.because, first.broken) == (was, Because.OPENED, False)
    assert (second.at, second.because) == (ticket.promised_at, Because.ANNOUNCED)
    assert second.explanation == WHY


def test_the_person_is_told_by_letter(cast, db_session):
    ticket = a_ticket(cast)
    told = announcing.announce(ticket, FRIDAY, f"  {WHY}\n Merci. ", by=cast.teleadviser)
    assert told.data["explanation"] == f"{WHY} Merci."
    rows = db_session.scalars(select(OutboxRow).where(OutboxRow.topic == "notice.send"))
    letters = [r.payload for r in rows if r.payload["letter"] == "new_date"]
    assert letters == [{"ticket_id": ticket.id, "letter": "new_date", "about": told.id}]


@pytest.mark.parametrize(
    ("day", "why", "codes"),
    [
        (None, WHY, ["day.missing"]),
        (date(2026, 11, 15), WHY, ["day.closed"]),  # Sunday
        (date(2026, 11, 13), WHY, ["day.past"]),
        (date(2027, 6, 1), WHY, ["day.far"]),
        (FRIDAY, "bientôt", ["announce.explanation"]),
        (None, " ", ["day.missing", "announce.explanation"]),
        (FRIDAY, "x" * 1001, ["field.too_long"]),
    ],
)
def test_a_date_without_a_day_or_a_reason_is_none(cast, db_session, day, why, codes):
    ticket = a_ticket(cast)
    was = ticket.promised_at
    with pytest.raises(Invalid) as refused:
        announcing.announce(ticket, day, why, by=cast.teleadviser)
    assert [p.code for p in refused.value.problems] == codes
    assert ticket.promised_at == was
    assert len(promises_of(ticket)) == 1


def test_only_the_team_that_answers_announces_and_only_what_runs(cast, db_session):
    ticket = a_ticket(cast)
    with pytest.raises(Forbidden):
        announcing.announce(ticket, FRIDAY, WHY, by=cast.dp)
    waiting.wait_for_person(ticket, by=cast.teleadviser)
    with pytest.raises(Conflict, match=r"announce\.not_running"):
        announcing.announce(ticket, FRIDAY, WHY, by=cast.teleadviser)


def test_the_first_promise_counts_as_not_kept_and_the_second_by_itself(cast, db_session, clock):
    ticket = a_ticket(cast)
    announcing.announce(ticket, FRIDAY, WHY, by=cast.teleadviser)
    clock.shift(timedelta(days=1))
    close(ticket, ClosedHow.ANSWERED, by=cast.teleadviser)
    mine = (Clock.ticket_id == ticket.id, Clock.kind == ClockKind.ANSWER)
    clocks = db_session.scalars(select(Clock).where(*mine)).all()
    assert [one.kept for one in clocks] == [None, True]
    counted = figures.promises_by_reason(MONDAY, now() + timedelta(hours=1))[ticket.reason_id]
    assert (counted.settled.count, counted.kept.count) == (2, 1)


def test_a_promise_that_is_broken_already_stays_broken(cast, db_session, clock):
    ticket = a_ticket(cast)
    clock.shift(timedelta(days=9))
    announcing.announce(ticket, FRIDAY, WHY, by=cast.teleadviser)
    assert [p.broken for p in promises_of(ticket)] == [True, False]
