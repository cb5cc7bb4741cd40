"""What is said between levels, written down; to a level that works by mail it also leaves as one,
and to one that works in another help desk as a word there.

The mail is the entry itself: its Message-ID is given before its first try, its delivery is
followed like that of any other mail of ours, and an answer to it finds its way by it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import select

from escalation.glpi import linking
from support.intake.models import Channel
from support.kernel import db
from support.kernel.message_ids import fresh_message_id
from support.people.models import Agent, Team
from support.tickets.authors import SYSTEM, Author
from support.tickets.handing import at_home
from support.tickets.journal import Words, write, written
from support.tickets.models import Ticket
from support.tickets.replying import send_to
from support.tickets.timeline import Entry, EntryKind
from support.tickets.visibility import PAGE, hold


def exchange(
    ticket: Ticket, words: Words, to: Team, *, by: Author, due: datetime | None = None
) -> Entry:
    """Write ``words`` (their ``data`` says the move, and from whom to whom) in the thread between
    levels, and mail them to ``to`` if it works by mail. ``due``: until when it has agreed to
    answer.
    """
    if to.mailbox and words.message_id is None:
        return _mailed(ticket, words, to, by, due)
    if to.bridge == linking.BRIDGE:
        return _bridged(ticket, words, to, by)
    entry = write(ticket, EntryKind.EXCHANGE, words, by=by)
    if to.mailbox:  # from one mailbox to the next: what came by mail goes on as a mail of ours
        _mailed(ticket, Words("", data=_facts("told", ticket, to, about=entry.id)), to, SYSTEM, due)
    return entry


def call_back(ticket: Ticket, team: Team) -> None:
    """Tell a level that was asked, if it works elsewhere, that no answer is expected any more."""
    words = Words("", data=_facts("called_back", ticket, team))
    if team.mailbox:
        _mailed(ticket, words, team, SYSTEM, None)
    elif team.bridge == linking.BRIDGE:
        _bridged(ticket, words, team, SYSTEM)


def tell_addition(payload: Mapping[str, Any]) -> None:
    """Pass what the person has added (``payload["entry_id"]``) on to the level that has the
    ticket by now. Safe to run twice.
    """
    message = db.session().get(Entry, int(payload["entry_id"]))
    ticket = db.session().get(Ticket, message.ticket_id, options=PAGE) if message else None
    if message is None or ticket is None:
        return
    hold(ticket)
    once = f"level_added:{message.id}"
    if not at_home(ticket) and ticket.team.mailbox and not written(once):
        facts = _facts("added", ticket, ticket.team, about=message.id)
        _mailed(ticket, Words("", data=facts, once_key=once), ticket.team, SYSTEM, None)


def remind(ticket: Ticket, once: str, due: datetime | None) -> bool:
    """Ask the level that has the ticket again. Returns whether it was not done already."""
    if not ticket.team.mailbox or written(once):
        return False
    words = Words("", data=_facts("reminded", ticket, ticket.team), once_key=once)
    _mailed(ticket, words, ticket.team, SYSTEM, due)
    return True


def agent_of(team: Team) -> Agent | None:
    """The account by which a team acts that works by mail, or in another help desk; None when it
    works here.
    """
    query = select(Agent).where(Agent.team_id == team.id, Agent.by_mail, Agent.active.is_(True))
    return db.session().scalar(query.limit(1)) if team.mailbox or team.bridge else None


def _facts(move: str, ticket: Ticket, to: Team, **more: Any) -> dict[str, Any]:
    return {"move": move, "from": ticket.home_team.label, "to": to.label, **more}


def _bridged(ticket: Ticket, words: Words, to: Team, by: Author) -> Entry:
    facts = {**(words.data or {}), "to_team_id": to.id}
    entry = write(ticket, EntryKind.EXCHANGE, replace(words, data=facts), by=by)
    linking.begin(ticket, to, entry.id)
    return entry


def _mailed(ticket: Ticket, words: Words, to: Team, by: Author, due: datetime | None) -> Entry:
    facts = {**(words.data or {}), "to_team_id": to.id, "due": due.isoformat() if due else None}
    mail = replace(words, channel=Channel.EMAIL, message_id=fresh_message_id(), data=facts)
    entry = write(ticket, EntryKind.EXCHANGE, mail, by=by)
    send_to(to.mailbox, entry)
    return entry
