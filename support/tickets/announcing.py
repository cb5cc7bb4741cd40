"""Announcing a new date before the promised one breaks: with an explanation, which the person gets.

A date that was announced is never silently moved. The first promise ends there: it was not kept,
and counts as such; a new one begins.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from support.clocks import running
from support.clocks.days_given import read_day
from support.clocks.warning import Stage
from support.kernel import db
from support.kernel.errors import Conflict, Forbidden, Invalid, Problem
from support.outbox.publishing import publish
from support.people.models import Agent
from support.people.permissions import Permission, may, require
from support.tickets.journal import note_event
from support.tickets.models import State, Ticket
from support.tickets.replying import fronts
from support.tickets.timeline import Entry

EVENT = "promise_announced"
LETTER = "new_date"
SHORTEST = 20  # signs of an explanation that explains something
LONGEST = 1000
FARTHEST = timedelta(days=92)


def can_announce(ticket: Ticket, agent: Agent) -> bool:
    """Whether a date runs that this agent's team has promised."""
    runs = ticket.is_open and ticket.state is not State.WAITING_PERSON
    return runs and may(agent, Permission.REPLY) and fronts(agent, ticket)


def announce(ticket: Ticket, day: date | None, explanation: str, *, by: Agent) -> Entry:
    """From now on the answer is promised for the end of ``day``; the person is told, and why.

    The caller holds the ticket. Raises Forbidden ``reply.not_front``; Conflict
    ``announce.not_running`` when nothing is promised or we wait for the person; Invalid with a
    problem for each wrong field: those of ``days_given.read_day``, ``announce.same``,
    ``announce.explanation``, ``field.too_long``.
    """
    require(by, Permission.REPLY)
    if not fronts(by, ticket):
        raise Forbidden.of("reply.not_front", team=ticket.home_team.label)
    clock = running.live(ticket.id)
    if clock is None or not can_announce(ticket, by):
        raise Conflict.of("announce.not_running")
    explanation = " ".join(explanation.split())
    until = _checked(ticket, day, explanation)
    was = ticket.promised_at
    new = running.replace(clock, until)
    ticket.promised_at = ticket.sort_due = until
    ticket.pressing = Stage.NOBODY
    facts: dict[str, Any] = {
        "was": was.isoformat() if was else "",
        "to": until.isoformat(),
        "clock_id": new.id,
    }
    told = note_event(ticket, EVENT, by=by, explanation=explanation, **facts)
    publish("notice.send", ticket_id=ticket.id, letter=LETTER, about=told.id)
    db.session().flush()
    return told


def _checked(ticket: Ticket, day: date | None, explanation: str) -> datetime:
    calendar = ticket.home_team.calendar_code
    until, problems = read_day(day, calendar, field="day", farthest=FARTHEST)
    if until is not None and until == ticket.promised_at:
        problems.append(Problem("announce.same", "day"))
    if len(explanation) < SHORTEST:
        problems.append(Problem("announce.explanation", "explanation"))
    elif len(explanation) > LONGEST:
        problems.append(Problem("field.too_long", "explanation", {"most": LONGEST}))
    if problems or until is None:
        raise Invalid(*problems)
    return until
