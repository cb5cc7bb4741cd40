"""The log of help: one line after each visit or call, a minute to write, anonymous if need be.

The words are those of domain practice: what, how far, with what result, how much by oneself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, select
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from support.help_sessions import places
from support.help_sessions.models import Appointment, AppointmentReason, HelpPoint
from support.kernel import db
from support.kernel.db import Base, BigKey, PrimaryKey, word
from support.kernel.errors import Invalid, NotVisible, Problem
from support.kernel.time import Instant, now
from support.people.models import Agent, Person
from support.people.permissions import Permission, require

LONGEST_NOTE = 300
LONGEST_VISIT = 480  # minutes


class Way(StrEnum):
    """How the person was helped."""

    COUNTER = "counter"
    PHONE = "phone"
    EMAIL = "email"
    REMOTE = "remote"


class Result(StrEnum):
    ACCOUNT_CREATED = "account_created"
    SUBMITTED = "submitted"
    SUPPLEMENT_SENT = "supplement_sent"
    APPOINTMENT_MADE = "appointment_made"
    BLOCKED = "blocked"
    REDIRECTED = "redirected"
    INFORMATION = "information"


class Autonomy(StrEnum):
    DONE_FOR = "done_for"
    DONE_WITH = "done_with"
    ALONE = "alone"


class Profile(StrEnum):
    """Whom one has before one: decides what is explained."""

    NOT_DIGITAL = "not_digital"
    NEEDS_PROCEDURAL_HELP = "needs_procedural_help"
    AUTONOMOUS_BLOCKED = "autonomous_blocked"


class Door(StrEnum):
    """Where somebody was sent instead."""

    FRANCE_SERVICES = "france_services"
    CONTACT_CENTRE = "contact_centre"
    EXAMINATION = "examination"
    FALLBACK = "fallback"
    ASSOCIATION = "association"
    OTHER = "other"


class AssistanceEntry(Base):
    """One visit or call. ``person_id`` None: nobody need be named. ``door``: of a redirection."""

    __tablename__ = "assistance_entry"
    __table_args__ = (Index("ix_assistance_entry_at", "help_point_id", "at"),)

    id: Mapped[PrimaryKey]
    key: Mapped[str] = mapped_column(String(64), unique=True)
    help_point_id: Mapped[int] = mapped_column(BigKey, ForeignKey("help_point.id"))
    at: Mapped[datetime] = mapped_column(Instant, default=now)
    minutes: Mapped[int]
    way: Mapped[Way] = mapped_column(word(Way))
    reason_id: Mapped[int] = mapped_column(BigKey, ForeignKey("appointment_reason.id"))
    result: Mapped[Result] = mapped_column(word(Result))
    step: Mapped[str] = mapped_column(String(120), default="")
    autonomy: Mapped[Autonomy | None] = mapped_column(word(Autonomy))
    profile: Mapped[Profile | None] = mapped_column(word(Profile))
    first_time: Mapped[bool | None]
    language: Mapped[str] = mapped_column(String(3), default="fr")
    interpreter: Mapped[bool] = mapped_column(default=False)
    door: Mapped[Door | None] = mapped_column(word(Door))
    note: Mapped[str] = mapped_column(String(LONGEST_NOTE), default="")
    person_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("person.id"))
    appointment_id: Mapped[int | None] = mapped_column(
        BigKey, ForeignKey("appointment.id"), unique=True
    )
    agent_id: Mapped[int] = mapped_column(BigKey, ForeignKey("agent.id"))

    reason: Mapped[AppointmentReason] = relationship()
    agent: Mapped[Agent] = relationship()
    person: Mapped[Person | None] = relationship()


@dataclass(frozen=True)
class EntryDraft:
    """As it was filled in; words that are not of the lists above are refused."""

    key: str
    minutes: int | None
    way: str
    reason: AppointmentReason | None
    result: str
    step: str = ""
    autonomy: str = ""
    profile: str = ""
    first_time: bool | None = None
    language: str = "fr"
    interpreter: bool = False
    door: str = ""
    note: str = ""
    appointment: Appointment | None = None
    anonymous: bool = False


def log(point: HelpPoint, draft: EntryDraft, *, by: Agent) -> AssistanceEntry:
    """Write one line; the one that the same form, or the same visit, wrote before.

    Raises Invalid (``field.choice`` or ``assistance.*``, a problem a field), Forbidden,
    NotVisible for another place.
    """
    require(by, Permission.RECEIVE)
    if point.site_id != by.team.site_id:
        raise NotVisible.of("help_point.unknown")
    known = _known(draft)
    if known is not None:
        return known
    _check(draft)
    assert draft.reason is not None
    assert draft.minutes is not None
    visit = draft.appointment
    entry = AssistanceEntry(
        key=draft.key, help_point_id=point.id, minutes=draft.minutes, way=Way(draft.way),
        reason_id=draft.reason.id, result=Result(draft.result), step=draft.step.strip()[:120],
        autonomy=Autonomy(draft.autonomy) if draft.autonomy else None,
        profile=Profile(draft.profile) if draft.profile else None,
        first_time=draft.first_time, language=draft.language, interpreter=draft.interpreter,
        door=Door(draft.door) if draft.result == Result.REDIRECTED else None,
        note=draft.note.strip()[:LONGEST_NOTE],
        person_id=visit.person_id if visit and not draft.anonymous else None,
        appointment_id=visit.id if visit else None, agent_id=by.id,
    )  # fmt: skip
    db.session().add(entry)
    db.session().flush()
    return entry


def of_day(point: HelpPoint, day: date, *, by: Agent) -> Sequence[AssistanceEntry]:
    """The lines of a local day, the last first. Raises Forbidden."""
    require(by, Permission.RECEIVE)
    start, end = places.span(point, [day])
    query = (
        select(AssistanceEntry)
        .where(
            AssistanceEntry.help_point_id == point.id,
            AssistanceEntry.at >= start,
            AssistanceEntry.at < end,
        )
        .order_by(AssistanceEntry.at.desc(), AssistanceEntry.id.desc())
        .options(
            joinedload(AssistanceEntry.reason),
            joinedload(AssistanceEntry.agent),
            joinedload(AssistanceEntry.person),
        )
    )
    return db.session().scalars(query).all()


def logged(appointment_ids: Sequence[int]) -> set[int]:
    """Which of these visits have their line."""
    if not appointment_ids:
        return set()
    query = select(AssistanceEntry.appointment_id)
    rows = db.session().scalars(query.where(AssistanceEntry.appointment_id.in_(appointment_ids)))
    return {number for number in rows if number is not None}


def _known(draft: EntryDraft) -> AssistanceEntry | None:
    query = select(AssistanceEntry).where(AssistanceEntry.key == draft.key)
    found = db.session().scalar(query)
    if found is None and draft.appointment is not None:
        query = select(AssistanceEntry)
        found = db.session().scalar(
            query.where(AssistanceEntry.appointment_id == draft.appointment.id)
        )
    return found


def _check(draft: EntryDraft) -> None:
    wrong = []
    if draft.minutes is None or not 1 <= draft.minutes <= LONGEST_VISIT:
        wrong.append(Problem("assistance.minutes", "minutes", {"most": LONGEST_VISIT}))
    if draft.reason is None:
        wrong.append(Problem("field.choice", "reason"))
    required = (("way", Way, draft.way), ("result", Result, draft.result))
    optional = (("autonomy", Autonomy, draft.autonomy), ("profile", Profile, draft.profile))
    wrong += [
        Problem("field.choice", name) for name, kind, said in required if said not in set(kind)
    ]
    wrong += [
        Problem("field.choice", name)
        for name, kind, said in optional
        if said and said not in set(kind)
    ]
    if draft.result == Result.REDIRECTED and draft.door not in set(Door):
        wrong.append(Problem("assistance.door", "door"))
    if len(draft.note) > LONGEST_NOTE:
        wrong.append(Problem("appointment.note_long", "note", {"most": LONGEST_NOTE}))
    if wrong:
        raise Invalid(*wrong)
