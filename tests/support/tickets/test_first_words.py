"""The clocks of the beginning: the receipt, and the first answer of somebody."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from support.clocks import ticking
from support.clocks.models import Clock, ClockKind
from support.clocks.warning import Stage
from support.intake.models import Channel
from support.kernel.time import as_of, now
from support.tickets import first_words, promising, withdrawing
from support.tickets.closing import close
from support.tickets.models import ClosedHow
from support.tickets.replying import agent_replies
from support.tickets.timeline import Entry
from support.tickets.visibility import hold
from tests.factories import a_reply, a_ticket, counted

ACK, FIRST = ClockKind.ACKNOWLEDGEMENT, ClockKind.FIRST_ANSWER


def clock(session, ticket, kind):
    query = select(Clock).where(Clock.ticket_id == ticket.id, Clock.kind == kind)
    return session.scalar(query.execution_options(populate_existing=True))


@pytest.mark.parametrize(
    ("channel", "kinds"),
    [
        (Channel.FORM, {ACK, FIRST}),
        (Channel.EMAIL, {ACK, FIRST}),
        (Channel.PHONE, set()),
        (Channel.COUNTER, set()),
        (Channel.LETTER, set()),
        (Channel.API, set()),
    ],
)
def test_what_was_written_has_them_and_a_conversation_has_not(cast, db_session, channel, kinds):
    ticket = a_ticket(cast, channel=channel)
    found = select(Clock.kind).where(Clock.ticket_id == ticket.id)
    assert set(db_session.scalars(found)) == kinds | {ClockKind.ANSWER}


def test_no_receipt_is_promised_where_none_leaves(cast, db_session):
    ticket = a_ticket(cast, acknowledge=False)
    assert clock(db_session, ticket, ACK) is None
    assert clock(db_session, ticket, FIRST) is not None


def test_they_cost_one_statement(cast, db_session):
    with counted() as sql:
        a_ticket(cast)
    # That of the promise, and one for both of these.
    assert len([one for one in sql if "INSERT INTO clock" in one]) == 2


def test_a_reply_is_the_first_answer_once(cast, db_session):
    ticket = a_ticket(cast)
    agent_replies(ticket, a_reply(), by=cast.teleadviser)
    first = clock(db_session, ticket, FIRST)
    assert first.kept is True
    stopped = first.stopped_at
    with as_of(now() + timedelta(hours=1)):
        agent_replies(ticket, a_reply(), by=cast.teleadviser)
    assert clock(db_session, ticket, FIRST).stopped_at == stopped


def test_closing_ends_them(cast, db_session):
    ticket = a_ticket(cast)
    close(ticket, ClosedHow.ANSWERED, by=cast.teleadviser)
    assert clock(db_session, ticket, FIRST).stopped_at is not None
    assert clock(db_session, ticket, ACK).stopped_at is not None


def test_late_is_late(cast, db_session):
    with as_of(now() - timedelta(days=30)):
        ticket = a_ticket(cast)
    first_words.acknowledged(ticket.id)
    agent_replies(ticket, a_reply(), by=cast.teleadviser)
    assert clock(db_session, ticket, ACK).kept is False
    assert clock(db_session, ticket, FIRST).kept is False


def test_a_reply_taken_back_was_none(cast, db_session):
    ticket = a_ticket(cast)
    entry = agent_replies(ticket, a_reply(undo_for=timedelta(minutes=5)), by=cast.teleadviser)
    hold(ticket)
    withdrawing.withdraw(ticket, entry.id, by=cast.teleadviser)
    first = clock(db_session, ticket, FIRST)
    assert (first.stopped_at, first.kept) == (None, None)


def test_a_second_reply_taken_back_leaves_the_first(cast, db_session):
    ticket = a_ticket(cast)
    agent_replies(ticket, a_reply(), by=cast.teleadviser)
    entry = agent_replies(ticket, a_reply(undo_for=timedelta(minutes=5)), by=cast.teleadviser)
    withdrawing.withdraw(ticket, entry.id, by=cast.teleadviser)
    assert clock(db_session, ticket, FIRST).stopped_at is not None


def test_overdue_it_is_said_once_and_the_team_is_pressed(cast, db_session):
    with as_of(now() - timedelta(days=6)):
        ticket = a_ticket(cast)
    while ticking.sweep():
        pass
    first = clock(db_session, ticket, FIRST)
    assert first.breached_at is not None
    for _ in range(2):
        promising.note_breach(ticket.id, first.id)
    told = select(Entry.event).where(
        Entry.ticket_id == ticket.id, Entry.event == "first_answer_overdue"
    )
    assert len(db_session.scalars(told).all()) == 1
    assert ticket.pressing >= Stage.TEAM
