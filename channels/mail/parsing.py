"""A raw message understood: every sequence of bytes gives one object, none raises."""

from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from channels.mail import bodies, guarding, identifiers, language, quoting, structure
from channels.mail.addresses import Address, choose_sender, parse_all
from channels.mail.attachments import ParsedAttachment
from channels.mail.bodies import Body
from channels.mail.guarding import Verdict
from channels.mail.headers import HeaderBlock

_MAX_DEFECTS = 40
_LARGE = 1 << 20


@dataclass(frozen=True, slots=True)
class ParsedMail:
    """A message as the rest of the product sees it.

    Texts are "" and identifiers None when absent; ``date`` is in UTC; ``html`` is sanitised and
    shows inline pictures by ``cid:`` addresses that match ``content_id`` of an attachment.
    ``verdict`` says why the three flags are set, and whether an automatic answer may be sent.
    """

    message_id: str | None
    in_reply_to: str | None
    references: tuple[str, ...]
    date: datetime | None
    subject: str
    sender: Address | None
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    reply_to: tuple[Address, ...]
    text: str
    reply_text: str
    html: str | None
    language: str | None
    attachments: tuple[ParsedAttachment, ...]
    auto_reply: bool
    bounce: bool
    list: bool
    encrypted: bool
    signed: bool
    defects: tuple[str, ...]
    verdict: Verdict


def parse(raw: bytes) -> ParsedMail:
    """Understand ``raw``. Never raises; ``defects`` says what had to be repaired."""
    try:
        return _parse(raw)
    except Exception as error:  # a fault of ours must not lose a person's message
        return _unreadable(raw, f"unreadable: {type(error).__name__}")


def as_json(mail: ParsedMail) -> dict[str, Any]:
    """The object that ``relais mail parse`` prints."""
    return {
        "message_id": mail.message_id,
        "in_reply_to": mail.in_reply_to,
        "references": [*mail.references],
        "date": mail.date.isoformat() if mail.date else None,
        "subject": mail.subject,
        "from": _address_json(mail.sender) if mail.sender else None,
        "to": [_address_json(address) for address in mail.to],
        "cc": [_address_json(address) for address in mail.cc],
        "reply_to": [_address_json(address) for address in mail.reply_to],
        "text": mail.text,
        "reply_text": mail.reply_text,
        "html": mail.html,
        "language": mail.language,
        "attachments": [
            {
                "filename": attachment.filename,
                "content_type": attachment.content_type,
                "size": attachment.size,
                "inline": attachment.inline,
            }
            for attachment in mail.attachments
        ],
        "auto_reply": mail.auto_reply,
        "bounce": mail.bounce,
        "list": mail.list,
        "encrypted": mail.encrypted,
        "signed": mail.signed,
        "defects": [*mail.defects],
        "may_be_answered": mail.verdict.may_be_answered,
        "failed_recipients": [
            {
                "address": one.address,
                "action": one.action,
                "status": one.status,
                "diagnostic": one.diagnostic,
            }
            for one in mail.verdict.failed
        ],
        "bounced_message_id": mail.verdict.bounced_message_id,
    }


def get_ready_for(size: int) -> None:
    """To be called before a message of ``size`` bytes is read into memory, where it can be.

    Loading the model of languages needs for a moment as much again as keeping it: done before,
    that moment does not come on top of a large message.
    """
    if size > _LARGE:
        language.prepare()


def _parse(raw: bytes) -> ParsedMail:
    get_ready_for(len(raw))
    root, defects = structure.split(raw)
    body = bodies.read(raw, root)
    sender, more = choose_sender(root.headers)
    date, dated = _date(root.headers)
    reply_text = quoting.reply_text(body.text, body.hints)
    verdict = guarding.judge(raw, root, sender, body, reply_text)
    found = [*defects, *more, *dated, *body.defects]
    return _assembled(root.headers, body, reply_text, sender, date, verdict, found)


def _assembled(
    headers: HeaderBlock,
    body: Body,
    reply_text: str,
    sender: Address | None,
    date: datetime | None,
    verdict: Verdict,
    defects: list[str],
) -> ParsedMail:
    return ParsedMail(
        message_id=identifiers.message_id(headers),
        in_reply_to=identifiers.in_reply_to(headers),
        references=identifiers.references(headers),
        date=date,
        subject=headers.text("subject"),
        sender=sender,
        to=tuple(parse_all(headers, "to")),
        cc=tuple(parse_all(headers, "cc")),
        reply_to=tuple(parse_all(headers, "reply-to")),
        text=body.text,
        reply_text=reply_text,
        html=body.html,
        language=_language(headers, reply_text, body.text),
        attachments=tuple(body.attachments),
        auto_reply=verdict.auto_reply,
        bounce=verdict.bounce,
        list=verdict.list,
        encrypted=body.encrypted,
        signed=body.signed,
        defects=tuple(dict.fromkeys(defects))[:_MAX_DEFECTS],
        verdict=verdict,
    )


def _language(headers: HeaderBlock, reply_text: str, text: str) -> str | None:
    hints = [part.strip()[:2].lower() for part in headers.token("content-language").split(",")]
    return (
        language.detect(reply_text, hints)
        or language.detect(text, hints)
        or language.detect(headers.text("subject"), hints)
    )


def _date(headers: HeaderBlock) -> tuple[datetime | None, list[str]]:
    written = headers.token("date")
    if not written:
        return None, ["date-missing"]
    for read in (parsedate_to_datetime, _any_date):
        try:
            date = read(written)
            return (date if date.tzinfo else date.replace(tzinfo=UTC)).astimezone(UTC), []
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
    return None, ["date-unreadable"]


def _any_date(written: str) -> datetime:
    """Dates as ISO 8601 or a person writes them."""
    from dateutil import parser  # rarely needed

    if sum(map(str.isdigit, written)) < 8:
        raise ValueError("no whole date")  # the library would fill it up from today
    return parser.parse(written[:100])


def _address_json(address: Address) -> dict[str, str]:
    return {"name": address.name, "address": address.address}


def _unreadable(raw: bytes, defect: str) -> ParsedMail:
    text = raw[:100_000].decode("utf-8", "replace").replace("\x00", "")
    found = [defect, "header-missing"]
    return _assembled(HeaderBlock(), Body(text=text), text, None, None, Verdict(), found)
