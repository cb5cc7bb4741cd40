"""What was kept of the telephone, understood: an event of the exchange, or a call as noted."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, func, select

from channels.phone import events, following, taking
from channels.phone.addressing import is_ours
from channels.phone.calls import LIVE, UNANSWERED, CallState, Direction, PhoneCall
from support.intake.models import Channel, Outcome, Received
from support.intake.receiving import Kept, key_of, raw_of, receive
from support.intake.settling import settle, take_unsettled
from support.kernel import db
from support.kernel.time import now
from support.people.models import Agent, Team
from support.tickets import calling_back

TELEPHONY = "telephony"
RINGS_AT_MOST = timedelta(minutes=10)  # then its end was lost on the way
SPEAKS_AT_MOST = timedelta(hours=8)
LOST = "lost"
KEPT = timedelta(days=365)


def keep(raw: bytes, *, sender: int) -> Kept:
    """Keep an event (JSON) as it came; the very same from the same sender is kept once."""
    source = f"{TELEPHONY}:{sender}"
    return receive(Channel.PHONE, raw, source=source, dedupe_key=key_of(source, raw))


def understand(received_id: int) -> PhoneCall | None:
    """Whatever was received; the call that an event is about. The caller commits."""
    received = db.session().get(Received, received_id)
    if received is None or not received.source.startswith(TELEPHONY):
        taking.understand(received_id)
        return None
    received = take_unsettled(received_id)
    if received is None:
        return None
    event = events.read_event(raw_of(received))
    if event.what is None:
        settle(received, Outcome.SET_ASIDE, reason="phone.event_unknown")
        return None
    call = following.follow(event, received.received_at)
    count(call)
    settle(received, Outcome.APPENDED)
    return call


def count(call: PhoneCall) -> None:
    """Let a call that nobody answered be called back, and one that got through be forgotten."""
    if call.direction is Direction.OUT or call.number is None:
        return
    began = call.rang_at or call.seen_at
    if call.answered_at is not None:
        calling_back.got_through(call.number, since=began)
    elif call.state in UNANSWERED and not call.counted and not _got_through(call):
        team = _team(call)
        if is_ours(team):
            calling_back.missed(call.number, at=began, team=team)
            call.counted = True


def give_up_on_lost(limit: int = 200) -> int:
    """End the calls whose end never came, so that nobody waits for them; returns how many."""
    old = (
        select(PhoneCall)
        .where(PhoneCall.state.in_(LIVE), PhoneCall.ended_at.is_(None))
        .where(PhoneCall.seen_at < now() - RINGS_AT_MOST)
        .order_by(PhoneCall.seen_at)
        .limit(limit)
        .with_for_update(of=PhoneCall, skip_locked=True)
    )
    ended = 0
    for call in db.session().scalars(old).unique().all():
        if call.state is CallState.ANSWERED and call.seen_at > now() - SPEAKS_AT_MOST:
            continue
        call.ended_at, call.cause = now(), LOST
        following.settle_state(call)
        count(call)
        ended += 1
    return ended


def forget_calls(limit: int = 1000) -> int:
    """Delete up to ``limit`` calls told of longer ago than they may be kept; returns how many.

    What was noted of them stays on its ticket.
    """
    old = select(PhoneCall.id).where(PhoneCall.seen_at < now() - KEPT)
    chosen = old.where(PhoneCall.state.in_(CallState)).order_by(PhoneCall.id).limit(limit)
    result = db.session().execute(
        delete(PhoneCall)
        .where(PhoneCall.id.in_(chosen))
        .execution_options(synchronize_session=False)
    )
    return int(result.rowcount)  # type: ignore[attr-defined]


def _got_through(call: PhoneCall) -> bool:
    """Whether the same number was answered in another call, since or meanwhile."""
    other = select(PhoneCall.id).where(
        PhoneCall.number == call.number,
        PhoneCall.answered_at.is_not(None),
        PhoneCall.direction == Direction.IN,
        func.coalesce(PhoneCall.rang_at, PhoneCall.seen_at) >= (call.rang_at or call.seen_at),
    )
    return db.session().scalar(other.limit(1)) is not None


def _team(call: PhoneCall) -> Team | None:
    """The team it was for: its queue's, or the one of the first agent at whom it rang."""
    if call.team_id is not None:
        return db.session().get(Team, call.team_id)
    if not call.legs:
        return None
    agent = db.session().get_one(Agent, call.legs[0].agent_id)
    return db.session().get_one(Team, agent.team_id)
