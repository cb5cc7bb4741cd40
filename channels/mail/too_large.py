"""A mail above the limit: kept whole, never opened, and its sender told what to do instead."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select

from channels.mail import limits, post
from channels.mail.composing import CannotCompose, OutgoingMail, compose
from channels.mail.guarding import nobody_reads
from channels.mail.headers import read_block
from channels.mail.reading import OpenedMail, describe, digest, incoming, open_mail
from channels.mail.rendering import language_of, plain_letter
from channels.mail.sending import PermanentFailure, TemporaryFailure
from support.intake.models import Outcome, Received
from support.intake.receiving import beginning_of
from support.intake.settling import settle
from support.kernel import db
from support.kernel.time import now
from support.outbox.draining import TryLater
from support.outbox.publishing import publish
from support.tickets.authors import SYSTEM
from support.tickets.filing import Filed, Why, belongs, find_ticket
from support.tickets.journal import note_event
from support.tickets.visibility import hold

log = logging.getLogger(__name__)

LETTER = "too_large"
# Letters of this kind to one address in a day: a machine that sends again gets no more.
MOST_A_DAY = 3
_HEADERS = 1 << 20
_MEGA = 1024 * 1024


def is_too_large(received: Received) -> bool:
    return received.size > limits.current().largest


def open_headers(received: Received) -> OpenedMail:
    """The mail without its body: who, what about, and whether a machine wrote it."""
    begin = beginning_of(received, _HEADERS)
    _, at = read_block(begin, 0, len(begin), top=True)
    return open_mail(begin[:at])


def answer(opened: OpenedMail, received: Received) -> Filed:
    """Write down that it is too large; have its sender told, unless that is a machine.

    On the ticket that it answers, if any, a line says that something could not be taken.
    """
    ticket = find_ticket(incoming(opened, received)) if opened.threads else None
    if ticket is not None and belongs(opened.sender, ticket):
        hold(ticket)
        megabytes = _mega(received.size)
        note_event(ticket, LETTER, by=SYSTEM, sender=opened.sender, megabytes=megabytes)
    else:
        ticket = None
    describe(received, opened)
    settle(
        received,
        Outcome.TOO_LARGE,
        ticket_id=ticket.id if ticket else None,
        reason=Why.TOO_LARGE.value,
    )
    language = ticket.language if ticket else _language(opened)
    received.digest = digest(opened, language=language)
    if opened.mail.verdict.may_be_answered and opened.sender and not _heard_enough(opened.sender):
        publish("mail.too_large", received_id=received.id)
    return Filed(Outcome.TOO_LARGE, ticket)


def send(payload: Mapping[str, Any]) -> None:
    """Tell the sender of ``payload["received_id"]``, under one Message-ID however often it runs.

    Raises TryLater while the server cannot take it.
    """
    with db.transaction(write=False) as session:
        received = session.get(Received, int(payload["received_id"]))
        if received is None or nobody_reads(received.sender):
            return
        mail = _letter(received)
    try:
        here = post.current()
        # No return path: should it not arrive, nothing comes back.
        here.transport.send(compose(mail), "", [mail.to[0][1]])
    except TemporaryFailure as failure:
        raise TryLater(str(failure)) from failure
    except (PermanentFailure, CannotCompose) as failure:
        log.warning("the sender of mail %s could not be told: %s", payload["received_id"], failure)


def _letter(received: Received) -> OutgoingMail:
    here = post.current()
    facts = {
        "subject": received.subject,
        "size": _mega(received.size),
        "largest": _mega(limits.current().largest),
        "url": f"{here.public_url}/contact",
    }
    language = language_of(LETTER, str((received.digest or {}).get("language", "")))
    subject, text, html = plain_letter(LETTER, language, facts)
    name, address = here.sender
    return OutgoingMail(
        message_id=f"<too-large.{received.id}.{received.dedupe_key[:20]}@"
        f"{address.rpartition('@')[2]}>",
        date=received.filed_at or received.received_at,
        sender_name=name or here.service_name,
        sender_address=address,
        to=(("", received.sender),),
        subject=subject,
        text=text,
        html=html,
        in_reply_to=received.message_id,
        automatic=True,
        language=language,
    )


def _language(opened: OpenedMail) -> str:
    """Of a mail that is not opened only its title can tell."""
    return (opened.mail.language or "fr")[:3]


def _heard_enough(address: str) -> bool:
    few = (
        select(Received.id)
        .where(
            Received.sender == address,
            Received.received_at > now() - timedelta(days=1),
            Received.outcome == Outcome.TOO_LARGE,
        )
        .limit(MOST_A_DAY + 1)
    )
    return (db.session().scalar(select(func.count()).select_from(few.subquery())) or 0) > MOST_A_DAY


def _mega(size: int) -> int:
    return max(1, round(size / _MEGA))
