"""The two clocks of the beginning: the acknowledgement, and the first answer of somebody.

What is sent electronically is acknowledged within ten working days at most (CRPA R112-11-1); ours
leaves at once, and the clock says when it did not. The first answer is the operator's own aim. A
conversation (telephone, counter) is its own first answer: only what was written has these clocks.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, case, or_, select, update

from support.clocks import running
from support.clocks.models import Clock, ClockKind
from support.intake.models import Channel
from support.kernel import db
from support.kernel.time import now
from support.tickets.leaving import not_withdrawn
from support.tickets.models import Ticket
from support.tickets.timeline import Entry, EntryKind

WRITTEN = frozenset({Channel.EMAIL, Channel.FORM, Channel.FOLLOW, Channel.STAFF})
BOTH = (ClockKind.ACKNOWLEDGEMENT, ClockKind.FIRST_ANSWER)


@dataclass(frozen=True)
class Rules:
    """Working hours of the team that answers."""

    acknowledgement: int = 70  # ten working days of seven hours
    first_answer: int = 16


_rules = Rules()


def configure(rules: Rules) -> None:
    global _rules
    _rules = rules


def begun(tickets: Sequence[Ticket], acknowledged: Iterable[bool]) -> list[Clock]:
    """The clocks of new tickets, to be added by the caller. ``acknowledged``: whether an
    acknowledgement will leave for each.
    """
    written = [
        (one, wanted)
        for one, wanted in zip(tickets, acknowledged, strict=True)
        if one.channel in WRITTEN
    ]
    answers = [_start(one, _rules.first_answer) for one, _ in written]
    receipts = [_start(one, _rules.acknowledgement) for one, wanted in written if wanted]
    found = running.started(answers, ClockKind.FIRST_ANSWER) if answers else []
    if receipts:
        found += running.started(receipts, ClockKind.ACKNOWLEDGEMENT)
    return found


def _start(ticket: Ticket, hours: int) -> running.Start:
    return running.Start(ticket.id, hours * 60, ticket.home_team.calendar_code)


def acknowledged(ticket_id: int) -> None:
    """The acknowledgement has left, or nobody would read it."""
    _stop(ticket_id, (ClockKind.ACKNOWLEDGEMENT,))


def answered(ticket_id: int) -> None:
    """Somebody has answered, or it is over: both are done with."""
    _stop(ticket_id, BOTH)


def unsaid(ticket: Ticket, said_at: datetime) -> None:
    """The answer of ``said_at`` was taken back before it left: unless there was another one, the
    clocks that it stopped run again, as if nothing had been said.
    """
    replied = (
        select(Entry.id)
        .outerjoin(Entry.delivery)
        .where(Entry.ticket_id == ticket.id, Entry.kind == EntryKind.REPLY, not_withdrawn())
    )
    if db.session().scalar(replied.limit(1)) is not None:
        return
    db.session().execute(
        update(Clock)
        .where(Clock.ticket_id == ticket.id, Clock.kind.in_(BOTH), Clock.stopped_at >= said_at)
        .values(stopped_at=None, kept=None)
        .execution_options(synchronize_session="fetch")
    )


def _stop(ticket_id: int, kinds: Sequence[ClockKind]) -> None:
    instant = now()
    late = or_(Clock.breached_at.is_not(None), and_(Clock.deadline.is_not(None),
                                                     Clock.deadline < instant))  # fmt: skip
    db.session().execute(
        update(Clock)
        .where(Clock.ticket_id == ticket_id, Clock.kind.in_(kinds), Clock.stopped_at.is_(None))
        .values(stopped_at=instant, kept=case((late, False), else_=True))
        .execution_options(synchronize_session="fetch")
    )
