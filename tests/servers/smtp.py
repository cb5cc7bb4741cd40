"""A real SMTP server that keeps what it receives and misbehaves on demand.

In the test's own process: `SmtpServer`. As a process of its own, which keeps each message durably
before it says so: `python -m tests.servers.smtp --port P --dir D` (see `smtp_process`).
"""

from __future__ import annotations

import argparse
import asyncio
import signal
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.servers.certificates import Certificates
from tests.servers.keeping import Mail, keep_in
from tests.servers.process import free_port

LARGEST = 64 * 1024 * 1024


@dataclass
class Reply:
    """What to answer at one stage; `times` is how often before all is well again."""

    code: int
    text: str
    times: int | None = None

    def line(self) -> str:
        return f"{self.code} {self.text}"


@dataclass
class Handler:
    """Answers each stage as told and gives each accepted message to `keep`."""

    keep: Callable[[Mail], None]
    replies: dict[str, Reply] = field(default_factory=dict)
    hanging: bool = False
    dropping: bool = False

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        refusal = self._refusal("mail")
        if refusal is None:
            envelope.mail_from = address
            envelope.mail_options.extend(options)
        return refusal or "250 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        refusal = self._refusal("rcpt") or self._refusal(f"rcpt:{address}")
        if refusal is None:
            envelope.rcpt_tos.append(address)
        return refusal or "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.hanging:
            await asyncio.sleep(3600)
        refusal = self._refusal("data")
        if refusal is not None:
            return refusal
        assert envelope.mail_from is not None
        assert isinstance(envelope.content, bytes)
        self.keep(Mail(envelope.mail_from, list(envelope.rcpt_tos), envelope.content))
        if self.dropping:
            # The message is ours, and the sender never hears it: the worst of all moments.
            assert isinstance(server.transport, asyncio.Transport)
            server.transport.abort()
        return "250 OK: kept"

    def _refusal(self, stage: str) -> str | None:
        reply = self.replies.get(stage)
        if reply is None:
            return None
        if reply.times is not None:
            reply.times -= 1
            if reply.times <= 0:
                del self.replies[stage]
        return reply.line()


class SmtpServer:
    """`tls` is None, "starttls" or "implicit"; `login` a (user, password) it then insists on."""

    def __init__(
        self,
        folder: Path | None = None,
        *,
        tls: str | None = None,
        login: tuple[str, str] | None = None,
    ) -> None:
        self.messages: list[Mail] = []
        self.handler = Handler(keep=self.messages.append)
        self.login = login
        self.tls = tls
        self.port = free_port()
        self.certificates: Certificates | None = None
        if tls is not None:
            if folder is None:
                raise ValueError("tls needs a folder for the certificates")
            self.certificates = Certificates(folder)
        self._controller: Controller | None = None

    @property
    def url(self) -> str:
        """For RELAIS_SMTP_URL."""
        scheme = {None: "smtp", "starttls": "smtp+starttls", "implicit": "smtps"}[self.tls]
        who = f"{self.login[0]}:{self.login[1]}@" if self.login else ""
        return f"{scheme}://{who}127.0.0.1:{self.port}"

    def start(self) -> Self:
        """Also starts again, on the same port, after `stop`."""
        self._controller = _controller(self)
        self._controller.start()
        return self

    def stop(self) -> None:
        """Refuses connections from now on, as a server that is down does."""
        controller, self._controller = self._controller, None
        if controller is not None:
            controller.stop()

    close = stop

    def set_reply(self, stage: str, code: int, text: str, times: int | None = None) -> None:
        """Refuses at "mail", "rcpt" (or "rcpt:one@example.org") or "data", for ever or `times`."""
        self.handler.replies[stage] = Reply(code, text, times)

    def hang(self, on: bool = True) -> None:
        """Says nothing after DATA, until the sender loses patience."""
        self.handler.hanging = on

    def drop_after_data(self, on: bool = True) -> None:
        """Keeps the message and cuts the line before saying so."""
        self.handler.dropping = on

    def clear(self) -> None:
        """Forgets the messages and behaves again."""
        self.messages.clear()
        self.handler.replies.clear()
        self.handler.hanging = self.handler.dropping = False

    def authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: object
    ) -> AuthResult:
        if not isinstance(data, LoginPassword) or self.login is None:
            return AuthResult(success=False, handled=False)
        given = (data.login.decode(), data.password.decode())
        return AuthResult(success=given == self.login, handled=False)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *error: object) -> None:
        self.stop()


def _controller(server: SmtpServer) -> Controller:
    options: dict[str, Any] = {"data_size_limit": LARGEST, "decode_data": False}
    if server.login is not None:
        options |= {
            "authenticator": server.authenticate,
            "auth_required": True,
            "auth_require_tls": server.tls is not None,
        }
    if server.certificates is not None:
        context = server.certificates.server_context
        if server.tls == "implicit":
            options["ssl_context"] = context
        else:
            options |= {"tls_context": context, "require_starttls": True}
    return Controller(server.handler, hostname="127.0.0.1", port=server.port, **options)


def serve_durably(port: int, folder: Path) -> None:
    """Until SIGTERM or SIGINT: every accepted message is a file before its sender is told."""
    waited = {signal.SIGTERM, signal.SIGINT}
    # Blocked before the server's thread exists, so that the signal comes to us alone.
    signal.pthread_sigmask(signal.SIG_BLOCK, waited)
    folder.mkdir(parents=True, exist_ok=True)
    handler = Handler(keep=lambda mail: keep_in(folder, mail))
    controller = Controller(handler, hostname="127.0.0.1", port=port, data_size_limit=LARGEST)
    controller.start()
    print(f"smtp on 127.0.0.1:{port}, keeping in {folder}", flush=True)
    signal.sigwait(waited)
    controller.stop()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=serve_durably.__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--dir", type=Path, required=True)
    words = parser.parse_args()
    serve_durably(words.port, words.dir)
