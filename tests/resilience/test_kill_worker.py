"""`kill -9` on the worker, again and again, while mail is fetched, filed and answered."""

from __future__ import annotations

import os
import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from channels.mail.headers import read_block
from channels.mail.identifiers import message_id, new_message_id
from support.intake.models import Outcome, Received
from support.kernel import db
from support.outbox.models import OutboxState
from support.people.models import Agent
from support.tickets.models import Ticket
from support.tickets.replying import ReplyDraft, agent_replies
from support.tickets.timeline import Delivery, DeliveryState, Entry, EntryKind
from support.tickets.visibility import PAGE, hold
from tests.resilience.installation import SENDER, Installation, a_teleadviser, outbox_counts
from tests.servers.fixtures import Mailbox
from tests.servers.process import wait_until
from tests.servers.smtp_process import SmtpProcess

pytestmark = [pytest.mark.resilience, pytest.mark.mail]

SEED = 20261121
BATCHES = 3


@dataclass(frozen=True)
class Ordeal:
    """How much mail comes, how many replies are written meanwhile, how often it is killed."""

    mails: int
    replies: int
    kills: int


@pytest.fixture
def installation(
    request: pytest.FixtureRequest, tmp_path: Path, mailbox: Mailbox, smtp_process: SmtpProcess
) -> Iterator[Installation]:
    """With PostgreSQL and Redis, or as it is on one machine without either."""
    settings = {
        "IMAP_URLS": mailbox.url,
        "SMTP_URL": smtp_process.url,
        "OUTBOX_LEASE": "5",
        "FETCH_EVERY": "1",
        "LOG_LEVEL": "WARNING",
    }
    if request.param == "servers":
        settings["DATABASE_URL"] = request.getfixturevalue("postgres_database")
        settings["BROKER_URL"] = request.getfixturevalue("redis_url")
    made = Installation(tmp_path, **settings)
    try:
        made.prepare()
        yield made
    finally:
        made.close()


@pytest.mark.parametrize(
    ("installation", "ordeal"),
    [
        pytest.param("servers", Ordeal(mails=120, replies=24, kills=6), id="servers"),
        pytest.param("embedded", Ordeal(mails=90, replies=18, kills=6), id="embedded"),
    ],
    indirect=["installation"],
)
def test_nothing_is_lost_and_nothing_said_twice(
    installation: Installation, ordeal: Ordeal, mailbox: Mailbox, smtp_process: SmtpProcess
) -> None:
    chance = random.Random(SEED)
    with db.transaction():
        agent_id = a_teleadviser()
    replies: list[str] = []
    moments = sorted(chance.sample(range(1, 3 * ordeal.mails), ordeal.kills))
    for number, moment in enumerate(moments):
        if number % (ordeal.kills // BATCHES) == 0:
            batch = number // (ordeal.kills // BATCHES)
            mailbox.deliver(*(mail(n) for n in range(ordeal.mails) if n % BATCHES == batch))
        installation.start_worker()
        wait_for_progress(smtp_process, moment)
        replies += reply_to_some(agent_id, ordeal.replies // ordeal.kills)
        installation.kill_worker()
        assert not everything_is_done(mailbox, ordeal), "killed too late to prove anything"
    replies += reply_to_some(agent_id, ordeal.replies - len(replies))
    installation.start_worker()
    wait_until(lambda: everything_is_done(mailbox, ordeal), "everything is done", 120)
    code = installation.stop_worker()

    assert installation.kills == ordeal.kills
    assert code == 0, installation.log()
    every_mail_has_one_entry(ordeal)
    every_word_of_ours_left(smtp_process, ordeal, replies)


def mail(number: int) -> bytes:
    filler = b"x" * (number * 37 % 4000)
    return (
        b"Message-ID: <mail-%(n)d@example.org>\r\n"
        b"From: Personne %(n)d <person-%(n)d@example.org>\r\nTo: aide@relais.example.org\r\n"
        b"Date: Fri, 20 Nov 2026 09:00:00 +0100\r\nSubject: Demande %(n)d\r\n"
        b"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n"
        b"Content-Type: text/plain; charset=utf-8\r\n\r\nBonjour, ma demande %(n)d attend.\r\n"
        b"--b\r\nContent-Type: application/pdf\r\n"
        b"Content-Disposition: attachment; filename=piece.pdf\r\n\r\n%(filler)s\r\n--b--\r\n"
    ) % {b"n": number, b"filler": filler}


def wait_for_progress(sink: SmtpProcess, moment: int) -> None:
    """Until that much is done; at least one step more than before, so that it is at work."""
    wanted = max(moment, progress(sink) + 1)
    wait_until(lambda: progress(sink) >= wanted, f"progress {wanted}", 120)


def progress(sink: SmtpProcess) -> int:
    """How much has been done, in steps that are done once: kept, filed, told, sent."""
    with db.transaction(write=False) as session:
        kept = select(func.count()).select_from(Received).scalar_subquery()
        filed = select(func.count()).select_from(Ticket).scalar_subquery()
        known = session.scalar(select(kept + filed)) or 0
    return known + sum(name.endswith(".eml") for name in os.listdir(sink.kept))


def reply_to_some(agent_id: int, most: int) -> list[str]:
    """An agent answers tickets that nobody has answered; their Message-IDs."""
    said = []
    with db.transaction() as session:
        agent = session.get_one(Agent, agent_id)
        answered = select(Entry.ticket_id).where(Entry.kind == EntryKind.REPLY)
        waiting = select(Ticket).options(*PAGE).where(Ticket.id.not_in(answered)).limit(most)
        for ticket in session.scalars(waiting).unique():
            hold(ticket)
            # Every other one may still be taken back when the process dies.
            held = timedelta(seconds=2 * (len(said) % 2))
            new = new_message_id("relais.example.org")
            draft = ReplyDraft("Voici la réponse.", new, undo_for=held)
            agent_replies(ticket, draft, by=agent)
            said.append(draft.message_id)
    return said


def everything_is_done(mailbox: Mailbox, ordeal: Ordeal) -> bool:
    with db.transaction(write=False) as session:
        settled = select(func.count()).select_from(Received).where(Received.outcome.is_not(None))
        if session.scalar(settled) != ordeal.mails:
            return False
    return set(outbox_counts()) == {OutboxState.DONE} and mailbox.count() == 0


def every_mail_has_one_entry(ordeal: Ordeal) -> None:
    with db.transaction(write=False) as session:
        received = session.scalars(select(Received)).all()
        entries = session.scalars(select(Entry).where(Entry.kind == EntryKind.MESSAGE)).all()
        tickets = session.scalar(select(func.count()).select_from(Ticket))
        with_files = [entry for entry in entries if len(entry.attachments) == 1]
    expected = {f"<mail-{number}@example.org>" for number in range(ordeal.mails)}
    assert {one.outcome for one in received} == {Outcome.CREATED}
    assert len(received) == len(entries) == len(with_files) == tickets == ordeal.mails
    assert {entry.message_id for entry in entries} == expected


def every_word_of_ours_left(sink: SmtpProcess, ordeal: Ordeal, replies: list[str]) -> None:
    with db.transaction(write=False) as session:
        ours = (EntryKind.REPLY, EntryKind.NOTICE)
        written = session.execute(
            select(Entry.message_id, Entry.kind, Delivery.address, Delivery.state)
            .join(Delivery, Delivery.entry_id == Entry.id)
            .where(Entry.kind.in_(ours))
        ).all()
    copies: dict[str, set[bytes]] = defaultdict(set)
    readers: dict[str, set[str]] = defaultdict(set)
    for kept in sink.messages:
        assert kept.envelope_from == SENDER
        identifier = message_id(read_block(kept.data, 0, len(kept.data), top=True)[0]) or ""
        copies[identifier].add(kept.data)
        readers[identifier].update(kept.rcpts)
    print(f"{len(sink.messages)} mails taken by the server for {len(copies)} Message-IDs")

    assert {row.state for row in written} == {DeliveryState.SENT}
    assert [row.kind for row in written].count(EntryKind.NOTICE) == ordeal.mails
    assert {row.message_id for row in written if row.kind is EntryKind.REPLY} == set(replies)
    assert len(replies) == ordeal.replies
    # Each left, under its one identifier, to its one reader; a copy is the same to the byte.
    assert set(copies) == {row.message_id for row in written}
    assert {identifier for identifier, kinds in copies.items() if len(kinds) > 1} == set()
    assert readers == {row.message_id: {row.address} for row in written}
