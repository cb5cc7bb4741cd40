"""The last metre of a text message: a provider over HTTP, or its console twin.

Providers differ in their addresses and their words, not in what they need: a number, a text, our
own name for the message (so that sent again it is not charged or delivered twice) and a secret.
"""

from __future__ import annotations

import hashlib
import logging
import os
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

import httpx

log = logging.getLogger(__name__)
TWIN = "console:"
WITHIN = 15.0  # seconds


class NotNow(Exception):
    """The provider cannot be reached or is busy: the same message goes again later."""


class Never(Exception):
    """The provider refuses this message or this number: somebody must call."""


class Gateway(Protocol):
    """Takes a text message away."""

    def send(self, to: str, text: str, key: str) -> None:
        """``to`` in E.164; ``key`` names the message, the same each time that it is tried.

        Raises NotNow, Never.
        """


class Console:
    """The twin: each message is a file, and a line of the log. Written once, whatever is run
    twice.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def send(self, to: str, text: str, key: str) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / f"{hashlib.sha256(key.encode()).hexdigest()[:20]}.txt"
        if path.exists():
            return
        aside = path.with_suffix(f".{os.getpid()}.new")
        aside.write_text(f"{to}\n{text}\n", encoding="utf-8")
        aside.replace(path)
        log.info("text message written to %s", path)


class Http:
    """A provider that takes ``{"id", "from", "to", "text"}`` as JSON, with a bearer token."""

    def __init__(self, url: str, token: str, sender: str) -> None:
        self.url, self.token, self.sender = url, token, sender

    def send(self, to: str, text: str, key: str) -> None:
        message = {"id": key, "from": self.sender, "to": to, "text": text}
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        try:
            # Never elsewhere than where it was sent: the headers carry our secret.
            answer = httpx.post(
                self.url, json=message, headers=headers, timeout=WITHIN, follow_redirects=False
            )
        except httpx.HTTPError as error:
            raise NotNow(type(error).__name__) from error
        status = answer.status_code
        # A wrong secret or address is ours to mend: the message waits for it.
        if status in (401, 403, 404, 408, 409, 425, 429) or status >= 500 or answer.is_redirect:
            raise NotNow(str(status))
        if not answer.is_success:
            raise Never(str(status))


_current: list[Gateway | None] = [None]


def gateway_for(url: str, folder: Path, *, token: str = "", sender: str = "") -> Gateway | None:
    """None without an address: nobody is sent a text message."""
    if not url:
        return None
    return Console(folder) if url == TWIN else Http(url, token, sender)


def known(url: str) -> bool:
    """Whether an address is one that :func:`gateway_for` understands. In clear only to ourselves:
    numbers and a secret leave with each message.
    """
    parts = urlsplit(url)
    at_home = parts.scheme == "http" and parts.hostname in ("127.0.0.1", "localhost", "::1")
    return url in ("", TWIN) or (bool(parts.hostname) and (parts.scheme == "https" or at_home))


def configure(gateway: Gateway | None) -> None:
    _current[0] = gateway


def current() -> Gateway | None:
    return _current[0]
