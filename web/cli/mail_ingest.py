"""``relais mail ingest``: what a mail gateway calls for each message."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence

import click
from sqlalchemy import select

from channels.mail import inbox
from channels.mail.keys import mail_id
from support.intake.models import Outcome, Received
from support.intake.receiving import Kept
from support.kernel import db
from support.tickets.models import Ticket
from support.tickets.references import shown
from web.cli.raw_messages import FILES, each, print_line
from web.cli.settings import ready

TRY_LATER = 75  # EX_TEMPFAIL: the gateway keeps the message and comes again
_GROUP_MESSAGES = 50
_GROUP_BYTES = 8_000_000

Named = tuple[str, bytes]


@click.command()
@FILES
def ingest(files: tuple[str, ...]) -> None:
    """Take raw messages in: one JSON line each. - is stdin.

    A message is stored before it is understood. Exit 75: at least one was not stored, try
    again; those that were are known when they come again.
    """
    _prepare()
    stored = [_take(group) for group in _groups(each(files))]
    sys.exit(0 if all(stored) else TRY_LATER)


def _prepare() -> None:
    try:
        ready()
    except SystemExit:
        # A wrong setting is for us to mend: the gateway must not send the message back.
        sys.exit(TRY_LATER)
    except Exception as error:
        _say(f"cannot start: {error}")
        sys.exit(TRY_LATER)


def _groups(messages: Iterator[Named]) -> Iterator[list[Named]]:
    """Messages that share a commit, bounded in number and in bytes."""
    group: list[Named] = []
    weight = 0
    for named in messages:
        if group and (len(group) >= _GROUP_MESSAGES or weight + len(named[1]) > _GROUP_BYTES):
            yield group
            group, weight = [], 0
        group.append(named)
        weight += len(named[1])
    if group:
        yield group


def _take(group: Sequence[Named]) -> bool:
    """Whether all of them are stored. One that cannot be must not stop the others."""
    try:
        kept = inbox.take_in_all((raw, "ingest") for _, raw in group)
    except Exception as error:
        if len(group) > 1:
            stored = [_take([one]) for one in group]
            return all(stored)
        _say(f"{group[0][0]}: not stored: {_first_line(error)}")
        return False
    news = {one.received.id for one in kept if not one.again or one.received.outcome is None}
    for (name, raw), one in zip(group, kept, strict=True):
        _report(name, raw, one, known=one.received.id not in news)
        news.discard(one.received.id)
    return True


def _report(name: str, raw: bytes, kept: Kept, *, known: bool) -> None:
    problem = inbox.understand_now(kept.received.id)
    if problem:
        _say(f"{name}: stored, to be understood later: {problem}")
    with db.transaction(write=False):
        received = db.session().get_one(Received, kept.received.id)
        ticket = db.session().scalar(select(Ticket).where(Ticket.id == received.ticket_id))
        outcome = Outcome.DUPLICATE if known else received.outcome
        print_line(
            {
                "file": name,
                "outcome": outcome.value if outcome else None,
                "ticket": shown(ticket.reference) if ticket else None,
                "entry": received.entry_id,
                "message_id": mail_id(raw),
            }
        )


def _say(words: str) -> None:
    click.echo(words, err=True)


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
