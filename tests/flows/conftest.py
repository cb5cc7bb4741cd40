"""A house with its doors and its post: pages, mail in, mail out, all in one transaction's reach."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from channels.mail import delivering, inbox
from channels.mail.post import Post, fresh_message_id
from channels.mail.sending import transport_for
from escalation.shared_mailbox import receiving as level_mail
from support.kernel import message_ids
from support.outbox.draining import drain
from support.tickets import filing
from tests.web.conftest import app, made_app, site  # noqa: F401
from web import wiring
from web.desk.labels import item_label


class House:
    """What the worker would do, done now; what left by mail, to be read."""

    def __init__(self, outbox: Path) -> None:
        self.outbox = outbox

    def work(self) -> None:
        """Until nothing waits: what was done may have made more to do."""
        while drain(wiring.handlers(), limit=100, lease=timedelta(minutes=2)):
            pass

    def receive(self, mail: EmailMessage) -> None:
        inbox.take_in(mail.as_bytes(), "test")
        self.work()

    def mails(self) -> list[EmailMessage]:
        """Everything that left, oldest first."""
        self.work()
        found = sorted(self.outbox.glob("*.eml"), key=lambda path: path.stat().st_mtime_ns)
        return [message_from_bytes(p.read_bytes(), policy=policy.default) for p in found]


@pytest.fixture
def house(site: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:  # noqa: F811
    outbox = tmp_path / "outbox"
    delivering.configure(
        Post(
            transport=transport_for("", outbox),
            sender=("Relais", "relais@demo.relais"),
            public_url="http://localhost",
            service_name="Relais",
            item_label=item_label,
        )
    )
    message_ids.configure(fresh_message_id)
    monkeypatch.setattr(filing, "_level", level_mail.take)
    return House(outbox)


@pytest.fixture
def write() -> Callable[..., EmailMessage]:
    """A mail of Awa's, in answer to one of ours when ``to`` is given."""

    def a_mail(subject: str, text: str, to: EmailMessage | None = None) -> EmailMessage:
        mail = EmailMessage(policy=policy.SMTP)
        mail["From"], mail["To"] = "Awa Traoré <awa@example.org>", "relais@demo.relais"
        mail["Subject"], mail["Date"] = subject, "Fri, 20 Nov 2026 10:00:00 +0100"
        mail["Message-ID"] = f"<{abs(hash((subject, text)))}@example.org>"
        if to is not None:
            mail["In-Reply-To"] = to["Message-ID"]
        mail.set_content(text)
        return mail

    return a_mail
