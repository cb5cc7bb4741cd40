"""Mail coming in: kept and committed first, understood afterwards, never lost.

Keeping makes a message ours: from then on it may leave its mailbox. Understanding can fail, be
mended and be run again; what is still not understood after a few tries waits for a person.
"""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy.exc import OperationalError

from channels.mail import limits, reconciling, too_large
from channels.mail.fetching import FetchedMessage, MailboxAddress, fetch_mailbox
from channels.mail.keys import mail_key, stored_key
from channels.mail.parsing import get_ready_for
from channels.mail.plain import settle_plain
from channels.mail.reading import OpenedMail, open_mail
from channels.mail.understanding import settle_mail
from support.intake.models import Channel, Outcome, Received
from support.intake.receiving import (
    Arrival,
    Kept,
    left_over_key,
    outbox_key,
    raw_of,
    receive_all,
    receive_stored,
)
from support.intake.settling import hold_unsettled, settle, take_unsettled
from support.kernel import db
from support.outbox.draining import TryLater
from support.outbox.publishing import done_already
from support.tickets.filing import Why

log = logging.getLogger(__name__)

MOST_TRIES = 3
# A machine that is restarted again and again takes the same mails with it each time: who kills the
# process is told from who was there only after a few more.
MOST_DEATHS = 6
# Neither the message's fault nor for ever: the database or the disk is away. Not a try.
_NOT_ITS_FAULT = (OperationalError, OSError)


@dataclass(slots=True)
class Fetched:
    """One reading of a mailbox. ``received``: identifiers of what is new to us; ``waiting``:
    those of them that are not understood yet.
    """

    taken: int = 0
    left: int = 0
    failed: int = 0
    received: list[int] = field(default_factory=list)
    waiting: list[int] = field(default_factory=list)


def take_in(raw: bytes, source: str) -> Kept:
    """Keep one raw message. When this returns it is committed: it is ours."""
    return take_in_all([(raw, source)])[0]


def take_in_all(messages: Iterable[tuple[bytes, str]], *, at_once: bool = False) -> list[Kept]:
    """Keep several (raw, source) in one commit: all of them or, when this raises, none.

    ``at_once``: the caller goes on to :func:`understand_all`.
    """
    arrivals = [Arrival(raw, source, mail_key(raw)) for raw, source in messages]
    with db.transaction():
        return receive_all(Channel.EMAIL, arrivals, tried=at_once)


def _take_in_stored(message: FetchedMessage) -> Kept:
    """Keep one large message that is in the file store already."""
    assert message.stored is not None
    key = stored_key(message.stored.key)
    with db.transaction():
        source = message.source.key
        return receive_stored(Channel.EMAIL, message.stored, source=source, dedupe_key=key)


def fetch(url: str) -> Fetched:
    """Empty one mailbox into the database. Raises MailboxFailure when it cannot be read.

    Each group is kept, and then understood at once. A mailbox that another thread of this
    process is reading is left to it.
    """
    report = Fetched()

    def keep(group: Sequence[FetchedMessage]) -> None:
        _keep_group(group, report)

    lock = _lock_for(MailboxAddress.from_url(url))
    if not lock.acquire(blocking=False):
        return report
    try:
        read = fetch_mailbox(url, keep, archive=limits.current().archive)
    finally:
        lock.release()
    report.taken, report.left, report.failed = read.taken, read.left, len(read.failed)
    return report


def _keep_group(group: Sequence[FetchedMessage], report: Fetched) -> None:
    """Raises only before the whole group is kept: what is kept may leave its mailbox."""
    large = iter([_take_in_stored(one) for one in group if one.stored])
    light = iter(
        take_in_all(((one.raw, one.source.key) for one in group if not one.stored), at_once=True)
    )
    kept = [next(large if one.stored else light) for one in group]
    reconciling.note_taken(group, kept)
    fresh = {
        one.received.id: message for one, message in zip(kept, group, strict=True) if not one.again
    }
    report.received += fresh
    report.waiting += [number for number, message in fresh.items() if message.stored]
    news = {number: one.raw for number, one in fresh.items() if not one.stored}
    report.waiting += understand_all(news)


def understand(received_id: int) -> None:
    """File a kept message. Safe to run twice, and by two at once.

    An error is counted and raised again, to be tried later; the third one leaves the message
    to a person. Raises TryLater when the database or the file store is away.
    """
    try:
        _begin_try(received_id)
        opened = _open(received_id)
        if opened is not None:
            _settle(received_id, opened)
    except _NOT_ITS_FAULT as error:
        _take_back_try(received_id)
        raise TryLater(f"{type(error).__name__}: {error}") from error
    except Exception as error:
        if not _left_to_a_person(received_id, error):
            raise


def understand_now(received_id: int) -> str | None:
    """Understand at once, trying again at once. What stood in the way when it must wait."""
    for _ in range(MOST_TRIES):
        try:
            understand(received_id)
            return None
        except Exception as error:  # kept already: whatever it is, the outbox tries again
            problem = f"{type(error).__name__}: {error}"
    return problem


def understand_all(raws: Mapping[int, bytes]) -> dict[int, str]:
    """File messages kept just now ``at_once``, by the number under which each was kept.

    Most share one commit; one that is not plain, or in whose way something stands, is taken
    alone. :returns: what stood in the way of those that must wait.
    """
    # One above the limit is not opened: alone, it is answered so.
    largest = limits.current().largest
    light = {number: raw for number, raw in raws.items() if len(raw) <= largest}
    opened = {number: mail for number, raw in light.items() if (mail := _opened(raw))}
    settled = _settle_together(opened)
    problems: dict[int, str] = {}
    for number in raws:
        if number not in settled and not (number in opened and _settled(number, opened[number])):
            problem = understand_now(number)
            if problem:
                problems[number] = problem
    if not problems:
        _nothing_left_over(raws)
    return problems


def _nothing_left_over(numbers: Iterable[int]) -> None:
    with db.transaction():
        done_already([left_over_key(number) for number in numbers])


def _opened(raw: bytes) -> OpenedMail | None:
    try:
        return open_mail(raw)
    except Exception:  # tried again alone, where its failures are counted
        log.exception("a mail was not opened among others")
        return None


def _settle_together(opened: Mapping[int, OpenedMail]) -> set[int]:
    try:
        with db.transaction():
            return settle_plain(opened)
    except Exception:  # nothing was written: each is taken alone
        log.exception("%d mails were not filed together", len(opened))
        return set()


def _settled(received_id: int, opened: OpenedMail) -> bool:
    """The try that was counted when it was kept."""
    try:
        _settle(received_id, opened)
        return True
    except Exception:
        log.exception("mail %s was not filed at once", received_id)
        return False


def _settle(received_id: int, opened: OpenedMail) -> None:
    with db.transaction():
        received = hold_unsettled(received_id)
        if received is not None:
            settle_mail(opened, received)
            done_already([outbox_key(received_id)])


def _begin_try(received_id: int) -> None:
    """Counted before it is opened: a message that kills the process must not come back for ever."""
    with db.transaction():
        received = take_unsettled(received_id)
        if received is not None and received.attempts > MOST_DEATHS:
            _leave(received, "the process died or hung each time")


def _take_back_try(received_id: int) -> None:
    """What stood in the way was not the message: the try does not count against it."""
    with contextlib.suppress(*_NOT_ITS_FAULT), db.transaction():
        received = hold_unsettled(received_id)
        if received is not None:
            received.attempts -= 1


def _open(received_id: int) -> OpenedMail | None:
    """Parsed with no transaction open: a large message must not hold the others up."""
    with db.transaction(write=False) as session:
        received = session.get(Received, received_id)
        if received is None or received.outcome is not None:
            return None
        if too_large.is_too_large(received):
            return too_large.open_headers(received)
        get_ready_for(received.size)
        raw = raw_of(received)
    return open_mail(raw)


def _left_to_a_person(received_id: int, error: Exception) -> bool:
    """Count the failure; after the last one settle the message as unreadable."""
    with db.transaction():
        received = hold_unsettled(received_id)
        if received is None:
            return True
        if received.attempts < MOST_TRIES:
            return False
        _leave(received, f"{type(error).__name__}: {error}")
    return True


def _leave(received: Received, error: str) -> None:
    log.error("mail %s is not understood, left to a person: %s", received.id, error)
    settle(received, Outcome.QUARANTINED, reason=Why.UNREADABLE.value)
    received.digest = {"from": "", "from_name": "", "subject": "", "preview": "",
                       "attachments": 0, "suggested_ticket_id": None,
                       "error": error[:500]}  # fmt: skip


_locks: dict[str, threading.Lock] = {}
_guard = threading.Lock()


def _lock_for(mailbox: MailboxAddress) -> threading.Lock:
    with _guard:
        return _locks.setdefault(f"{mailbox.account}/{mailbox.folder}", threading.Lock())
