"""The content of one part: its transfer encoding undone."""

import binascii
import re

from channels.mail import words
from channels.mail.structure import Part

_UU_BEGIN = re.compile(rb"(?:\A|\n)begin \d{3,4} ([^\r\n]+)\r?\n")


def content(raw: bytes, part: Part) -> tuple[bytes, list[str]]:
    """The bytes of a part as they were before transfer, and what was repaired. Never raises."""
    encoding = part.headers.token("content-transfer-encoding").lower().strip('"; ')
    if encoding == "base64":
        if _is_not_base64(raw[part.start : min(part.end, part.start + 400)]):
            return raw[part.start : part.end], ["base64-false"]
        decoded, clean = words.base64_bytes(memoryview(raw)[part.start : part.end])
        return decoded, [] if clean else ["base64-repaired"]
    body = raw[part.start : part.end]
    if encoding == "quoted-printable":
        return binascii.a2b_qp(body), []
    if encoding in ("x-uuencode", "uuencode", "x-uue", "uue"):
        decoded, _ = uudecode(body)
        return decoded, []
    return body, []


def _is_not_base64(body: bytes) -> bool:
    """Plain text under a false label: spaces inside the lines of its beginning."""
    head = body.strip()
    return bool(head) and (not head.isascii() or head.count(b" ") > 3 + head.count(b"\n") * 2)


def uudecode(body: bytes) -> tuple[bytes, str]:
    """The content and the name of a uuencoded file; (body, "") when there is none."""
    match = _UU_BEGIN.search(body)
    if match is None:
        return body, ""
    out: list[bytes] = []
    for line in body[match.end() :].splitlines():
        if line.strip() == b"end":
            break
        out.append(_uu_line(line))
    return b"".join(out), words.plain(match[1])


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
