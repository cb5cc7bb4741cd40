"""Writing loaded rows in bulk: persons first, then tickets with all that hangs on them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count, islice
from random import Random
from typing import Any

from sqlalchemy import func, insert, select, text

from support.catalogue.models import ContactReason, Field, Procedure
from support.clocks.models import Clock
from support.kernel import db
from support.kernel.db import Base
from support.kernel.time import now
from support.people.identifying import search_name
from support.people.models import Agent, Person, PersonContact, PersonNameWord, Team, TeamKind
from support.tickets.models import Ticket, TicketAccess
from support.tickets.timeline import Delivery, Entry
from web.load import words
from web.load.shaping import Ground, Rows, shape

BATCH = 1000
Progress = Callable[[int, int, str], None]
NUMBERED = (Person, PersonContact, Ticket, Entry, Delivery, Clock)


def fill(tickets: int, seed: int, progress: Progress) -> None:
    """Add ``tickets`` tickets. Commits batch by batch; needs the catalogue and the teams."""
    with db.transaction():
        ground, ids = _ground(tickets)
    for start in range(0, ground.persons, BATCH):
        with db.transaction():
            _persons(start, min(BATCH, ground.persons - start), ids, ground, seed)
        progress(min(start + BATCH, ground.persons), ground.persons, "persons")
    # References go on where an earlier load ended.
    numbers = iter(range(ground.loaded, ground.loaded + tickets))
    for start in range(0, tickets, BATCH):
        with db.transaction():
            _write(shape(islice(numbers, BATCH), ids, ground, seed))
        progress(min(start + BATCH, tickets), tickets, "tickets")
    with db.transaction():
        _settle()


def _ground(tickets: int) -> tuple[Ground, dict[str, Iterator[int]]]:
    session = db.session()
    ids: dict[str, Iterator[int]] = {
        model.__tablename__: count((session.scalar(select(func.max(model.id))) or 0) + 1)
        for model in NUMBERED
    }
    agents: dict[int, list[int]] = {}
    for agent_id, team_id in session.execute(select(Agent.id, Agent.team_id)):
        agents.setdefault(team_id, []).append(agent_id)
    teams = session.execute(select(Team.id, Team.kind).order_by(Team.id)).all()
    front = [(t.id, agents.get(t.id, [])) for t in teams if t.kind is TeamKind.CONTACT_CENTRE]
    second = [t.id for t in teams if t.kind is TeamKind.PROJECT_DIRECTORATE]
    reasons = session.execute(
        select(ContactReason.id, ContactReason.field, ContactReason.answer_hours)
    )
    ground = Ground(
        front=front,
        second=(second[0], agents.get(second[0], [])),
        reasons=[(r.id, (r.field or Field.RESIDENCE).value, r.answer_hours) for r in reasons],
        procedures=list(session.scalars(select(Procedure.id))),
        persons=max(1, tickets * 3 // 5),
        first_person=(session.scalar(select(func.max(Person.id))) or 0) + 1,
        loaded=session.scalar(select(func.max(Ticket.id))) or 0,
        until=now(),
    )
    return ground, ids


def _persons(
    start: int, number: int, ids: dict[str, Iterator[int]], ground: Ground, seed: int
) -> None:
    people, contacts, names = [], [], []
    for n in range(start, start + number):
        rng = Random(f"{seed}:person:{n}")
        given, family = rng.choice(words.GIVEN), f"{rng.choice(words.FAMILY)}"
        person_id = next(ids["person"])
        folded = search_name(given, family)
        people.append(
            {
                "id": person_id, "given_name": given, "family_name": family,
                "search_name": folded, "foreigner_number": f"{9_000_000_000 + n}",
                "nationality": None, "language": rng.choice(words.LANGUAGES),
                "department": rng.choice(words.DEPARTMENTS), "document_expires_on": None,
                "created_at": ground.until, "number_vouched_at": ground.until,
            }
        )  # fmt: skip
        names += [{"person_id": person_id, "word": word} for word in set(folded.split())]
        for kind, value in (("email", f"load{n}@example.org"), ("phone", f"+336{n:08d}")):
            contacts.append(
                {"id": next(ids["person_contact"]), "person_id": person_id, "kind": kind,
                 "value": value, "failed_at": None, "vouched_at": ground.until}
            )  # fmt: skip
    _insert(Person, people)
    _insert(PersonContact, contacts)
    _insert(PersonNameWord, names)


def _write(rows: Rows) -> None:
    for model in (Ticket, TicketAccess, Entry, Delivery, Clock):
        _insert(model, getattr(rows, model.__tablename__))


def _insert(model: type[Base], rows: list[dict[str, Any]]) -> None:
    if rows:
        db.session().execute(insert(model.__table__), rows)  # type: ignore[arg-type]


def _settle() -> None:
    """Numbers that PostgreSQL gives from now on come after ours; plans know the new sizes."""
    session = db.session()
    if session.get_bind().dialect.name == "postgresql":
        for model in NUMBERED:
            sequence = func.pg_get_serial_sequence(model.__tablename__, "id")
            last = select(func.max(model.__table__.c.id)).scalar_subquery()
            session.execute(select(func.setval(sequence, last)))
    session.execute(text("ANALYZE"))
