"""The last metre: a composed message given to a server, or to a folder of files.

Two transports with one behaviour. A failure is temporary (the same bytes go again later, with
the same Message-ID) or permanent (a person must know), never anything else.
"""

import hashlib
import os
import re
import smtplib
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from channels.mail.deadline import Deadline, Smtp, SmtpOverTls
from channels.mail.headers import read_block
from channels.mail.identifiers import message_id

_PORTS = {"smtp": 25, "smtps": 465, "smtp+starttls": 587}


class DeliveryFailure(Exception):
    """``code`` is the SMTP reply code (0 when no server answered), ``words`` what it said."""

    def __init__(self, code: int, words: str) -> None:
        super().__init__(f"{code} {words}".strip())
        self.code = code
        self.words = words


class TemporaryFailure(DeliveryFailure):
    """Not now: 4xx, no connection, no answer, connection lost even after the message."""


class PermanentFailure(DeliveryFailure):
    """Never: the server refused the message or the address (5xx)."""


Refused = dict[str, DeliveryFailure]


class Transport(Protocol):
    """Takes a message away."""

    def send(self, raw: bytes, envelope_from: str, recipients: Sequence[str]) -> Refused:
        """Hand over ``raw``.

        :returns: the recipients refused while others were accepted; empty when all went well.
        :raises TemporaryFailure: nothing was accepted, try again later.
        :raises PermanentFailure: nothing was accepted, and never will be.
        """

    def check(self) -> None:
        """Whether it could take a message now. Raises DeliveryFailure or OSError when not."""


def transport_for(url: str | None, directory: Path, *, within: float = 90.0) -> Transport:
    """The SMTP transport for ``url``, or without one the folder ``directory``.

    ``within``: seconds that giving a message away may take in all.
    """
    return SmtpTransport(url, within=within) if url else FileTransport(directory)


@dataclass(frozen=True, slots=True)
class SmtpTransport:
    """``smtp://``, ``smtps://`` or ``smtp+starttls://user:password@host:port``."""

    url: str
    timeout: float = 30.0  # of each step
    within: float = 90.0  # of all of them together

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        if parts.scheme not in _PORTS or not parts.hostname:
            raise ValueError(f"not an SMTP address: {parts.scheme}://…")
        _ = parts.port

    def send(self, raw: bytes, envelope_from: str, recipients: Sequence[str]) -> Refused:
        with Deadline(self.within) as deadline:
            try:
                return self._send(raw, envelope_from, recipients, deadline)
            except TemporaryFailure as error:
                if not deadline.over:
                    raise
                words = f"not taken within {self.within:g} seconds"
                raise TemporaryFailure(0, words) from error

    def _send(
        self, raw: bytes, envelope_from: str, recipients: Sequence[str], deadline: Deadline
    ) -> Refused:
        try:
            server = self._connect(deadline)
        except smtplib.SMTPResponseException as error:
            raise TemporaryFailure(error.smtp_code, _words(error.smtp_error)) from error
        except (OSError, smtplib.SMTPException) as error:
            raise TemporaryFailure(0, str(error) or type(error).__name__) from error
        try:
            refused = server.sendmail(envelope_from, list(recipients), raw)
        except smtplib.SMTPRecipientsRefused as error:
            raise _all_refused(error) from error
        except smtplib.SMTPResponseException as error:
            raise _failure(error.smtp_code, error.smtp_error) from error
        except (OSError, smtplib.SMTPException) as error:
            raise TemporaryFailure(0, str(error) or type(error).__name__) from error
        finally:
            _leave(server)
        return {address: _failure(code, words) for address, (code, words) in refused.items()}

    def check(self) -> None:
        """Connect and sign in, send nothing.

        :raises TemporaryFailure: the server cannot be used as set.
        """
        try:
            with Deadline(self.within) as deadline:
                _leave(self._connect(deadline))
        except smtplib.SMTPResponseException as error:
            raise TemporaryFailure(error.smtp_code, _words(error.smtp_error)) from error
        except (OSError, smtplib.SMTPException) as error:
            raise TemporaryFailure(0, str(error) or type(error).__name__) from error

    def _connect(self, deadline: Deadline) -> smtplib.SMTP:
        parts = urlsplit(self.url)
        host, port = parts.hostname or "", parts.port or _PORTS[parts.scheme]
        # A little longer than all of it: the deadline ends it, and says so.
        timeout = min(self.timeout, self.within + 1)
        if parts.scheme == "smtps":
            context = ssl.create_default_context()
            server: smtplib.SMTP = SmtpOverTls(
                host, port, deadline=deadline, timeout=timeout, context=context
            )
        else:
            server = Smtp(host, port, deadline=deadline, timeout=timeout)
        try:
            if parts.scheme == "smtp+starttls":
                server.starttls(context=ssl.create_default_context())
                assert server.sock is not None
                deadline.watch(server.sock)
            if parts.username:
                server.login(unquote(parts.username), unquote(parts.password or ""))
        except BaseException:
            server.close()
            raise
        return server


@dataclass(frozen=True, slots=True)
class FileTransport:
    """Each message a file ``*.eml``; the same message sent again replaces its file."""

    directory: Path

    def send(self, raw: bytes, envelope_from: str, recipients: Sequence[str]) -> Refused:
        self.directory.mkdir(parents=True, exist_ok=True)
        target = self.directory / f"{_stem(raw, recipients)}.eml"
        unfinished = target.with_suffix(f".{os.getpid()}.part")
        try:
            with unfinished.open("wb") as file:
                file.write(raw)
                file.flush()
                os.fsync(file.fileno())
            unfinished.replace(target)
            _sync_directory(self.directory)
        except OSError as error:
            raise TemporaryFailure(0, str(error)) from error
        return {}

    def check(self) -> None:
        """:raises TemporaryFailure: the folder cannot be written."""
        try:
            self.directory.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise TemporaryFailure(0, str(error)) from error
        if not os.access(self.directory, os.W_OK):
            raise TemporaryFailure(0, f"not writable: {self.directory}")


def _stem(raw: bytes, recipients: Sequence[str]) -> str:
    """A file name that the same message to the same people always gets."""
    block, _ = read_block(raw, 0, min(len(raw), 1 << 16), top=True)
    identifier = (message_id(block) or "").strip("<>")
    mark = hashlib.sha256(f"{identifier}|{','.join(sorted(recipients))}".encode()).hexdigest()[:8]
    return f"{re.sub(r'[^A-Za-z0-9.@_-]', '_', identifier)[:120].strip('.') or 'message'}-{mark}"


def _sync_directory(directory: Path) -> None:
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _leave(server: smtplib.SMTP) -> None:
    """Good-bye; what happens now changes nothing of what the server accepted."""
    try:
        server.quit()
    except (OSError, smtplib.SMTPException):
        server.close()


def _failure(code: int, words: bytes | str) -> DeliveryFailure:
    kind = PermanentFailure if 500 <= code < 600 else TemporaryFailure
    return kind(code, _words(words))


def _all_refused(error: smtplib.SMTPRecipientsRefused) -> DeliveryFailure:
    """Permanent only when no recipient may be accepted later."""
    failures = [_failure(code, words) for code, words in error.recipients.values()]
    temporary = [failure for failure in failures if isinstance(failure, TemporaryFailure)]
    return (temporary or failures or [TemporaryFailure(0, "no recipient")])[0]


def _words(said: bytes | str) -> str:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return " ".join(text.split())[:1000]
