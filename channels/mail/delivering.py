"""Sending what was written: the last step, after the commit, once per Message-ID.

The mail is composed from the database, sent with no transaction open, and what the server said
is written down afterwards. A crash in between sends the same bytes again, under the same
Message-ID: the reader's server may drop the second, and a thread never splits.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from channels.mail import post
from channels.mail.composing import CannotCompose, compose
from channels.mail.enveloping import enveloped
from channels.mail.post import Post, configure, fresh_message_id
from channels.mail.refusing import blames_address, heard, refuse
from channels.mail.sending import PermanentFailure, TemporaryFailure
from support.kernel import db
from support.kernel.time import now
from support.outbox.draining import MAX_ATTEMPTS, GiveUp, TryLater
from support.tickets import first_words, leaving
from support.tickets.models import Ticket
from support.tickets.timeline import Delivery, DeliveryState, Entry, EntryKind
from support.tickets.visibility import PAGE, hold

__all__ = ["Post", "configure", "deliver", "fresh_message_id"]


# Minutes, then hours: with the tries of the outbox, about two days.
_PAUSES = (*(timedelta(minutes=5 * 2**n) for n in range(7)), timedelta(hours=6))
_SOON = timedelta(minutes=1)
_ENDS = (DeliveryState.SENT, DeliveryState.NO_ADDRESS, DeliveryState.WITHDRAWN)


@dataclass(frozen=True, slots=True)
class _Parcel:
    raw: bytes
    recipient: str
    leaves_at: datetime | None  # set: its author may still take it back


def deliver(payload: Mapping[str, Any]) -> None:
    """Send the mail of ``payload["entry_id"]``; nothing when it has been sent.

    Raises TryLater while the server cannot take it, GiveUp when it never will.
    """
    entry_id = int(payload["entry_id"])
    try:
        parcel = _pack(entry_id)
    except CannotCompose as error:
        _refused(entry_id, str(error), address_fails=True)
        return
    except OSError as error:  # a file that cannot be read now: the agent must see that it waits
        _delayed(entry_id, 0, f"{type(error).__name__}: {error}")
        return
    if parcel is None or not _begun(entry_id, parcel):
        return
    try:
        here = post.current()
        here.transport.send(parcel.raw, here.sender[1], [parcel.recipient])
    except TemporaryFailure as failure:
        _delayed(entry_id, failure.code, str(failure))
    except PermanentFailure as failure:
        blamed = blames_address(failure.code, failure.words)
        _refused(entry_id, str(failure), address_fails=blamed)
    else:
        _sent(entry_id)


def _pack(entry_id: int) -> _Parcel | None:
    """The mail as bytes; None when there is nothing (more) to send."""
    with db.transaction(write=False) as session:
        entry = session.get(Entry, entry_id)
        delivery = _delivery(entry_id)
        if entry is None or delivery is None or _over(delivery):
            return None
        ticket = session.get_one(Ticket, entry.ticket_id, options=PAGE)
        mail = enveloped(ticket, entry, delivery.address)
        leaves_at = delivery.leaves_at if delivery.begun_at is None else None
    return _Parcel(compose(mail), mail.to[0][1], leaves_at)


def _begun(entry_id: int, parcel: _Parcel) -> bool:
    """Whether it is ours to send: False when its author was quicker.

    Raises TryLater before its time.
    """
    if parcel.leaves_at is None:
        return True
    left = parcel.leaves_at - now()
    if left > timedelta():
        raise TryLater("its author may still take it back", after=left)
    with db.transaction():
        return leaving.begin(entry_id)


def _sent(entry_id: int) -> None:
    with db.transaction():
        delivery = _delivery(entry_id, lock=True)
        # A bounce can be faster than we are: it has the last word.
        if delivery is not None and not _over(delivery):
            delivery.attempts += 1
            delivery.state, delivery.sent_at = DeliveryState.SENT, now()
            delivery.last_words = delivery.next_try_at = None
            heard(delivery)
            _acknowledged(entry_id)


def _acknowledged(entry_id: int) -> None:
    entry = db.session().get_one(Entry, entry_id)
    letter = str(entry.data.get("letter") or "") if entry.kind is EntryKind.NOTICE else ""
    if letter.startswith("acknowledgement"):
        first_words.acknowledged(entry.ticket_id)


def _delayed(entry_id: int, code: int, words: str) -> None:
    """Raises TryLater, or GiveUp after the last try of the outbox."""
    pause = _PAUSES[0]
    with db.transaction():
        delivery = _delivery(entry_id, lock=True)
        if delivery is None or _over(delivery):
            return
        last = delivery.attempts + 1 >= MAX_ATTEMPTS
        if not last:
            pause = pause_after(delivery.attempts, code)
            delivery.attempts += 1
            delivery.state, delivery.last_words = DeliveryState.DELAYED, words[:2000]
            delivery.next_try_at = now() + pause
    if last:
        _refused(entry_id, words, address_fails=False)
        raise GiveUp(words)
    raise TryLater(words, after=pause)


def pause_after(attempts: int, code: int) -> timedelta:
    """How long to wait after a try that failed for now, ``attempts`` others before it.

    Without an answer (code 0) the next try is soon; a server that said « later » is given the
    time that greylisting asks for. In all about two days.
    """
    if code == 0 and attempts == 0:
        return _SOON
    return _PAUSES[min(attempts, len(_PAUSES) - 1)]


def _refused(entry_id: int, words: str, *, address_fails: bool) -> None:
    with db.transaction() as session:
        entry = session.get_one(Entry, entry_id)
        ticket = session.get_one(Ticket, entry.ticket_id)
        hold(ticket)
        delivery = _delivery(entry_id, lock=True)
        if delivery is not None and not _over(delivery):
            refuse(ticket, delivery, words, event="delivery_refused", address_fails=address_fails)
            delivery.attempts += 1
            delivery.next_try_at = None


def _over(delivery: Delivery) -> bool:
    """Whether it has its end. One given up for want of a server may be tried again by hand."""
    if delivery.state is DeliveryState.REFUSED:
        return delivery.attempts < MAX_ATTEMPTS
    return delivery.state in _ENDS


def _delivery(entry_id: int, *, lock: bool = False) -> Delivery | None:
    query = select(Delivery).where(Delivery.entry_id == entry_id)
    return db.session().scalar(query.with_for_update() if lock else query)
