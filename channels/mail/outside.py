"""A request passed on to another authority, as the mail that carries it: what the person said,
their files, how to reach them, and since when the law's delays run.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from channels.mail import post
from channels.mail.addresses import normalise
from channels.mail.carrying import megabytes, read_files, sorted_by_weight
from channels.mail.composing import OutgoingMail
from channels.mail.rendering import in_words, laid_out
from channels.mail.signing import signature
from support.kernel import db
from support.people.normalising import shown_phone
from support.tickets import downloading
from support.tickets.models import Ticket
from support.tickets.references import shown
from support.tickets.timeline import Attachment, Entry, EntryKind

_LATEST = 50


def outside_mail(ticket: Ticket, entry: Entry, address: str) -> OutgoingMail:
    """The mail of ``entry``, which passes the request on. The same bytes at each try."""
    if entry.message_id is None:
        raise ValueError(f"entry {entry.id} is not a mail of ours")
    here, said = post.current(), _said(entry)
    carried, left = sorted_by_weight(_files(said))
    words = {
        "follow": "",
        "follow_url": "",
        "files": [(f"{one.filename} ({megabytes(one.size)})", _url(ticket, one, entry))
                  for one in left],
        "download": "Trop lourds pour un courriel, à télécharger :",
    }  # fmt: skip
    text, html = laid_out(
        _text(ticket, entry, said),
        words,
        signature=signature(entry.author_agent, ticket.home_team, here.service_name),
        title=ticket.subject,
    )
    return OutgoingMail(
        message_id=entry.message_id,
        date=entry.created_at,
        sender_name=here.sender[0] or here.service_name,
        sender_address=here.sender[1],
        to=((entry.data["to"], normalise(address)),),
        subject=f"Transmission d’une demande relevant de votre service : {ticket.subject}",
        text=text,
        html=html,
        reference=shown(ticket.reference),
        files=tuple(read_files(carried)),
    )


def _text(ticket: Ticket, entry: Entry, said: Sequence[Entry]) -> str:
    received = in_words(datetime.fromisoformat(entry.data["received"]), "fr")
    person = ticket.person
    reached = ", ".join(
        part
        for part in (
            ticket.requester_name,
            person.email if person else None,
            shown_phone(person.phone) if person and person.phone else None,
        )
        if part
    )
    parts = [
        "Nous vous transmettons la demande ci-dessous, qui relève de votre service (article L114-2 "
        "du code des relations entre le public et l’administration). La personne en est informée.",
        f"Reçue par nos services le {received}. C’est de cette date que court le délai au terme "
        "duquel le silence vaudrait refus ; celui au terme duquel il vaudrait accord court du jour "
        "où vous la recevez (article L114-3).",
        f"Personne : {reached}. Merci de lui répondre directement.",
        entry.text,
        *(f"{_head(one)}\n{one.text}" for one in said if one.text.strip()),
    ]
    return "\n\n".join(part for part in parts if part.strip())


def _head(entry: Entry) -> str:
    return f"La personne a écrit, {in_words(entry.created_at, 'fr')} :"


def _said(entry: Entry) -> Sequence[Entry]:
    """What the person wrote; nothing of ours, nor what was noted of their calls."""
    query = (
        select(Entry)
        .where(
            Entry.ticket_id == entry.ticket_id,
            Entry.id < entry.id,
            Entry.kind == EntryKind.MESSAGE,
        )
        .options(selectinload(Entry.attachments))
        .order_by(Entry.id.desc())
        .limit(_LATEST)
    )
    return list(reversed(db.session().scalars(query).all()))


def _files(said: Sequence[Entry]) -> Sequence[Attachment]:
    found = {one.file_key: one for part in said for one in part.attachments if not one.inline}
    return list(found.values())


def _url(ticket: Ticket, attachment: Attachment, entry: Entry) -> str:
    token = downloading.download_token(ticket, attachment, entry)
    return f"{post.current().public_url}/telechargements/{token}"
