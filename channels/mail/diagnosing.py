"""What a mail server meant: its codes and words as one of a few reasons that people can act on.

The enhanced status code of RFC 3463 is believed first, then the words that servers use when it
says nothing precise, then the bare reply code.
"""

from __future__ import annotations

import re
from enum import StrEnum


class Why(StrEnum):
    """Why a mail did not arrive. Each has a sentence and an advice (web)."""

    NO_MAILBOX = "no_mailbox"
    BAD_ADDRESS = "bad_address"
    MAILBOX_CLOSED = "mailbox_closed"
    MAILBOX_FULL = "mailbox_full"
    NO_DOMAIN = "no_domain"
    UNREACHABLE = "unreachable"
    TOO_BIG = "too_big"
    UNWANTED = "unwanted"
    LATER = "later"
    OTHER = "other"


# Class, subject, detail: « 5.1.1 », not the number of a version or of a network address.
_ENHANCED = re.compile(r"(?<![\d.])([45])\.(\d{1,3})\.(\d{1,3})(?![\d.]*\d)")
_REPLY = re.compile(r"\s*(?:[45]\.\d{1,3}\.\d{1,3}\s+)?([2-5]\d\d)\b")

_BY_STATUS = {
    "1.0": Why.BAD_ADDRESS, "1.1": Why.NO_MAILBOX, "1.2": Why.NO_DOMAIN, "1.3": Why.BAD_ADDRESS,
    "1.6": Why.MAILBOX_CLOSED, "1.10": Why.NO_DOMAIN, "2.1": Why.MAILBOX_CLOSED,
    "2.2": Why.MAILBOX_FULL, "2.3": Why.TOO_BIG, "3.1": Why.MAILBOX_FULL, "3.4": Why.TOO_BIG,
    "4.1": Why.UNREACHABLE, "4.2": Why.UNREACHABLE, "4.3": Why.UNREACHABLE, "4.4": Why.NO_DOMAIN,
    "4.6": Why.UNREACHABLE, "4.7": Why.UNREACHABLE, "6.2": Why.UNWANTED,
}  # fmt: skip

# What servers say whose status code is absent or says only « other ».
# The first that is found is believed: a full mailbox is also « not available ».
_BY_WORDS: dict[Why, tuple[str, ...]] = {
    Why.MAILBOX_FULL: (
        r"(mailbox|inbox|bo[iî]te)\b.{0,30}\b(full|pleine)",
        r"quota|over ?limit|insufficient (disk|storage|space)",
    ),
    Why.TOO_BIG: (
        r"too (big|large)|size limit|trop (gros|volumineux)",
        r"(message|size|mail)\b.{0,20}\bexceed",
    ),
    Why.MAILBOX_CLOSED: (
        r"(account|mailbox|user|recipient)\b.{0,30}\b(disabled|inactive|suspended|closed|expired)",
        r"no longer (available|active|in use|valid)",
    ),
    Why.NO_MAILBOX: (
        r"(user|mailbox|recipient|account|address|alias)\b.{0,40}"
        r"\b(unknown|not (found|exist|known)|does(n'?t| not) exist|invalid)",
        r"no such (user|mailbox|recipient|person|account|address)",
        r"unknown (user|recipient|mailbox|address|local)|invalid (recipient|mailbox|user)",
        r"not our customer|undeliverable address|utilisateur inconnu",
    ),
    Why.NO_DOMAIN: (
        r"(domain|host)\b.{0,20}\b(not found|unknown|does(n'?t| not) exist)",
        r"nxdomain|unrouteable|no (mx|a) record|name or service not known",
    ),
    Why.LATER: (
        r"gr[ae]y-?list|try (again )?later|temporar|rate.?limit|throttl|deferred",
        r"too many (connections|messages|mails)",
    ),
    Why.UNWANTED: (
        r"spam|junk|block(ed|list)|black-?list|reputation|policy|unsolicited|banned",
        r"dmarc|spf\b|dkim|virus|indésirable|content rejected",
    ),
    Why.UNREACHABLE: (
        r"timed? ?out|connection|refused to talk|unreachable|network|no answer|not responding",
    ),
}
_WORDS = {why: re.compile("|".join(said), re.IGNORECASE) for why, said in _BY_WORDS.items()}

_BY_REPLY = {
    "421": Why.LATER, "450": Why.LATER, "451": Why.LATER, "452": Why.MAILBOX_FULL,
    "550": Why.OTHER, "551": Why.NO_MAILBOX, "552": Why.MAILBOX_FULL, "553": Why.BAD_ADDRESS,
}  # fmt: skip


def diagnose(words: str | None) -> Why:
    """The reason in ``words``: « 550 5.1.1 no such user », or what a report said."""
    said = words or ""
    status = _ENHANCED.search(said)
    named = _BY_STATUS.get(f"{int(status[2])}.{int(status[3])}") if status else None
    if named:
        return named
    if status and status[2] == "7":  # security and policy, unless it says « later »
        return Why.LATER if status[1] == "4" else Why.UNWANTED
    for why, pattern in _WORDS.items():
        if pattern.search(said):
            return why
    reply = _REPLY.match(said)
    if reply:
        return _BY_REPLY.get(reply[1], Why.OTHER)
    return Why.UNREACHABLE if said and not status else Why.OTHER
