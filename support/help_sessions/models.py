"""Places where people are received, their hours, and the appointments made there."""

from __future__ import annotations

from datetime import date, datetime, time
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    JSON,
    Date,
    Float,
    ForeignKey,
    Index,
    String,
    Text,
    Time,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from support.kernel.db import Base, BigKey, PrimaryKey, plain, word
from support.kernel.time import Instant, now
from support.people.models import Agent, Person, Site


class HelpPointKind(StrEnum):
    PAN = "pan"
    EMERAUDE = "emeraude"
    COUNTER = "counter"  # of a prefecture or sub-prefecture
    FRANCE_SERVICES = "france_services"


class BookingChannel(StrEnum):
    """By which way an appointment was made."""

    PHONE = "phone"  # the person called the place
    COUNTER = "counter"  # the person stands there
    PUBLIC = "public"  # the person, on the public page
    CONTACT_CENTRE = "contact_centre"  # the centre, on the person's behalf
    WALK_IN = "walk_in"  # received without one


class AppointmentState(StrEnum):
    SCHEDULED = "scheduled"
    CHECKED_IN = "checked_in"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    NOT_SERVED = "not_served"  # came, and could not be helped here
    NO_SHOW = "no_show"
    UNRECORDED = "unrecorded"  # past, and nobody has said what came of it
    CANCELLED_BY_USER = "cancelled_by_user"
    CANCELLED_BY_SERVICE = "cancelled_by_service"
    RESCHEDULED = "rescheduled"  # another one stands in its place


A = AppointmentState
LIVE = (A.SCHEDULED, A.CHECKED_IN, A.IN_PROGRESS)
FREED = (A.CANCELLED_BY_USER, A.CANCELLED_BY_SERVICE, A.RESCHEDULED)
_LIVE_ROWS = text("state IN ('scheduled', 'checked_in', 'in_progress')")


class HelpPoint(Base):
    """A site that receives people.

    ``zone``: whose public holidays it keeps (clocks.calendar.ZONES). ``horizon_days``: how far
    ahead places are given. ``notice_hours``: how soon, at the earliest, the public and the centre
    may book. A freed place is shown to the public only after a delay drawn between
    ``release_least`` and ``release_most`` minutes, so that nobody can hand over theirs.
    """

    __tablename__ = "help_point"

    id: Mapped[PrimaryKey]
    site_id: Mapped[int] = mapped_column(BigKey, ForeignKey("site.id"), unique=True)
    kind: Mapped[HelpPointKind] = mapped_column(word(HelpPointKind))
    timezone: Mapped[str] = mapped_column(String(60), default="Europe/Paris")
    zone: Mapped[str] = mapped_column(String(40), default="metropole")
    latitude: Mapped[float | None] = mapped_column(Float)
    longitude: Mapped[float | None] = mapped_column(Float)
    horizon_days: Mapped[int] = mapped_column(default=60)
    notice_hours: Mapped[int] = mapped_column(default=12)
    public_booking: Mapped[bool] = mapped_column(default=False, server_default=false())
    centre_booking: Mapped[bool] = mapped_column(default=False, server_default=false())
    release_least: Mapped[int] = mapped_column(default=30)
    release_most: Mapped[int] = mapped_column(default=240)
    said_before: Mapped[str] = mapped_column(String(600), default="")
    # Who reads the week in figures, by mail: addresses, with blanks between them.
    weekly_to: Mapped[str] = mapped_column(String(600), default="", server_default="")
    active: Mapped[bool] = mapped_column(default=True)

    site: Mapped[Site] = relationship()
    desks: Mapped[list[Desk]] = relationship(
        back_populates="help_point", order_by="Desk.position, Desk.id"
    )


class Desk(Base):
    """A seat that one person at a time is received at: what an appointment takes up."""

    __tablename__ = "desk"
    __table_args__ = (UniqueConstraint("help_point_id", "name"),)

    id: Mapped[PrimaryKey]
    help_point_id: Mapped[int] = mapped_column(BigKey, ForeignKey("help_point.id"))
    name: Mapped[str] = mapped_column(String(60))
    position: Mapped[int] = mapped_column(default=0)
    active: Mapped[bool] = mapped_column(default=True)
    # Part of the secret address of its calendar; None: it has none (feeds).
    feed_salt: Mapped[str | None] = mapped_column(String(32))

    help_point: Mapped[HelpPoint] = relationship(back_populates="desks")


class AppointmentReason(Base):
    """What one comes for. ``group``: counted together in the quotas. ``bring``: what to bring, a
    line a document, read out and printed.
    """

    __tablename__ = "appointment_reason"

    id: Mapped[PrimaryKey]
    code: Mapped[str] = mapped_column(String(40), unique=True)
    group: Mapped[str] = mapped_column(String(40))
    label: Mapped[str] = mapped_column(String(160))
    public_label: Mapped[str] = mapped_column(String(160))
    minutes: Mapped[int] = mapped_column(default=30)
    bring: Mapped[str] = mapped_column(Text, default="")
    public: Mapped[bool] = mapped_column(default=True)
    active: Mapped[bool] = mapped_column(default=True)
    position: Mapped[int] = mapped_column(default=0)


class OpeningWindow(Base):
    """When people are received: see slots.Window. ``desk_ids`` None: at every desk."""

    __tablename__ = "opening_window"

    id: Mapped[PrimaryKey]
    help_point_id: Mapped[int] = mapped_column(BigKey, ForeignKey("help_point.id"), index=True)
    weekday: Mapped[int | None]
    day: Mapped[date | None] = mapped_column(Date)
    starts: Mapped[time] = mapped_column(Time)
    ends: Mapped[time] = mapped_column(Time)
    first_day: Mapped[date | None] = mapped_column(Date)
    last_day: Mapped[date | None] = mapped_column(Date)
    desk_ids: Mapped[list[int] | None] = mapped_column(JSON(none_as_null=True))
    groups: Mapped[list[str]] = mapped_column(JSON, default=list)


class BookingWindow(Base):
    """When appointments are given by one channel. A channel without any gives them always."""

    __tablename__ = "booking_window"

    id: Mapped[PrimaryKey]
    help_point_id: Mapped[int] = mapped_column(BigKey, ForeignKey("help_point.id"), index=True)
    channel: Mapped[BookingChannel] = mapped_column(word(BookingChannel))
    weekday: Mapped[int]
    starts: Mapped[time] = mapped_column(Time)
    ends: Mapped[time] = mapped_column(Time)


class Closure(Base):
    """Nobody is received from ``starts_at`` until ``ends_at``: at one desk, or at none."""

    __tablename__ = "closure"
    __table_args__ = (Index("ix_closure_help_point", "help_point_id", "ends_at"),)

    id: Mapped[PrimaryKey]
    help_point_id: Mapped[int] = mapped_column(BigKey, ForeignKey("help_point.id"))
    desk_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("desk.id"))
    starts_at: Mapped[datetime] = mapped_column(Instant)
    ends_at: Mapped[datetime] = mapped_column(Instant)
    reason: Mapped[str] = mapped_column(String(200), default="")
    # The workshop that the desk is shut for, when it is.
    session_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("group_session.id"))


class QuotaRule(Base):
    """How many appointments a week, of a group of reasons ("": of all) and by a channel.

    Without a channel (""), it is what every channel draws from; with one, a share reserved to it.
    """

    __tablename__ = "quota_rule"
    __table_args__ = (UniqueConstraint("help_point_id", "group", "channel"),)

    id: Mapped[PrimaryKey]
    help_point_id: Mapped[int] = mapped_column(BigKey, ForeignKey("help_point.id"))
    group: Mapped[str] = mapped_column(String(40), default="")
    channel: Mapped[str] = mapped_column(String(20), default="")
    capacity: Mapped[int]


class WeeklyQuota(Base):
    """A rule in one week, begun by its ``monday``, with what has been given of it."""

    __tablename__ = "weekly_quota"
    __table_args__ = (UniqueConstraint("help_point_id", "monday", "group", "channel"),)

    id: Mapped[PrimaryKey]
    help_point_id: Mapped[int] = mapped_column(BigKey, ForeignKey("help_point.id"))
    monday: Mapped[date] = mapped_column(Date)
    group: Mapped[str] = mapped_column(String(40), default="")
    channel: Mapped[str] = mapped_column(String(20), default="")
    capacity: Mapped[int]
    used: Mapped[int] = mapped_column(default=0)


class GroupSession(Base):
    """A workshop: ``capacity`` people at once, ``taken`` of which are given (group_sessions)."""

    __tablename__ = "group_session"
    __table_args__ = (Index("ix_group_session_starts", "help_point_id", "starts_at"),)

    id: Mapped[PrimaryKey]
    help_point_id: Mapped[int] = mapped_column(BigKey, ForeignKey("help_point.id"))
    reason_id: Mapped[int] = mapped_column(BigKey, ForeignKey("appointment_reason.id"))
    title: Mapped[str] = mapped_column(String(120))
    about: Mapped[str] = mapped_column(String(400), default="")
    starts_at: Mapped[datetime] = mapped_column(Instant)
    ends_at: Mapped[datetime] = mapped_column(Instant)
    capacity: Mapped[int]
    taken: Mapped[int] = mapped_column(default=0)
    opened_by_id: Mapped[int] = mapped_column(BigKey, ForeignKey("agent.id"))
    called_off_at: Mapped[datetime | None] = mapped_column(Instant)

    help_point: Mapped[HelpPoint] = relationship()
    reason: Mapped[AppointmentReason] = relationship()


class Appointment(Base):
    """One person at one desk for one reason; or a visit without appointment, that takes no desk.

    ``key`` is drawn once per form: sent twice, it is one appointment. ``code`` is read out on the
    telephone. ``group`` is its reason's, for the rule of one live appointment per person and
    group. ``quota_ids``: the weekly quotas that it was given from; ``over_quota``: why it was
    given beyond them. ``public_from``: when the place that it freed may be shown again.
    """

    __tablename__ = "appointment"
    __table_args__ = (
        Index(
            "uq_appointment_live",
            "person_id",
            "group",
            unique=True,
            sqlite_where=_LIVE_ROWS,
            postgresql_where=_LIVE_ROWS,
        ),
        Index("ix_appointment_day", "help_point_id", "starts_at"),
        Index("ix_appointment_person", "person_id", "starts_at"),
        Index("ix_appointment_ticket", "ticket_id"),
        # Whose request may be answered: few of a place's many.
        Index(
            "ix_appointment_asked",
            "help_point_id",
            "starts_at",
            sqlite_where=text("ticket_id IS NOT NULL"),
            postgresql_where=text("ticket_id IS NOT NULL"),
        ),
    )

    id: Mapped[PrimaryKey]
    key: Mapped[str] = mapped_column(String(64), unique=True)
    code: Mapped[str] = mapped_column(plain(8), unique=True)
    help_point_id: Mapped[int] = mapped_column(BigKey, ForeignKey("help_point.id"))
    desk_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("desk.id"))
    session_id: Mapped[int | None] = mapped_column(
        BigKey, ForeignKey("group_session.id"), index=True
    )
    reason_id: Mapped[int] = mapped_column(BigKey, ForeignKey("appointment_reason.id"))
    group: Mapped[str] = mapped_column(String(40))
    person_id: Mapped[int] = mapped_column(BigKey, ForeignKey("person.id"))
    starts_at: Mapped[datetime] = mapped_column(Instant)
    ends_at: Mapped[datetime] = mapped_column(Instant)
    state: Mapped[AppointmentState] = mapped_column(word(AppointmentState), default=A.SCHEDULED)
    channel: Mapped[BookingChannel] = mapped_column(word(BookingChannel))
    booked_by_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("agent.id"))
    booked_at: Mapped[datetime] = mapped_column(Instant, default=now)
    ticket_id: Mapped[int | None] = mapped_column(BigKey)
    # The last entry of that request's answer that the place has read.
    answer_read_id: Mapped[int | None] = mapped_column(BigKey)
    moved_from_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("appointment.id"))
    note: Mapped[str] = mapped_column(String(400), default="")
    needs: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    quota_ids: Mapped[list[int]] = mapped_column(JSON, default=list)
    over_quota: Mapped[str] = mapped_column(String(200), default="")
    outcome: Mapped[str] = mapped_column(String(200), default="")
    public_from: Mapped[datetime | None] = mapped_column(Instant)

    help_point: Mapped[HelpPoint] = relationship()
    desk: Mapped[Desk | None] = relationship()
    workshop: Mapped[GroupSession | None] = relationship()
    reason: Mapped[AppointmentReason] = relationship()
    person: Mapped[Person] = relationship()
    booked_by: Mapped[Agent | None] = relationship()


class SlotClaim(Base):
    """Five minutes of a desk, taken: the database gives them once."""

    __tablename__ = "slot_claim"

    desk_id: Mapped[int] = mapped_column(BigKey, ForeignKey("desk.id"), primary_key=True)
    quantum: Mapped[datetime] = mapped_column(Instant, primary_key=True)
    appointment_id: Mapped[int] = mapped_column(
        BigKey, ForeignKey("appointment.id", ondelete="CASCADE"), index=True
    )


class AppointmentEvent(Base):
    """What happened to an appointment. ``agent_id`` None: the person, or Relais itself."""

    __tablename__ = "appointment_event"

    id: Mapped[PrimaryKey]
    appointment_id: Mapped[int] = mapped_column(
        BigKey, ForeignKey("appointment.id", ondelete="CASCADE"), index=True
    )
    event: Mapped[str] = mapped_column(String(40))
    agent_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("agent.id"))
    reason: Mapped[str] = mapped_column(String(200), default="")
    at: Mapped[datetime] = mapped_column(Instant, default=now)

    agent: Mapped[Agent | None] = relationship()


class UnmetSearch(Base):
    """How often a day somebody looked for a place and there was none."""

    __tablename__ = "unmet_search"

    help_point_id: Mapped[int] = mapped_column(
        BigKey, ForeignKey("help_point.id"), primary_key=True
    )
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    group: Mapped[str] = mapped_column(String(40), primary_key=True)
    channel: Mapped[BookingChannel] = mapped_column(word(BookingChannel), primary_key=True)
    times: Mapped[int] = mapped_column(default=0)


class Waiting(Base):
    """Somebody who wants an earlier place, called when one is freed. ``settled_at``: no more."""

    __tablename__ = "waiting"
    __table_args__ = (Index("ix_waiting_help_point", "help_point_id", "settled_at", "id"),)

    id: Mapped[PrimaryKey]
    help_point_id: Mapped[int] = mapped_column(BigKey, ForeignKey("help_point.id"))
    person_id: Mapped[int] = mapped_column(BigKey, ForeignKey("person.id"))
    reason_id: Mapped[int] = mapped_column(BigKey, ForeignKey("appointment_reason.id"))
    note: Mapped[str] = mapped_column(String(200), default="")
    added_by_id: Mapped[int] = mapped_column(BigKey, ForeignKey("agent.id"))
    added_at: Mapped[datetime] = mapped_column(Instant, default=now)
    settled_at: Mapped[datetime | None] = mapped_column(Instant)
    became: Mapped[str] = mapped_column(String(40), default="")

    person: Mapped[Person] = relationship()
    reason: Mapped[AppointmentReason] = relationship()
