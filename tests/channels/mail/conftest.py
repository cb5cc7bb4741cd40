"""The mail room of the tests: real database, real SMTP server, mails as people write them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import SMTP, default
from itertools import count
from typing import Any

import pytest
import time_machine
from sqlalchemy import Engine, select

from channels.mail import appointments, delivering, inbox, notices, too_large
from channels.mail.sending import SmtpTransport
from support.intake import receiving
from support.intake.models import Channel, Received
from support.kernel import db
from support.kernel.time import now
from support.outbox.draining import drain
from support.outbox.models import OutboxRow, OutboxState
from support.tickets import replying
from support.tickets.models import Ticket
from support.tickets.replying import ReplyDraft
from support.tickets.timeline import Delivery, Entry
from support.tickets.visibility import PAGE
from tests.cast import Cast, again
from tests.servers.smtp import SmtpServer

SENDER = "aide@relais.example.org"
PUBLIC_URL = "https://relais.example.org"
_numbers = count(1)


def a_raw_mail(
    text: str | None = "Bonjour,\n\nJe n'arrive pas à déposer ma demande.\n",
    *,
    sender: str = "Awa Traoré <awa@example.org>",
    subject: str = "Ma demande de titre",
    message_id: str | None = None,
    files: tuple[tuple[str, str, bytes], ...] = (),
    **headers: str,
) -> bytes:
    """A mail as a program sends it. ``headers``: ``in_reply_to`` gives In-Reply-To."""
    mail = EmailMessage(policy=SMTP)
    mail["Message-ID"] = message_id or f"<{next(_numbers)}@mail.example.org>"
    mail["From"] = sender
    mail["To"] = SENDER
    mail["Date"] = "Fri, 20 Nov 2026 09:30:00 +0100"
    mail["Subject"] = subject
    for name, value in headers.items():
        mail[name.replace("_", "-").title()] = value
    mail.set_content(text or "")
    for filename, kind, content in files:
        main, _, sub = kind.partition("/")
        mail.add_attachment(content, maintype=main, subtype=sub, filename=filename)
    return mail.as_bytes()


def a_bounce(
    message_id: str,
    *,
    action: str = "failed",
    status: str = "5.1.1",
    words: str = "550 5.1.1 no such user here",
    recipient: str = "awa@example.org",
) -> bytes:
    """A delivery report of RFC 3464 about the mail ``message_id``."""
    return (
        "Return-Path: <>\r\n"
        f"Message-ID: <{next(_numbers)}@mx.example.org>\r\n"
        "From: MAILER-DAEMON@mx.example.org\r\n"
        f"To: {SENDER}\r\n"
        "Date: Fri, 20 Nov 2026 10:00:00 +0000\r\n"
        "Subject: Undelivered Mail Returned to Sender\r\n"
        "Auto-Submitted: auto-replied\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n'
        "\r\n--b\r\nContent-Type: text/plain\r\n\r\nYour mail could not be delivered.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\n"
        "Reporting-MTA: dns; mx.example.org\r\n\r\n"
        f"Final-Recipient: rfc822; {recipient}\r\nAction: {action}\r\nStatus: {status}\r\n"
        f"Diagnostic-Code: smtp; {words}\r\n\r\n"
        "--b\r\nContent-Type: message/rfc822\r\n\r\n"
        f"Message-ID: {message_id}\r\nFrom: {SENDER}\r\nSubject: Re\r\n\r\nBonjour\r\n--b--\r\n"
    ).encode()


class MailRoom:
    """What a running installation does with mail, one step at a time."""

    def __init__(self, smtp: SmtpServer) -> None:
        self.smtp = smtp

    def arrive(self, raw: bytes) -> Received:
        """Keep and understand one mail; what became of it."""
        kept = inbox.take_in(raw, "test")
        inbox.understand(kept.received.id)
        return self.received(kept.received.id)

    def received(self, received_id: int) -> Received:
        with db.transaction(write=False) as session:
            return session.get_one(Received, received_id)

    def drain(self, after: timedelta = timedelta()) -> int:
        """Deliver what waits, as the worker would ``after`` some time."""
        handlers: dict[str, Any] = {
            receiving.TOPIC: self._understand,
            receiving.LEFT_OVER: self._take_up_left_over,
            "message.send": delivering.deliver,
            "notice.send": notices.send,
            "mail.too_large": too_large.send,
            "appointment.tell": appointments.tell,
        }
        with time_machine.travel(now() + after, tick=True):
            return drain(handlers)

    def reply(
        self, cast: Cast, ticket: Ticket, text: str = "Voici la réponse.", **more: Any
    ) -> int:
        """An agent's reply, not yet sent: the identifier of its entry."""
        with db.transaction():
            by = again(more.pop("by", cast.teleadviser))
            message_id = more.pop("message_id", delivering.fresh_message_id())
            draft = ReplyDraft(text, message_id, **more)
            return replying.agent_replies(self.held(ticket.id), draft, by=by).id

    def held(self, ticket_id: int) -> Ticket:
        return db.session().get_one(Ticket, ticket_id, options=PAGE)

    def ticket(self, received: Received) -> Ticket:
        assert received.ticket_id is not None
        with db.transaction(write=False):
            return self.held(received.ticket_id)

    def entries(self, ticket_id: int | None) -> list[Entry]:
        with db.transaction(write=False) as session:
            query = select(Entry).where(Entry.ticket_id == ticket_id).order_by(Entry.id)
            found = list(session.scalars(query))
            for entry in found:
                _ = (entry.attachments, entry.author_person, entry.html)
            return found

    def events(self, ticket_id: int | None, name: str) -> list[Entry]:
        return [one for one in self.entries(ticket_id) if one.event == name]

    def delivery(self, entry_id: int) -> Delivery:
        with db.transaction(write=False) as session:
            return session.scalars(select(Delivery).where(Delivery.entry_id == entry_id)).one()

    def waiting_rows(self, topic: str) -> list[OutboxRow]:
        with db.transaction(write=False) as session:
            query = select(OutboxRow).where(OutboxRow.topic == topic)
            return list(session.scalars(query.where(OutboxRow.state == OutboxState.WAITING)))

    @property
    def sent(self) -> list[EmailMessage]:
        """What the server has taken, read by the standard library."""
        parser = BytesParser(policy=default)
        return [parser.parsebytes(mail.data) for mail in self.smtp.messages]

    @staticmethod
    def _take_up_left_over(payload: Mapping[str, Any]) -> None:
        with db.transaction():
            receiving.take_up_left_over(Channel(payload["channel"]), payload["received_ids"])

    @staticmethod
    def _understand(payload: Any) -> None:
        if payload["channel"] == Channel.EMAIL:
            inbox.understand(int(payload["received_id"]))


@pytest.fixture
def mail_room(real_db: Engine, smtp_server: SmtpServer) -> MailRoom:
    delivering.configure(
        delivering.Post(SmtpTransport(smtp_server.url, 5), ("Relais", SENDER), PUBLIC_URL, "Relais")
    )
    return MailRoom(smtp_server)


def text_of(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


def html_of(mail: EmailMessage) -> str:
    body = mail.get_body(("html",))
    assert body is not None
    return str(body.get_content())
