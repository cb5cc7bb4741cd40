"""Who is told of an appointment, and reminded two days before: at most so often a day.

A mistake elsewhere must never send a hundred messages to one person: the last word is here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from support.help_sessions import places
from support.help_sessions.journal import note
from support.help_sessions.models import (
    Appointment,
    AppointmentEvent,
    AppointmentState,
    HelpPoint,
)
from support.kernel import db
from support.kernel.time import PARIS, now
from support.outbox.models import OutboxRow
from support.outbox.publishing import publish, publish_all
from support.people.models import Agent, Person
from support.people.normalising import takes_texts
from support.people.permissions import Permission, require

TOPIC = "appointment.tell"
GIVEN, REMINDER, CANCELLED = "appointment_given", "appointment_reminder", "appointment_cancelled"
MOST_A_DAY = 4  # messages about appointments to one person
DAYS_BEFORE = 2
CALLED, NOT_REACHED, UNTOLD = "called", "not_reached", "untold"


class Way(StrEnum):
    """How somebody is told, and the event that says so."""

    MAIL = "told"
    TEXT = "texted"


_SENT = tuple(way.value for way in Way)


@dataclass(frozen=True)
class Rules:
    """``texts``: whether text messages leave from here."""

    texts: bool = False


_rules = [Rules()]


def configure(rules: Rules) -> None:
    _rules[0] = rules


def way_to(person: Person) -> Way | None:
    """By mail where an address works, else by text to a mobile; None: somebody must call."""
    if person.email and not person.email_failed:
        return Way.MAIL
    texts = _rules[0].texts and person.phone is not None and takes_texts(person.phone)
    return Way.TEXT if texts else None


def tell(appointment: Appointment, letter: str) -> None:
    """Have the person told; once each, whatever is run twice."""
    publish(
        TOPIC,
        key=_key(appointment.id, letter),
        appointment_id=appointment.id,
        letter=letter,
        dated=now().isoformat(),
    )


def remind(batch: int = 500) -> int:
    """Have those reminded who come in two days, and were not; how many.

    An appointment given since then needs no reminder: they have just heard of it.
    """
    first = datetime.combine(now().astimezone(PARIS).date() + timedelta(days=DAYS_BEFORE), time(),
                             PARIS)  # fmt: skip
    # Half a day more on both sides, for places far from Paris; then by the place's own clock.
    rows = (
        db.session()
        .execute(
            select(Appointment.id, Appointment.starts_at, HelpPoint.timezone)
            .join(HelpPoint, HelpPoint.id == Appointment.help_point_id)
            .where(
                Appointment.state == AppointmentState.SCHEDULED,
                Appointment.starts_at >= first - timedelta(hours=12),
                Appointment.starts_at < first + timedelta(hours=36),
                Appointment.booked_at < now() - timedelta(days=1),
            )
            .order_by(Appointment.id)
        )
        .all()
    )
    due = [row.id for row in rows if _in_two_days(row.starts_at, row.timezone)]
    keys = {_key(number, REMINDER): number for number in due}
    done = set(db.session().scalars(select(OutboxRow.key).where(OutboxRow.key.in_(keys))))
    left = [(key, number) for key, number in keys.items() if key not in done][:batch]
    publish_all(
        TOPIC,
        [
            (key, {"appointment_id": number, "letter": REMINDER, "dated": now().isoformat()})
            for key, number in left
        ],
    )
    return len(left)


def to_be_told(appointment_id: int, letter: str) -> Appointment | None:
    """The appointment with all that a letter says; None when there is nothing to say any more."""
    found = db.session().get(
        Appointment,
        appointment_id,
        options=(
            joinedload(Appointment.person),
            joinedload(Appointment.reason),
            joinedload(Appointment.help_point).joinedload(HelpPoint.site),
        ),
    )
    if found is None or (found.state is AppointmentState.SCHEDULED) is (letter == CANCELLED):
        return None
    # That one need not come is said even to who has heard enough.
    most = 2 * MOST_A_DAY if letter == CANCELLED else MOST_A_DAY
    if found.starts_at < now() or heard_today(found.person_id) >= most:
        return None
    return found


def heard_today(person_id: int) -> int:
    """How many messages about appointments that person was sent in the last day."""
    query = (
        select(func.count())
        .select_from(AppointmentEvent)
        .join(Appointment, Appointment.id == AppointmentEvent.appointment_id)
        .where(
            Appointment.person_id == person_id,
            AppointmentEvent.event.in_(_SENT),
            AppointmentEvent.at > now() - timedelta(days=1),
        )
    )
    return db.session().scalar(query) or 0


def note_told(appointment: Appointment, letter: str, way: Way | None) -> None:
    """Write that it was sent; None: that it never will be, so that somebody calls."""
    note(appointment, way.value if way else UNTOLD, None, letter)


def to_call(point: HelpPoint, *, by: Agent) -> Sequence[Appointment]:
    """Who comes within two days and can be told by nothing but a call, until one was made.

    Who heard of their appointment yesterday or today, since they took it, is left in peace.
    Raises Forbidden.
    """
    require(by, Permission.RECEIVE)
    end = places.span(point, [places.local_day(point, now()) + timedelta(days=DAYS_BEFORE)])[1]
    rows = (
        db.session()
        .scalars(
            select(Appointment)
            .where(
                Appointment.help_point_id == point.id,
                Appointment.state == AppointmentState.SCHEDULED,
                Appointment.starts_at > now(),
                Appointment.starts_at < end,
                Appointment.booked_at < now() - timedelta(days=1),
            )
            .order_by(Appointment.starts_at, Appointment.id)
            .options(joinedload(Appointment.person), joinedload(Appointment.reason))
        )
        .all()
    )
    events = _events([row.id for row in rows])
    return [
        row
        for row in rows
        if CALLED not in events.get(row.id, ())
        and (way_to(row.person) is None or UNTOLD in events.get(row.id, ()))
    ]


def note_call(appointment: Appointment, *, reached: bool, by: Agent) -> None:
    """Somebody called before the appointment. Raises Forbidden."""
    require(by, Permission.RECEIVE)
    note(appointment, CALLED if reached else NOT_REACHED, by)


def _events(appointment_ids: Sequence[int]) -> dict[int, set[str]]:
    if not appointment_ids:
        return {}
    rows = db.session().execute(
        select(AppointmentEvent.appointment_id, AppointmentEvent.event).where(
            AppointmentEvent.appointment_id.in_(appointment_ids)
        )
    )
    found: dict[int, set[str]] = {}
    for appointment_id, event in rows:
        found.setdefault(appointment_id, set()).add(event)
    return found


def _in_two_days(at: datetime, timezone: str) -> bool:
    zone = ZoneInfo(timezone)
    days = at.astimezone(zone).date() - now().astimezone(zone).date()
    return days == timedelta(days=DAYS_BEFORE)


def _key(appointment_id: int, letter: str) -> str:
    return f"{TOPIC}:{appointment_id}:{letter}"
