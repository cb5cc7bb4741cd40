"""``winmail.dat``: the files and the text that some Outlook programs wrap in it."""

import logging
from dataclasses import dataclass, field

from tnefparse import TNEF

from channels.mail import charsets
from channels.mail.attachments import ParsedAttachment, real_type
from channels.mail.parameters import safe_name

logging.getLogger("tnef-decode").setLevel(logging.CRITICAL)
logging.getLogger("tnefparse").setLevel(logging.CRITICAL)


@dataclass(slots=True)
class Unpacked:
    """What was inside; ``text`` and ``html`` are "" when it carried no body."""

    attachments: list[ParsedAttachment] = field(default_factory=list)
    text: str = ""
    html: str = ""


def is_tnef(attachment: ParsedAttachment) -> bool:
    return attachment.content.startswith(b"\x78\x9f\x3e\x22") or attachment.content_type in (
        "application/ms-tnef",
        "application/vnd.ms-tnef",
    )


def unpack(attachment: ParsedAttachment) -> Unpacked | None:
    """What ``winmail.dat`` holds, or None when it cannot be read (it is then kept whole)."""
    try:
        opened = TNEF(attachment.content, do_checksum=False)
        found = Unpacked(text=_text(opened.body), html=_text(opened.htmlbody))
        for number, inner in enumerate(opened.attachments, 1):
            content = bytes(inner.data or b"")
            name = (
                safe_name(_text(inner.long_filename() or inner.name)) or f"attachment-{number}.bin"
            )
            kind = real_type("application/octet-stream", content, name)
            found.attachments.append(ParsedAttachment(name, kind, content))
        return found
    except Exception:  # the library raises many kinds on damaged files; the file is kept
        return None


def _text(value: object) -> str:
    if isinstance(value, (bytes, bytearray)):
        return charsets.decode(bytes(value), None)[0].rstrip("\x00").strip()
    return str(value).rstrip("\x00").strip() if value else ""
