"""A heavy file left as it travelled: decoded piece by piece when it is stored, never held whole."""

from __future__ import annotations

import binascii
from collections.abc import Iterator
from dataclasses import dataclass

from channels.mail.structure import Part

# Lighter ones are decoded at once: reading them again would cost more than it spares.
HEAVY = 4_000_000
_PIECE = 1 << 20
_BLANKS = b" \t\r\n"


@dataclass(frozen=True, slots=True)
class Undecoded:
    """Base64 from ``start`` to ``end`` of ``raw``, written as it should be; ``size`` decoded."""

    raw: bytes
    start: int
    end: int
    size: int

    def pieces(self) -> Iterator[bytes]:
        """The content, in order. Raises binascii.Error where it is not clean."""
        left = b""
        for at in range(self.start, self.end, _PIECE):
            letters = left + self.raw[at : min(at + _PIECE, self.end)].translate(None, _BLANKS)
            whole = len(letters) // 4 * 4
            left = letters[whole:]
            if whole:
                yield binascii.a2b_base64(letters[:whole], strict_mode=True)
        if left:
            raise binascii.Error("cut")

    def beginning(self) -> bytes:
        return next(self.pieces(), b"")

    def whole(self) -> bytes:
        return b"".join(self.pieces())


def left_undecoded(raw: bytes, part: Part) -> Undecoded | None:
    """The content of ``part`` as a promise, when it is heavy and surely clean; else None."""
    encoding = part.headers.token("content-transfer-encoding").lower().strip('"; ')
    if encoding != "base64" or part.end - part.start < HEAVY:
        return None
    measured, padded = 0, False
    try:
        for piece in Undecoded(raw, part.start, part.end, 0).pieces():
            if padded:  # a padding in the middle: more than one text was put together
                return None
            measured += len(piece)
            padded = len(piece) % 3 != 0
    except binascii.Error:
        return None
    return Undecoded(raw, part.start, part.end, measured)
