"""The requester writes again: the same ticket in every case."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select

from support.clocks import running
from support.intake.models import Channel
from support.kernel.errors import Invalid
from support.outbox.models import OutboxRow
from support.tickets.assigning import assign, take
from support.tickets.closing import close
from support.tickets.journal import Words
from support.tickets.models import ClosedHow, State
from support.tickets.replying import person_replies
from support.tickets.timeline import EntryKind
from support.tickets.waiting import wait_for_person
from tests.factories import a_file, a_report, a_ticket, climb

MONDAY = datetime(2026, 11, 16, 8, tzinfo=UTC)


@pytest.fixture
def clock():
    with time_machine.travel(MONDAY, tick=False) as traveller:
        yield traveller


def words(text: str = "Voici ce que vous demandiez.", **more) -> Words:
    return Words(text, channel=Channel.EMAIL, **more)


def test_the_words_are_the_requesters(cast):
    ticket = a_ticket(cast)
    entry = person_replies(ticket, words(full_text="Voici.\n> Bonjour"), by=cast.awa)
    assert (entry.kind, entry.author_person, entry.author_agent) == (
        EntryKind.MESSAGE,
        cast.awa,
        None,
    )
    assert (entry.text, entry.full_text) == ("Voici ce que vous demandiez.", "Voici.\n> Bonjour")
    assert entry.is_public
    assert ticket.last_entry_id == entry.id


@pytest.mark.parametrize("text", ["", " \n"])
def test_nothing_said_is_refused_but_a_file_says_something(cast, text):
    ticket = a_ticket(cast)
    with pytest.raises(Invalid, match=r"message\.empty"):
        person_replies(ticket, words(text), by=cast.awa)
    assert person_replies(ticket, words(text, files=[a_file()]), by=cast.awa).attachments


def test_an_open_ticket_is_chased(cast):
    ticket = a_ticket(cast)
    promised = ticket.promised_at
    person_replies(ticket, words(), by=cast.awa)
    person_replies(ticket, words(), by=cast.awa)
    assert (ticket.chasers, ticket.state, ticket.promised_at) == (2, State.NEW, promised)


def test_a_ticket_higher_up_is_chased_where_it_is(cast):
    ticket = a_ticket(cast)
    climb(ticket, "dp", cast, by=cast.teleadviser)
    person_replies(ticket, words(), by=cast.awa)
    assert (ticket.chasers, ticket.state, ticket.team) == (1, State.ESCALATED, cast.teams["dp"])


def test_a_waiting_ticket_goes_on_with_the_time_that_was_left(cast, clock):
    ticket = a_ticket(cast, reason="account.blocked")  # sixteen hours
    take(ticket, by=cast.teleadviser)
    clock.shift(timedelta(hours=2))
    wait_for_person(ticket, by=cast.teleadviser)
    clock.shift(timedelta(days=7))
    person_replies(ticket, words(), by=cast.awa)
    # Monday at eleven, fourteen hours left: seven today, seven tomorrow from eight.
    assert ticket.promised_at == MONDAY + timedelta(days=8, hours=6)
    assert ticket.sort_due == ticket.promised_at
    assert (ticket.state, ticket.owner, ticket.chasers) == (
        State.IN_PROGRESS,
        cast.teleadviser,
        0,
    )


def test_a_closed_ticket_is_reopened_to_the_same_people_with_a_new_promise(cast, clock, db_session):
    ticket = a_ticket(cast, reason="account.blocked")
    take(ticket, by=cast.teleadviser)
    close(ticket, ClosedHow.ANSWERED, by=cast.teleadviser)
    first_clock = running.live(ticket.id)
    clock.shift(timedelta(days=30))
    entry = person_replies(ticket, words(), by=cast.awa)
    assert first_clock is None
    assert (ticket.state, ticket.is_open, ticket.reopenings) == (State.REOPENED, True, 1)
    assert (ticket.closed_at, ticket.closed_how) == (None, None)
    assert (ticket.team, ticket.owner) == (cast.teams["ccc_a"], cast.teleadviser)
    assert ticket.promised_at > MONDAY + timedelta(days=30)
    assert ticket.sort_due == ticket.promised_at == running.live(ticket.id).deadline
    reopened = [
        row.payload
        for row in db_session.scalars(select(OutboxRow))
        if row.payload.get("letter") == "reopened"
    ]
    assert reopened == [{"ticket_id": ticket.id, "letter": "reopened", "about": entry.id}]


def test_it_can_be_closed_and_reopened_again_and_again(cast, clock):
    ticket = a_ticket(cast)
    for turn in range(1, 4):
        clock.shift(timedelta(hours=1))
        close(ticket, ClosedHow.ANSWERED, by=cast.teleadviser)
        person_replies(ticket, words(), by=cast.awa)
        assert (ticket.reopenings, ticket.state) == (turn, State.REOPENED)


def test_a_ticket_whose_agent_has_left_comes_back_to_the_team(cast):
    ticket = a_ticket(cast)
    take(ticket, by=cast.teleadviser)
    close(ticket, ClosedHow.ANSWERED, by=cast.teleadviser)
    cast.teleadviser.active = False
    person_replies(ticket, words(), by=cast.awa)
    assert (ticket.owner, ticket.home_owner, ticket.team) == (None, None, cast.teams["ccc_a"])
    assign(ticket, cast.colleague, by=cast.supervisor)


def test_a_referents_words_are_theirs(cast):
    report = a_report(cast)
    entry = person_replies(report, words(), by=cast.referent)
    assert (entry.kind, entry.author_agent) == (EntryKind.MESSAGE, cast.referent)
