"""Reports that a mail of ours did not arrive: written on its ticket, its address doubted."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from channels.mail.bounces import FailedRecipient
from channels.mail.reading import OpenedMail, usable_address
from channels.mail.refusing import blames_address, refuse
from support.intake.models import Outcome
from support.kernel import db
from support.kernel.time import now
from support.tickets.authors import SYSTEM
from support.tickets.filing import Filed, Why
from support.tickets.journal import note_event
from support.tickets.models import Ticket
from support.tickets.timeline import Delivery, Entry
from support.tickets.visibility import hold

# Servers try for as long as this before they give up.
RECENT = timedelta(days=6)


def file_bounce(opened: OpenedMail, received_id: int) -> Filed:
    """Only a report that knows the Message-ID of a mail of ours is believed.

    One that knows only an address is proposed to a person, when we wrote there lately on one
    single ticket.
    """
    delivery = _delivery(opened)
    if delivery is None:
        likely = _likely(opened)
        if likely is None:
            return Filed(Outcome.BOUNCE)
        return Filed(Outcome.QUARANTINED, likely, why=Why.BOUNCE_UNSURE)
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


def believe(opened: OpenedMail, ticket: Ticket) -> Entry | None:
    """A person says that the report is about the last mail of ``ticket`` (which is held) to the
    address that it names. That mail's entry; None when there is none.
    """
    delivery = db.session().scalar(
        select(Delivery)
        .join(Entry, Delivery.entry_id == Entry.id)
        .where(Entry.ticket_id == ticket.id, Delivery.address.in_(_failed(opened)))
        .order_by(Delivery.id.desc())
        .limit(1)
    )
    if delivery is None:
        return None
    failed = _recipient(opened, delivery)
    words = _words(failed, opened)
    refuse(ticket, delivery, words, event="bounce", address_fails=_blames(failed))
    return db.session().get_one(Entry, delivery.entry_id)


def _likely(opened: OpenedMail) -> Ticket | None:
    """The one ticket on which we wrote lately to the address that fails."""
    addresses = _failed(opened)
    if opened.mail.verdict.bounced_message_id or not addresses:
        return None
    found = db.session().scalars(
        select(Entry.ticket_id)
        .join(Delivery, Delivery.entry_id == Entry.id)
        .where(Delivery.address.in_(addresses), Entry.created_at > now() - RECENT)
        .distinct()
        .limit(2)
    )
    tickets = found.all()
    return db.session().get(Ticket, tickets[0]) if len(tickets) == 1 else None


def _failed(opened: OpenedMail) -> list[str]:
    return [usable_address(one.address) for one in opened.mail.verdict.failed][:20]


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
