"""Files too big for a mail: a secret link for each, until its day or as long as the follow link."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from support.kernel import db
from support.kernel.errors import NotVisible
from support.kernel.time import now
from support.people import links
from support.tickets.leaving import has_left
from support.tickets.models import Ticket
from support.tickets.timeline import PUBLIC_KINDS, Attachment, Entry

PURPOSE = "download"
GOOD_FOR = timedelta(days=30)


def download_token(ticket: Ticket, attachment: Attachment, entry: Entry) -> str:
    """The secret part of the link to one file: the same at each try of the mail."""
    last = int(good_until(entry).timestamp())
    return links.sign(PURPOSE, attachment.id, f"{last}.{ticket.follow_salt}")


def good_until(entry: Entry) -> datetime:
    """The instant after which the links to its files open nothing."""
    return entry.created_at + GOOD_FOR


def by_download_token(token: str) -> Attachment:
    """The file of a link of ours.

    Raises NotVisible ``download.over`` once its time has passed, ``attachment.unknown`` for any
    other text and for a link that was revoked with the follow link of its ticket.
    """
    read = links.read(PURPOSE, token)
    if read is None:
        raise NotVisible.of("attachment.unknown")
    last, _dot, salt = read[1].partition(".")
    query = select(Attachment).join(Attachment.entry).join(Ticket, Ticket.id == Entry.ticket_id)
    query = query.outerjoin(Entry.delivery).where(has_left(), Entry.kind.in_(PUBLIC_KINDS))
    query = query.where(Attachment.id == read[0], Ticket.follow_salt == salt)
    found = db.session().scalar(query)
    if found is None:
        raise NotVisible.of("attachment.unknown")
    if datetime.fromtimestamp(int(last), UTC) < now():
        raise NotVisible.of("download.over")
    return found
