"""The letters that left by themselves when a story was new."""

from __future__ import annotations

from datetime import timedelta

from channels.mail import post
from channels.mail.notices import facts_of, written
from channels.mail.rendering import language_of, render_letter
from support.intake.models import Channel
from support.kernel.time import as_of, now
from support.tickets import first_words
from support.tickets.authors import SYSTEM
from support.tickets.journal import Words, write
from support.tickets.models import Ticket
from support.tickets.replying import dispatch, requester_address
from support.tickets.timeline import EntryKind

AFTER = timedelta(seconds=6)


def notice(ticket: Ticket, letter: str, about: int | None = None) -> None:
    """Write ``letter`` some seconds after now, as the outbox would have made it.

    Under the same key: were the row of the outbox delivered again, nothing more would leave.
    """
    if letter == "acknowledgement":
        first_words.acknowledged(ticket.id)
    if not has_address(ticket):
        return
    once = ":".join(str(part) for part in (letter, ticket.id, about) if part is not None)
    if written(once):
        return
    with as_of(now() + AFTER):
        subject, text, html = render_letter(
            letter, ticket.language, facts_of(ticket, ticket.language)
        )
        words = Words(
            text,
            html=html,
            channel=Channel.EMAIL,
            message_id=own_mark(),
            data={
                "letter": letter,
                "subject": subject,
                "language": language_of(letter, ticket.language),
            },
            once_key=once,
        )
        dispatch(ticket, write(ticket, EntryKind.NOTICE, words, by=SYSTEM))


def has_address(ticket: Ticket) -> bool:
    return requester_address(ticket) is not None


def own_mark() -> str:
    """A Message-ID for a mail of ours."""
    return post.fresh_message_id()
