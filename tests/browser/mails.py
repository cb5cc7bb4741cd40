"""What a person's mail program does: write, receive, answer."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage

from tests.servers.fixtures import Mailbox
from tests.servers.process import wait_until
from tests.servers.smtp import SmtpServer

CENTRE = "relais@demo.relais"
LINK = re.compile(r"https?://[^\s<>\"]+/suivi/[\w.=-]+")


@dataclass
class Correspondent:
    """Somebody who writes to the centre and reads what it answers."""

    name: str
    address: str
    mailbox: Mailbox  # the centre's
    smtp: SmtpServer  # where the centre's mails arrive
    sent: list[EmailMessage] = field(default_factory=list)

    def write(self, subject: str, text: str, to: EmailMessage | None = None) -> EmailMessage:
        """Send a mail to the centre, in answer to one of its mails or of one's own accord."""
        mail = EmailMessage(policy=policy.SMTP)
        mail["From"], mail["To"] = f"{self.name} <{self.address}>", CENTRE
        mail["Subject"], mail["Date"] = subject, "Fri, 20 Nov 2026 10:00:00 +0100"
        mail["Message-ID"] = f"<{len(self.sent) + 1}.{self.address}>"
        if to is not None:
            mail["In-Reply-To"] = to["Message-ID"]
            mail["References"] = f"{to['References'] or ''} {to['Message-ID']}".strip()
        mail.set_content(text)
        self.sent.append(mail)
        self.mailbox.deliver(mail.as_bytes())
        return mail

    @property
    def received(self) -> list[EmailMessage]:
        """The centre's mails to this person, oldest first."""
        mine = [mail for mail in self.smtp.messages if self.address in mail.rcpts]
        return [message_from_bytes(mail.data, policy=policy.default) for mail in mine]

    def wait_for(self, wanted: Callable[[EmailMessage], bool], what: str) -> EmailMessage:
        wait_until(lambda: any(map(wanted, self.received)), what)
        return next(mail for mail in self.received if wanted(mail))


def text_of(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return "\n".join(str(body.get_content()).splitlines())


def link_in(mail: EmailMessage) -> str:
    found = LINK.search(text_of(mail))
    assert found, f"no link to follow the request in:\n{text_of(mail)}"
    return found[0]
