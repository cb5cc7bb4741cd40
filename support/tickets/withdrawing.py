"""Answering with second thoughts: what an answer did is remembered until it has left.

A reply taken back stays in the timeline, which is append-only, as « withdrawn »: colleagues see
that there was one, the public never. The ticket goes back to where the answer found it, unless
something else has moved it meanwhile.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select

from support.clocks import running
from support.clocks.models import Clock
from support.kernel import db
from support.kernel.errors import Conflict, Forbidden, NotVisible
from support.kernel.time import FAR_FUTURE
from support.people.models import Agent
from support.people.permissions import Permission, may, require
from support.tickets import first_words, leaving
from support.tickets.closing import close
from support.tickets.handing import hand_to
from support.tickets.journal import note_event
from support.tickets.models import ClosedHow, State, Ticket
from support.tickets.replying import ReplyDraft, Then, agent_replies
from support.tickets.states import put_back
from support.tickets.timeline import DeliveryState, Entry, EntryKind
from support.tickets.waiting import wait_for_person

_CLOCK = ("deadline", "paused_at", "left_minutes", "stopped_at", "kept")
_TICKET = ("promised_at", "sort_due", "closed_at")


def answer(ticket: Ticket, draft: ReplyDraft, then: Then, *, by: Agent) -> Entry:
    """Reply, then close or wait as said. The caller holds the ticket's row.

    Raises what ``agent_replies``, ``close`` and ``wait_for_person`` raise.
    """
    before = _picture(ticket) if draft.undo_for else None
    entry = agent_replies(ticket, draft, by=by)
    if then is Then.CLOSE:
        close(ticket, ClosedHow.ANSWERED, by=by)
    elif then is Then.WAIT:
        wait_for_person(ticket, by=by)
    if before is not None and entry.delivery is not None:
        entry.delivery.before = {"was": before, "became": _picture(ticket), "then": then.value}
        db.session().flush()
    return entry


def may_withdraw(entry: Entry, agent: Agent) -> bool:
    """Its author, or whoever may take a ticket from a colleague."""
    mine = entry.author_agent_id == agent.id or may(agent, Permission.ASSIGN_OTHERS)
    return mine and may(agent, Permission.REPLY) and entry.kind is EntryKind.REPLY


def withdraw(ticket: Ticket, entry_id: int, *, by: Agent) -> bool:
    """Take a reply back before it leaves; a second time changes nothing.

    The caller holds the ticket's row. Returns whether the ticket is again as it was, rather than
    moved on meanwhile. Raises NotVisible ``reply.unknown``, Forbidden ``withdraw.not_yours``,
    Conflict ``withdraw.too_late``.
    """
    require(by, Permission.REPLY)
    entry = _reply(ticket, entry_id)
    if not may_withdraw(entry, by):
        raise Forbidden.of("withdraw.not_yours")
    delivery = entry.delivery
    if delivery is None:
        raise Conflict.of("withdraw.too_late")
    if not leaving.withdraw(delivery):
        if delivery.state is DeliveryState.WITHDRAWN:
            return True
        raise Conflict.of("withdraw.too_late")
    note_event(ticket, "reply_withdrawn", by=by, entry_id=entry.id)
    first_words.unsaid(ticket, entry.created_at)
    kept = delivery.before
    untouched = kept is not None and kept["became"] == _picture(ticket)
    if untouched and kept is not None:
        _restore(ticket, kept["was"], by)
    return untouched


def _reply(ticket: Ticket, entry_id: int) -> Entry:
    query = select(Entry).where(Entry.id == entry_id, Entry.ticket_id == ticket.id)
    entry = db.session().scalar(query.where(Entry.kind == EntryKind.REPLY))
    if entry is None:
        raise NotVisible.of("reply.unknown")
    return entry


def _picture(ticket: Ticket) -> dict[str, Any]:
    """What an answer may change, as JSON."""
    clock = running.latest(ticket.id)
    return {
        "state": ticket.state.value,
        "team": ticket.team_id,
        "owner": ticket.owner_id,
        "home_owner": ticket.home_owner_id,
        "closed_how": ticket.closed_how.value if ticket.closed_how else None,
        **{name: _said(getattr(ticket, name)) for name in _TICKET},
        "clock": {"id": clock.id, **{name: _said(getattr(clock, name)) for name in _CLOCK}}
        if clock
        else None,
    }


def _restore(ticket: Ticket, was: dict[str, Any], by: Agent) -> None:
    session = db.session()
    put_back(ticket, State(was["state"]), by=by)
    owner = session.get(Agent, was["owner"]) if was["owner"] else None
    hand_to(ticket, ticket.team, owner)
    ticket.home_owner_id = was["home_owner"]
    ticket.home_owner = session.get(Agent, was["home_owner"]) if was["home_owner"] else None
    ticket.promised_at, ticket.closed_at = _read(was["promised_at"]), _read(was["closed_at"])
    ticket.sort_due = _read(was["sort_due"]) or FAR_FUTURE
    ticket.closed_how = ClosedHow(was["closed_how"]) if was["closed_how"] else None
    if was["clock"]:
        clock = session.get_one(Clock, was["clock"]["id"])
        for name in _CLOCK:
            value = was["clock"][name]
            setattr(clock, name, _read(value) if isinstance(value, str) else value)
    session.flush()


def _said(value: Any) -> Any:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value


def _read(value: str | None) -> datetime | None:
    return datetime.fromisoformat(value) if value else None
