"""Properties of the parser: any bytes give one object, and it stays fast and small."""

import base64
import json
import time
import tracemalloc

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from channels.mail.parsing import as_json, parse

FIELDS = (
    "message_id in_reply_to references date subject from to cc reply_to text reply_text html"
    " language attachments auto_reply bounce list encrypted signed defects"
    " may_be_answered failed_recipients bounced_message_id"
)
_PIECES = st.sampled_from(
    [
        b"From: a@example.net\r\n",
        b"Subject: =?utf-8?B?w6k=?=\n",
        b"Content-Type: multipart/mixed; boundary=x\r\n",
        b'Content-Type: multipart/alternative; boundary="x"\n',
        b"Content-Type: text/html; charset=utf-16\n",
        b"Content-Type: message/rfc822\n",
        b"Content-Type: application/ms-tnef; name*0*=''%ff\n",
        b"Content-Transfer-Encoding: base64\n",
        b"Content-Transfer-Encoding: quoted-printable\n",
        b"Content-Transfer-Encoding: x-uuencode\n",
        b"Return-Path: <>\nFrom: MAILER-DAEMON\n",
        b"\r\n",
        b"\n",
        b"--x\n",
        b"--x--\n",
        b"> On 1/1/2020 10:10 a@b.c wrote:\n",
        b"\x78\x9f\x3e\x22\x00\x01",
        b"<div><blockquote><table><td>",
        b"\xff\xfe\x00\x1b$B",
        b"begin 644 a\n#0V%T\nend\n",
    ]
)


def _is_whole(raw: bytes) -> None:
    mail = parse(raw)
    found = as_json(mail)
    assert " ".join(found) == FIELDS
    json.dumps(found, ensure_ascii=False).encode()
    assert not any(defect.startswith("unreadable") for defect in mail.defects), mail.defects
    assert all(len(file.content) == file.size for file in mail.attachments)


# The first text loads the language model: the time of one example says nothing.
@settings(deadline=None)
@given(st.binary(max_size=600))
def test_any_bytes_give_one_object(raw: bytes) -> None:
    _is_whole(raw)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.lists(st.one_of(_PIECES, st.binary(max_size=12)), max_size=30))
def test_any_mixture_of_mail_gives_one_object(pieces: list[bytes]) -> None:
    _is_whole(b"".join(pieces))


@settings(deadline=None)
@given(st.binary(max_size=2000))
def test_attached_bytes_come_out_unchanged(content: bytes) -> None:
    raw = (
        b"From: a@example.net\r\nMIME-Version: 1.0\r\n"
        b"Content-Type: multipart/mixed; boundary=limite\r\n\r\n"
        b"--limite\r\n\r\ntexte\r\n--limite\r\n"
        b"Content-Type: application/x-relais\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        + base64.encodebytes(content)
        + b"\r\n--limite--\r\n"
    )
    assert [file.content for file in parse(raw).attachments] == [content]


@settings(deadline=None)
@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), max_size=300))
def test_text_in_utf8_comes_out_unchanged(text: str) -> None:
    raw = b"From: a@example.net\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
    assert parse(raw + text.encode()).text == text.rstrip().removeprefix("\ufeff")


def test_hostile_shapes_stay_fast() -> None:
    shapes = {
        "nested": b"".join(
            b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(5000)
        ),
        "deep-html": b"Content-Type: text/html\n\n" + b"<div>" * 200_000,
        "quotes": b"To: " + b'"(<' * 30_000 + b"\n\nx",
        "comments": b"To: " + b"(" * 90_000 + b"\n\nx",
        "words": b"Subject: " + b"=?utf-8?q?" * 10_000 + b"\n\nx",
        "boundaries": b"Content-Type: multipart/mixed; boundary=x\n\n" + b"--x\n" * 100_000,
        "lines": b"From: a@example.net\n\n" + b"Le 3 mars 2025 10:12 a\n" * 15_000,
        "carriage-returns": b"From: a@example.net\r" * 20_000,
    }
    for name, raw in shapes.items():
        begun = time.process_time()
        _is_whole(raw)
        assert time.process_time() - begun < 5, name


def test_a_large_message_is_not_copied_many_times() -> None:
    content = bytes(range(256)) * 60_000
    raw = (
        b"From: a@example.net\nContent-Type: multipart/mixed; boundary=x\n\n--x\n\nBonjour\n--x\n"
        b"Content-Type: application/octet-stream; name=gros.bin\n"
        b"Content-Transfer-Encoding: base64\n\n" + base64.encodebytes(content) + b"\n--x--\n"
    )
    parse(b"warm: up\n\n")
    tracemalloc.start()
    mail = parse(raw)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert mail.attachments[0].content == content
    assert peak < 2 * len(raw)
