"""Forms that look like a robot's: kept like any other, and waiting for somebody to look.

Nothing is thrown away: a person whose browser filled the hidden field in is one click from a
ticket.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from sqlalchemy import ColumnElement, func, select

from channels.contact_form.sheet import Sheet
from channels.contact_form.taking import keep, open_kept
from support.intake.models import Channel, Outcome, Received
from support.intake.receiving import raw_of
from support.intake.settling import settle
from support.kernel import db
from support.kernel.errors import Conflict, NotVisible
from support.people.models import Agent
from support.people.permissions import Permission, require
from support.tickets.models import Ticket

SHOWN = 100


class Why(StrEnum):
    TRAP = "form.trap"  # the field that nobody sees was filled in


def set_aside(sheet: Sheet, why: Why) -> Received:
    """Keep a correct form without opening its ticket. Raises Invalid. The caller commits."""
    received = keep(sheet)
    if received.outcome is None:
        settle(received, Outcome.QUARANTINED, reason=why.value)
        received.digest = {
            "from": sheet.email or sheet.phone,
            "from_name": f"{sheet.given_name} {sheet.family_name}".strip(),
            "preview": sheet.text[:300],
        }
    return received


def waiting(*, by: Agent) -> Sequence[Received]:
    """Those that nobody has looked at, oldest first."""
    require(by, Permission.SORT_MAIL)
    query = _caught().order_by(Received.id).limit(SHOWN)
    return db.session().scalars(query).all()


def waiting_count() -> ColumnElement[int]:
    """How many wait, at most ``SHOWN``: part of a query, for who may sort."""
    few = _caught().with_only_columns(Received.id).limit(SHOWN)
    return select(func.count()).select_from(few.subquery()).scalar_subquery()


def read(received: Received) -> Sheet:
    return Sheet.from_json(raw_of(received))


def let_in(received_id: int, *, by: Agent) -> Ticket:
    """A person wrote it: open its ticket, as if it had come in today."""
    return open_kept(_held(received_id, by))


def leave(received_id: int, *, by: Agent) -> None:
    """A robot wrote it. It stays kept, with who said so."""
    received = _held(received_id, by)
    digest = {**(received.digest or {}), "sorted_by": by.full_name, "was": received.reason}
    settle(received, Outcome.SET_ASIDE, reason=received.reason)
    received.digest = digest


def _held(received_id: int, by: Agent) -> Received:
    """The row, held; the second of two who sort it gets Conflict ``form.sorted``."""
    require(by, Permission.SORT_MAIL)
    query = select(Received).where(Received.id == received_id, Received.channel == Channel.FORM)
    held = query.with_for_update().execution_options(populate_existing=True)
    received = db.session().scalar(held)
    if received is None:
        raise NotVisible.of("form.unknown")
    if received.outcome is not Outcome.QUARANTINED:
        raise Conflict.of("form.sorted")
    return received


def _caught():  # type: ignore[no-untyped-def]
    return select(Received).where(
        Received.outcome == Outcome.QUARANTINED, Received.channel == Channel.FORM
    )
