"""A message added to a request on a page: kept as it was sent, then put on its ticket."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta

from sqlalchemy import select

from support.intake.bounding import refuse_flood
from support.intake.models import Channel, Outcome, Received
from support.intake.receiving import key_of, raw_of, receive_form
from support.intake.settling import settle, take_unsettled
from support.kernel import db
from support.kernel.errors import Invalid
from support.kernel.time import now
from support.people.models import Agent, Person
from support.tickets.asking import add_words
from support.tickets.beside import open_beside
from support.tickets.facts import note_facts
from support.tickets.following_up import long_closed
from support.tickets.journal import FileDraft, Words
from support.tickets.models import Ticket
from support.tickets.prioritising import declare_expiry
from support.tickets.replying import person_replies
from support.tickets.timeline import Entry
from support.tickets.visibility import hold

WHAT = "message"
LONGEST_TEXT = 20_000
MOST_IN_WINDOW = 20
WINDOW = timedelta(hours=1)


@dataclass(frozen=True)
class Message:
    """``agent_id``: the agent who speaks for the requester; None on the follow page.
    ``unsolved``: the person says what is still missing. ``given``: answers to what they were asked,
    by code, as facts keep them.
    """

    ticket_id: int
    text: str
    files: Sequence[FileDraft] = ()
    agent_id: int | None = None
    unsolved: bool = False
    given: Mapping[str, str] = field(default_factory=dict)

    @property
    def channel(self) -> Channel:
        return Channel.FOLLOW if self.agent_id is None else Channel.STAFF

    def as_json(self) -> bytes:
        read = {"what": WHAT, **asdict(self)}
        return json.dumps(read, ensure_ascii=False, sort_keys=True).encode()

    @classmethod
    def from_json(cls, raw: bytes) -> Message:
        read = json.loads(raw)
        del read["what"]
        read["files"] = tuple(FileDraft(**f) for f in read["files"])
        return cls(**read)


def keep(message: Message, *, key: str, source: str) -> Received:
    """Keep a message that can be put on its ticket. The caller commits.

    Sent twice with one ``key`` it is one message; other words under that key are another one.
    Raises Invalid ``message.empty``, ``field.too_long``, Conflict ``follow.too_many``.
    """
    if not message.text.strip() and not message.files:
        raise Invalid.of("message.empty", "text")
    if len(message.text) > LONGEST_TEXT:
        raise Invalid.of("field.too_long", "text", most=LONGEST_TEXT)
    author = () if message.agent_id is None else (str(message.agent_id),)
    kept = receive_form(
        message.channel,
        message.as_json(),
        source=source,
        dedupe_key=key_of(str(message.ticket_id), *author, key),
    )
    if message.agent_id is None and not kept.again:
        refuse_flood(Channel.FOLLOW, message.ticket_id, most=MOST_IN_WINDOW, window=WINDOW)
    return kept.received


def understand(received_id: int) -> Ticket:
    """Put a kept message on its ticket or, of one closed long ago, on a new one beside it; which
    one that is. Safe to run twice.
    """
    received = take_unsettled(received_id)
    if received is None:
        known = select(Ticket).join(Received, Received.ticket_id == Ticket.id)
        return db.session().scalars(known.where(Received.id == received_id)).one()
    message = Message.from_json(raw_of(received))
    ticket = db.session().get_one(Ticket, message.ticket_id)
    hold(ticket)
    words = Words(
        message.text.strip(),
        channel=message.channel,
        received=received,
        files=message.files,
        data={"unsolved": True} if message.unsolved else None,
    )
    if message.agent_id is None and long_closed(ticket):
        fresh = open_beside(ticket, words, channel=message.channel, by=_author(ticket))
        settle(received, Outcome.CREATED, ticket_id=fresh.id, entry_id=fresh.last_entry_id)
        return fresh
    note_facts(ticket, message.given, by=_author(ticket))
    if end := message.given.get("expiry_date"):
        declare_expiry(ticket, date.fromisoformat(end), now().date())
    entry = _add(ticket, words, message.agent_id)
    settle(received, Outcome.APPENDED, ticket_id=ticket.id, entry_id=entry.id)
    return ticket


def _add(ticket: Ticket, words: Words, agent_id: int | None) -> Entry:
    if agent_id is not None:
        return add_words(ticket, words, by=db.session().get_one(Agent, agent_id))
    return person_replies(ticket, words, by=_author(ticket))


def _author(ticket: Ticket) -> Person | Agent:
    author = ticket.person or ticket.requester_agent
    assert author is not None
    return author
