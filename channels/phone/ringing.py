"""What rings for an agent, asked every second or two by every open page: one query by index."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache

from sqlalchemy import Select, and_, bindparam, exists, or_, select, update
from sqlalchemy.orm import joinedload, lazyload

from channels.phone.calls import LIVE, CallState, Direction, PhoneCall, PhoneLeg
from channels.phone.understanding import RINGS_AT_MOST, SPEAKS_AT_MOST
from support.kernel import db
from support.kernel.db import BigKey
from support.kernel.errors import Conflict, NotVisible
from support.kernel.time import Instant, now
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
    known = {
        "me": agent.id,
        "team": agent.team_id,
        "rang_since": now() - RINGS_AT_MOST,
        "spoken_since": now() - SPEAKS_AT_MOST,
    }
    rows = db.session().execute(_asked(), known).all()
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


@cache
def _asked() -> Select[tuple[PhoneCall, bool]]:
    """Put together once: to write the question took longer than to answer it."""
    me = bindparam("me", type_=BigKey)
    speaking = and_(
        PhoneCall.state == CallState.ANSWERED,
        PhoneCall.agent_id == me,
        PhoneCall.noted_at.is_(None),
    )
    leg = exists().where(
        PhoneLeg.phone_call_id == PhoneCall.id,
        PhoneLeg.agent_id == me,
        PhoneLeg.answered_at.is_(None),
        or_(PhoneCall.state == CallState.RINGING, PhoneLeg.passed_on),
    )
    rings = and_(
        PhoneCall.direction == Direction.IN,
        PhoneCall.seen_at > bindparam("rang_since", type_=Instant),
        or_(PhoneCall.taken_by_id.is_(None), PhoneCall.state == CallState.TRANSFERRED),
    )
    # By name: called, or passed on to.
    at_me = and_(rings, PhoneCall.state.in_((CallState.RINGING, CallState.TRANSFERRED)), leg)
    ours = or_(PhoneCall.team_id == bindparam("team", type_=BigKey), PhoneCall.everybody)
    at_all = and_(rings, PhoneCall.state == CallState.RINGING, ours)
    return (
        select(PhoneCall, at_me.label("by_name"))
        .where(PhoneCall.state.in_(LIVE))
        .where(PhoneCall.seen_at > bindparam("spoken_since", type_=Instant))
        .where(PhoneCall.ended_at.is_(None), or_(speaking, at_me, at_all))
        .options(lazyload(PhoneCall.legs))
        .order_by(PhoneCall.seen_at, PhoneCall.id)
        .limit(4 * SHOWN)
    )


def _passed_to(agent: Agent):  # type: ignore[no-untyped-def]
    return exists().where(
        PhoneLeg.phone_call_id == PhoneCall.id,
        PhoneLeg.agent_id == agent.id,
        PhoneLeg.passed_on,
    )
