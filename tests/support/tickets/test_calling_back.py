"""Calling back: promised within opening hours, done by one, written on the ticket."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, time, timedelta
from threading import Barrier

import pytest
import time_machine
from sqlalchemy import select

from support.clocks import running, slots
from support.clocks.calendars import hours_of
from support.clocks.slots import Part, Slot
from support.kernel import db
from support.kernel.errors import Conflict, Forbidden, Invalid, NotVisible
from support.tickets import call_lists, calling_back
from support.tickets.call_backs import CallBack, Ended, Origin
from support.tickets.calling_back import Plan
from support.tickets.timeline import Entry, EntryKind
from tests.cast import Cast, again
from tests.factories import a_ticket, counted

NOON = datetime(2026, 11, 16, 11, tzinfo=UTC)  # Monday, noon in Paris
AWA = "+33639980001"
LATER = Slot(NOON + timedelta(hours=2), NOON + timedelta(hours=3), Part.HOUR)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


def events(ticket) -> list[str]:
    query = select(Entry.event).where(Entry.ticket_id == ticket.id, Entry.kind == EntryKind.EVENT)
    said = db.session().scalars(query.order_by(Entry.id))
    return [event for event in said if event and event.startswith("call_back")]


def promised(cast: Cast, **more) -> CallBack:
    return calling_back.plan(Plan(AWA, LATER, **more), by=cast.teleadviser)


def test_what_is_proposed_is_when_the_team_works(cast) -> None:
    hours = hours_of("centre")
    found = slots.proposals(NOON, hours)
    assert [slot.part for slot in found[:3]] == [Part.HOUR, Part.AFTERNOON, Part.MORNING]
    assert len(found) == 5
    friday_evening = datetime(2026, 11, 20, 17, 50, tzinfo=UTC)
    (first, *_rest) = slots.proposals(friday_evening, hours)
    assert (first.start.isoformat(), first.part) == ("2026-11-23T07:00:00+00:00", Part.MORNING)


@pytest.mark.parametrize(
    ("day", "part", "hour", "code"),
    [
        (date(2026, 11, 15), Part.DAY, None, "slot.closed"),  # Sunday
        (date(2026, 11, 11), Part.DAY, None, "slot.closed"),  # Armistice
        (date(2026, 11, 13), Part.DAY, None, "slot.past"),
        (date(2026, 11, 16), Part.HOUR, time(11, 0), "slot.past"),
        (date(2026, 11, 16), Part.HOUR, time(22, 0), "slot.closed"),
        (date(2026, 11, 16), Part.HOUR, None, "slot.hour_missing"),
        (date(2027, 3, 16), Part.DAY, None, "slot.far"),
    ],
)
def test_a_time_at_which_nobody_works_is_refused(cast, day, part, hour, code) -> None:
    with pytest.raises(Invalid) as refused:
        slots.slot_on(day, part, NOON, hours_of("centre"), hour)
    assert refused.value.code == code


def test_everything_that_happens_to_it_is_on_the_ticket_and_no_clock_moves(cast, clock) -> None:
    ticket = a_ticket(cast)
    due = running.live(ticket.id).deadline
    row = promised(cast, ticket=ticket, why="Dire si la photo est acceptée")
    assert (row.person, row.agent) == (cast.awa, cast.teleadviser)
    calling_back.move(row, LATER, by=cast.teleadviser)
    calling_back.not_reached(row, LATER, by=cast.teleadviser)
    assert (row.attempts, row.ended) == (1, None)
    calling_back.done(row, "Elle a compris", by=cast.teleadviser)
    assert (row.ended, row.outcome) == (Ended.DONE, "Elle a compris")
    assert events(ticket) == ["call_back_planned", "call_back_moved", "call_back_not_reached",
                              "call_back_done"]  # fmt: skip
    assert running.live(ticket.id).deadline == due


def test_it_may_be_given_up_or_cancelled_with_a_reason(cast) -> None:
    ticket = a_ticket(cast)
    first, second = promised(cast, ticket=ticket), promised(cast, ticket=ticket)
    calling_back.not_reached(first, None, by=cast.teleadviser)
    with pytest.raises(Invalid):
        calling_back.cancel(second, " ", by=cast.teleadviser)
    calling_back.cancel(second, "Elle a écrit", by=cast.teleadviser)
    assert (first.ended, second.ended) == (Ended.NOT_REACHED, Ended.CANCELLED)
    with pytest.raises(Conflict):
        calling_back.done(second, "trop tard", by=cast.teleadviser)


def test_one_form_sent_twice_is_one_call(cast) -> None:
    assert promised(cast, once_key="k") is promised(cast, once_key="k")
    other = calling_back.plan(Plan(AWA, LATER, once_key="k"), by=cast.colleague)
    assert other.created_by_id == cast.colleague.id


def test_what_was_typed_wrong_is_said_beside_it(cast) -> None:
    with pytest.raises(Invalid) as refused:
        calling_back.plan(Plan("12", None, "x" * 501), by=cast.teleadviser)
    assert [p.field for p in refused.value.problems] == ["number", "slot", "why"]
    with pytest.raises(Forbidden):
        calling_back.plan(Plan(AWA, LATER), by=cast.dp)


def test_it_is_in_the_day_of_whoever_may_call(cast, clock) -> None:
    mine, teams = promised(cast), promised(cast, mine=False)
    midnight = NOON + timedelta(hours=12)

    def day(agent) -> list[CallBack]:
        return list(call_lists.of_the_day(agent, midnight))

    assert day(cast.teleadviser) == [mine, teams]
    assert day(cast.colleague) == [teams]
    assert day(cast.other_team) == []
    with pytest.raises(NotVisible):
        calling_back.one_call_back(mine.id, by=cast.other_team)
    count = select(call_lists.waiting_count(cast.teleadviser))
    assert db.session().scalar(count) == 0
    clock.shift(timedelta(hours=2))
    assert db.session().scalar(select(call_lists.waiting_count(cast.teleadviser))) == 2
    calling_back.take(teams, by=cast.colleague)
    assert day(cast.teleadviser) == [mine]
    with pytest.raises(Conflict) as refused:
        calling_back.done(teams, "fait", by=cast.teleadviser)
    assert refused.value.problems[0].params["name"] == cast.colleague.full_name
    calling_back.give_back(teams, by=cast.colleague)
    assert day(cast.teleadviser) == [mine, teams]


def test_the_lists_cost_the_same_however_long(cast) -> None:
    costs = []
    for _round in range(2):
        for n in range(3):
            calling_back.missed(f"+3363998{len(costs)}{n:03}", at=NOON, team=cast.teams["ccc_a"])
        db.session().expire_all()
        again(cast.teleadviser)
        with counted(db.session()) as sql:
            rows = call_lists.to_call_back(cast.teleadviser, Origin.MISSED)
            assert [row.agent for row in rows] == [None] * len(rows)
        costs.append(len(sql))
    assert costs[0] == costs[1] <= 2


def test_of_two_who_press_one_has_it(real_cast: Cast) -> None:
    with db.transaction():
        row = calling_back.plan(Plan(AWA, LATER, mine=False), by=again(real_cast.supervisor))
    together = Barrier(2)

    def press(name: str) -> str:
        together.wait()
        with db.transaction():
            agent = again(getattr(real_cast, name))
            try:
                calling_back.take(calling_back.one_call_back(row.id, by=agent), by=agent)
            except Conflict as refused:
                return refused.code
            return "mine"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(press, ["teleadviser", "colleague"])) == ["call_back.taken", "mine"]


def test_many_calls_in_vain_at_once_are_one_row(real_cast: Cast) -> None:
    together = Barrier(4)

    def miss(_n: int) -> None:
        together.wait()
        with db.transaction():
            calling_back.missed(AWA, at=NOON, team=None)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(miss, range(4)))
    with db.transaction() as session:
        assert session.scalars(select(CallBack)).one().missed_calls == 4


def test_who_was_promised_a_call_and_calls_in_vain_is_one_row(cast) -> None:
    promise = promised(cast)
    calling_back.missed(AWA, at=NOON, team=cast.teleadviser.team)
    calling_back.missed(AWA, at=NOON + timedelta(minutes=1), team=None)
    (row,) = db.session().scalars(select(CallBack).where(CallBack.ended.is_(None))).unique()
    assert (row.id, row.missed_calls, row.origin) == (promise.id, 2, Origin.PLANNED)
    assert row.last_missed_at == NOON + timedelta(minutes=1)


def test_a_promise_for_another_day_hides_no_call_of_today(cast) -> None:
    tomorrow = Slot(NOON + timedelta(days=1), NOON + timedelta(days=1, hours=1), Part.HOUR)
    calling_back.plan(Plan(AWA, tomorrow), by=cast.teleadviser)
    calling_back.missed(AWA, at=NOON, team=None)
    rows = db.session().scalars(select(CallBack).where(CallBack.ended.is_(None))).unique().all()
    assert sorted(row.origin for row in rows) == [Origin.MISSED, Origin.PLANNED]


def test_a_promise_answers_the_calls_in_vain_before_it(cast) -> None:
    calling_back.missed(AWA, at=NOON - timedelta(hours=1), team=None)
    calling_back.missed(AWA, at=NOON, team=None)
    promise = promised(cast)
    (before,) = (
        db.session().scalars(select(CallBack).where(CallBack.origin == Origin.MISSED)).unique()
    )
    assert (before.ended, before.ended_by_id) == (Ended.PROMISED, cast.teleadviser.id)
    assert (promise.missed_calls, promise.last_missed_at) == (2, NOON)
