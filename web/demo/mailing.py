"""Mail with trouble: some that no rule may file, some that did not arrive."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from itertools import islice

from sqlalchemy import select

from channels.mail.composing import titled
from channels.mail.identifiers import new_message_id
from channels.mail.keys import mail_key
from channels.mail.models import MailReconciliation
from channels.mail.reading import open_mail
from channels.mail.refusing import refuse
from channels.mail.sorting import set_aside
from channels.mail.understanding import settle_mail
from support.intake.models import Channel, Outcome, Received
from support.intake.receiving import receive
from support.kernel import db
from support.kernel.time import as_of, now
from support.people.models import Agent
from support.tickets.models import State, Ticket
from support.tickets.references import shown
from support.tickets.timeline import Delivery, Entry
from web.demo.noticing import has_address, notice
from web.demo.reading import read_mails
from web.demo.wording import fill
from web.seeds.reading import Row

MAILBOX = "demo"
SORTS = "conseillere@demo.relais"
RETURNED_MAILS = 2
REFUSAL = "550 5.1.1 Recipient address rejected: User unknown"


def receive_mails(tickets: Sequence[Ticket]) -> list[Ticket]:
    """Let the mail room take in the mails of the demonstration; the tickets that they opened."""
    asked = next(t for t in reversed(tickets) if t.state is State.WAITING_PERSON and t.person)
    latest, opened = tickets[-1].created_at, []
    rows = sorted(read_mails(), key=lambda row: -row["minutes_ago"])
    for row in sorted(rows, key=lambda row: bool(row.get("new"))):
        at = now() - timedelta(minutes=row["minutes_ago"])
        if row.get("new"):  # tickets are numbered in the order in which they were opened
            at = latest = max(at, latest + timedelta(seconds=30))
        with as_of(at):
            ticket = _receive(row, asked)
            if ticket is not None:
                notice(ticket, "acknowledgement")
                opened.append(ticket)
    return opened


def _receive(row: Row, asked: Ticket) -> Ticket | None:
    """The ticket that the mail opened, if it did."""
    raw = _raw(row, asked)
    kept = receive(Channel.EMAIL, raw, source=MAILBOX, dedupe_key=mail_key(raw))
    filed = settle_mail(open_mail(raw), kept.received)
    if row.get("aside"):
        _set_aside(kept.received, row["aside"])
    return filed.ticket if filed.outcome is Outcome.CREATED else None


def compare_mailbox() -> None:
    """Let the mailbox of the demonstration have been compared last night, without a difference."""
    with as_of(now() - timedelta(hours=7)):
        night = MailReconciliation(mailbox=f"{MAILBOX}/INBOX", announced=38, taken=38, gaps=[])
        db.session().add(night)


def _set_aside(received: Received, why: str) -> None:
    by = db.session().scalars(select(Agent).where(Agent.email == SORTS)).one()
    set_aside(received.id, why, by=by)


def refuse_some(tickets: Sequence[Ticket]) -> None:
    """Let the last mail of a few waiting tickets have come back: their persons must be called."""
    asked = (t for t in tickets if t.state is State.WAITING_PERSON and t.person and has_address(t))
    for ticket in islice(asked, RETURNED_MAILS):
        query = select(Delivery).join(Entry, Delivery.entry_id == Entry.id)
        last = query.where(Entry.ticket_id == ticket.id).order_by(Entry.id.desc()).limit(1)
        delivery = db.session().scalars(last).one()
        with as_of(ticket.updated_at + timedelta(minutes=2)):
            refuse(ticket, delivery, REFUSAL, event="bounce", address_fails=True)


def _raw(row: Row, asked: Ticket) -> bytes:
    assert asked.person is not None
    reference = shown(asked.reference) if row.get("about") else None
    message = EmailMessage(policy=SMTP)
    if row["from"]:
        message["From"] = row["from"]
    message["To"] = "centre@demo.relais"
    message["Subject"] = titled(row["subject"], reference, reply=bool(reference))
    message["Date"] = format_datetime(now())
    message["Message-ID"] = new_message_id("example.com")
    for name, value in (row.get("headers") or {}).items():
        message[name] = value
    message.set_content(fill(row["text"], asked.person))
    return message.as_bytes()
