"""A server that is slow on purpose never holds a mail longer than its lease."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest

from channels.mail.sending import SmtpTransport, TemporaryFailure

WITHIN = 1.0
PATIENCE = 20.0  # a machine that tests may be busy; without a deadline it would take minutes
ANSWERS = (b"220 slow\r\n", b"250 slow\r\n", b"250 OK\r\n", b"250 OK\r\n", b"354 go on\r\n")


@contextmanager
def tarpit(talk: Callable[[socket.socket, threading.Event], None]) -> Iterator[str]:
    """A server that says what ``talk`` says to whoever comes; its address."""
    closing = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            one, _ = server.accept()
            with one, suppress(OSError):  # the other side leaves
                talk(one, closing)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"smtp://127.0.0.1:{server.getsockname()[1]}"
        closing.set()
        thread.join(PATIENCE)
        assert not thread.is_alive()


def letter_by_letter(one: socket.socket, closing: threading.Event) -> None:
    """A greeting that never ends."""
    while not closing.wait(0.1):
        one.sendall(b"2")


def late_at_each_step(one: socket.socket, closing: threading.Event) -> None:
    """Within the limit of each step, and never done."""
    for answer in ANSWERS:
        if closing.wait(0.6):
            return
        one.sendall(answer)
        one.recv(4096)


def silent_after_the_message(one: socket.socket, closing: threading.Event) -> None:
    for answer in ANSWERS:
        one.sendall(answer)
        one.recv(4096)
    closing.wait(PATIENCE)


@pytest.mark.parametrize("talk", [letter_by_letter, late_at_each_step, silent_after_the_message])
def test_it_is_given_up_for_now(
    talk: Callable[[socket.socket, threading.Event], None],
) -> None:
    with tarpit(talk) as url:
        transport = SmtpTransport(url, timeout=PATIENCE, within=WITHIN)
        begun = time.monotonic()
        with pytest.raises(TemporaryFailure, match="not taken within 1 seconds"):
            transport.send(b"Subject: x\r\n\r\ny\r\n", "a@example.org", ["b@example.org"])
        assert time.monotonic() - begun < PATIENCE / 2


def test_checking_a_server_ends_as_well() -> None:
    with tarpit(letter_by_letter) as url, pytest.raises(TemporaryFailure):
        SmtpTransport(url, timeout=PATIENCE, within=WITHIN).check()
