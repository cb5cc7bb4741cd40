"""What makes a mail the same mail when it comes twice: by two ways, in two mailboxes."""

from __future__ import annotations

from channels.mail.headers import read_block
from channels.mail.identifiers import message_id
from support.intake.receiving import key_of

# On its way a mail gains headers and changes line ends; what its author wrote stays. The
# Message-ID alone would not do: some programs give the same one to different people's mails.
_WRITTEN = ("from", "date", "subject")


def mail_key(raw: bytes) -> str:
    """The key under which ``raw`` is kept once (64 hexadecimal digits). Never raises."""
    try:
        block, at = read_block(raw, 0, len(raw), top=True)
        written = [b" ".join(block.raw(name).split()) for name in _WRITTEN]
        body = raw[at:].replace(b"\r\n", b"\n").rstrip()
        return key_of(message_id(block) or "", *written, body)
    except Exception:  # a fault of ours in reading it: the bytes themselves are the key
        return key_of(raw)


def mail_id(raw: bytes) -> str | None:
    """The Message-ID of a raw message, when it has one that can be read."""
    block, _ = read_block(raw, 0, len(raw), top=True)
    return message_id(block)
