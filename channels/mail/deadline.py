"""The end of a conversation that lasts too long, whatever the other side says at each step.

A time limit at each step bounds nothing: a server that says one letter a second never exceeds it.
Work that outlives its lease is taken up by somebody else, and a mail would leave twice.
"""

from __future__ import annotations

import contextlib
import smtplib
import socket
from threading import Lock, Timer
from typing import Any, Self


class Deadline:
    """``with Deadline(90) as deadline``: whatever socket it watches is shut when it is over."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.over = False
        self._sockets: list[socket.socket] = []
        self._lock = Lock()
        self._timer = Timer(seconds, self._end)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()

    def watch(self, one: socket.socket) -> None:
        with self._lock:
            self._sockets.append(one)
            if self.over:
                _shut(one)

    def _end(self) -> None:
        with self._lock:
            self.over = True
            for one in self._sockets:
                _shut(one)


class Smtp(smtplib.SMTP):
    """One whose socket is watched from before the greeting."""

    def __init__(self, host: str, port: int, *, deadline: Deadline, timeout: float) -> None:
        self._deadline = deadline
        super().__init__(host, port, timeout=timeout)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        made: socket.socket = super()._get_socket(host, port, timeout)  # type: ignore[misc]
        self._deadline.watch(made)
        return made


class SmtpOverTls(smtplib.SMTP_SSL):
    """The same, encrypted from the first byte."""

    def __init__(
        self, host: str, port: int, *, deadline: Deadline, timeout: float, context: Any
    ) -> None:
        self._deadline = deadline
        super().__init__(host, port, timeout=timeout, context=context)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        made: socket.socket = super()._get_socket(host, port, timeout)  # type: ignore[misc]
        self._deadline.watch(made)
        return made


def _shut(one: socket.socket) -> None:
    """Of an encrypted one too, without waiting for the other side's good-bye."""
    with contextlib.suppress(OSError):
        socket.socket.shutdown(one, socket.SHUT_RDWR)
