"""Reports that a mail of ours did not arrive: written on its ticket, its address doubted."""

from __future__ import annotations

from sqlalchemy import select

from channels.mail.bounces import FailedRecipient
from channels.mail.reading import OpenedMail
from channels.mail.refusing import blames_address, refuse
from support.intake.models import Outcome
from support.kernel import db
from support.tickets.authors import SYSTEM
from support.tickets.filing import Filed
from support.tickets.journal import note_event
from support.tickets.models import Ticket
from support.tickets.timeline import Delivery, Entry
from support.tickets.visibility import hold


def file_bounce(opened: OpenedMail, received_id: int) -> Filed:
    """Only a report that knows the Message-ID of a mail of ours is believed."""
    delivery = _delivery(opened)
    if delivery is None:
        return Filed(Outcome.BOUNCE)
    entry = db.session().get_one(Entry, delivery.entry_id)
    ticket = db.session().get_one(Ticket, entry.ticket_id)
    hold(ticket)
    failed = _recipient(opened, delivery)
    words = _words(failed, opened)
    if failed is None or failed.permanent:
        refuse(ticket, delivery, words, event="bounce", address_fails=_blames(failed))
    else:
        once = f"delayed:{received_id}"
        note_event(ticket, "delivery_delayed", by=SYSTEM, once_key=once, words=words)
    return Filed(Outcome.BOUNCE, ticket, entry)


def _delivery(opened: OpenedMail) -> Delivery | None:
    named = opened.mail.verdict.bounced_message_id
    candidates = [one for one in (named, *opened.threads) if one]
    if not candidates:
        return None
    query = select(Delivery).join(Entry, Delivery.entry_id == Entry.id)
    query = query.where(Entry.message_id.in_(candidates)).order_by(Entry.id.desc()).limit(1)
    return db.session().scalar(query)


def _recipient(opened: OpenedMail, delivery: Delivery) -> FailedRecipient | None:
    failed = opened.mail.verdict.failed
    same = (one for one in failed if one.address.lower() == delivery.address.lower())
    return next(same, failed[0] if failed else None)


def _words(failed: FailedRecipient | None, opened: OpenedMail) -> str:
    """The server's own words, or the beginning of the report."""
    if failed is not None and (failed.diagnostic or failed.status):
        return " ".join(part for part in (failed.status, failed.diagnostic) if part)[:1000]
    return " ".join(opened.text.split())[:300]


def _blames(failed: FailedRecipient | None) -> bool:
    if failed is None or not (failed.status or failed.diagnostic):
        return True
    return blames_address(550, f"{failed.status} {failed.diagnostic}")
