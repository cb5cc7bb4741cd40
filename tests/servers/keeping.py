"""A received mail, in memory and as files that survive whoever wrote them."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import NamedTuple
from uuid import uuid4


class Mail(NamedTuple):
    """As SMTP gave it: `data` is headers and body, byte for byte."""

    envelope_from: str
    rcpts: list[str]
    data: bytes


def keep_in(folder: Path, mail: Mail) -> None:
    """Two files, on the disk when this returns; the `.eml`, renamed last, makes it whole."""
    name = f"{time.time_ns():020d}-{uuid4().hex[:8]}"
    envelope = {"from": mail.envelope_from, "rcpts": mail.rcpts}
    _write(folder / f"{name}.json", json.dumps(envelope).encode())
    _write(folder / f"{name}.eml", mail.data)


def kept_in(folder: Path) -> list[Mail]:
    """Every whole message, in order of arrival."""
    mails = []
    for message in sorted(folder.glob("*.eml")):
        envelope = json.loads(message.with_suffix(".json").read_bytes())
        mails.append(Mail(envelope["from"], envelope["rcpts"], message.read_bytes()))
    return mails


def _write(target: Path, content: bytes) -> None:
    aside = target.with_suffix(target.suffix + ".part")
    with aside.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    aside.rename(target)
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
