"""Files that came with a message: named, typed, their bytes unchanged."""

import mimetypes
from collections.abc import Iterable
from dataclasses import dataclass
from email.utils import unquote

from channels.mail import decoding, words
from channels.mail.headers import read_block
from channels.mail.parameters import file_name, safe_name
from channels.mail.structure import Part
from channels.mail.undecoded import Undecoded, left_undecoded
from support.kernel.file_kinds import picture_type

_VAGUE_NAMES = (
    "application/octet-stream application/octetstream application/x-octet-stream"
    " application/binary application/x-download application/force-download application/unknown"
    " application/download"
    " text/plain"
)
_VAGUE = frozenset(_VAGUE_NAMES.split())
_EXTENSIONS = {
    "image/jpeg": ".jpg",
    "message/rfc822": ".eml",
    "text/calendar": ".ics",
    "text/plain": ".txt",
    "text/html": ".html",
    "message/delivery-status": ".txt",
    "text/rfc822-headers": ".txt",
    "application/pgp-signature": ".asc",
    "application/pkcs7-signature": ".p7s",
    "application/pkcs7-mime": ".p7m",
    "application/octet-stream": ".bin",
}


@dataclass(frozen=True, slots=True)
class ParsedAttachment:
    """One file. ``held`` is exactly what the sender attached, decoded now or when asked for;
    ``content_id`` has no brackets.

    ``inline`` is a picture that the sender placed in the text; other files are beside it.
    """

    filename: str
    content_type: str
    held: bytes | Undecoded
    inline: bool = False
    content_id: str | None = None

    @property
    def size(self) -> int:
        return len(self.held) if isinstance(self.held, bytes) else self.held.size

    @property
    def content(self) -> bytes:
        """The whole of it, in memory."""
        return self.held if isinstance(self.held, bytes) else self.held.whole()

    def pieces(self) -> Iterable[bytes]:
        """The whole of it, a piece at a time."""
        return [self.held] if isinstance(self.held, bytes) else self.held.pieces()

    def starts_with(self, sign: bytes) -> bool:
        return _beginning(self.held).startswith(sign)


def from_part(raw: bytes, part: Part, number: int) -> tuple[ParsedAttachment, list[str]]:
    """The attachment that a leaf is; ``number`` names it when nothing else does."""
    held: bytes | Undecoded | None = left_undecoded(raw, part)
    defects: list[str] = []
    if held is None:
        held, defects = decoding.content(raw, part)
    begin = _beginning(held)
    name = file_name(part.headers)
    kind = real_type(part.content_type, begin, name)
    identifier = unquote(part.headers.token("content-id")).strip() or None
    placed = part.headers.token("content-disposition").lower().startswith("inline")
    inline = placed and kind.startswith("image/")
    if not name:
        name = _name_for(kind, begin, number)
    return ParsedAttachment(name, kind, held, inline, identifier), defects


def _beginning(held: bytes | Undecoded) -> bytes:
    """Enough of it to know what it is."""
    return held if isinstance(held, bytes) else held.beginning()


def real_type(declared: str, content: bytes, name: str) -> str:
    """The declared type, unless it is vague and the bytes or the name say that it is a picture."""
    if declared not in _VAGUE or (declared == "text/plain" and not name):
        return declared
    kind = picture_type(content) if len(content) > 12 else None
    if kind:
        return kind
    if declared == "text/plain":
        return declared
    guessed = mimetypes.guess_type(name, strict=False)[0]
    if guessed and guessed.startswith("image/"):
        return guessed
    return declared


def _name_for(kind: str, content: bytes, number: int) -> str:
    extension = _EXTENSIONS.get(kind) or mimetypes.guess_extension(kind) or ".bin"
    if kind == "message/rfc822":
        block, _ = read_block(content, 0, min(len(content), 1 << 16), top=True)
        subject = safe_name(words.decode(block.raw("subject")).replace("/", "-"))
        if subject:
            return f"{subject[:100]}{extension}"
    if kind == "text/calendar":
        return f"invitation{extension}"
    return f"attachment-{number}{extension}"
