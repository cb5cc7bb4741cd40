"""Encoded words and header text: what a person reads, whatever mixture it was written in."""

import binascii
import io
import re

from channels.mail import charsets

# An encoded word; one that was cut runs to the end of the field, never into the next word.
_ENCODED_WORD = re.compile(
    r"=\?([^?\s]{1,80})\?([bBqQ])\?((?:(?!=\?[^?\s]{1,80}\?[bBqQ]\?).)*?)(?:\?=|\Z)", re.DOTALL
)
_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_FOREIGN = bytes(set(range(256)) - set(_BASE64))
_GOES_ON = re.compile(rb"(?:\s*+[A-Za-z0-9+/]{2,}+={0,2}+(?=\s|\Z))*+")
_PIECE = 1 << 20
_PADDING = re.compile(rb"=+")
_RUN = re.compile(rb"[^=]+")
_KEPT = "\u00a0\u200c\u200d\u3000\u202f\u2009"


def decode(raw: bytes | str) -> str:
    """A header value as a person reads it, on one line. Never raises."""
    text = raw if isinstance(raw, str) else plain(raw)
    if "=?" in text:
        text = _decode_encoded(text)
    return one_line(text)


def plain(raw: bytes) -> str:
    """Raw header bytes as text, encoded words untouched."""
    if raw.isascii() and b"\x1b" not in raw:
        return raw.decode("ascii")
    return charsets.decode(raw, None)[0]


def one_line(text: str) -> str:
    """One line without control characters; runs of white space become one space."""
    if not text.isprintable():
        text = "".join(c if c.isprintable() or c in _KEPT else " " for c in text)
    return " ".join(part for part in text.split(" ") if part)


def has_encoded(text: str) -> bool:
    return "=?" in text and _ENCODED_WORD.search(text) is not None


def _decode_encoded(text: str) -> str:
    """Neighbouring words of one character set are joined before they are decoded.

    Many programs cut a word in the middle of a character: the bytes are put together first.
    White space between two encoded words is not part of the text.
    """
    out: list[str] = []
    pending = b""
    pending_label = ""
    at = 0
    for match in _ENCODED_WORD.finditer(text):
        gap = text[at : match.start()]
        label = match[1].split("*")[0].lower()
        if pending and (gap.strip() or label != pending_label):
            out.append(charsets.decode(pending, pending_label)[0])
            pending = b""
        if gap.strip():
            out.append(gap)
        pending += _payload(match[2], match[3])
        pending_label = label
        at = match.end()
    out.append(charsets.decode(pending, pending_label)[0])
    out.append(text[at:])
    return "".join(out)


def _payload(encoding: str, payload: str) -> bytes:
    raw = payload.encode("utf-8", "replace")
    if encoding in "bB":
        return base64_bytes(raw)[0]
    return binascii.a2b_qp(raw.strip(b" ").replace(b" ", b"_"), header=True)


def base64_bytes(raw: bytes | memoryview) -> tuple[bytes, bool]:
    """Base64 with whatever is wrong in it: padding, foreign characters, a cut end.

    :returns: the bytes, and whether they were written as they should be.
    """
    padding = _PADDING.search(raw)
    if padding is None or not bytes(raw[padding.end() : padding.end() + 200]).strip():
        try:
            return binascii.a2b_base64(raw), True
        except binascii.Error:
            pass
    out = io.BytesIO()
    _take_run(raw[: padding.start()] if padding else raw, out)
    # Some programs pad in the middle and go on. Others leave a checksum there, and gateways a
    # footer in words: what follows is read only while it is base64 itself.
    if padding and (rest := _GOES_ON.match(raw, padding.end())):
        for run in _RUN.finditer(raw, rest.start(), rest.end()):
            _take_run(memoryview(raw)[run.start() : run.end()], out)
    return out.getvalue(), False


def _take_run(run: bytes | memoryview, out: io.BytesIO) -> None:
    """Decode in pieces: a large file is never held twice."""
    kept = b""
    for at in range(0, len(run), _PIECE):
        kept += bytes(run[at : at + _PIECE]).translate(None, _FOREIGN)
        whole = len(kept) // 4 * 4
        out.write(binascii.a2b_base64(kept[:whole]))
        kept = kept[whole:]
    if len(kept) > 1:
        out.write(binascii.a2b_base64(kept + b"=" * (-len(kept) % 4)))
