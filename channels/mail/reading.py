"""A kept mail made ready to be filed: parsed, its files in the file store, its sender named."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from channels.mail import authenticating, post
from channels.mail.addresses import Address
from channels.mail.attachments import ParsedAttachment
from channels.mail.composing import find_reference, titled
from channels.mail.parsing import ParsedMail, parse
from support.intake.models import Channel, Received
from support.kernel import files
from support.kernel.errors import Invalid
from support.people.normalising import email_address
from support.tickets.filing import Incoming
from support.tickets.journal import FileDraft, Words
from support.tickets.references import read_reference

_LONGEST_ID = 500
_PREVIEW = 280
_MOST_OTHERS = 20


@dataclass(frozen=True, slots=True)
class OpenedMail:
    """A mail and its files, which are safe already. Needs no transaction."""

    mail: ParsedMail
    files: tuple[FileDraft, ...]
    auth: authenticating.Auth | None = None

    @property
    def sender(self) -> str:
        """In the form in which we keep addresses; "" when it cannot be written to."""
        return usable(self.mail.sender)

    @property
    def message_id(self) -> str | None:
        found = self.mail.message_id
        return found if found and len(found) <= _LONGEST_ID else None

    @property
    def threads(self) -> tuple[str, ...]:
        """The messages it answers, nearest first."""
        above = [*reversed(self.mail.references)]
        if self.mail.in_reply_to:
            above.insert(0, self.mail.in_reply_to)
        return tuple(dict.fromkeys(one for one in above if len(one) <= _LONGEST_ID))

    @property
    def vouched(self) -> bool | None:
        """Whether a server of ours vouches for the sender; None when none is asked to."""
        if not authenticating.asked():
            return None
        return self.auth is not None and self.auth.vouches_for(self.sender)

    @property
    def others(self) -> list[list[str]]:
        """[name, address] of the people in To and Cc, besides the sender and our own domain."""
        ours = post.own_address().rpartition("@")[2].lower()
        found = {usable(one): one.name[:160] for one in (*self.mail.to, *self.mail.cc)}
        found.pop(self.sender, None)
        others = ([name, one] for one, name in found.items() if one)
        return [pair for pair in others if pair[1].rpartition("@")[2] != ours][:_MOST_OTHERS]

    @property
    def text(self) -> str:
        """What the sender newly wrote; failing that whatever was said at all."""
        mail = self.mail
        return mail.reply_text.strip() or mail.text.strip() or mail.subject.strip()


def open_mail(raw: bytes) -> OpenedMail:
    """Parse ``raw`` and put its files into the store. Raises OSError when the store cannot."""
    mail = parse(raw)
    return OpenedMail(mail, tuple(stored_files(mail.attachments)), authenticating.read(raw))


def incoming(opened: OpenedMail, received: Received, **data: Any) -> Incoming:
    """The mail as filing wants it; ``data`` goes on the entry."""
    mail = opened.mail
    if opened.auth is not None:
        data["auth"] = opened.auth.as_json()
    if opened.others:
        data["others"] = opened.others
    words = Words(
        opened.text,
        full_text=mail.text,
        html=mail.html,
        channel=Channel.EMAIL,
        message_id=opened.message_id,
        received=received,
        files=opened.files,
        data=data,
    )
    reference = find_reference(mail.subject, lambda one: read_reference(one) is not None)
    return Incoming(
        sender=opened.sender,
        sender_name=_name(mail.sender),
        subject=titled(mail.subject, None, reply=False),
        words=words,
        received=received,
        threads=opened.threads,
        reference=read_reference(reference) if reference else None,
        language=(mail.language or "fr")[:3],
        may_acknowledge=mail.verdict.may_be_answered,
        vouched=opened.vouched,
    )


def describe(received: Received, opened: OpenedMail) -> None:
    """Write beside the raw message what the ledger finds it by."""
    received.sender = opened.sender
    received.subject = opened.mail.subject[:300]
    received.message_id = opened.message_id
    received.auth = opened.auth.as_json() if opened.auth else None


def digest(opened: OpenedMail, **more: Any) -> dict[str, Any]:
    """What a person who sorts sees in a list. ``from`` is as written, it may be anything."""
    mail = opened.mail
    return {
        "from": mail.sender.address if mail.sender else "",
        "from_name": mail.sender.name if mail.sender else "",
        "subject": mail.subject[:300],
        "preview": " ".join(opened.text.split())[:_PREVIEW],
        "attachments": len(opened.files),
        "suggested_ticket_id": None,
        **more,
    }


def usable(address: Address | None) -> str:
    """In the form in which we keep addresses; "" when it cannot be written to."""
    return usable_address(address.address) if address is not None and address.usable else ""


@lru_cache(maxsize=1024)  # asked several times for each mail
def usable_address(address: str) -> str:
    try:
        found = email_address(address)
    except Invalid:
        found = address.strip().lower()
    return found if len(found) <= 254 else ""


def _name(sender: Address | None) -> str:
    """The display name, without the quotes that some programs add; none repeats an address."""
    name = sender.name.strip() if sender else ""
    if len(name) > 1 and name[0] == name[-1] == "'":
        name = name[1:-1].strip()
    return "" if "@" in name else name


def stored_files(attachments: Iterable[ParsedAttachment]) -> Iterable[FileDraft]:
    for one in attachments:
        store = files.store()
        light = isinstance(one.held, bytes)
        kept = store.put(one.content) if light else store.put_stream(one.pieces())
        yield FileDraft(
            one.filename, one.content_type, kept.key, kept.size, one.inline, one.content_id
        )
