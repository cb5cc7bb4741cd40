"""Telling our own people: on their pages, and by mail where that is asked for. Each thing once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ForeignKey, Index, ScalarSelect, String, Text, func, select, text, update
from sqlalchemy.orm import Mapped, mapped_column, relationship

from support.kernel import db
from support.kernel.db import Base, BigKey, PrimaryKey
from support.kernel.message_ids import fresh_message_id
from support.kernel.time import Instant, now
from support.outbox.publishing import publish_all
from support.people.models import Agent

TOPIC = "staff.mail"


class StaffNotice(Base):
    """One agent was told one thing. ``kind`` and ``about_id`` name what it is about; ``path`` is
    the page to read. ``message_id``: of the mail, when one leaves.
    """

    __tablename__ = "staff_notice"
    __table_args__ = (
        Index("ix_staff_notice_about", "kind", "about_id", "id"),
        Index(
            "ix_staff_notice_unread",
            "agent_id",
            "kind",
            sqlite_where=text("read_at IS NULL"),
            postgresql_where=text("read_at IS NULL"),
        ),
        Index("ix_staff_notice_agent", "agent_id", "kind", "about_id"),
    )

    id: Mapped[PrimaryKey]
    agent_id: Mapped[int] = mapped_column(BigKey, ForeignKey("agent.id"))
    kind: Mapped[str] = mapped_column(String(40))
    about_id: Mapped[int] = mapped_column(BigKey)
    subject: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(Text)
    path: Mapped[str] = mapped_column(String(200))
    once_key: Mapped[str] = mapped_column(String(120), unique=True)
    message_id: Mapped[str | None] = mapped_column(String(500), unique=True)
    created_at: Mapped[datetime] = mapped_column(Instant, default=now)
    sent_at: Mapped[datetime | None] = mapped_column(Instant)
    read_at: Mapped[datetime | None] = mapped_column(Instant)

    agent: Mapped[Agent] = relationship()


@dataclass(frozen=True)
class Told:
    """``once``: names what is said, so that nobody is told it twice."""

    kind: str
    about_id: int
    once: str
    subject: str
    text: str
    path: str


def tell(agents: Iterable[Agent], told: Told, *, by_mail: bool) -> int:
    """Write it to each who has not been told yet; returns to how many."""
    session, wanted = db.session(), {agent.id for agent in agents}
    keys = {f"{told.once}:{number}": number for number in wanted}
    known = set(session.scalars(select(StaffNotice.once_key).where(StaffNotice.once_key.in_(keys))))
    fresh = [
        StaffNotice(
            agent_id=number,
            kind=told.kind,
            about_id=told.about_id,
            subject=told.subject[:200],
            text=told.text,
            path=told.path,
            once_key=key,
            message_id=fresh_message_id() if by_mail else None,
        )
        for key, number in keys.items()
        if key not in known
    ]
    session.add_all(fresh)
    session.flush()
    if by_mail:
        publish_all(TOPIC, [(f"{TOPIC}:{one.id}", {"notice_id": one.id}) for one in fresh])
    return len(fresh)


def read(agent: Agent, kind: str, about_id: int) -> None:
    """They have it on screen."""
    db.session().execute(
        update(StaffNotice)
        .where(
            StaffNotice.agent_id == agent.id,
            StaffNotice.kind == kind,
            StaffNotice.about_id == about_id,
            StaffNotice.read_at.is_(None),
        )
        .values(read_at=now())
        .execution_options(synchronize_session=False)
    )


def to_read_again(kind: str, about_id: int) -> None:
    """What everybody was told has changed since."""
    db.session().execute(
        update(StaffNotice)
        .where(StaffNotice.kind == kind, StaffNotice.about_id == about_id)
        .values(read_at=None)
        .execution_options(synchronize_session=False)
    )


def unread_count(agent: Agent, kind: str) -> ScalarSelect[int]:
    """A column that counts what the agent has not read, for a query that counts more."""
    return (
        select(func.count())
        .select_from(StaffNotice)
        .where(
            StaffNotice.agent_id == agent.id,
            StaffNotice.kind == kind,
            StaffNotice.read_at.is_(None),
        )
        .scalar_subquery()
    )
