"""Passing a request on to the authority that must answer it, and telling the person.

A request sent to the wrong administration is passed on by it to the right one, and who wrote is
told (CRPA L114-2). It keeps the date on which it first came: the delay after which silence means
refusal counts from there, the one after which it means acceptance from when the right authority
has it (L114-3).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from escalation.transfers.models import OutsideService
from support.intake.models import Channel
from support.kernel import db
from support.kernel.errors import Forbidden, Invalid, Problem
from support.kernel.message_ids import fresh_message_id
from support.outbox.publishing import publish
from support.people.models import Agent
from support.people.normalising import email_address
from support.people.permissions import Permission, require
from support.tickets import promising
from support.tickets.authors import SYSTEM
from support.tickets.closing import close
from support.tickets.handing import bring_home
from support.tickets.journal import Words, note_event, write, written
from support.tickets.models import ClosedHow, State, Ticket
from support.tickets.replying import fronts, send_to
from support.tickets.states import move, require_home
from support.tickets.timeline import Entry, EntryKind

MOVE, LETTER = "transferred", "transferred"
LONGEST = 160


@dataclass(frozen=True)
class TransferDraft:
    """To a service that is known (``service_id``), or to one that is named here. ``word``: for
    that service, beside all that the person said. ``by_other_means``: it has been passed on
    already, by post for instance: no mail goes.
    """

    service_id: int | None = None
    name: str = ""
    email: str = ""
    contact: str = ""
    word: str = ""
    by_other_means: bool = False


def services() -> Sequence[OutsideService]:
    query = select(OutsideService).where(OutsideService.active.is_(True))
    return db.session().scalars(query.order_by(OutsideService.position, OutsideService.id)).all()


def can_transfer(ticket: Ticket, agent: Agent) -> bool:
    return fronts(agent, ticket) and ticket.person is not None


def transfer(ticket: Ticket, draft: TransferDraft, *, by: Agent) -> Entry:
    """Pass it on, tell the person, and close it as redirected. The caller holds the ticket.

    Raises Forbidden ``transfer.not_front``, Conflict ``ticket.move_refused`` while another level
    has it; Invalid: ``transfer.service`` (``service``), ``email.invalid`` (``email``),
    ``transfer.no_way`` (``email``) when there is no address and no other way was used,
    ``transfer.word`` (``word``) when the person has only called and nothing says what they ask.
    """
    require(by, Permission.CLOSE)
    if not can_transfer(ticket, by):
        raise Forbidden.of("transfer.not_front")
    require_home(ticket, State.CLOSED)
    label, contact, address = _whither(draft)
    if address is not None and not draft.word.strip() and not _wrote(ticket):
        raise Invalid.of("transfer.word", "word")
    facts = {
        "move": MOVE,
        "from": ticket.home_team.label,
        "to": label,
        "contact": contact,
        "received": ticket.first_received_at.isoformat(),
        "by_other_means": address is None,
    }
    mail = fresh_message_id() if address is not None else None
    channel = Channel.EMAIL if address is not None else None
    words = Words(draft.word.strip(), data=facts, message_id=mail, channel=channel)
    entry = write(ticket, EntryKind.EXCHANGE, words, by=by)
    if address is not None:
        send_to(address, entry)
    publish("notice.send", ticket_id=ticket.id, letter=LETTER, about=entry.id)
    close(ticket, ClosedHow.REDIRECTED, by=by)
    return entry


def _wrote(ticket: Ticket) -> bool:
    """Whether there are words of the person to pass on: of a call there are only our notes."""
    query = select(Entry.id).where(Entry.ticket_id == ticket.id, Entry.kind == EntryKind.MESSAGE)
    return db.session().scalar(query.limit(1)) is not None


def _whither(draft: TransferDraft) -> tuple[str, str, str | None]:
    """Its name, how the person reaches it, and the address to pass on to; None by other means."""
    known = db.session().get(OutsideService, draft.service_id) if draft.service_id else None
    label = draft.name.strip()[:LONGEST] or (known.label if known is not None else "")
    problems: list[Problem] = []
    if not label:
        problems.append(Problem("transfer.service", "service"))
    address = None
    typed = draft.email.strip() or (known.email if known is not None else "")
    if not draft.by_other_means:
        try:
            address = email_address(typed) if typed else None
        except Invalid:
            problems.append(Problem("email.invalid", "email"))
        else:
            if address is None and label:
                problems.append(Problem("transfer.no_way", "email"))
    if problems:
        raise Invalid(*problems)
    contact = draft.contact.strip()[:300] or (known.contact if known is not None else "")
    return label, contact, address


def come_back(ticket: Ticket, entry: Entry) -> None:
    """The mail to that service never arrived: the request is ours again, with a date. Once. The
    caller holds the ticket.
    """
    once = f"transfer_unreached:{entry.id}"
    if written(once) or ticket.state is not State.CLOSED:
        return
    note_event(ticket, "transfer_unreached", by=SYSTEM, once_key=once, to=entry.data["to"])
    bring_home(ticket)
    move(ticket, State.REOPENED, by=SYSTEM)
    ticket.reopenings += 1
    ticket.closed_at = ticket.closed_how = None
    promising.promise(ticket)
