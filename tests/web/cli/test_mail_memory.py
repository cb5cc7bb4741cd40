"""A 50 MB message never takes more than 250 MB of a real process that reads a real mailbox."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.servers.fixtures import Mailbox
from tests.web.cli.test_mail import Relais, installed, relais

__all__ = ["installed", "relais"]
pytestmark = pytest.mark.mail

MEGA = 1024 * 1024
MOST = 250 * MEGA


def heavy(size: int) -> bytes:
    """A mail of about ``size`` bytes: some words and one large picture."""
    head = (
        b"Message-ID: <lourd@example.org>\r\nFrom: Awa <awa@example.org>\r\nSubject: Photos\r\n"
        b'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n'
        b"--b\r\nContent-Type: text/plain\r\n\r\nVoici mes photos.\r\n"
        b"--b\r\nContent-Type: image/jpeg; name=photo.jpg\r\n"
        b"Content-Disposition: attachment; filename=photo.jpg\r\n"
        b"Content-Transfer-Encoding: base64\r\n\r\n"
    )
    line = base64.b64encode(b"\xff\xd8\xff" + os.urandom(54)) + b"\r\n"
    return head + line * ((size - len(head)) // len(line)) + b"--b--\r\n"


# The command, and then the most memory it had: what a child had before it became the command
# (its parent's) does not count, as it would in the kernel's own figure.
RUN = """
import runpy, sys
try:
    runpy.run_module("web.cli", run_name="__main__", alter_sys=True)
finally:
    high = next(l for l in open("/proc/self/status") if l.startswith("VmHWM"))
    print(high.split()[1], file=sys.stderr)
"""


def peak(relais: Relais, *words: str, **environment: str) -> tuple[int, bytes]:
    """The most memory (bytes) that the command had, and what it said."""
    done = subprocess.run(
        [sys.executable, "-c", RUN, *words], cwd=relais.folder, check=True,
        env={**relais.environment, **environment}, capture_output=True, timeout=120,
    )  # fmt: skip
    return int(done.stderr.split()[-1]) * 1024, done.stdout


@pytest.mark.parametrize(("size", "largest"), [(50 * MEGA, 40)], ids=["above the limit"])
def test_it_is_read_within_bounds(
    installed: Relais, mailbox: Mailbox, size: int, largest: int
) -> None:
    raw = heavy(size)
    mailbox.deliver(raw)
    used, said = peak(
        installed,
        "mail",
        "fetch",
        "--once",
        RELAIS_IMAP_URLS=mailbox.url,
        RELAIS_LARGEST_MAIL=str(largest * MEGA),
    )
    report = json.loads(said)
    assert (report["new"], report["not_understood"]) == (1, 0)
    assert used < MOST, f"{used / MEGA:.0f} MB"
    (kept,) = [p for p in Path(installed.folder, "var/files").rglob("*") if _is(p, len(raw))]
    assert kept.read_bytes() == raw


def _is(path: Path, size: int) -> bool:
    return path.is_file() and path.stat().st_size == size
