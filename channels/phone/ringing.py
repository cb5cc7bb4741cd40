"""What rings for an agent, asked every second or two by every open page: one query by index."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import and_, exists, or_, select, update
from sqlalchemy.orm import joinedload, lazyload

from channels.phone.calls import LIVE, CallState, Direction, PhoneCall, PhoneLeg
from channels.phone.understanding import RINGS_AT_MOST, SPEAKS_AT_MOST
from support.kernel import db
from support.kernel.errors import Conflict, NotVisible
from support.kernel.time import now
from support.people.models import Agent
from support.people.permissions import Permission, require

SHOWN = 5
FOUND = timedelta(days=1)  # how long a call may be opened after it rang


@dataclass(frozen=True)
class Ringing:
    """``mine``: it is with this agent already, who has picked up."""

    call: PhoneCall
    mine: bool


def ringing_for(agent: Agent) -> list[Ringing]:
    """What the agent must see now, the longest waiting first. One query.

    Those who speak with somebody see only what rings at them by name.
    """
    require(agent, Permission.TAKE_CALLS)
    speaking, at_me, at_all = _speaking(agent), _at(agent), _at_team(agent)
    query = (
        select(PhoneCall, at_me.label("by_name"))
        .where(PhoneCall.state.in_(LIVE), PhoneCall.seen_at > now() - SPEAKS_AT_MOST)
        .where(PhoneCall.ended_at.is_(None), or_(speaking, at_me, at_all))
        .options(lazyload(PhoneCall.legs))
        .order_by(PhoneCall.seen_at, PhoneCall.id)
        .limit(4 * SHOWN)
    )
    rows = db.session().execute(query).all()
    busy = any(call.state is CallState.ANSWERED for call, _named in rows)
    return [
        Ringing(call, call.state is CallState.ANSWERED)
        for call, named in rows
        if (named or not busy or call.state is CallState.ANSWERED) and not _opened(call, agent)
    ][:SHOWN]


def open_call(call_id: int, *, by: Agent) -> PhoneCall:
    """A call that rang lately at ``by`` or their team, or that they took.

    Raises NotVisible ``phone.unknown``.
    """
    require(by, Permission.TAKE_CALLS)
    rang = exists().where(PhoneLeg.phone_call_id == PhoneCall.id, PhoneLeg.agent_id == by.id)
    query = (
        select(PhoneCall)
        .where(PhoneCall.id == call_id, PhoneCall.seen_at > now() - FOUND)
        .where(
            or_(
                rang,
                PhoneCall.team_id == by.team_id,
                PhoneCall.everybody,
                PhoneCall.agent_id == by.id,
                PhoneCall.taken_by_id == by.id,
            )
        )
    )
    found = db.session().scalar(query)
    if found is None:
        raise NotVisible.of("phone.unknown")
    return found


def take(call: PhoneCall, *, by: Agent) -> None:
    """Open it on one's call screen. Of two who press, one has it (Conflict ``phone.taken``).

    Whoever has picked up the telephone has it, whatever was pressed.
    """
    free = or_(
        PhoneCall.taken_by_id.is_(None),
        PhoneCall.taken_by_id == by.id,
        PhoneCall.agent_id == by.id,
    )
    not_spoken = or_(PhoneCall.agent_id.is_(None), PhoneCall.agent_id == by.id, _passed_to(by))
    changed = db.session().execute(
        update(PhoneCall)
        .where(PhoneCall.id == call.id, free, not_spoken)
        .values(taken_by_id=by.id, taken_at=now())
        .execution_options(synchronize_session=False)
    )
    db.session().refresh(call)
    if not changed.rowcount:  # type: ignore[attr-defined]
        who = call.taken_by or call.agent
        raise Conflict.of("phone.taken", name=who.full_name if who else "")


def lately(agent: Agent, limit: int = 10) -> Sequence[PhoneCall]:
    """Calls that the agent answered today and has not noted yet, the newest first."""
    query = (
        select(PhoneCall)
        .where(
            PhoneCall.state == CallState.ENDED,
            PhoneCall.seen_at > now() - timedelta(hours=12),
            PhoneCall.agent_id == agent.id,
            PhoneCall.noted_at.is_(None),
        )
        .options(lazyload(PhoneCall.legs), joinedload(PhoneCall.agent))
        .order_by(PhoneCall.seen_at.desc())
        .limit(limit)
    )
    return db.session().scalars(query).all()


def _opened(call: PhoneCall, agent: Agent) -> bool:
    """Whether this agent has it on their call screen already."""
    return call.taken_by_id == agent.id


def _speaking(agent: Agent):  # type: ignore[no-untyped-def]
    return and_(
        PhoneCall.state == CallState.ANSWERED,
        PhoneCall.agent_id == agent.id,
        PhoneCall.noted_at.is_(None),
    )


def _at(agent: Agent):  # type: ignore[no-untyped-def]
    """It rings at the agent by name: called, or passed on to."""
    leg = exists().where(
        PhoneLeg.phone_call_id == PhoneCall.id,
        PhoneLeg.agent_id == agent.id,
        PhoneLeg.answered_at.is_(None),
        or_(PhoneCall.state == CallState.RINGING, PhoneLeg.passed_on),
    )
    return and_(_rings(), PhoneCall.state.in_((CallState.RINGING, CallState.TRANSFERRED)), leg)


def _at_team(agent: Agent):  # type: ignore[no-untyped-def]
    ours = or_(PhoneCall.team_id == agent.team_id, PhoneCall.everybody)
    return and_(_rings(), PhoneCall.state == CallState.RINGING, ours)


def _rings():  # type: ignore[no-untyped-def]
    return and_(
        PhoneCall.direction == Direction.IN,
        PhoneCall.seen_at > now() - RINGS_AT_MOST,
        or_(PhoneCall.taken_by_id.is_(None), PhoneCall.state == CallState.TRANSFERRED),
    )


def _passed_to(agent: Agent):  # type: ignore[no-untyped-def]
    return exists().where(
        PhoneLeg.phone_call_id == PhoneCall.id,
        PhoneLeg.agent_id == agent.id,
        PhoneLeg.passed_on,
    )
