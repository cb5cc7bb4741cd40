"""Calling back: those who called in vain, and those to whom a call was promised.

No clock stops or starts for it: the date promised for an answer stays what it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import case, select, update
from sqlalchemy.exc import IntegrityError

from support.clocks.slots import Slot
from support.kernel import db
from support.kernel.errors import Conflict, DomainError, Invalid, NotVisible, Problem
from support.kernel.time import now
from support.people.models import Agent, Person, Team
from support.people.normalising import phone_number
from support.people.permissions import Permission, require
from support.tickets.call_backs import LONGEST_WHY, CallBack, Ended, Origin
from support.tickets.call_lists import open_to
from support.tickets.journal import note_event
from support.tickets.models import Ticket

SOON = timedelta(hours=4)  # within which a missed call should be called back


@dataclass(frozen=True)
class Plan:
    """``mine``: by whoever plans it; otherwise by anybody of their team."""

    number: str
    slot: Slot | None
    why: str = ""
    mine: bool = True
    person: Person | None = None
    ticket: Ticket | None = None
    once_key: str | None = None


def plan(draft: Plan, *, by: Agent) -> CallBack:
    """Promise a call. Raises Invalid with a problem for each wrong field.

    Sent twice with one ``once_key``, it is one.
    """
    require(by, Permission.TAKE_CALLS)
    number, slot = _checked(draft)
    made = CallBack(
        origin=Origin.PLANNED,
        number=number,
        team_id=by.team_id,
        agent=by if draft.mine else None,
        person=draft.person or (draft.ticket.person if draft.ticket else None),
        ticket=draft.ticket,
        why=draft.why.strip(),
        due_at=slot.start,
        due_until=slot.end,
        created_by_id=by.id,
        once_key=f"{by.id}:{draft.once_key}"[:80] if draft.once_key else None,
    )
    session = db.session()
    try:
        with session.begin_nested():
            session.add(made)
    except IntegrityError:
        before = session.scalar(select(CallBack).where(CallBack.once_key == made.once_key))
        if before is None:
            raise
        return before
    _take_over_missed(made)
    _tell(made, "call_back_planned", by, due=slot.start.isoformat(), until=slot.end.isoformat())
    return made


def missed(number: str, *, at: datetime, team: Team | None) -> None:
    """Somebody called at ``at`` and nobody answered: one row per number, the calls counted. Who
    was promised a call within the same hours is on that row.
    """
    session = db.session()
    if _count_on_promised(number, at) or _count_one_more(number, at):
        return
    row = CallBack(
        origin=Origin.MISSED,
        number=number,
        team=team,
        due_at=at,
        due_until=at + SOON,
        missed_calls=1,
        first_missed_at=at,
        last_missed_at=at,
    )
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        if not _count_one_more(number, at):
            raise


def got_through(number: str, *, since: datetime) -> int:
    """They called again at ``since`` and were answered: nothing is left to call back."""
    found = _waiting(number).where(CallBack.last_missed_at <= since)
    rows = db.session().scalars(found.with_for_update(of=CallBack)).unique().all()
    for row in rows:
        row.ended, row.ended_at = Ended.GOT_THROUGH, now()
    db.session().flush()
    return len(rows)


def one_call_back(call_back_id: int, *, by: Agent, lock: bool = False) -> CallBack:
    """Raises NotVisible ``call_back.unknown``."""
    require(by, Permission.TAKE_CALLS)
    query = select(CallBack).where(CallBack.id == call_back_id, open_to(by))
    if lock:
        query = query.with_for_update(of=CallBack).execution_options(populate_existing=True)
    found = db.session().scalar(query)
    if found is None:
        raise NotVisible.of("call_back.unknown")
    return found


def take(call_back: CallBack, *, by: Agent) -> None:
    """Make it one's own. Of two who press, one has it: the other is told who (Conflict)."""
    require(by, Permission.TAKE_CALLS)
    session = db.session()
    free = CallBack.agent_id.is_(None) | (CallBack.agent_id == by.id)
    changed = session.execute(
        update(CallBack)
        .where(CallBack.id == call_back.id, CallBack.ended.is_(None), free)
        .values(agent_id=by.id)
        .execution_options(synchronize_session=False)
    )
    session.refresh(call_back, ["agent_id", "agent", "ended"])
    if not changed.rowcount:  # type: ignore[attr-defined]
        raise _not_free(call_back)


def give_back(call_back: CallBack, *, by: Agent) -> None:
    """Let anybody of the team call."""
    _check_mine(call_back, by)
    call_back.agent = None


def move(call_back: CallBack, slot: Slot | None, *, by: Agent) -> None:
    """Another time. Raises Invalid ``slot.missing``."""
    _check_mine(call_back, by)
    if slot is None:
        raise Invalid.of("slot.missing", "slot")
    call_back.due_at, call_back.due_until = slot.start, slot.end
    _tell(call_back, "call_back_moved", by, due=slot.start.isoformat(), until=slot.end.isoformat())


def not_reached(call_back: CallBack, slot: Slot | None, *, by: Agent) -> None:
    """Tried, and nobody answered: to be tried again at ``slot``, or given up without one."""
    _check_mine(call_back, by)
    call_back.attempts += 1
    call_back.attempted_at = now()
    facts = {"attempts": call_back.attempts}
    if slot is None:
        _end(call_back, Ended.NOT_REACHED, by)
        _tell(call_back, "call_back_given_up", by, **facts)
        return
    call_back.due_at, call_back.due_until = slot.start, slot.end
    _tell(call_back, "call_back_not_reached", by, due=slot.start.isoformat(),
          until=slot.end.isoformat(), **facts)  # fmt: skip


def done(call_back: CallBack, outcome: str, *, by: Agent, ticket: Ticket | None = None) -> None:
    """They were called. ``outcome`` in a few words; ``ticket``: where the call was noted."""
    _check_mine(call_back, by)
    if not outcome.strip():
        raise Invalid.of("call_back.outcome_missing", "outcome")
    call_back.outcome = outcome.strip()[:LONGEST_WHY]
    call_back.ticket = call_back.ticket or ticket
    _end(call_back, Ended.DONE, by)
    _tell(call_back, "call_back_done", by)


def cancel(call_back: CallBack, why: str, *, by: Agent) -> None:
    """Raises Invalid ``call_back.why_missing``: who waits for a call is owed a reason."""
    _check_mine(call_back, by)
    if not why.strip():
        raise Invalid.of("call_back.why_missing", "outcome")
    call_back.outcome = why.strip()[:LONGEST_WHY]
    _end(call_back, Ended.CANCELLED, by)
    _tell(call_back, "call_back_cancelled", by, why=call_back.outcome)


def _end(call_back: CallBack, how: Ended, by: Agent) -> None:
    call_back.ended, call_back.ended_at, call_back.ended_by_id = how, now(), by.id


def _check_mine(call_back: CallBack, by: Agent) -> None:
    """Whoever acts on it has it, or takes it by acting."""
    take(call_back, by=by)


def _not_free(call_back: CallBack) -> Conflict:
    if call_back.ended is not None or call_back.agent is None:
        return Conflict.of("call_back.ended")
    return Conflict.of("call_back.taken", name=call_back.agent.full_name)


def _checked(draft: Plan) -> tuple[str, Slot]:
    problems = []
    number = ""
    try:
        number = phone_number(draft.number)
    except DomainError as refusal:
        problems += [Problem(p.code, "number", p.params) for p in refusal.problems]
    if draft.slot is None:
        problems.append(Problem("slot.missing", "slot"))
    if len(draft.why.strip()) > LONGEST_WHY:
        problems.append(Problem("field.too_long", "why", {"most": LONGEST_WHY}))
    if problems or draft.slot is None:
        raise Invalid(*problems)
    return number, draft.slot


def _waiting(number: str):  # type: ignore[no-untyped-def]
    return select(CallBack).where(
        CallBack.number == number, CallBack.origin == Origin.MISSED, CallBack.ended.is_(None)
    )


def _take_over_missed(made: CallBack) -> None:
    """Their calls in vain are answered by the promise: one number, one row."""
    rows = db.session().scalars(_waiting(made.number).with_for_update(of=CallBack)).unique().all()
    for row in rows:
        row.ended, row.ended_at, row.ended_by_id = Ended.PROMISED, now(), made.created_by_id
        made.missed_calls += row.missed_calls
        made.first_missed_at, made.last_missed_at = row.first_missed_at, row.last_missed_at
    db.session().flush()


def _count_on_promised(number: str, at: datetime) -> bool:
    first = (
        select(CallBack)
        .where(
            CallBack.number == number,
            CallBack.origin == Origin.PLANNED,
            CallBack.ended.is_(None),
            CallBack.due_at <= at + SOON,
        )
        .order_by(CallBack.due_at, CallBack.id)
        .limit(1)
    )
    row = db.session().scalar(first.with_for_update(of=CallBack))
    if row is None:
        return False
    row.missed_calls += 1
    row.first_missed_at = row.first_missed_at or at
    row.last_missed_at = max(row.last_missed_at or at, at)
    db.session().flush()
    return True


def _count_one_more(number: str, at: datetime) -> bool:
    later = CallBack.last_missed_at < at
    changed = db.session().execute(
        update(CallBack)
        .where(
            CallBack.number == number, CallBack.origin == Origin.MISSED, CallBack.ended.is_(None)
        )
        .values(
            missed_calls=CallBack.missed_calls + 1,
            last_missed_at=case((later, at), else_=CallBack.last_missed_at),
        )
        .execution_options(synchronize_session=False)
    )
    return bool(changed.rowcount)  # type: ignore[attr-defined]


def _tell(call_back: CallBack, event: str, by: Agent, **facts: Any) -> None:
    """A line on the ticket that it is about, when the agent sees that ticket."""
    if call_back.ticket is None:
        return
    db.session().flush()
    note_event(call_back.ticket, event, by=by, call_back=call_back.id, **facts)
