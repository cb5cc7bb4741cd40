"""The dates that were promised for a ticket, in their order, each with what became of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select

from support.clocks.models import Clock, ClockKind
from support.kernel import db
from support.tickets.announcing import EVENT
from support.tickets.models import State, Ticket
from support.tickets.timeline import Entry, EntryKind


class Because(StrEnum):
    """Why a date was given."""

    OPENED = "opened"
    WAITED = "waited"  # we had asked the person something: the time until the answer is added
    REOPENED = "reopened"
    ANNOUNCED = "announced"  # we could not keep the first one, and said why


@dataclass(frozen=True)
class Promised:
    """``at``: the day promised, told on ``told_at``. ``broken``: it passed without an answer."""

    at: datetime
    told_at: datetime
    because: Because
    broken: bool = False
    explanation: str = ""


def promises_of(ticket: Ticket) -> Sequence[Promised]:
    """Every date promised, the oldest first: two queries."""
    clocks = db.session().scalars(
        select(Clock)
        .where(Clock.ticket_id == ticket.id, Clock.kind == ClockKind.ANSWER)
        .order_by(Clock.id)
    )
    events = list(
        db.session().scalars(
            select(Entry)
            .where(
                Entry.ticket_id == ticket.id,
                Entry.kind == EntryKind.EVENT,
                Entry.event.in_(("promise_moved", EVENT)),
            )
            .order_by(Entry.id)
        )
    )
    moves = [event for event in events if event.event != EVENT]
    announced = {event.data["clock_id"]: event for event in events if event.event == EVENT}
    found: list[Promised] = []
    for clock in clocks:
        until = clock.stopped_at
        here = [
            m
            for m in moves
            if m.created_at >= clock.started_at and (until is None or m.created_at <= until)
        ]
        found += _of_clock(clock, here, ticket, _because(clock, announced, first=not found))
    return found


def _because(clock: Clock, announced: Mapping[int, Entry], *, first: bool) -> tuple[Because, str]:
    """Why the clock was started, and what was said of it."""
    if clock.id in announced:
        return Because.ANNOUNCED, str(announced[clock.id].data["explanation"])
    return (Because.OPENED if first else Because.REOPENED), ""


def _of_clock(
    clock: Clock, moves: Sequence[Entry], ticket: Ticket, why: tuple[Because, str]
) -> list[Promised]:
    because, explanation = why
    # Paused, a clock has no date of its own: the one that was told stands on the ticket.
    paused = ticket.promised_at if ticket.state is not State.CLOSED else None
    last = clock.deadline or paused
    dates = [datetime.fromisoformat(m.data["was"]) for m in moves[:1]] or ([last] if last else [])
    found = [Promised(day, clock.started_at, because, explanation=explanation) for day in dates]
    found += [
        Promised(datetime.fromisoformat(m.data["to"]), m.created_at, Because.WAITED) for m in moves
    ]
    if (found and clock.kept is False) or (found and clock.breached_at is not None):
        end = found[-1]
        found[-1] = replace(end, broken=True)
    return found
