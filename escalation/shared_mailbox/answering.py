"""The signed page: whoever holds the link of a mail reads the whole question and acts on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from escalation import keeping, returning
from escalation.chain import next_teams
from escalation.models import Escalation
from escalation.raising import HandoverDraft, escalate
from escalation.reading import last_handover
from escalation.shared_mailbox.posting import agent_of
from support.kernel import db
from support.kernel.errors import Conflict, Invalid, NotVisible
from support.people.models import Agent, Team
from support.tickets.journal import FileDraft, Words
from support.tickets.leaving import not_withdrawn
from support.tickets.level_links import by_level_token
from support.tickets.models import Ticket
from support.tickets.timeline import Attachment, Entry, EntryKind
from support.tickets.visibility import PAGE, hold

SHOWN = 50
# Not what colleagues of another team note for themselves, nor letters that left by themselves.
READ = (EntryKind.MESSAGE, EntryKind.REPLY, EntryKind.CALL, EntryKind.EXCHANGE)


@dataclass(frozen=True)
class Door:
    """What a link opens. ``waiting``: whether ``team`` is still asked; ``last``: its last
    hand-over of this ticket, which says what became of it.
    """

    ticket: Ticket
    team: Team
    agent: Agent
    address: str
    waiting: bool
    last: Escalation


@dataclass(frozen=True)
class Signed:
    """Who acts, as they say it themselves; the files that they add."""

    name: str
    files: Sequence[FileDraft] = ()


def open_door(token: str, *, lock: bool = False) -> Door:
    """Raises NotVisible ``level.unknown`` when it is no link of ours, or of a mailbox no more."""
    sent = by_level_token(token)
    session = db.session()
    ticket = session.get(Ticket, sent.ticket_id, options=PAGE)
    team = session.get(Team, sent.data.get("to_team_id") or 0)
    agent = agent_of(team) if team is not None else None
    if ticket is None or team is None or agent is None:
        raise NotVisible.of("level.unknown")
    if lock:
        hold(ticket)
    last = session.scalar(
        select(Escalation)
        .where(Escalation.ticket_id == ticket.id, Escalation.to_team_id == team.id)
        .options(joinedload(Escalation.from_team))
        .order_by(Escalation.id.desc())
        .limit(1)
    )
    if last is None:
        raise NotVisible.of("level.unknown")
    waiting = last.ended_at is None and ticket.team_id == team.id
    return Door(ticket, team, agent, team.mailbox or "", waiting, last)


def known(door: Door) -> Sequence[Entry]:
    """What the level may read of the ticket, oldest first: two queries."""
    query = (
        select(Entry)
        .outerjoin(Entry.delivery)
        .where(Entry.ticket_id == door.ticket.id, Entry.kind.in_(READ), not_withdrawn())
        .options(
            joinedload(Entry.author_agent),
            joinedload(Entry.author_person),
            selectinload(Entry.attachments),
        )
        .order_by(Entry.id.desc())
        .limit(SHOWN)
    )
    found = db.session().scalars(query).unique().all()
    return [entry for entry in reversed(found) if entry.text or entry.attachments]


def attachment_of(door: Door, attachment_id: int) -> Attachment:
    """Raises NotVisible ``attachment.unknown``, also once no answer is expected any more."""
    query = (
        select(Attachment)
        .join(Entry, Attachment.entry_id == Entry.id)
        .outerjoin(Entry.delivery)
        .where(
            Attachment.id == attachment_id,
            Entry.ticket_id == door.ticket.id,
            Entry.kind.in_(READ),
            not_withdrawn(),
        )
    )
    found = db.session().scalar(query) if door.waiting else None
    if found is None:
        raise NotVisible.of("attachment.unknown")
    return found


def answer(door: Door, text: str, signed: Signed) -> None:
    """Raises as ``returning.answer``, and Conflict ``level.over``; Invalid ``level.name``."""
    _require(door, signed)
    returning.answer(door.ticket, _words(text, signed, door), by=door.agent)


def ask_missing(door: Door, missing: Sequence[str], text: str, signed: Signed) -> None:
    _require(door, signed)
    returning.ask_missing(door.ticket, missing, _words(text, signed, door), by=door.agent)


def keep(door: Door, news: str, news_on: date | None, signed: Signed) -> None:
    _require(door, signed)
    keeping.keep(door.ticket, _words(news, signed, door), news_on, by=door.agent)


def pass_on(door: Door, to_id: int | None, question: str, signed: Signed) -> Team:
    """On to the next level, with all that was given to this one."""
    _require(door, signed)
    to = next((team for team in next_teams(door.ticket) if team.id == to_id), None)
    if to is None:
        raise Invalid.of("field.choice", "to")
    given = last_handover(door.ticket)
    facts = _signature(signed, door)
    escalate(door.ticket, to, HandoverDraft(question, given, signed.files, facts), by=door.agent)
    return to


def _require(door: Door, signed: Signed) -> None:
    if not door.waiting:
        raise Conflict.of("level.over")
    if not signed.name.strip():
        raise Invalid.of("level.name", "name")


def _words(text: str, signed: Signed, door: Door) -> Words:
    return Words(text, files=signed.files, data=_signature(signed, door))


def _signature(signed: Signed, door: Door) -> dict[str, Any]:
    return {"from_name": signed.name.strip()[:120], "address": door.address, "by_link": True}
