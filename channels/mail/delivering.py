"""Sending what was written: the last step, after the commit, once per Message-ID.

The mail is composed from the database, sent with no transaction open, and what the server said
is written down afterwards. A crash in between sends the same bytes again, under the same
Message-ID: the reader's server may drop the second, and a thread never splits.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from channels.mail import post
from channels.mail.composing import CannotCompose, compose
from channels.mail.enveloping import enveloped
from channels.mail.post import Post, configure, fresh_message_id
from channels.mail.refusing import blames_address, refuse
from channels.mail.sending import PermanentFailure, TemporaryFailure
from support.kernel import db
from support.kernel.time import now
from support.outbox.draining import MAX_ATTEMPTS, GiveUp, TryLater
from support.tickets.models import Ticket
from support.tickets.timeline import Delivery, DeliveryState, Entry
from support.tickets.visibility import PAGE, hold

__all__ = ["Post", "configure", "deliver", "fresh_message_id"]


@dataclass(frozen=True, slots=True)
class _Parcel:
    raw: bytes
    recipient: str


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
    if parcel is None:
        return
    try:
        here = post.current()
        here.transport.send(parcel.raw, here.sender[1], [parcel.recipient])
    except TemporaryFailure as failure:
        _delayed(entry_id, str(failure))
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
    return _Parcel(compose(mail), mail.to[0][1])


def _sent(entry_id: int) -> None:
    with db.transaction():
        delivery = _delivery(entry_id, lock=True)
        # A bounce can be faster than we are: it has the last word.
        if delivery is not None and not _over(delivery):
            delivery.attempts += 1
            delivery.state, delivery.sent_at = DeliveryState.SENT, now()
            delivery.last_words = None


def _delayed(entry_id: int, words: str) -> None:
    """Raises TryLater, or GiveUp after the last try of the outbox."""
    with db.transaction():
        delivery = _delivery(entry_id, lock=True)
        if delivery is None or _over(delivery):
            return
        last = delivery.attempts + 1 >= MAX_ATTEMPTS
        if not last:
            delivery.attempts += 1
            delivery.state, delivery.last_words = DeliveryState.DELAYED, words[:2000]
    if last:
        _refused(entry_id, words, address_fails=False)
        raise GiveUp(words)
    raise TryLater(words)


def _refused(entry_id: int, words: str, *, address_fails: bool) -> None:
    with db.transaction() as session:
        entry = session.get_one(Entry, entry_id)
        ticket = session.get_one(Ticket, entry.ticket_id)
        hold(ticket)
        delivery = _delivery(entry_id, lock=True)
        if delivery is not None and not _over(delivery):
            refuse(ticket, delivery, words, event="delivery_refused", address_fails=address_fails)
            delivery.attempts += 1


def _over(delivery: Delivery) -> bool:
    """Whether it has its end. One given up for want of a server may be tried again by hand."""
    if delivery.state is DeliveryState.REFUSED:
        return delivery.attempts < MAX_ATTEMPTS
    return delivery.state in (DeliveryState.SENT, DeliveryState.NO_ADDRESS)


def _delivery(entry_id: int, *, lock: bool = False) -> Delivery | None:
    query = select(Delivery).where(Delivery.entry_id == entry_id)
    return db.session().scalar(query.with_for_update() if lock else query)
