"""What every mail of ours needs: a way out, a sender, and where our pages are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from channels.mail.identifiers import new_message_id
from channels.mail.sending import Transport


@dataclass(frozen=True, slots=True)
class Post:
    """``sender``: (name, address). ``public_url``: without a slash at its end.

    ``files_limit``: bytes of files that one mail carries. ``said_in``: words of the reference data
    in a language, or as they are when nobody has translated them. ``item_label``: what an item of
    a hand-over is called, in French.
    """

    transport: Transport
    sender: tuple[str, str]
    public_url: str
    service_name: str
    files_limit: int = 10 * 1024 * 1024
    said_in: Callable[[str, str], str] = lambda words, _language: words
    item_label: Callable[[str], str] = lambda code: code


_post: Post | None = None


def configure(post: Post) -> None:
    global _post
    _post = post


def current() -> Post:
    if _post is None:
        raise RuntimeError("mail not configured: call channels.mail.post.configure first")
    return _post


def own_address() -> str:
    """Where our mail comes from; "" before anything is configured."""
    return _post.sender[1] if _post else ""


def fresh_message_id() -> str:
    """A Message-ID for a mail of ours, to be written down before its first try."""
    return new_message_id(current().sender[1].rpartition("@")[2])
