"""Telephone calls: something new, or a word about what is known."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select

from support.clocks import running
from support.intake.models import Channel
from support.kernel.errors import Conflict, Forbidden, Invalid
from support.outbox.models import OutboxRow
from support.tickets.calling import (
    LONGEST,
    WRAP_UPS,
    CallDraft,
    NewRequest,
    call_about_new,
    call_about_open,
)
from support.tickets.closing import close
from support.tickets.models import ClosedHow, State, Ticket
from support.tickets.timeline import Call, Entry, EntryKind
from support.tickets.waiting import wait_for_person
from tests.factories import a_ticket, climb

NOON = datetime(2026, 11, 16, 11, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


def a_call(note: str = "Ne reçoit pas le code.", **more) -> CallDraft:
    more.setdefault("wrap_up", "answered")
    more.setdefault("started_at", NOON - timedelta(seconds=200))
    return CallDraft(note, more.pop("number", "+33639980003"), **more)


def about(cast, **more) -> NewRequest:
    return NewRequest(cast.chen, cast.reasons["account.blocked"], **more)


def letters(session) -> list[str]:
    rows = session.scalars(select(OutboxRow).where(OutboxRow.topic == "notice.send"))
    return [row.payload["letter"] for row in rows]


def test_a_call_about_something_new_opens_a_ticket_of_ones_own(cast, db_session):
    procedure = cast.procedures["work_permit"]
    request = about(cast, procedure=procedure, subject="Code perdu")
    ticket = call_about_new(a_call(), request, solved=False, by=cast.other_team)
    assert (ticket.person, ticket.channel) == (cast.chen, Channel.PHONE)
    assert (ticket.team, ticket.owner) == (cast.teams["ccc_b"], cast.other_team)
    assert (ticket.subject, ticket.procedure) == ("Code perdu", procedure)
    assert ticket.state is State.IN_PROGRESS  # somebody has listened already
    assert letters(db_session) == ["acknowledgement"]
    call = db_session.scalars(select(Call)).one()
    entry = db_session.get(Entry, call.entry_id)
    assert (entry.kind, entry.text, entry.is_public) == (
        EntryKind.CALL,
        "Ne reçoit pas le code.",
        False,
    )
    assert (call.number, call.seconds, call.wrap_up) == ("+33639980003", 200, "answered")


def test_solved_on_the_spot_is_closed_at_first_contact(cast, db_session):
    ticket = call_about_new(a_call(), about(cast), solved=True, by=cast.teleadviser)
    assert (ticket.state, ticket.closed_how) == (State.CLOSED, ClosedHow.FIRST_CONTACT)
    assert running.live(ticket.id) is None
    assert letters(db_session) == []


def test_a_call_about_an_open_ticket_is_no_new_ticket(cast, db_session):
    ticket = a_ticket(cast)
    entry = call_about_open(a_call(), ticket, solved=False, by=cast.teleadviser)
    assert (entry.kind, ticket.chasers, ticket.state) == (EntryKind.CALL, 1, State.NEW)
    assert db_session.scalars(select(Ticket)).all() == [ticket]
    assert db_session.scalars(select(Call)).one().entry_id == entry.id


def test_a_call_that_solves_an_open_ticket_closes_it(cast):
    ticket = a_ticket(cast)
    call_about_open(a_call(), ticket, solved=True, by=cast.teleadviser)
    assert (ticket.state, ticket.closed_how) == (State.CLOSED, ClosedHow.ANSWERED)
    assert ticket.chasers == 0


def test_a_call_ends_the_waiting(cast):
    ticket = a_ticket(cast)
    wait_for_person(ticket, by=cast.teleadviser)
    call_about_open(a_call(), ticket, solved=False, by=cast.teleadviser)
    assert (ticket.state, ticket.sort_due) == (State.IN_PROGRESS, ticket.promised_at)


def test_a_call_about_a_closed_ticket_is_not_lost(cast):
    ticket = a_ticket(cast)
    close(ticket, ClosedHow.ANSWERED, by=cast.teleadviser)
    call_about_open(a_call(), ticket, solved=False, by=cast.colleague)
    assert (ticket.state, ticket.reopenings) == (State.REOPENED, 1)
    assert running.live(ticket.id) is not None


def test_a_question_about_a_closed_ticket_answered_at_once_leaves_it_closed(cast):
    ticket = a_ticket(cast)
    close(ticket, ClosedHow.ANSWERED, by=cast.teleadviser)
    entry = call_about_open(a_call(), ticket, solved=True, by=cast.colleague)
    assert (ticket.state, ticket.reopenings, ticket.last_entry_id) == (State.CLOSED, 0, entry.id)


def test_a_ticket_higher_up_is_not_closed_by_telephone(cast):
    ticket = a_ticket(cast)
    climb(ticket, "dp", cast, by=cast.teleadviser)
    with pytest.raises(Conflict):
        call_about_open(a_call(), ticket, solved=True, by=cast.teleadviser)
    call_about_open(a_call(), ticket, solved=False, by=cast.teleadviser)
    assert (ticket.state, ticket.chasers) == (State.ESCALATED, 1)


@pytest.mark.parametrize(
    ("more", "code", "field"),
    [
        ({"note": " \n"}, "call.note_missing", "note"),
        ({"wrap_up": ""}, "call.wrap_up_missing", "wrap_up"),
        ({"wrap_up": "lunch"}, "call.wrap_up_missing", "wrap_up"),
    ],
)
def test_a_call_needs_a_note_and_its_end(cast, db_session, more, code, field):
    with pytest.raises(Invalid) as refused:
        call_about_new(a_call(**more), about(cast), solved=False, by=cast.teleadviser)
    assert (refused.value.code, refused.value.problems[0].field) == (code, field)
    with pytest.raises(Invalid):
        call_about_open(a_call(**more), a_ticket(cast), solved=False, by=cast.teleadviser)


@pytest.mark.parametrize("wrap_up", WRAP_UPS)
def test_every_end_of_a_call_is_taken(cast, wrap_up):
    call_about_new(a_call(wrap_up=wrap_up), about(cast), solved=False, by=cast.teleadviser)


@pytest.mark.parametrize(
    ("ago", "seconds"),
    [
        (timedelta(), 0),
        (timedelta(minutes=5), 300),
        (timedelta(hours=-3), 0),  # a clock that is wrong
        (timedelta(days=2), LONGEST.total_seconds()),  # a page left open
    ],
)
def test_the_duration_is_measured_within_reason(cast, db_session, ago, seconds):
    call_about_new(a_call(started_at=NOON - ago), about(cast), solved=False, by=cast.teleadviser)
    assert db_session.scalars(select(Call)).one().seconds == seconds


@pytest.mark.parametrize("agent", ["dp", "sdst", "referent", "pan", "editor", "steering", "admin"])
def test_only_the_centre_takes_calls(cast, agent):
    by = cast.agents[agent]
    for attempt in (
        lambda: call_about_new(a_call(), about(cast), solved=False, by=by),
        lambda: call_about_open(a_call(), a_ticket(cast), solved=False, by=by),
    ):
        with pytest.raises(Forbidden):
            attempt()


def test_an_endless_number_is_cut(cast, db_session):
    call_about_new(a_call(number="9" * 400), about(cast), solved=True, by=cast.teleadviser)
    assert len(db_session.scalars(select(Call)).one().number) == 40
