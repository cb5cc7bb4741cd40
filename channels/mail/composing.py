"""A message of ours as bytes: threaded, titled, and without room for a forged header."""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address as HeaderAddress
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from channels.mail.addresses import is_usable

OWN_HEADER = "X-Relais-Message"
_MAX_REFERENCES = 12
_MAX_SUBJECT = 200
_TAG = re.compile(r"\[#\s*((?:\d[\s\u00a0‐-―-]{0,2}){11}\d)\s*\]")
_IDENTIFIER = re.compile(r"<[!-;=?-~]+@[!-;=?-~]+>")
_REPLY_PREFIX = re.compile(
    r"^\s*(?:(?:re|r[eé]f|r[eé]p|aw|antw|sv|vs|odp|ynt|rif|ris|res|отв|ha|回复|回覆|答复|رد)"
    r"(?:\s?\[\d+\])?\s?[:：]\s*)+",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class OutgoingFile:
    """A file to attach."""

    filename: str
    content_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class OutgoingMail:
    """What is to be said, and to whom.

    ``message_id`` was chosen before the first try and never changes. ``reference`` is the
    ticket's ("2611-2004-8317"); its tag is put into the subject once. ``automatic`` marks what no
    person wrote. ``own_id`` is an opaque mark by which we know our own mail when it comes back.
    """

    message_id: str
    date: datetime
    sender_name: str
    sender_address: str
    to: tuple[tuple[str, str], ...]
    subject: str
    text: str
    html: str | None = None
    reference: str | None = None
    in_reply_to: str | None = None
    references: tuple[str, ...] = ()
    reply_to: str | None = None
    cc: tuple[tuple[str, str], ...] = ()
    automatic: bool = False
    language: str = "fr"
    own_id: str | None = None
    files: tuple[OutgoingFile, ...] = ()


class CannotCompose(ValueError):
    """An address or an identifier is not one: nothing is sent rather than something else."""


def compose(mail: OutgoingMail) -> bytes:
    """The message as it goes to the server, CRLF line ends. The same input gives the same bytes.

    :raises CannotCompose: an address or identifier is malformed.
    """
    message = EmailMessage(policy=SMTP)
    message["Message-ID"] = _identifier(mail.message_id)
    message["Date"] = format_datetime(mail.date)
    message["From"] = _address(mail.sender_name, mail.sender_address)
    message["To"] = [_address(name, address) for name, address in mail.to]
    if mail.cc:
        message["Cc"] = [_address(name, address) for name, address in mail.cc]
    if mail.reply_to:
        message["Reply-To"] = _address("", mail.reply_to)
    message["Subject"] = titled(mail.subject, mail.reference, reply=bool(mail.in_reply_to))
    _thread(message, mail)
    if mail.automatic:
        message["Auto-Submitted"] = "auto-replied" if mail.in_reply_to else "auto-generated"
        message["X-Auto-Response-Suppress"] = "All"
    mark = hashlib.sha256(mail.message_id.encode()).hexdigest()[:24]
    message[OWN_HEADER] = _token(mail.own_id or mark)
    _fill(message, mail)
    # Filling clears what the header said of the content: this one comes after.
    message["Content-Language"] = _token(mail.language)
    for number, part in enumerate(part for part in message.walk() if part.is_multipart()):
        part.set_boundary(f"=_{mark}.{number}")
    return message.as_bytes()


def subject_tag(reference: str) -> str:
    """``[#2611-2004-8317]``."""
    return f"[#{reference}]"


def find_reference(subject: str, is_valid: Callable[[str], bool] = lambda _: True) -> str | None:
    """The ticket reference that a subject carries, written ``2611-2004-8317``, or None.

    :param is_valid: judges the check digit of the reference.
    """
    for match in _TAG.finditer(subject):
        digits = "".join(c for c in match[1] if c.isdigit())
        reference = f"{digits[:4]}-{digits[4:8]}-{digits[8:]}"
        if is_valid(reference):
            return reference
    return None


def titled(subject: str, reference: str | None, *, reply: bool) -> str:
    """The subject with "Re: " once and the tag once, on one line."""
    bare = _REPLY_PREFIX.sub("", _TAG.sub(" ", _one_line(subject)))
    while (shorter := _REPLY_PREFIX.sub("", bare).strip()) != bare:
        bare = shorter
    bare = " ".join(bare.split())[:_MAX_SUBJECT]
    tag = f"{subject_tag(reference)} " if reference else ""
    return f"{'Re: ' if reply else ''}{tag}{bare}".strip()


def _thread(message: EmailMessage, mail: OutgoingMail) -> None:
    """In-Reply-To and References: the first and the last ones of a long thread."""
    if mail.in_reply_to and _IDENTIFIER.fullmatch(mail.in_reply_to):
        message["In-Reply-To"] = mail.in_reply_to
    chain = [one for one in mail.references if _IDENTIFIER.fullmatch(one) and len(one) < 500]
    if mail.in_reply_to and _IDENTIFIER.fullmatch(mail.in_reply_to):
        chain.append(mail.in_reply_to)
    chain = list(dict.fromkeys(chain))
    if len(chain) > _MAX_REFERENCES:
        chain = [chain[0], *chain[1 - _MAX_REFERENCES :]]
    if chain:
        message["References"] = " ".join(chain)


def _fill(message: EmailMessage, mail: OutgoingMail) -> None:
    text = _safe_text(mail.text)
    message.set_content(text, cte=_encoding_for(text))
    if mail.html is not None:
        markup = _safe_text(mail.html)
        message.add_alternative(markup, subtype="html", cte=_encoding_for(markup))
    for file in mail.files:
        main, _, sub = file.content_type.partition("/")
        if not re.fullmatch(r"[\w.+-]+", main) or not re.fullmatch(r"[\w.+-]+", sub):
            main, sub = "application", "octet-stream"
        if main in ("text", "message", "multipart"):
            main, sub = "application", "octet-stream"
        message.add_attachment(
            file.content, maintype=main, subtype=sub, filename=_one_line(file.filename) or "file"
        )


def _encoding_for(text: str) -> str:
    """Readable in the raw message for Latin scripts, compact for the others."""
    foreign = sum(character > "\x7f" for character in text)
    return "base64" if foreign * 3 > len(text) else "quoted-printable"


def _address(name: str, address: str) -> HeaderAddress:
    if not is_usable(address) or not address.isascii():
        raise CannotCompose(f"not an address: {address!r}")
    try:
        return HeaderAddress(display_name=_one_line(name), addr_spec=address)
    except (ValueError, IndexError) as error:
        raise CannotCompose(f"not an address: {address!r}") from error


def _identifier(value: str) -> str:
    if not _IDENTIFIER.fullmatch(value) or len(value) > 250:
        raise CannotCompose(f"not a message identifier: {value!r}")
    return value


def _token(value: str) -> str:
    if not re.fullmatch(r"[\w.@+:-]{1,200}", value, re.ASCII):
        raise CannotCompose(f"not a token: {value!r}")
    return value


def _one_line(text: str) -> str:
    """No line break, no control character, no lone surrogate."""
    safe = "".join(c if c.isprintable() else " " for c in text)
    return " ".join(safe.encode("utf-8", "replace").decode("utf-8").split())


def _safe_text(text: str) -> str:
    return text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")
