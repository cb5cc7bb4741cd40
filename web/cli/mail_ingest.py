"""``relais mail ingest``: what a mail gateway calls for each message."""

from __future__ import annotations

import gc
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
_GROUP_MESSAGES = 200  # a larger one costs each of its messages no less
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
    # What the program is made of is never garbage: the collector need not look at it again.
    gc.collect()
    gc.freeze()


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
        kept = inbox.take_in_all(((raw, "ingest") for _, raw in group), at_once=True)
    except Exception as error:
        if len(group) > 1:
            stored = [_take([one]) for one in group]
            return all(stored)
        _say(f"{group[0][0]}: not stored: {_first_line(error)}")
        return False
    news = _news(group, kept)
    for number, problem in inbox.understand_all(news).items():
        _say(f"message {number}: stored, to be understood later: {problem}")
    _report(group, kept, set(news))
    return True


def _news(group: Sequence[Named], kept: Sequence[Kept]) -> dict[int, bytes]:
    """What is to be understood, by number: new, or kept before and not understood yet."""
    found: dict[int, bytes] = {}
    for (_, raw), one in zip(group, kept, strict=True):
        if one.received.outcome is None:
            found.setdefault(one.received.id, raw)
    return found


def _report(group: Sequence[Named], kept: Sequence[Kept], news: set[int]) -> None:
    """A line for each; of the same message given twice, the first is the new one."""
    became = _became({one.received.id for one in kept})
    for (name, raw), one in zip(group, kept, strict=True):
        outcome, reference, entry_id = became[one.received.id]
        known = one.received.id not in news
        news.discard(one.received.id)
        shown_outcome = Outcome.DUPLICATE if known else outcome
        print_line(
            {
                "file": name,
                "outcome": shown_outcome.value if shown_outcome else None,
                "ticket": shown(reference) if reference else None,
                "entry": entry_id,
                "message_id": mail_id(raw),
            }
        )


def _became(numbers: set[int]) -> dict[int, tuple[Outcome | None, str | None, int | None]]:
    query = (
        select(Received.id, Received.outcome, Ticket.reference, Received.entry_id)
        .outerjoin(Ticket, Ticket.id == Received.ticket_id)
        .where(Received.id.in_(numbers))
    )
    with db.transaction(write=False) as session:
        rows = session.execute(query).all()
    return {row.id: (row.outcome, row.reference, row.entry_id) for row in rows}


def _say(words: str) -> None:
    click.echo(words, err=True)


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
