"""What the operator decided of mailboxes: how large a mail may be, where taken mail goes."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """``largest``: bytes of the largest mail taken for a request. ``archive``: the folder of each
    mailbox where mail goes once it is ours; "" deletes it there.
    """

    largest: int = 50 * 1024 * 1024
    archive: str = ""


_limits = Limits()


def configure(limits: Limits) -> None:
    global _limits
    _limits = limits


def current() -> Limits:
    return _limits
