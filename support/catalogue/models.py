"""Procedures that are (or will be) on line, and the reasons people contact us for."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, String
from sqlalchemy.orm import Mapped, mapped_column

from support.kernel.db import Base, PrimaryKey, word
from support.kernel.time import Instant


class Field(StrEnum):
    """Which business directorate a question belongs to in the end."""

    RESIDENCE = "residence"
    NATIONALITY = "nationality"
    ASYLUM = "asylum"
    WORK = "work"


class Nature(StrEnum):
    """What kind of answer is asked for."""

    INFORMATION = "information"
    FUNCTIONAL = "functional"
    BUSINESS = "business"
    TECHNICAL_ANOMALY = "technical_anomaly"
    COMPLAINT = "complaint"
    DATA_RIGHTS = "data_rights"


class Priority(StrEnum):
    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    URGENT = "urgent"


class Silence(StrEnum):
    """What the lack of an answer means in law, for a request (CRPA L112-3)."""

    ACCEPTANCE = "acceptance"
    REFUSAL = "refusal"


class Procedure(Base):
    __tablename__ = "procedure"

    id: Mapped[PrimaryKey]
    code: Mapped[str] = mapped_column(String(60), unique=True)
    label: Mapped[str] = mapped_column(String(200))
    plain_label: Mapped[str] = mapped_column(String(200))
    family: Mapped[str] = mapped_column(String(60))
    field: Mapped[Field] = mapped_column(word(Field))
    online: Mapped[bool] = mapped_column(default=True)
    note: Mapped[str] = mapped_column(String(400), default="")
    position: Mapped[int] = mapped_column(default=0)


class ContactReason(Base):
    """``answer_hours``: the announced delay, in working hours of the team that answers.

    ``handover``: what the next level needs to know, as ``[{"code": …, "required": bool}]``.
    ``questions``: what the public form asks besides the words, as codes; None where nobody has
    said, so that the files of reference data fill it in. ``field`` is None when the procedure
    decides. ``silence_means``: what silence means after ``silence_months``, where the operator's
    lawyer says that the reason is a request in the sense of the law; else None, as planted.
    ``measured_minutes``: what answering has really taken lately (working minutes, a percentile of
    ``measured_count`` answers), from which the date is drawn; None while there are too few.
    """

    __tablename__ = "contact_reason"

    id: Mapped[PrimaryKey]
    code: Mapped[str] = mapped_column(String(60), unique=True)
    label: Mapped[str] = mapped_column(String(200))
    plain_label: Mapped[str] = mapped_column(String(200))
    group: Mapped[str] = mapped_column(String(120))
    field: Mapped[Field | None] = mapped_column(word(Field))
    nature: Mapped[Nature] = mapped_column(word(Nature))
    priority: Mapped[Priority] = mapped_column(word(Priority), default=Priority.NORMAL)
    answer_hours: Mapped[int] = mapped_column(default=40)
    keywords: Mapped[list[str]] = mapped_column(JSON, default=list)
    handover: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    questions: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    public: Mapped[bool] = mapped_column(default=True)
    silence_means: Mapped[Silence | None] = mapped_column(word(Silence))
    silence_months: Mapped[int | None]
    measured_minutes: Mapped[int | None]
    measured_count: Mapped[int | None]
    measured_at: Mapped[datetime | None] = mapped_column(Instant)
    position: Mapped[int] = mapped_column(default=0)


class Situation(Base):
    """What people say first of what happens to them. ``reasons``: codes, the likeliest first."""

    __tablename__ = "situation"

    id: Mapped[PrimaryKey]
    code: Mapped[str] = mapped_column(String(60), unique=True)
    label: Mapped[str] = mapped_column(String(200))
    hint: Mapped[str] = mapped_column(String(200), default="")
    reasons: Mapped[list[str]] = mapped_column(JSON, default=list)
    position: Mapped[int] = mapped_column(default=0)
