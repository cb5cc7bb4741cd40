"""The answer of a level that works by mail: taken up from the reply to our mail.

Only a reply that names a mail of ours (its Message-ID cannot be guessed) and comes from the
shared mailbox, or from an address that is allowed to answer for it, speaks for the level.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import select

from escalation.reading import open_escalations
from escalation.returning import answer
from escalation.shared_mailbox.posting import agent_of
from support.intake.models import Outcome
from support.kernel import db
from support.people.models import Agent, Team
from support.tickets.authors import SYSTEM
from support.tickets.filing import THREADS, Filed, Incoming, Why, unrepeated
from support.tickets.journal import Words, note_event, write
from support.tickets.models import Ticket
from support.tickets.timeline import Entry, EntryKind

LATE = "late"  # the move of an answer that nobody waits for any more


def take(message: Incoming, ticket: Ticket, *, trusted: bool = False) -> Filed | None:
    """What the level says by ``message``, on the ticket that the caller holds.

    None: it answers no mail between levels. ``trusted``: an agent has read who wrote it and takes
    it for the level's word, whatever its address.
    """
    team = _team_written_to(message.threads, ticket)
    if team is None and trusted:  # programs lose the thread: who writes must then be known to us
        team = _team_of(message.sender, ticket)
    agent = agent_of(team) if team is not None else None
    if team is None or agent is None:
        return None
    if not trusted and (message.vouched is False or not may_answer(message.sender, team)):
        told = {"sender": message.sender, "team": team.label}
        once = f"delegate:{message.received.id}"
        note_event(ticket, "delegate_unknown", by=SYSTEM, once_key=once, **told)
        return Filed(Outcome.QUARANTINED, ticket, why=Why.DELEGATE)
    words = _words(unrepeated(message))
    asked = any(one.to_team_id == team.id for one in open_escalations(ticket))
    if ticket.team_id != team.id or not asked:
        return Filed(Outcome.APPENDED, ticket, _late(ticket, team, words, agent))
    answer(ticket, words, by=agent)
    entry = db.session().scalar(select(Entry).where(Entry.received_id == message.received.id))
    return Filed(Outcome.APPENDED, ticket, entry)


def may_answer(address: str, team: Team) -> bool:
    """Whether mail from ``address`` speaks for ``team``: its mailbox, or a delegate of it."""
    known = {(team.mailbox or "").lower(), *(str(one).lower() for one in team.delegates or ())}
    _name, _at, domain = address.lower().rpartition("@")
    return address.lower() in known or f"@{domain}" in known


def _team_written_to(threads: Sequence[str], ticket: Ticket) -> Team | None:
    """The team to which the nearest of our mails between levels went that it answers."""
    if not threads:
        return None
    ours = db.session().execute(
        select(Entry.message_id, Entry.data).where(
            Entry.ticket_id == ticket.id,
            Entry.kind == EntryKind.EXCHANGE,
            Entry.message_id.in_(threads[:THREADS]),
        )
    )
    sent_to = {row.message_id: row.data.get("to_team_id") for row in ours}
    nearest = next((sent_to[one] for one in threads if sent_to.get(one)), None)
    return db.session().get(Team, nearest) if nearest else None


def _team_of(address: str, ticket: Ticket) -> Team | None:
    """The team that has been asked, and for which ``address`` may answer."""
    asked = [one.to_team for one in open_escalations(ticket)]
    return next((team for team in asked if team.mailbox and may_answer(address, team)), None)


def _words(message: Incoming) -> Words:
    """Signed by who wrote it. Files alone are an answer too: their names say what it is."""
    words, signed = message.words, {"from_name": message.sender_name, "address": message.sender}
    text = words.text.strip() or ", ".join(file.filename for file in words.files)
    return replace(words, text=text, data={**(words.data or {}), **signed})


def _late(ticket: Ticket, team: Team, words: Words, agent: Agent) -> Entry:
    """Nobody waits for it any more: kept between levels, where the team that answers reads it."""
    facts = {"move": LATE, "from": team.label, "to": ticket.home_team.label}
    said = replace(words, data={**(words.data or {}), **facts})
    return write(ticket, EntryKind.EXCHANGE, said, by=agent)
