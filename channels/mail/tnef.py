"""``winmail.dat``: the files and the text that some Outlook programs wrap in it."""

import logging
import mimetypes
from dataclasses import dataclass, field

from tnefparse import TNEF
from tnefparse.mapi import decode_mapi
from tnefparse.tnef import TNEFAttachment

from channels.mail import charsets, rtf
from channels.mail.attachments import ParsedAttachment, real_type
from channels.mail.parameters import safe_name

for _name in ("tnef-decode", "tnefparse"):
    logging.getLogger(_name).setLevel(logging.CRITICAL)

_SIGNATURE = b"\x78\x9f\x3e\x22"
_TYPES = ("application/ms-tnef", "application/vnd.ms-tnef")
# MAPI properties of an attachment: its long name, its MIME type, its Content-ID.
_LONG_NAME, _MIME_TAG, _CONTENT_ID = 0x3707, 0x370E, 0x3712
_DISPLAY_NAME = 0x3001
_MAX_DEPTH = 5
_LIBRARY_MAX = 12_000_000  # bytes: the library copies the rest at each step


@dataclass(slots=True)
class Unpacked:
    """What was inside; ``text`` and ``html`` are "" when it carried no body."""

    attachments: list[ParsedAttachment] = field(default_factory=list)
    text: str = ""
    html: str = ""


def is_tnef(attachment: ParsedAttachment) -> bool:
    return attachment.starts_with(_SIGNATURE) or attachment.content_type in _TYPES


def unpack(attachment: ParsedAttachment) -> Unpacked | None:
    """What ``winmail.dat`` holds, or None when it cannot be read (it is then kept whole)."""
    found = Unpacked()
    try:
        if attachment.size > _LIBRARY_MAX:
            raise ValueError("too large")
        opened = TNEF(attachment.content, do_checksum=False)
    except Exception:  # the library raises many kinds on damaged files
        _salvage(attachment.content, found)
    else:
        found.text, found.html = _body(opened)
        _take_files(opened, found)
    return found if found.attachments or found.text or found.html else None


def _take_files(opened: TNEF, found: Unpacked) -> None:
    """Files, and the files and words of the messages that are attached inside."""
    waiting = [(opened, 0)]
    while waiting:
        holder, depth = waiting.pop(0)
        for inner in holder.attachments:
            nested = getattr(inner, "embed", None)
            if nested is None or depth >= _MAX_DEPTH:
                found.attachments.append(_file(inner, len(found.attachments) + 1))
                continue
            text, markup = _body(nested)
            if not (nested.attachments or text or markup):
                found.attachments.append(_file(inner, len(found.attachments) + 1))
            elif text or markup:
                found.attachments.append(_words_of(inner, text, markup))
            waiting.append((nested, depth + 1))


def _body(opened: TNEF) -> tuple[str, str]:
    """The text and the HTML; from rich text when there is nothing else."""
    text, markup = _text(opened.body), _text(opened.htmlbody)
    if text or markup or not opened._rtfbody:
        return text, markup
    from compressed_rtf import decompress  # one message in many thousands needs it

    try:
        return rtf.read(decompress(bytes(opened._rtfbody) + b"\x00").decode("latin-1"))
    except Exception:  # damaged compression: the words are lost, the files are not
        return "", ""


def _words_of(inner: TNEFAttachment, text: str, markup: str) -> ParsedAttachment:
    """A message attached inside, as a file one can open."""
    title = next((_text(one.data) for one in inner.mapi_attrs if one.name == _DISPLAY_NAME), "")
    stem = safe_name(title or _text(inner._name)) or "message"
    if markup:
        return ParsedAttachment(f"{stem}.html", "text/html", markup.encode())
    return ParsedAttachment(f"{stem}.txt", "text/plain", text.encode())


def _salvage(content: bytes, found: Unpacked) -> None:
    """The files of a damaged ``winmail.dat``, attribute by attribute, up to where it breaks."""
    name, data = "", b""
    at = 6
    while at + 11 <= len(content):
        kind = int.from_bytes(content[at + 1 : at + 3], "little")
        length = int.from_bytes(content[at + 5 : at + 9], "little")
        value = content[at + 9 : at + 9 + length]
        if kind == TNEF.ATTATTACHRENDDATA:
            _keep(name, data, found)
            name, data = "", b""
        elif kind == TNEF.ATTATTACHTITLE:
            name = _text(value)
        elif kind == TNEF.ATTATTACHDATA:
            data = value
        elif kind == TNEF.ATTATTACHMENT and (longer := _long_name(value)):
            name = longer
        at += 11 + length
    _keep(name, data, found)


def _long_name(value: bytes) -> str:
    try:
        properties = {one.name: one.data for one in decode_mapi(value, "cp1252")}
    except Exception:  # as damaged as the rest
        return ""
    return _text(properties.get(_LONG_NAME))


def _keep(name: str, data: bytes, found: Unpacked) -> None:
    if data:
        named = safe_name(name) or f"attachment-{len(found.attachments) + 1}.bin"
        found.attachments.append(ParsedAttachment(named, _kind("", data, named), data))


def _kind(declared: str, content: bytes, name: str) -> str:
    guessed = declared or mimetypes.guess_type(name, strict=False)[0]
    return real_type(guessed or "application/octet-stream", content, name)


def _file(inner: TNEFAttachment, number: int) -> ParsedAttachment:
    properties = {one.name: one.data for one in inner.mapi_attrs}
    content = bytes(inner.data or b"")
    name = safe_name(_text(properties.get(_LONG_NAME)) or _text(inner._name))
    kind = _kind(_text(properties.get(_MIME_TAG)).lower(), content, name)
    identifier = _text(properties.get(_CONTENT_ID)).strip("<>") or None
    return ParsedAttachment(
        name or f"attachment-{number}.bin", kind, content, content_id=identifier
    )


def _text(value: object) -> str:
    """A property as text; some are lists of one, and some are not decoded."""
    if isinstance(value, (list, tuple)):
        value = value[0] if value else ""
    if isinstance(value, (bytes, bytearray)):
        return charsets.decode(bytes(value).rstrip(b"\x00"), None)[0].strip()
    return str(value).rstrip("\x00").strip() if value else ""
