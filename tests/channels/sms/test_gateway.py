"""The gateway against a real server: what is sent, and what each of its answers means."""

from __future__ import annotations

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import ClassVar

import pytest

from channels.sms import gateway
from channels.sms.gateway import Never, NotNow


class Provider(BaseHTTPRequestHandler):
    """Answers what the test wants, and remembers what it was told."""

    answers: int = 200
    told: ClassVar[list[tuple[str | None, dict[str, str]]]] = []

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        Provider.told.append((self.headers["Authorization"], json.loads(body)))
        self.send_response(Provider.answers)
        self.send_header("Location", "http://127.0.0.1:1/elsewhere")
        self.end_headers()

    def log_message(self, *_said: object) -> None:
        pass


@pytest.fixture
def provider() -> Iterator[str]:
    Provider.answers, Provider.told = 200, []
    server = HTTPServer(("127.0.0.1", 0), Provider)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/messages"
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_message_and_its_secret(provider: str, tmp_path: Path) -> None:
    taking = gateway.gateway_for(provider, tmp_path, token="s3cret", sender="Relais")
    taking.send("+33639980177", "Rendez-vous", "given.1.2")
    assert Provider.told == [
        (
            "Bearer s3cret",
            {"id": "given.1.2", "from": "Relais", "to": "+33639980177", "text": "Rendez-vous"},
        )
    ]


@pytest.mark.parametrize(
    ("status", "failure"),
    [(503, NotNow), (429, NotNow), (401, NotNow), (302, NotNow), (400, Never), (422, Never)],
)
def test_what_each_refusal_means(provider: str, tmp_path: Path, status: int, failure) -> None:
    Provider.answers = status
    with pytest.raises(failure):
        gateway.gateway_for(provider, tmp_path).send("+33639980177", "x", "k")
    assert len(Provider.told) == 1  # never led elsewhere


def test_nobody_there(tmp_path: Path) -> None:
    with pytest.raises(NotNow):
        gateway.gateway_for("http://127.0.0.1:1/x", tmp_path).send("+33639980177", "x", "k")


def test_the_twin_writes_each_message_once(tmp_path: Path) -> None:
    twin = gateway.gateway_for("console:", tmp_path / "sms")
    for text in ("premier", "le même, encore"):
        twin.send("+33639980177", text, "given.1.2")
    (written,) = (tmp_path / "sms").iterdir()
    assert written.read_text() == "+33639980177\npremier\n"


@pytest.mark.parametrize(
    ("url", "known"),
    [
        ("", True), ("console:", True), ("https://sms.example/v1", True),
        ("http://127.0.0.1:9/x", True), ("http://sms.example/v1", False), ("smtp://x", False),
        ("https://", False),
    ],
)  # fmt: skip
def test_addresses_that_are_taken(url: str, known: bool) -> None:
    assert gateway.known(url) is known


def test_without_an_address_there_is_none(tmp_path: Path) -> None:
    assert gateway.gateway_for("", tmp_path) is None
