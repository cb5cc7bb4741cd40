"""What a kept mail is, and what becomes of it. Called inside a transaction that holds its row."""

from __future__ import annotations

from sqlalchemy import select

from channels.mail import post, too_large
from channels.mail.bounce_filing import file_bounce
from channels.mail.guarding import BY_SUBJECT, BY_WORDS
from channels.mail.reading import OpenedMail, describe, digest, incoming
from support.intake.models import Outcome, Received
from support.intake.settling import settle
from support.kernel import db
from support.kernel.taking_turns import take_turn
from support.tickets.authors import SYSTEM
from support.tickets.filing import Filed, Incoming, Why, answers, belongs, file, find_ticket
from support.tickets.journal import note_event
from support.tickets.models import Ticket
from support.tickets.timeline import Entry, EntryKind
from support.tickets.visibility import hold

# A sender that by its name or manners may be a machine: it speaks less than a list's header.
_WEAK = ("automatic: no-reply", "automatic: machine", "automatic: x-auto-response-suppress",
         BY_SUBJECT, BY_WORDS)  # fmt: skip


def settle_mail(opened: OpenedMail, received: Received) -> Filed:
    """File the mail and write down what became of it."""
    if too_large.is_too_large(received):
        return too_large.answer(opened, received)
    filed = _filed(opened, received)
    describe(received, opened)
    settle(
        received,
        filed.outcome,
        ticket_id=filed.ticket.id if filed.ticket and filed.why is None else None,
        entry_id=filed.entry.id if filed.entry else None,
        reason=filed.why.value if filed.why else opened.mail.verdict.reason or None,
    )
    if filed.outcome not in (Outcome.CREATED, Outcome.APPENDED):
        suggested = filed.ticket.id if filed.ticket and filed.why else None
        received.digest = digest(opened, suggested_ticket_id=suggested)
    return filed


def _filed(opened: OpenedMail, received: Received) -> Filed:
    verdict = opened.mail.verdict
    known = _repeated(opened)
    if known is not None:
        return known
    if verdict.bounce:
        return file_bounce(opened, received.id)
    message = incoming(opened, received)
    if verdict.auto_reply and verdict.certain and not (verdict.list and _weak(verdict.reason)):
        return _file_auto_reply(opened, message)
    why = _why_not(opened)
    if why is not None:
        return Filed(Outcome.QUARANTINED, find_ticket(message), why=why)
    if verdict.reason in (BY_SUBJECT, BY_WORDS) and message.threads:
        # Titled or worded as an absence notice, and in answer to us: told on its ticket.
        noted = _file_auto_reply(opened, message)
        if noted.ticket is not None:
            return noted
    if message.sender:
        take_turn(f"sender:{message.sender}")
    return file(message)


def _repeated(opened: OpenedMail) -> Filed | None:
    """Our own mail that came back, or the same words that came re-encoded by another way."""
    if opened.message_id is None:
        return None
    entry = db.session().scalar(select(Entry).where(Entry.message_id == opened.message_id))
    if entry is None:
        return None
    ticket = db.session().get_one(Ticket, entry.ticket_id)
    if entry.received_id is not None or entry.kind is EntryKind.MESSAGE:
        same = entry.text == opened.text and len(entry.attachments) == len(opened.files)
        known = opened.sender == entry.data.get("address") or belongs(opened.sender, ticket)
        same = same and known
    else:
        ours = post.current().sender[1].lower()
        same = opened.mail.verdict.own_id is not None or opened.sender == ours
    return Filed(Outcome.DUPLICATE, ticket, entry) if same else None


def _why_not(opened: OpenedMail) -> Why | None:
    mail = opened.mail
    if any(defect.startswith("unreadable") for defect in mail.defects):
        return Why.UNREADABLE
    if mail.verdict.list:
        return Why.MAILING_LIST
    if mail.verdict.own_id is not None:
        return Why.ECHO
    if not opened.text and not opened.files:
        return Why.EMPTY
    return None


def _file_auto_reply(opened: OpenedMail, message: Incoming) -> Filed:
    """An absence notice is worth knowing, moves nothing, and opens nothing."""
    ticket = find_ticket(message)
    if ticket is None or not (belongs(message.sender, ticket) or answers(message, ticket)):
        return Filed(Outcome.AUTO_REPLY)
    hold(ticket)
    entry = note_event(
        ticket,
        "auto_reply",
        by=SYSTEM,
        once_key=f"auto_reply:{message.received.id}",
        sender=message.sender,
        subject=opened.mail.subject[:300],
        text=opened.text[:5000],
    )
    return Filed(Outcome.AUTO_REPLY, ticket, entry)


def _weak(reason: str) -> bool:
    return reason.startswith(_WEAK)
