"""What makes a mail the same mail when it comes twice: by two ways, in two mailboxes."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import BinaryIO

from channels.mail.headers import HeaderBlock, read_block
from channels.mail.identifiers import message_id
from support.intake.receiving import KeyMaker, key_of
from support.kernel import files

# On its way a mail gains headers and changes line ends; what its author wrote stays. The
# Message-ID alone would not do: some programs give the same one to different people's mails.
_WRITTEN = ("from", "date", "subject")
_BEGINNING = 1 << 21  # of a stored message: its header block is no longer
_PIECE = 1 << 20


def mail_key(raw: bytes) -> str:
    """The key under which ``raw`` is kept once (64 hexadecimal digits). Never raises."""
    try:
        if len(raw) > _BEGINNING:
            return _key_in_pieces(BytesIO(raw))  # which shares the bytes: a copy would be one more
        block, at = read_block(raw, 0, len(raw), top=True)
        body = raw[at:].replace(b"\r\n", b"\n").rstrip()
        return key_of(*_told_by(block), body)
    except Exception:  # a fault of ours in reading it: the bytes themselves are the key
        return key_of(raw)


def stored_key(store_key: str) -> str:
    """The key of a mail in the file store: that of :func:`mail_key`, never whole in memory."""
    with files.store().open(store_key) as stored:
        return _key_in_pieces(stored)


def _told_by(block: HeaderBlock) -> list[bytes | str]:
    written = [b" ".join(block.raw(name).split()) for name in _WRITTEN]
    return [message_id(block) or "", *written]


def _key_in_pieces(stored: BinaryIO) -> str:
    begin = stored.read(_BEGINNING)
    block, at = read_block(begin, 0, len(begin), top=True)
    end = _end_of_words(stored, at)
    breaks = sum(piece.count(b"\r\n") for piece in _pieces(stored, at, end))
    digest = KeyMaker()
    for part in _told_by(block):
        digest.add(part)
    bare = (piece.replace(b"\r\n", b"\n") for piece in _pieces(stored, at, end))
    return digest.add_long(end - at - breaks, bare).key


def _end_of_words(stored: BinaryIO, at: int) -> int:
    """Where the body ends, without the blanks at its end."""
    end = stored.seek(0, 2)
    while end > at:
        start = max(at, end - _PIECE)
        stored.seek(start)
        piece = stored.read(end - start).rstrip()
        if piece:
            return start + len(piece)
        end = start
    return at


def _pieces(stored: BinaryIO, at: int, end: int) -> Iterator[bytes]:
    """The bytes from ``at`` to ``end``; no line break is cut in two."""
    stored.seek(at)
    while at < end:
        piece = stored.read(min(_PIECE, end - at))
        if not piece:
            return
        if piece.endswith(b"\r") and at + len(piece) < end:
            piece += stored.read(1)
        at += len(piece)
        yield piece


def mail_id(raw: bytes) -> str | None:
    """The Message-ID of a raw message, when it has one that can be read."""
    block, _ = read_block(raw, 0, len(raw), top=True)
    return message_id(block)
