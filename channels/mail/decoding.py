"""The content of one part: its transfer encoding undone."""

import binascii
import io
import re
from dataclasses import replace

from channels.mail import words
from channels.mail.structure import Part

_PIECE = 1 << 20
_FOOTER = re.compile(rb"\n\s*+(?:[_=*-]{5,}\s*\n|-- ?\r?\n|[\w.,:;'()-]{1,40}+ [A-Za-z(]\w)")
_FOOTER_WITHIN = 4000
_UU_BEGIN = re.compile(rb"(?:\A|\n)begin \d{3,4} ([^\r\n]+)\r?\n")


def content(raw: bytes, part: Part) -> tuple[bytes, list[str]]:
    """The bytes of a part as they were before transfer, and what was repaired. Never raises."""
    encoding = part.headers.token("content-transfer-encoding").lower().strip('"; ')
    if encoding == "base64":
        if _is_not_base64(raw[part.start : min(part.end, part.start + 400)]):
            return raw[part.start : part.end], ["base64-false"]
        # Lists and gateways write their footer below the encoded text as they would below words.
        footer = _FOOTER.search(raw, max(part.start, part.end - _FOOTER_WITHIN), part.end)
        end = footer.start() if footer else part.end
        decoded, clean = words.base64_bytes(memoryview(raw)[part.start : end])
        return decoded, [] if clean and not footer else ["base64-repaired"]
    if encoding == "quoted-printable":
        return _quoted_printable(raw, part.start, part.end), []
    body = raw[part.start : part.end]
    if encoding in ("x-uuencode", "uuencode", "x-uue", "uue"):
        bare = body.lstrip(b"\r\n")
        return _uu_lines(bare) if _is_bare_uu(bare) else uudecode(body)[0], []
    return body, []


def beginning(raw: bytes, part: Part, size: int) -> bytes:
    """The content of about the first ``size`` bytes of a part."""
    return content(raw, replace(part, end=min(part.end, part.start + size)))[0]


def _quoted_printable(raw: bytes, start: int, end: int) -> bytes:
    """Piece by piece, cut at line ends: a large part is never held twice."""
    if end - start <= _PIECE:
        return binascii.a2b_qp(raw[start:end])
    out = io.BytesIO()
    while start < end:
        stop = raw.rfind(b"\n", start, min(end, start + _PIECE)) + 1
        stop = stop if 0 < stop < end else min(end, start + _PIECE)
        out.write(binascii.a2b_qp(raw[start:stop]))
        start = stop
    return out.getvalue()


def _is_not_base64(body: bytes) -> bool:
    """Plain text under a false label: spaces inside the lines of its beginning."""
    head = body.strip()
    return bool(head) and (not head.isascii() or head.count(b" ") > 3 + head.count(b"\n") * 2)


def uudecode(body: bytes) -> tuple[bytes, str]:
    """The content and the name of a uuencoded file; (body, "") when there is none."""
    match = _UU_BEGIN.search(body)
    if match is None:
        return body, ""
    return _uu_lines(body, match.end()), words.plain(match[1])


def _uu_lines(body: bytes, at: int = 0) -> bytes:
    """What the uuencoded lines from ``at`` on hold, up to a line "end"; some leave "begin" out."""
    out = io.BytesIO()
    while at < len(body):
        stop = body.find(b"\n", at)
        stop = len(body) if stop < 0 else stop
        line = body[at:stop].rstrip(b"\r")
        if line.strip() == b"end":
            break
        out.write(_uu_line(line))
        at = stop + 1
    return out.getvalue()


def _is_bare_uu(body: bytes) -> bool:
    """Whether uuencoded lines begin without "begin": the first is as long as it says."""
    line = body[:100].split(b"\n", 1)[0].rstrip(b"\r")
    if not line or not 32 < line[0] < 97:
        return False
    return len(line) - 1 == -(-((line[0] - 32) & 63) // 3) * 4


def _uu_line(line: bytes) -> bytes:
    try:
        return binascii.a2b_uu(line)
    except binascii.Error:
        length = (((line[0] - 32) & 63) * 4 + 5) // 3 if line else 0
        try:
            return binascii.a2b_uu(line[:length])
        except binascii.Error:
            return b""


def take_uuencoded(text: str) -> tuple[str, list[tuple[str, bytes]]]:
    """Files pasted as uuencode into a text: the text without them, and name with content."""
    files: list[tuple[str, bytes]] = []
    if "\nbegin " not in "\n" + text[:100] and "\nbegin " not in text:
        return text, files
    kept: list[str] = []
    at = 0
    for match in _UU_BLOCK.finditer(text):
        decoded, name = uudecode(match[0].strip("\n").encode("utf-8", "replace"))
        if decoded:
            files.append((name, decoded))
            kept.append(text[at : match.start()])
            at = match.end()
    kept.append(text[at:])
    return "\n".join(kept) if files else text, files


_UU_BLOCK = re.compile(r"(?:\A|\n)begin \d{3,4} [^\n]+\n(?:[ -`]{1,62}\n)+end(?:\n|\Z)")
