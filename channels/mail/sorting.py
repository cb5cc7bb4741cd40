"""What a person does with the mail that no rule may file.

Called inside the transaction of the page. The first of two who sort the same message has it;
the second gets Conflict ``mail.sorted``.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select

from channels.mail.reading import OpenedMail, incoming, open_mail
from support.intake.models import Channel, Outcome, Received
from support.intake.receiving import raw_of
from support.intake.settling import settle
from support.kernel import db
from support.kernel.errors import Conflict, Invalid, NotVisible
from support.people.models import Agent, Role
from support.people.permissions import Permission, require
from support.tickets.filing import Filed, append, belongs, open_from
from support.tickets.journal import note_event
from support.tickets.models import Follower, Ticket


def waiting(
    *, by: Agent, limit: int = 50, after: int | None = None, before: int | None = None
) -> Sequence[Received]:
    """Messages to sort, oldest first. ``after``: the last identifier of the page before;
    ``before``: the first one of the page after.

    ``received.digest`` has ``from``, ``from_name``, ``subject``, ``preview``, ``attachments``
    (a count) and ``suggested_ticket_id``; ``received.reason`` is a ``filing.Why``.
    """
    require(by, Permission.SORT_MAIL)
    query = select(Received).where(Received.outcome == Outcome.QUARANTINED)
    if before is not None:
        nearest = query.where(Received.id < before).order_by(Received.id.desc())
        return db.session().scalars(nearest.limit(limit)).all()[::-1]
    if after is not None:
        query = query.where(Received.id > after)
    return db.session().scalars(query.order_by(Received.id).limit(limit)).all()


def count_waiting(*, by: Agent, limit: int) -> int:
    """How many wait; ``limit`` when there are as many or more."""
    require(by, Permission.SORT_MAIL)
    few = select(Received.id).where(Received.outcome == Outcome.QUARANTINED).limit(limit)
    return db.session().scalar(select(func.count()).select_from(few.subquery())) or 0


def one_to_sort(received_id: int, *, by: Agent) -> tuple[Received, OpenedMail]:
    """A message with its words, to be read before it is sorted, or after it was set aside.

    Raises NotVisible; Conflict ``mail.sorted`` for one that is on its ticket: it is read there,
    by those who see that ticket.
    """
    require(by, Permission.SORT_MAIL)
    received = db.session().get(Received, received_id)
    if received is None or received.channel is not Channel.EMAIL:
        raise NotVisible.of("mail.unknown")
    if received.outcome is not Outcome.QUARANTINED and not was_set_aside(received):
        raise Conflict.of("mail.sorted")
    return received, open_mail(raw_of(received))


def was_set_aside(received: Received) -> bool:
    """Whether a person has said that it needs nothing."""
    by_hand = bool(received.digest) and "sorted_by" in (received.digest or {})
    return received.outcome is Outcome.SET_ASIDE and by_hand


def attach(received_id: int, ticket: Ticket, *, by: Agent, add_follower: bool = False) -> Filed:
    """The message belongs to ``ticket``, which the caller has found visible and holds.

    ``add_follower``: from now on mail from this address joins the ticket by itself.
    """
    received = _take(received_id, by)
    opened = open_mail(raw_of(received))
    _refuse_empty(opened)
    if opened.sender and not belongs(opened.sender, ticket):
        said = opened.mail.sender
        data = {"from": opened.sender, "from_name": said.name if said else ""}
        if add_follower:
            db.session().add(
                Follower(ticket_id=ticket.id, address=opened.sender, name=data["from_name"][:160])
            )
    else:
        data = {}
    requester = ticket.person or ticket.requester_agent
    assert requester is not None
    filed = append(incoming(opened, received, **data), ticket, by=requester)
    return _settled(received, filed, by)


def open_new(received_id: int, *, by: Agent) -> Filed:
    """The message is a request of its own."""
    received = _take(received_id, by)
    opened = open_mail(raw_of(received))
    _refuse_empty(opened)
    return _settled(received, open_from(incoming(opened, received), _referent(opened.sender)), by)


def set_aside(received_id: int, why: str, *, by: Agent) -> None:
    """It needs nothing. It stays kept, with who said so and ``why``."""
    received = _take(received_id, by)
    digest = {**(received.digest or {}), "sorted_by": by.full_name, "was": received.reason}
    settle(received, Outcome.SET_ASIDE, reason=why.strip()[:1000] or None)
    received.digest = digest


def put_back(received_id: int, *, by: Agent) -> None:
    """Undo :func:`set_aside`: it waits again, for the reason it waited for."""
    received = _hold(received_id, by)
    if not was_set_aside(received):
        raise Conflict.of("mail.sorted")
    digest = dict(received.digest or {})
    digest.pop("sorted_by")
    settle(received, Outcome.QUARANTINED, reason=digest.pop("was", None))
    received.digest = digest


def _take(received_id: int, by: Agent) -> Received:
    received = _hold(received_id, by)
    if received.outcome is not Outcome.QUARANTINED:
        raise Conflict.of("mail.sorted")
    return received


def _hold(received_id: int, by: Agent) -> Received:
    """The row, held until the end of the transaction."""
    require(by, Permission.SORT_MAIL)
    query = select(Received).where(Received.id == received_id, Received.channel == Channel.EMAIL)
    held = query.with_for_update().execution_options(populate_existing=True)
    received = db.session().scalar(held)
    if received is None:
        raise NotVisible.of("mail.unknown")
    return received


def _settled(received: Received, filed: Filed, by: Agent) -> Filed:
    assert filed.ticket is not None
    assert filed.entry is not None
    note_event(filed.ticket, "mail_sorted", by=by, outcome=filed.outcome.value,
               why=received.reason or "")  # fmt: skip
    settle(received, filed.outcome, ticket_id=filed.ticket.id, entry_id=filed.entry.id)
    received.digest = None
    return filed


def _refuse_empty(opened: OpenedMail) -> None:
    if not opened.text and not opened.files:
        raise Invalid.of("message.empty")


def _referent(address: str) -> Agent | None:
    agent = select(Agent).where(Agent.email == address, Agent.role == Role.SITE_REFERENT)
    return db.session().scalar(agent) if address else None
