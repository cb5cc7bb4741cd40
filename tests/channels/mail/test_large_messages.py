"""Fifty megabytes of mail never take the process over 250, whatever they are made of."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

MEGABYTE = 1_000_000
SIZE = 50 * MEGABYTE
HEAD = b"From: a@example.net\r\nSubject: Grand\r\nMIME-Version: 1.0\r\n"
MIXED = HEAD + b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\nVoici.\r\n--x\r\n"
FILE = b"Content-Type: application/pdf; name=a.pdf\r\nContent-Transfer-Encoding: "
LINES = base64.encodebytes(bytes(range(256)) * 57)

SHAPES: dict[str, Callable[[], bytes]] = {
    "base64 padded in the middle": lambda: (
        MIXED + FILE + b"base64\r\n\r\n" + b"QQ==\r\n" + LINES * (SIZE // len(LINES))
    ),
    "one long line": lambda: HEAD + b"\r\n" + b"a" * SIZE,
    "page": lambda: (
        HEAD + b"Content-Type: text/html\r\n\r\n" + b"<p>bon<b>jour</b></p>\n" * 2_200_000
    ),
}
MEASURE = """
import resource, subprocess, sys
command = "from web.cli import main; main()"
subprocess.run([sys.executable, "-c", command, "mail", "parse", sys.argv[1]], check=True)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


@pytest.mark.parametrize("shape", SHAPES)
def test_a_large_message_is_held_once(shape: str, tmp_path: Path) -> None:
    path = tmp_path / "large.eml"
    path.write_bytes(SHAPES[shape]())
    assert path.stat().st_size > 40 * MEGABYTE
    ran = subprocess.run(
        [sys.executable, "-c", MEASURE, str(path)], check=True, capture_output=True, text=True
    )
    found, kilobytes = ran.stdout.strip().rsplit("\n", 1)
    assert int(kilobytes) < 250_000
    assert json.loads(found)["from"]["address"] == "a@example.net"


CLEAN = MIXED + FILE + b"base64\r\n\r\n" + LINES * (SIZE // len(LINES)) + b"--x--\r\n"
TAKE_IN = MEASURE.replace('"mail", "parse"', '"mail", "ingest"')


def test_a_large_message_is_taken_in_without_being_held_twice(tmp_path: Path) -> None:
    path = tmp_path / "large.eml"
    path.write_bytes(CLEAN)
    given = {**os.environ, "RELAIS_DATA_DIR": str(tmp_path / "data"), "RELAIS_DATABASE_URL": ""}
    command = "from web.cli import main; main()"
    subprocess.run([sys.executable, "-c", command, "db", "upgrade"], check=True, env=given)
    ran = subprocess.run(
        [sys.executable, "-c", TAKE_IN, str(path)], check=True, capture_output=True, env=given
    )
    found, kilobytes = ran.stdout.decode().strip().rsplit("\n", 1)
    assert json.loads(found)["outcome"] == "created"
    assert int(kilobytes) < 250_000
