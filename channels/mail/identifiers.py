"""Message identifiers: our own, and those that tie a reply to what it answers."""

import re
import secrets
import time

from channels.mail import words
from channels.mail.headers import HeaderBlock

_BRACKETED = re.compile(r"<\s*([^<>]{1,990}?)\s*>")
_BARE = re.compile(r"[^\s<>,;\"]+@[^\s<>,;\"]+")
_MAX_REFERENCES = 200


def new_message_id(domain: str) -> str:
    """A new ``<…@domain>``: unique, and saying nothing of what it belongs to."""
    return f"<{time.time_ns():x}.{secrets.token_hex(8)}@{domain}>"


def message_id(block: HeaderBlock) -> str | None:
    """The message's own identifier, in angle brackets; None when it has none."""
    for raw in block.raw_all("message-id"):
        found = parse_identifiers(raw)
        if found:
            return found[0]
        bare = "".join(words.one_line(words.plain(raw)).strip("<>").split())
        if bare:
            return f"<{bare}>"
    return None


def in_reply_to(block: HeaderBlock) -> str | None:
    """The message this one answers."""
    found = [one for raw in block.raw_all("in-reply-to") for one in parse_identifiers(raw)]
    return found[0] if found else None


def references(block: HeaderBlock) -> tuple[str, ...]:
    """The thread above this message, oldest first, each once."""
    found = [one for raw in block.raw_all("references") for one in parse_identifiers(raw)]
    return tuple(dict.fromkeys(found))[-_MAX_REFERENCES:]


def parse_identifiers(raw: bytes) -> list[str]:
    """Identifiers of one field; folded ones are put together, missing brackets added."""
    text = words.plain(raw)
    if "=?" in text:
        text = words.decode(text)
    found = ["".join(one.split()) for one in _BRACKETED.findall(text)]
    if not found:
        found = _BARE.findall(text)
    return [f"<{one}>" for one in found if one]
