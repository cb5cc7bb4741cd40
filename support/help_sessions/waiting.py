"""Those who want a place when none is free, or an earlier one: called back when one is given up."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select, update
from sqlalchemy.orm import joinedload

from support.help_sessions.models import AppointmentReason, HelpPoint, Waiting
from support.kernel import db
from support.kernel.errors import NotVisible
from support.kernel.time import now
from support.people.models import Agent, Person
from support.people.permissions import Permission, require

GIVEN, GIVEN_UP = "given", "given_up"
SHOWN = 100


def wait(
    point: HelpPoint, person: Person, reason: AppointmentReason, *, by: Agent, note: str = ""
) -> Waiting:
    """Put the person at the end of the list; where they are when they are on it already.

    Raises Forbidden.
    """
    require(by, Permission.BOOK)
    known = db.session().scalar(
        select(Waiting).where(
            Waiting.help_point_id == point.id,
            Waiting.person_id == person.id,
            Waiting.reason_id == reason.id,
            Waiting.settled_at.is_(None),
        )
    )
    if known is not None:
        return known
    row = Waiting(
        help_point_id=point.id, person_id=person.id, reason_id=reason.id, note=note.strip()[:200],
        added_by_id=by.id,
    )  # fmt: skip
    db.session().add(row)
    db.session().flush()
    return row


def listing(point: HelpPoint, *, by: Agent) -> Sequence[Waiting]:
    """Who waits at that place, the longest first. Raises Forbidden."""
    require(by, Permission.RECEIVE)
    query = (
        select(Waiting)
        .where(Waiting.help_point_id == point.id, Waiting.settled_at.is_(None))
        .order_by(Waiting.id)
        .limit(SHOWN)
        .options(joinedload(Waiting.person), joinedload(Waiting.reason))
    )
    return db.session().scalars(query).all()


def how_many(point: HelpPoint) -> int:
    query = select(func.count()).select_from(Waiting)
    return (
        db.session().scalar(
            query.where(Waiting.help_point_id == point.id, Waiting.settled_at.is_(None))
        )
        or 0
    )


def leave(point: HelpPoint, waiting_id: int, *, by: Agent) -> None:
    """They want none any more, or cannot be reached. Raises NotVisible, Forbidden."""
    require(by, Permission.RECEIVE)
    gone = db.session().scalar(
        update(Waiting)
        .where(
            Waiting.id == waiting_id,
            Waiting.help_point_id == point.id,
            Waiting.settled_at.is_(None),
        )
        .values(settled_at=now(), became=GIVEN_UP)
        .returning(Waiting.id)
        .execution_options(synchronize_session=False)
    )
    if gone is None:
        raise NotVisible.of("appointment.unknown")


def served(help_point_id: int, person_id: int) -> None:
    """They have a place at last."""
    db.session().execute(
        update(Waiting)
        .where(
            Waiting.help_point_id == help_point_id,
            Waiting.person_id == person_id,
            Waiting.settled_at.is_(None),
        )
        .values(settled_at=now(), became=GIVEN)
        .execution_options(synchronize_session=False)
    )
