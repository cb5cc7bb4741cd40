"""A heavy file is the same file, whether it was decoded at once or piece by piece."""

from __future__ import annotations

import base64
import random

import pytest

from channels.mail import undecoded
from channels.mail.parsing import parse
from channels.mail.undecoded import Undecoded

CONTENT = random.Random(7).randbytes(9001)
HEAD = (
    b"From: a@example.org\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n"
    b"Content-Type: application/pdf; name=a.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n"
)


def lines(content: bytes, length: int, end: bytes = b"\r\n") -> bytes:
    text = base64.b64encode(content)
    return end.join(text[at : at + length] for at in range(0, len(text), length)) + end


CLEAN = {
    "usual": lines(CONTENT, 76),
    "lines that cut a group": lines(CONTENT, 75),
    "one long line": lines(CONTENT, 10**6),
    "line feeds and blanks": lines(CONTENT, 60, b"\t \n"),
    "no padding": lines(CONTENT[:9000], 76),
}
REPAIRED = {
    "two texts put together": lines(CONTENT[:100], 76) + lines(CONTENT[100:], 76),
    "foreign signs": lines(CONTENT, 76).replace(b"\r\n", b"*\r\n", 3),
    "a cut end": lines(CONTENT, 76)[:-7],
    "a footer below": lines(CONTENT, 76) + b"\r\n_______________\r\nUne liste\r\n",
    "nothing": b"\r\n",
}


@pytest.fixture
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(undecoded, "HEAVY", 0)
    monkeypatch.setattr(undecoded, "_PIECE", 257)


@pytest.mark.parametrize("body", CLEAN.values(), ids=CLEAN)
def test_clean_base64_waits_to_be_decoded(small_pieces: None, body: bytes) -> None:
    (file,) = parse(HEAD + body + b"--x--\r\n").attachments
    assert isinstance(file.held, Undecoded)
    wanted = base64.b64decode(body)
    assert (file.content, file.size) == (wanted, len(wanted))
    assert b"".join(file.pieces()) == wanted


@pytest.mark.parametrize("body", REPAIRED.values(), ids=REPAIRED)
def test_what_must_be_repaired_is_decoded_at_once(
    small_pieces: None, monkeypatch: pytest.MonkeyPatch, body: bytes
) -> None:
    raw = HEAD + body + b"--x--\r\n"
    (file,) = parse(raw).attachments
    monkeypatch.setattr(undecoded, "HEAVY", 10**9)
    (at_once,) = parse(raw).attachments
    assert isinstance(at_once.held, bytes)
    assert file.content == at_once.held
