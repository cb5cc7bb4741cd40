"""A mail that one of us forwarded: who really wrote it, what they wrote, what the agent adds.

Either the whole message is attached, or its header lines and words stand in the text, in the
language of the program that forwarded it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from channels.mail import copies, copy_phrases
from channels.mail.addresses import Address, parse_list
from channels.mail.marks import unmarked
from channels.mail.parsing import parse
from channels.mail.reading import OpenedMail, stored_files, usable
from support.tickets.journal import FileDraft

_MOST_LINES = 2000
_MOST_HEADERS = 16


@dataclass(frozen=True, slots=True)
class Forwarded:
    """``sender`` has an address that can be written to; ``note`` is the forwarder's own, or ""."""

    sender: Address
    subject: str
    text: str
    note: str
    language: str
    files: tuple[FileDraft, ...]


def read(opened: OpenedMail) -> Forwarded | None:
    """What was forwarded in this mail; None when nothing was, or its author has no address."""
    return _attached(opened) or _in_the_text(opened)


def _attached(opened: OpenedMail) -> Forwarded | None:
    whole = [one for one in opened.mail.attachments if one.content_type == "message/rfc822"]
    if len(whole) != 1:
        return None
    mail = parse(whole[0].content)
    if mail.sender is None or not usable(mail.sender):
        return None
    note = opened.mail.reply_text.strip()
    files = (*stored_files(mail.attachments), *opened.files)
    text = mail.reply_text.strip() or mail.text.strip()
    return Forwarded(mail.sender, mail.subject, text, note, _language(mail.language), files)


def _in_the_text(opened: OpenedMail) -> Forwarded | None:
    lines = [unmarked(line).strip() for line in opened.mail.text.splitlines()[:_MOST_LINES]]
    for at, line in enumerate(lines):
        if copy_phrases.header(line)[0] and copies.is_header_block(lines, at):
            return _from_block(opened, lines, at)
    return None


def _from_block(opened: OpenedMail, lines: Sequence[str], at: int) -> Forwarded | None:
    said: dict[str, str] = {}
    end = at
    for number in range(at, min(at + _MOST_HEADERS, len(lines))):
        kind, value = copy_phrases.header(lines[number])
        if kind:
            said.setdefault(kind, value)
        elif not lines[number] and len(said) > 1:
            break
        end = number + 1
    sender = _address(said.get("from", ""))
    text = "\n".join(lines[end:]).strip()
    if sender is None or not text:
        return None
    return Forwarded(
        sender,
        said.get("subject", "") or opened.mail.subject,
        text,
        _note(lines[:at]),
        _language(opened.mail.language),
        opened.files,
    )


def _address(value: str) -> Address | None:
    """« Awa Traoré <awa@…> », « Awa Traoré [mailto:awa@…] » or the bare address."""
    bare = value.replace("[mailto:", "<").replace("<mailto:", "<").replace("]", ">")
    return next((one for one in parse_list(bare) if usable(one)), None)


def _note(before: Sequence[str]) -> str:
    """The forwarder's words, without the rule and the phrase that open the copy."""
    kept = [*before]
    while kept and (
        not kept[-1]
        or copy_phrases.ANY_RULE.match(kept[-1])
        or copy_phrases.FORWARD_OPENS.match(kept[-1])
    ):
        kept.pop()
    return "\n".join(kept).strip()


def _language(found: str | None) -> str:
    return (found or "fr")[:3]
