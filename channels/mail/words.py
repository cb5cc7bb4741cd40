"""Encoded words and header text: what a person reads, whatever mixture it was written in."""

import binascii
import re

from channels.mail import charsets

# An encoded word; one that was cut runs to the end of the field, never into the next word.
_ENCODED_WORD = re.compile(
    r"=\?([^?\s]{1,80})\?([bBqQ])\?((?:(?!=\?[^?\s]{1,80}\?[bBqQ]\?).)*?)(?:\?=|\Z)", re.DOTALL
)
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]")
_BASE64_LINE = re.compile(rb"[A-Za-z0-9+/]{2,}={0,2}")
_PADDING = re.compile(rb"=+")
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
    return b"".join(_base64_run(run) for run in _runs(bytes(raw))), False


def _runs(raw: bytes) -> list[bytes]:
    """The stretches between paddings; what follows one only while it is base64 itself.

    Some programs pad in the middle and go on. Others leave a checksum there, and gateways a
    footer in words.
    """
    first, padding, rest = raw.partition(b"=")
    runs = [_NOT_BASE64.sub(b"", first)]
    for line in rest.lstrip(b"=").split(b"\n") if padding else ():
        line = line.strip()
        if not line:
            continue
        if not _BASE64_LINE.fullmatch(line):
            break
        runs += re.split(rb"=+", line) if line.endswith(b"=") else [line]
    return _joined(runs)


def _joined(runs: list[bytes]) -> list[bytes]:
    """Lines without padding belong to the run that goes on after them."""
    out = [runs[0]]
    going_on = False
    for run in runs[1:]:
        if not run:
            going_on = False
        elif going_on:
            out[-1] += run
        else:
            out.append(run)
            going_on = True
    return out


def _base64_run(run: bytes) -> bytes:
    if len(run) % 4 == 1:
        run = run[:-1]
    return binascii.a2b_base64(run + b"=" * (-len(run) % 4))
