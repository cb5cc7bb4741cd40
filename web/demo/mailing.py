"""A few mails that no rule may file, so that there is something to sort."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from channels.mail.composing import titled
from channels.mail.identifiers import new_message_id
from channels.mail.keys import mail_key
from channels.mail.reading import open_mail
from channels.mail.understanding import settle_mail
from support.intake.models import Channel
from support.intake.receiving import receive
from support.kernel.time import as_of, now
from support.tickets.models import State, Ticket
from support.tickets.references import shown
from web.demo.reading import read_mails
from web.demo.wording import fill
from web.seeds.reading import Row

MAILBOX = "demo"


def receive_mails(tickets: Sequence[Ticket]) -> None:
    """Let the mail room take in the mails to sort, the oldest first."""
    asked = next(t for t in reversed(tickets) if t.state is State.WAITING_PERSON and t.person)
    for row in sorted(read_mails(), key=lambda row: -row["minutes_ago"]):
        with as_of(now() - timedelta(minutes=row["minutes_ago"])):
            raw = _raw(row, asked)
            kept = receive(Channel.EMAIL, raw, source=MAILBOX, dedupe_key=mail_key(raw))
            settle_mail(open_mail(raw), kept.received)


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
