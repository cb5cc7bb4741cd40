"""A level that needs time says so, with a date; each level has its own clock meanwhile."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select

from escalation.keeping import keep
from escalation.raising import withdraw
from escalation.reading import open_escalations
from escalation.returning import answer, ask_missing
from support.clocks import running, ticking
from support.clocks.models import ClockKind
from support.kernel.errors import Conflict, Forbidden, Invalid
from support.outbox.models import OutboxRow
from support.tickets import first_words, promising
from support.tickets.models import State
from support.tickets.timeline import Entry, EntryKind
from tests.factories import a_ticket, climb

MONDAY = datetime(2026, 11, 16, 8, tzinfo=UTC)
FRIDAY = date(2026, 11, 20)
NEWS = "Le ticket est chez l’éditeur, réponse attendue jeudi."


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(MONDAY, tick=False) as traveller:
        yield traveller


def level(ticket):
    return running.live(ticket.id, ClockKind.LEVEL)


def news(ticket):
    return running.live(ticket.id, ClockKind.NEXT_NEWS)


def events(session, ticket) -> list[str]:
    query = select(Entry.event).where(Entry.ticket_id == ticket.id, Entry.event.is_not(None))
    return list(session.scalars(query.order_by(Entry.id)))


def test_it_stays_there_and_the_level_below_reads_the_news(cast, db_session):
    ticket = a_ticket(cast)
    climb(ticket, "dp", cast, by=cast.teleadviser)
    promised = ticket.promised_at
    here = keep(ticket, f"  {NEWS} ", FRIDAY, by=cast.dp)
    assert (ticket.team.code, ticket.state) == ("dp", State.ESCALATED)
    assert (here.ended_at, here.news_on) == (None, news(ticket).deadline)
    assert here.news_on.date() == FRIDAY
    (said,) = [
        e for e in db_session.scalars(select(Entry).where(Entry.kind == EntryKind.EXCHANGE))
        if e.data["move"] == "kept"
    ]  # fmt: skip
    assert (said.text, said.data["to"]) == (NEWS, ticket.home_team.label)
    assert ticket.promised_at == promised  # the person's date runs on


def test_news_again_replace_the_date(cast, db_session):
    ticket = a_ticket(cast)
    climb(ticket, "dp", cast, by=cast.teleadviser)
    keep(ticket, NEWS, FRIDAY, by=cast.dp)
    keep(ticket, NEWS, date(2026, 11, 24), by=cast.dp)
    assert news(ticket).deadline.date() == date(2026, 11, 24)


@pytest.mark.parametrize(
    ("text", "day", "codes"),
    [
        (" ", FRIDAY, ["keep.news_missing"]),
        (NEWS, None, ["day.missing"]),
        (NEWS, date(2026, 11, 15), ["day.closed"]),
        (NEWS, date(2026, 11, 13), ["day.past"]),
        (NEWS, date(2027, 2, 15), ["day.far"]),
        ("", None, ["keep.news_missing", "day.missing"]),
    ],
)
def test_news_without_words_or_a_day_are_none(cast, db_session, text, day, codes):
    ticket = a_ticket(cast)
    climb(ticket, "dp", cast, by=cast.teleadviser)
    with pytest.raises(Invalid) as refused:
        keep(ticket, text, day, by=cast.dp)
    assert [p.code for p in refused.value.problems] == codes
    assert news(ticket) is None


def test_only_the_level_that_has_it_keeps_it(cast, db_session):
    ticket = a_ticket(cast)
    with pytest.raises((Forbidden, Conflict)):
        keep(ticket, NEWS, FRIDAY, by=cast.dp)
    climb(ticket, "dp", cast, by=cast.teleadviser)
    with pytest.raises(Forbidden):
        keep(ticket, NEWS, FRIDAY, by=cast.sdst)


def test_each_level_has_its_own_time(cast, db_session, clock):
    ticket = a_ticket(cast, reason="renewal.business")
    assert level(ticket) is None
    first = climb(ticket, "dp", cast, by=cast.teleadviser)
    assert level(ticket).budget_minutes == 16 * 60
    assert first.agreed_until == level(ticket).deadline
    keep(ticket, NEWS, FRIDAY, by=cast.dp)
    clock.shift(timedelta(hours=1))
    cast.teams["sdst"].agreed_hours = 10
    second = climb(ticket, "sdst", cast, by=cast.dp)
    assert level(ticket).budget_minutes == 10 * 60
    assert second.agreed_until == level(ticket).deadline
    assert news(ticket) is None  # said by the level before
    answer(ticket, "Refaire la demande.", by=cast.sdst)
    assert level(ticket).budget_minutes == 16 * 60
    ask_missing(ticket, ["visa_number"], "Lequel ?", by=cast.dp)
    assert level(ticket) is None
    climb(ticket, "dp", cast, by=cast.teleadviser, visa_number="FRA12345")
    withdraw(ticket, by=cast.teleadviser)
    assert level(ticket) is None
    assert open_escalations(ticket) == []
    assert running.live(ticket.id) is not None  # the promise ran all the while


def test_what_is_overdue_between_us_is_said_inside_and_breaks_no_promise(cast, db_session, clock):
    ticket = a_ticket(cast)
    running.replace(running.live(ticket.id), MONDAY + timedelta(days=60))
    climb(ticket, "dp", cast, by=cast.teleadviser)
    keep(ticket, NEWS, date(2026, 11, 17), by=cast.dp)
    clock.shift(timedelta(days=10))
    first_words.answered(ticket.id)  # two clocks less: those of the beginning
    assert ticking.sweep() == 2
    db_session.flush()
    rows = db_session.scalars(select(OutboxRow).where(OutboxRow.topic == "clock.breached"))
    for row in rows:
        for _ in range(2):
            promising.note_breach(row.payload["ticket_id"], row.payload["clock_id"])
    said = events(db_session, ticket)
    assert said.count("agreement_overdue") == said.count("news_overdue") == 1
    assert "promise_broken" not in said
    assert ticket.pressing == 0
