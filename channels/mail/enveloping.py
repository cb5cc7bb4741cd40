"""An entry of a ticket as the mail that carries it: threaded, signed, with the personal link.

The same entry gives the same bytes at each try: whatever could change meanwhile is taken as it
was when the entry was written.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from channels.mail import post
from channels.mail.addresses import normalise
from channels.mail.carrying import megabytes, read_files, sorted_by_weight
from channels.mail.composing import OutgoingMail
from channels.mail.language import detect
from channels.mail.outside import outside_mail
from channels.mail.rendering import FALLBACK, Frame, framed
from channels.mail.signing import signature
from channels.mail.to_level import level_mail
from support.kernel import db
from support.tickets import downloading
from support.tickets.following import mail_token
from support.tickets.leaving import not_withdrawn
from support.tickets.models import Ticket
from support.tickets.references import shown
from support.tickets.timeline import PUBLIC_KINDS, Attachment, Entry, EntryKind

# Far more than a thread shows; composing keeps the first and the last of them.
_THREAD = 200


def enveloped(ticket: Ticket, entry: Entry, address: str) -> OutgoingMail:
    """The mail of an entry of ours, public, to a level that works by mail, or to another
    authority.

    Raises ValueError for any other: it never leaves.
    """
    if entry.kind is EntryKind.EXCHANGE and (entry.data or {}).get("move") == "transferred":
        return outside_mail(ticket, entry, address)
    if entry.kind is EntryKind.EXCHANGE:
        return level_mail(ticket, entry, address)
    if entry.kind not in (EntryKind.REPLY, EntryKind.NOTICE) or entry.message_id is None:
        raise ValueError(f"entry {entry.id} ({entry.kind}) is not a mail of ours")
    here = post.current()
    automatic = entry.kind is EntryKind.NOTICE
    subject = entry.data.get("subject") or ticket.subject
    language = entry.data.get("language") or detect(entry.text, [ticket.language]) or FALLBACK
    attached, linked = sorted_by_weight(entry.attachments)
    frame = _frame(ticket, entry, address, linked)
    text, html = framed(entry.text, frame, language, subject, entry.html if automatic else None)
    answered, above = _thread(entry)
    return OutgoingMail(
        message_id=entry.message_id,
        date=entry.created_at,
        sender_name=here.sender[0] or here.service_name,
        sender_address=here.sender[1],
        to=((ticket.requester_name, normalise(address)),),
        subject=subject,
        text=text,
        html=html,
        reference=shown(ticket.reference),
        in_reply_to=answered,
        references=above,
        automatic=automatic,
        language=language,
        files=tuple(read_files(attached)),
    )


def follow_url(ticket: Ticket, address: str) -> str:
    """The secret address under which the requester follows the ticket: acting by the one that
    was mailed to ``address`` shows that it is theirs."""
    return f"{post.current().public_url}/suivi/{mail_token(ticket, normalise(address))}"


def download_url(ticket: Ticket, attachment: Attachment, entry: Entry) -> str:
    """The secret address of one file that the mail does not carry."""
    token = downloading.download_token(ticket, attachment, entry)
    return f"{post.current().public_url}/telechargements/{token}"


def _frame(ticket: Ticket, entry: Entry, address: str, linked: Sequence[Attachment]) -> Frame:
    return Frame(
        reference=shown(ticket.reference),
        follow_url=follow_url(ticket, address),
        signature=signature(entry.author_agent, ticket.home_team, post.current().service_name),
        language=ticket.language,
        files=tuple(
            (f"{one.filename} ({megabytes(one.size)})", download_url(ticket, one, entry))
            for one in linked
        ),
        files_until=downloading.good_until(entry),
    )


def _thread(entry: Entry) -> tuple[str | None, tuple[str, ...]]:
    """The message of the requester that is answered, and the whole thread above, oldest first."""
    rows = db.session().execute(
        select(Entry.kind, Entry.message_id)
        .outerjoin(Entry.delivery)
        .where(
            not_withdrawn(),
            Entry.ticket_id == entry.ticket_id,
            Entry.id < entry.id,
            Entry.kind.in_(PUBLIC_KINDS),
            Entry.message_id.is_not(None),
        )
        .order_by(Entry.id.desc())
        .limit(_THREAD)
    )
    newest_first = [(row.kind, str(row.message_id)) for row in rows]
    answered = next((one for kind, one in newest_first if kind is EntryKind.MESSAGE), None)
    return answered, tuple(one for _, one in reversed(newest_first))
