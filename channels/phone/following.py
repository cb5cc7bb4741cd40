"""Following a call, event by event: each adds a fact, whenever and however often it comes."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from channels.phone.addressing import agents_named, team_called
from channels.phone.calls import Direction, PhoneCall, PhoneLeg
from channels.phone.events import Event, Happened
from channels.phone.judging import Facts, state_of, worse_cause
from support.kernel import db
from support.people.models import Agent


def follow(event: Event, at: datetime) -> PhoneCall:
    """The call with what ``event`` says added. ``at``: when it was received."""
    assert event.what is not None
    call = _held(event.call_id, at)
    call.seen_at = min(call.seen_at, at)
    _describe(call, event)
    agents = _named(call, event)
    if event.what is Happened.RINGS:
        call.rang_at = _first(call.rang_at, at)
        _ring(call, event, agents)
    elif event.what is Happened.ANSWERED:
        call.answered_at = _first(call.answered_at, at)
        for agent in agents[:1]:
            leg = _leg(call, agent)
            leg.answered_at = _first(leg.answered_at, at)
    elif event.what is Happened.PASSED_ON:
        call.transferred_at = _first(call.transferred_at, at)
        for agent in agents:
            _leg(call, agent).passed_on = True
    else:
        call.ended_at = _first(call.ended_at, at)
        call.cause = worse_cause(call.cause, event.cause)
    settle_state(call)
    db.session().flush()
    return call


def settle_state(call: PhoneCall) -> None:
    """Compute the state, and who speaks, from what is known."""
    answered = [leg for leg in call.legs if leg.answered_at is not None]
    passed = [leg for leg in answered if leg.passed_on]
    call.state = state_of(
        Facts(
            direction=call.direction,
            answered=call.answered_at is not None,
            passed_on=call.transferred_at is not None,
            passed_on_to_answer=bool(passed),
            ended=call.ended_at is not None,
            cause=call.cause,
        )
    )
    last = max(passed or answered, key=lambda leg: (leg.answered_at, leg.id or 0), default=None)
    call.agent_id = last.agent_id if last else None


def _held(call_id: str, at: datetime) -> PhoneCall:
    """The call's row, made when it is the first word of it, held until the transaction ends."""
    session = db.session()
    query = select(PhoneCall).where(PhoneCall.call_id == call_id)
    held = query.with_for_update(of=PhoneCall).execution_options(populate_existing=True)
    call = session.scalar(held)
    if call is None:
        try:
            with session.begin_nested():
                session.add(PhoneCall(call_id=call_id, seen_at=at, legs=[]))
        except IntegrityError:
            pass  # another event of it made the row between our look and our insert
        call = session.scalars(held).one()
    return call


def _describe(call: PhoneCall, event: Event) -> None:
    """Who calls whom: the ringing says it best, others fill what is missing."""
    best = event.what is Happened.RINGS
    if event.said_direction and (best or call.rang_at is None):
        call.direction = event.direction
    if event.caller.sent and (best or not call.from_sent):
        call.from_sent = event.caller.sent
    # A transfer's « to » is whom it was passed on to, not whom the caller had dialled.
    if event.called.sent and (best or not call.to_sent) and event.what is not Happened.PASSED_ON:
        call.to_sent = event.called.sent
    other = event.other_party
    if (best or call.number is None) and other.sent and event.what is not Happened.PASSED_ON:
        call.number, call.withheld = other.e164 or call.number, other.withheld
    call.original_call_id = call.original_call_id or event.original_call_id
    call.queue = call.queue or event.queue


def _named(call: PhoneCall, event: Event) -> list[Agent]:
    names = list(event.users)
    if event.what is Happened.ANSWERED and event.answering:
        names.append(event.answering)
    # An extension dialled or dialling names its agent as well as « user » does.
    ours = event.called if event.direction is Direction.IN else event.caller
    if not names and ours.sent and event.what is not Happened.HUNG_UP:
        names.append(ours.sent)
    return agents_named(names)


def _ring(call: PhoneCall, event: Event, agents: list[Agent]) -> None:
    for agent in agents:
        _leg(call, agent)
    if agents or event.direction is Direction.OUT:
        return
    team = team_called(event)
    if team is not None:
        call.team_id = team.id
    elif not event.users or event.queue:
        call.everybody = True


def _leg(call: PhoneCall, agent: Agent) -> PhoneLeg:
    for leg in call.legs:
        if leg.agent_id == agent.id:
            return leg
    leg = PhoneLeg(agent_id=agent.id)
    call.legs.append(leg)
    return leg


def _first(before: datetime | None, at: datetime) -> datetime:
    return at if before is None else min(before, at)
