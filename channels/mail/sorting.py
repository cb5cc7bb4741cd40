"""What a person does with the mail that no rule may file.

Called inside the transaction of the page. The first of two who sort the same message has it;
the second gets Conflict ``mail.sorted``.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, func, select

from channels.mail.reading import OpenedMail, open_mail
from channels.mail.refiling import open_anew, put_on, take
from support.intake.models import Channel, Outcome, Received
from support.intake.receiving import raw_of
from support.intake.settling import settle
from support.kernel import db
from support.kernel.errors import Conflict, NotVisible
from support.people.models import Agent
from support.people.permissions import Permission, require
from support.tickets.filing import Filed
from support.tickets.models import Ticket


def waiting(
    *, by: Agent, limit: int = 50, after: int | None = None, before: int | None = None
) -> Sequence[Received]:
    """Messages to sort, oldest first. ``after``: the last identifier of the page before;
    ``before``: the first one of the page after.

    ``received.digest`` has ``from``, ``from_name``, ``subject``, ``preview``, ``attachments``
    (a count) and ``suggested_ticket_id``; ``received.reason`` is a ``filing.Why``.
    """
    require(by, Permission.SORT_MAIL)
    query = select(Received).where(
        Received.outcome == Outcome.QUARANTINED, Received.channel == Channel.EMAIL
    )
    if before is not None:
        nearest = query.where(Received.id < before).order_by(Received.id.desc())
        return db.session().scalars(nearest.limit(limit)).all()[::-1]
    if after is not None:
        query = query.where(Received.id > after)
    return db.session().scalars(query.order_by(Received.id).limit(limit)).all()


def waiting_count(limit: int) -> ColumnElement[int]:
    """How many wait, at most ``limit``: part of a query, for who may sort."""
    waits = (Received.outcome == Outcome.QUARANTINED, Received.channel == Channel.EMAIL)
    few = select(Received.id).where(*waits).limit(limit)
    return select(func.count()).select_from(few.subquery()).scalar_subquery()


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
    """The message belongs to ``ticket``, which the caller has found visible.

    ``add_follower``: from now on mail from this address joins the ticket by itself.
    """
    _take(received_id, by)
    return put_on(received_id, ticket, by=by, add_follower=add_follower)


def open_new(received_id: int, *, by: Agent) -> Filed:
    """The message is a request of its own."""
    _take(received_id, by)
    return open_anew(received_id, by=by)


def set_aside(received_id: int, why: str, *, by: Agent) -> None:
    """It needs nothing. It stays kept, with who said so and ``why``."""
    received = _take(received_id, by)
    digest = {**(received.digest or {}), "sorted_by": by.full_name, "was": received.reason}
    settle(received, Outcome.SET_ASIDE, reason=why.strip()[:1000] or None)
    received.digest = digest


def put_back(received_id: int, *, by: Agent) -> None:
    """Undo :func:`set_aside`: it waits again, for the reason it waited for."""
    received = take(received_id, by)
    if not was_set_aside(received):
        raise Conflict.of("mail.sorted")
    digest = dict(received.digest or {})
    digest.pop("sorted_by")
    settle(received, Outcome.QUARANTINED, reason=digest.pop("was", None))
    received.digest = digest


def _take(received_id: int, by: Agent) -> Received:
    received = take(received_id, by)
    if received.outcome is not Outcome.QUARANTINED:
        raise Conflict.of("mail.sorted")
    return received
