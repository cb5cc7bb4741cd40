"""A call followed through its events, whatever the order in which they come and how often."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from channels.phone import understanding
from channels.phone.calls import CallState, PhoneCall
from support.intake.models import Outcome, Received
from support.kernel import db
from support.people import accounts
from support.tickets.call_backs import CallBack, Ended
from tests.cast import Cast

NOON = datetime(2026, 11, 16, 11, tzinfo=UTC)
AWA = "+33639980001"
_calls = count(1)


@pytest.fixture
def exchange(cast: Cast) -> Cast:
    accounts.set_extension(cast.teleadviser, "2204", by=None)
    accounts.set_extension(cast.colleague, "2205", by=None)
    cast.teams["ccc_a"].phone = "0806001621"
    return cast


def says(event: str, call_id: str = "c1", **more) -> PhoneCall | None:
    """An event as the exchange sends it, kept and understood."""
    sent = {"event": event, "callId": call_id, "direction": "in", "from": "0639980001", **more}
    kept = understanding.keep(json.dumps(sent, sort_keys=True).encode(), sender=1)
    return understanding.understand(kept.received.id)


def waiting() -> list[CallBack]:
    query = select(CallBack).where(CallBack.ended.is_(None)).order_by(CallBack.id)
    return list(db.session().scalars(query.execution_options(populate_existing=True)).unique())


def test_a_call_rings_is_answered_and_ends(exchange: Cast) -> None:
    call = says("newCall", user="2204", to="0806001620")
    assert call is not None
    assert (call.state, call.number, call.agent_id) == (CallState.RINGING, AWA, None)
    assert [leg.agent_id for leg in call.legs] == [exchange.teleadviser.id]
    says("answer", user="2204")
    assert (call.state, call.agent_id) == (CallState.ANSWERED, exchange.teleadviser.id)
    says("hangup", cause="normalClearing")
    assert (call.state, waiting()) == (CallState.ENDED, [])


@pytest.mark.parametrize(
    "name", ["2204", "teleadviser@demo.relais", "Hugo Lambert", "lambert hugo", "sip:2204@pbx"]
)
def test_an_agent_is_known_by_place_address_or_name(exchange: Cast, name: str) -> None:
    call = says("newCall", user=name)
    assert call is not None
    assert [leg.agent_id for leg in call.legs] == [exchange.teleadviser.id]


def test_a_queue_rings_in_its_team(exchange: Cast) -> None:
    by_name, by_number = says("ring", "a", queue="ccc_b"), says("ring", "b", to="0806001621")
    nobodys, strangers = says("ring", "c", to="0800000000"), says("ring", "d", user="9999")
    assert by_name
    assert by_number
    assert nobodys
    assert strangers
    assert by_name.team_id == exchange.teams["ccc_b"].id
    assert by_number.team_id == exchange.teams["ccc_a"].id
    assert (nobodys.team_id, nobodys.everybody) == (None, True)
    assert (strangers.team_id, strangers.everybody, strangers.legs) == (None, False, [])


def test_a_transfer_rings_at_the_next_and_is_answered_there(exchange: Cast) -> None:
    says("newCall", user="2204")
    call = says("answer", user="2204")
    says("transfer", user="2205", to="2205")
    assert call is not None
    assert call.state is CallState.TRANSFERRED
    says("answer", user="2205")
    assert (call.state, call.agent_id) == (CallState.ANSWERED, exchange.colleague.id)
    assert call.number == AWA


# Of two who answer, one was passed the call: without that word only time would tell who speaks.
EVENTS = (
    ("newCall", {"user": "2204", "to": "0806001620"}),
    ("answer", {"user": "2204"}),
    ("transfer", {"user": "2205"}),
    ("answer", {"user": "2205", "answeringNumber": "2205"}),
    ("hangup", {"cause": "normalClearing"}),
    ("hangup", {"cause": "noAnswer"}),
)


@st.composite
def told_anyhow(draw: st.DrawFn) -> list[int]:
    """Some of the events, some of them several times, in any order."""
    chosen = draw(st.sets(st.sampled_from(range(len(EVENTS))), min_size=1))
    chosen |= {2} if 3 in chosen else set()
    doubled = draw(st.lists(st.sampled_from(sorted(chosen)), max_size=3))
    return draw(st.permutations([*sorted(chosen), *doubled]))


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(told_anyhow())
def test_no_order_and_no_doubling_changes_what_a_call_is(exchange: Cast, order: list[int]) -> None:
    """Told in order once, or anyhow and several times: the same call, the same list."""
    straight, anyhow = f"s{next(_calls)}", f"a{next(_calls)}"
    for call_id, told in ((straight, sorted(set(order))), (anyhow, order)):
        for number in told:
            name, more = EVENTS[number]
            says(name, call_id, **more)
    seen = []
    for call_id in (straight, anyhow):
        call = db.session().scalars(select(PhoneCall).where(PhoneCall.call_id == call_id)).one()
        legs = {(leg.agent_id, leg.passed_on, leg.answered_at is None) for leg in call.legs}
        seen.append((call.state, call.agent_id, call.number, call.cause, legs))
    assert seen[0] == seen[1]


def test_the_very_same_event_is_kept_once(exchange: Cast, db_session) -> None:
    for _again in range(3):
        says("newCall", user="2204")
    assert len(db_session.scalars(select(Received)).all()) == 1
    assert db_session.scalars(select(Received)).one().outcome is Outcome.APPENDED


def test_an_event_that_means_nothing_is_kept_aside(exchange: Cast, db_session) -> None:
    assert says("dtmf", digit="4") is None
    kept = db_session.scalars(select(Received)).one()
    assert (kept.outcome, kept.reason) == (Outcome.SET_ASIDE, "phone.event_unknown")


def test_the_end_may_be_told_before_the_beginning(exchange: Cast) -> None:
    says("hangup", cause="cancel")
    call = says("newCall", user="2204")
    assert call is not None
    assert call.state is CallState.ABANDONED
    assert [row.missed_calls for row in waiting()] == [1]


def test_one_who_calls_in_vain_several_times_is_one_row(exchange: Cast) -> None:
    for call_id in ("a", "b", "c"):
        says("newCall", call_id, user="2204")
        says("hangup", call_id, cause="noAnswer")
        says("hangup", call_id, cause="noAnswer", note="again")
    (row,) = waiting()
    assert (row.number, row.missed_calls, row.team) == (AWA, 3, exchange.teams["ccc_a"])


def test_one_who_gets_through_needs_no_call(exchange: Cast) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        says("newCall", "a", user="2204")
        says("hangup", "a", cause="cancel")
        (row,) = waiting()
        clock.shift(timedelta(minutes=5))
        says("newCall", "b", user="2205")
        says("answer", "b", user="2205")
    assert waiting() == []
    assert row.ended is Ended.GOT_THROUGH


def test_a_late_answer_takes_the_call_off_the_list(exchange: Cast) -> None:
    says("newCall", user="2204")
    says("hangup", cause="normalClearing")
    assert len(waiting()) == 1
    call = says("answer", user="2204")
    assert call is not None
    assert (call.state, waiting()) == (CallState.ENDED, [])


def test_a_missed_call_told_after_a_better_one_is_no_news(exchange: Cast) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        says("newCall", "a", user="2204")
        clock.shift(timedelta(minutes=1))
        says("newCall", "b", user="2204")
        says("answer", "b", user="2204")
        clock.shift(timedelta(minutes=9))
        says("hangup", "a", cause="cancel")
    assert waiting() == []


@pytest.mark.parametrize(
    "more",
    [{"from": "anonymous"}, {"from": "2207"}, {"direction": "out", "to": "0639980009"},
     {"queue": "sdst"}],
)  # fmt: skip
def test_what_cannot_or_need_not_be_called_back_is_not_listed(exchange: Cast, more: dict) -> None:
    says("newCall", **more)
    says("hangup", cause="noAnswer", **more)
    assert waiting() == []


def test_a_call_whose_end_was_lost_does_not_ring_for_ever(exchange: Cast) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        assert understanding.forget_calls() == 0
        ringing = says("newCall", "a", user="2204")
        spoken = says("answer", "b", user="2204", **{"from": "0639980002"})
        clock.shift(timedelta(minutes=11))
        assert understanding.give_up_on_lost() == 1
        assert ringing
        assert spoken
        assert (ringing.state, spoken.state) == (CallState.ABANDONED, CallState.ANSWERED)
        assert len(waiting()) == 1
        clock.shift(timedelta(hours=8))
        assert understanding.give_up_on_lost() == 1


def test_what_the_exchange_told_is_forgotten_after_a_year(exchange: Cast, db_session) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        says("newCall", user="2204")
        clock.shift(timedelta(days=364))
        assert understanding.forget_calls() == 0
        clock.shift(timedelta(days=2))
        assert understanding.forget_calls() == 1
    assert db_session.scalars(select(PhoneCall.id)).all() == []
