"""Who may be calling: the persons that a few typed signs may mean, and their tickets."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from support.kernel import db
from support.kernel.errors import DomainError, NotVisible
from support.people.models import Agent, Person
from support.people.normalising import foreigner_number, phone_number
from support.tickets.models import Ticket
from support.tickets.persons import find_persons
from support.tickets.references import read_reference
from support.tickets.visibility import one_visible, visible_to

SHOWN = 8
CLOSED_SHOWN = 3


@dataclass(frozen=True)
class Candidate:
    """``ticket``: the one whose reference was typed."""

    person: Person
    open_tickets: int
    ticket: Ticket | None = None


def find_callers(typed: str, *, by: Agent) -> list[Candidate]:
    """Whom ``typed`` may mean: a reference read out goes straight to its person."""
    ticket = _with_reference(typed, by)
    if ticket is not None and ticket.person is not None:
        persons: Sequence[Person] = [ticket.person]
    else:
        persons = find_persons(typed, by=by, limit=SHOWN)
    counts = _open_counts([p.id for p in persons], by)
    return [Candidate(p, counts.get(p.id, 0), ticket) for p in persons]


def open_tickets(person: Person, *, by: Agent) -> Sequence[Ticket]:
    """The nearest promise first."""
    query = _tickets(person, by).where(Ticket.is_open)
    return db.session().scalars(query.order_by(Ticket.sort_due, Ticket.id).limit(SHOWN)).all()


def closed_tickets(person: Person, *, by: Agent) -> Sequence[Ticket]:
    """The last ones: a call about one of them opens it again."""
    query = _tickets(person, by).where(Ticket.is_open.is_(False))
    return db.session().scalars(query.order_by(Ticket.id.desc()).limit(CLOSED_SHOWN)).all()


def guess_identity(typed: str) -> dict[str, str]:
    """What was typed, put into the fields of a new person where it seems to belong."""
    typed = typed.strip()
    if "@" in typed:
        return {"email": typed}
    if re.search(r"[^\W\d_]", typed):
        given, _space, family = typed.rpartition(" ")
        return {"given_name": given, "family_name": family}
    return _guess_number(typed) if typed else {}


def calling_number(typed: str) -> str:
    """The number that calls, when a whole one was typed; "" otherwise."""
    try:
        return phone_number(typed) if "phone" in guess_identity(typed) else ""
    except DomainError:
        return ""


def _guess_number(typed: str) -> dict[str, str]:
    # A French number begins with 0 or +; the ten digits of a residence permit seldom do.
    if not typed.lstrip("(").startswith(("0", "+")):
        try:
            return {"foreigner_number": foreigner_number(typed) or ""}
        except DomainError:
            pass
    return {"phone": typed}


def _with_reference(typed: str, by: Agent) -> Ticket | None:
    if read_reference(typed) is None:
        return None
    try:
        return one_visible(typed, by)
    except NotVisible:
        return None


def _open_counts(persons: Sequence[int], by: Agent) -> dict[int, int]:
    if not persons:
        return {}
    rows = db.session().execute(
        select(Ticket.person_id, func.count())
        .where(Ticket.person_id.in_(persons), Ticket.is_open, visible_to(by))
        .group_by(Ticket.person_id)
    )
    return {person: count for person, count in rows if person is not None}


def _tickets(person: Person, by: Agent):  # type: ignore[no-untyped-def]
    return (
        select(Ticket)
        .where(Ticket.person_id == person.id, visible_to(by))
        .options(
            joinedload(Ticket.reason, innerjoin=True),
            joinedload(Ticket.team, innerjoin=True),
        )
    )
