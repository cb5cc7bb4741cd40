"""``winmail.dat``: the files and the text that some Outlook programs wrap in it."""

import logging
import mimetypes
from collections.abc import Iterator
from dataclasses import dataclass, field

from tnefparse import TNEF
from tnefparse.tnef import TNEFAttachment

from channels.mail import charsets
from channels.mail.attachments import ParsedAttachment, real_type
from channels.mail.parameters import safe_name

for _name in ("tnef-decode", "tnefparse"):
    logging.getLogger(_name).setLevel(logging.CRITICAL)

_SIGNATURE = b"\x78\x9f\x3e\x22"
_TYPES = ("application/ms-tnef", "application/vnd.ms-tnef")
# MAPI properties of an attachment: its long name, its MIME type, its Content-ID.
_LONG_NAME, _MIME_TAG, _CONTENT_ID = 0x3707, 0x370E, 0x3712
_MAX_DEPTH = 5


@dataclass(slots=True)
class Unpacked:
    """What was inside; ``text`` and ``html`` are "" when it carried no body."""

    attachments: list[ParsedAttachment] = field(default_factory=list)
    text: str = ""
    html: str = ""


def is_tnef(attachment: ParsedAttachment) -> bool:
    return attachment.content.startswith(_SIGNATURE) or attachment.content_type in _TYPES


def unpack(attachment: ParsedAttachment) -> Unpacked | None:
    """What ``winmail.dat`` holds, or None when it cannot be read (it is then kept whole)."""
    try:
        opened = TNEF(attachment.content, do_checksum=False)
        found = Unpacked(text=_text(opened.body), html=_text(opened.htmlbody))
        for inner in _all_files(opened):
            found.attachments.append(_file(inner, len(found.attachments) + 1))
    except Exception:  # the library raises many kinds on damaged files; the file is kept
        return None
    return found if found.attachments or found.text or found.html else None


def _all_files(opened: TNEF) -> Iterator[TNEFAttachment]:
    """Files, and the files of the messages that are attached inside."""
    waiting = [(opened, 0)]
    while waiting:
        holder, depth = waiting.pop(0)
        for inner in holder.attachments:
            nested = getattr(inner, "embed", None)
            if nested is not None and nested.attachments and depth < _MAX_DEPTH:
                waiting.append((nested, depth + 1))
            else:
                yield inner


def _file(inner: TNEFAttachment, number: int) -> ParsedAttachment:
    properties = {one.name: one.data for one in inner.mapi_attrs}
    content = bytes(inner.data or b"")
    name = safe_name(_text(properties.get(_LONG_NAME)) or _text(inner._name))
    declared = _text(properties.get(_MIME_TAG)).lower()
    guessed = declared or mimetypes.guess_type(name, strict=False)[0]
    kind = real_type(guessed or "application/octet-stream", content, name)
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
