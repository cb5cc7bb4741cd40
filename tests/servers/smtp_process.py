"""The SMTP server as a process of its own, for tests that kill the sender and count its mails."""

from __future__ import annotations

import os
import smtplib
import sys
from pathlib import Path

from tests.servers.keeping import Mail, kept_in
from tests.servers.process import Server

ROOT = Path(__file__).resolve().parents[2]


class SmtpProcess(Server):
    name = "smtp"

    def command(self) -> list[str]:
        where = ["--port", str(self.port), "--dir", str(self.kept)]
        # It runs in its own folder: the tests are found by path, not by where one stands.
        found = f"PYTHONPATH={ROOT}:{os.environ.get('PYTHONPATH', '')}"
        return ["/usr/bin/env", found, sys.executable, "-m", "tests.servers.smtp", *where]

    def answers(self) -> bool:
        try:
            with smtplib.SMTP("127.0.0.1", self.port, timeout=5) as client:
                return client.noop()[0] == 250
        except (OSError, smtplib.SMTPException):
            return False

    @property
    def kept(self) -> Path:
        return self.folder / "kept"

    @property
    def url(self) -> str:
        """For RELAIS_SMTP_URL."""
        return f"smtp://127.0.0.1:{self.port}"

    @property
    def messages(self) -> list[Mail]:
        """What it has kept so far, whoever has been killed meanwhile."""
        return kept_in(self.kept)
