"""A person whom the tool blocks: each step they took, dated, and the request that rests on them."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Date, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from support.catalogue.models import Procedure
from support.kernel.db import Base, BigKey, PrimaryKey, word
from support.kernel.time import Instant, now
from support.people.models import Agent, Person, Site


class CaseState(StrEnum):
    COLLECTING = "collecting"  # steps are written down
    ASKED = "asked"  # the prefecture was asked for another way of filing
    INVITED = "invited"  # it receives the person
    REFUSED = "refused"
    REGISTERED = "registered"  # the request was registered there
    SOLVED = "solved"  # the tool let the person through in the end
    DROPPED = "dropped"


C = CaseState
LIVE = (C.COLLECTING, C.ASKED, C.INVITED)
_LIVE_ROWS = text("state IN ('collecting', 'asked', 'invited')")


class StepKind(StrEnum):
    ATTEMPT = "attempt"  # on line, by the person or with help
    CALL = "call"
    TICKET = "ticket"
    VISIT = "visit"
    LETTER = "letter"
    ANOMALY = "anomaly"  # passed on to the level that mends the tool
    REQUEST = "request"  # to the prefecture
    ANSWER = "answer"
    REGISTRATION = "registration"


# What people write down; the others follow from the case or from what Relais knows.
WRITTEN = (StepKind.ATTEMPT, StepKind.CALL, StepKind.VISIT, StepKind.LETTER)
LONGEST_WORDS = 1000


class FallbackCase(Base):
    """One person and one procedure. ``site_id``: where it is kept, None for the contact centre."""

    __tablename__ = "fallback_case"
    __table_args__ = (
        Index(
            "uq_fallback_case_live",
            "person_id",
            "procedure_id",
            unique=True,
            sqlite_where=_LIVE_ROWS,
            postgresql_where=_LIVE_ROWS,
        ),
        Index("ix_fallback_case_site", "site_id", "id"),
    )

    id: Mapped[PrimaryKey]
    person_id: Mapped[int] = mapped_column(BigKey, ForeignKey("person.id"), index=True)
    procedure_id: Mapped[int] = mapped_column(BigKey, ForeignKey("procedure.id"))
    site_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("site.id"))
    state: Mapped[CaseState] = mapped_column(word(CaseState), default=C.COLLECTING)
    opened_by_id: Mapped[int] = mapped_column(BigKey, ForeignKey("agent.id"))
    opened_at: Mapped[datetime] = mapped_column(Instant, default=now)

    person: Mapped[Person] = relationship()
    procedure: Mapped[Procedure] = relationship()
    site: Mapped[Site | None] = relationship()
    opened_by: Mapped[Agent] = relationship()
    steps: Mapped[list[FallbackStep]] = relationship(
        back_populates="case", order_by="FallbackStep.on, FallbackStep.id"
    )


class FallbackStep(Base):
    """One step, written down and never changed: what was wrong is struck out, with why.

    ``words``: the exact message, what was tried; kept for the prefecture, never on the person's
    statement. ``key``: of the form that wrote it, so that sent twice it is one.
    """

    __tablename__ = "fallback_step"

    id: Mapped[PrimaryKey]
    case_id: Mapped[int] = mapped_column(BigKey, ForeignKey("fallback_case.id"), index=True)
    key: Mapped[str] = mapped_column(String(64), unique=True)
    kind: Mapped[StepKind] = mapped_column(word(StepKind))
    on: Mapped[date] = mapped_column(Date)
    reference: Mapped[str] = mapped_column(String(80), default="")
    words: Mapped[str] = mapped_column(String(LONGEST_WORDS), default="")
    browser: Mapped[str] = mapped_column(String(120), default="")
    written_by_id: Mapped[int] = mapped_column(BigKey, ForeignKey("agent.id"))
    written_at: Mapped[datetime] = mapped_column(Instant, default=now)
    struck_at: Mapped[datetime | None] = mapped_column(Instant)
    struck_by_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("agent.id"))
    struck_why: Mapped[str] = mapped_column(String(200), default="")

    case: Mapped[FallbackCase] = relationship(back_populates="steps")
    written_by: Mapped[Agent] = relationship(foreign_keys=[written_by_id])
    struck_by: Mapped[Agent | None] = relationship(foreign_keys=[struck_by_id])
    files: Mapped[list[FallbackFile]] = relationship(
        back_populates="step", order_by="FallbackFile.id"
    )


class FallbackFile(Base):
    """A screenshot of a step; its bytes are in the file store under ``file_key``."""

    __tablename__ = "fallback_file"

    id: Mapped[PrimaryKey]
    step_id: Mapped[int] = mapped_column(BigKey, ForeignKey("fallback_step.id"), index=True)
    filename: Mapped[str] = mapped_column(String(255))
    content_type: Mapped[str] = mapped_column(String(120))
    size: Mapped[int]
    file_key: Mapped[str] = mapped_column(String(64))

    step: Mapped[FallbackStep] = relationship(back_populates="files")
