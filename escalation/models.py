"""The chain as data, and each hand-over that went along it."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Date, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from support.catalogue.models import Field, Nature
from support.kernel.db import Base, BigKey, PrimaryKey, word
from support.kernel.time import Instant, now
from support.people.models import Agent, Team, TeamKind


class Requester(StrEnum):
    """Who asks, as far as the way up depends on it."""

    PERSON = "person"
    REFERENT = "referent"  # of a prefecture, for its site
    PLATFORM = "platform"  # of a naturalisation platform


class ChainStep(Base):
    """One arrow of the chain: from a kind of team, for some questions, to a team.

    ``field``, ``nature`` and ``requester`` are None when any will do. Of the steps that fit, the
    lowest ``position`` is proposed and the others are allowed.
    """

    __tablename__ = "chain_step"
    __table_args__ = (
        UniqueConstraint(
            "from_kind", "field", "nature", "requester", "to_team_id", name="uq_chain_step_arrow"
        ),
    )

    id: Mapped[PrimaryKey]
    from_kind: Mapped[TeamKind] = mapped_column(word(TeamKind))
    field: Mapped[Field | None] = mapped_column(word(Field))
    nature: Mapped[Nature | None] = mapped_column(word(Nature))
    requester: Mapped[Requester | None] = mapped_column(word(Requester))
    to_team_id: Mapped[int] = mapped_column(BigKey, ForeignKey("team.id"))
    position: Mapped[int] = mapped_column(default=0)

    to_team: Mapped[Team] = relationship(lazy="joined", innerjoin=True)


class Absence(Base):
    """Days, both included, on which a team does not answer; who then does: a ``deputy`` team, or
    one agent of its own who is ``on_call``; neither: the next way up is proposed first.
    """

    __tablename__ = "team_absence"
    __table_args__ = (Index("ix_team_absence_team", "team_id", "ends_on"),)

    id: Mapped[PrimaryKey]
    team_id: Mapped[int] = mapped_column(BigKey, ForeignKey("team.id", ondelete="CASCADE"))
    starts_on: Mapped[date] = mapped_column(Date)
    ends_on: Mapped[date] = mapped_column(Date)
    deputy_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("team.id"))
    on_call_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("agent.id"))
    note: Mapped[str] = mapped_column(String(300), default="")

    deputy: Mapped[Team | None] = relationship(foreign_keys=[deputy_id], lazy="joined")
    on_call: Mapped[Agent | None] = relationship(foreign_keys=[on_call_id], lazy="joined")


class EscalationState(StrEnum):
    OPEN = "open"
    ANSWERED = "answered"
    RETURNED = "returned"  # something is missing
    WITHDRAWN = "withdrawn"
    POINTLESS = "pointless"  # an article answers it: the level below can


class Escalation(Base):
    """One hand-over from a team to the next. ``handover`` maps item codes to what was given."""

    __tablename__ = "escalation"
    __table_args__ = (
        Index(
            "uq_escalation_open",
            "ticket_id",
            "to_team_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index("ix_escalation_ticket", "ticket_id", "id"),
        # What has not come back, oldest first, seen from either end.
        Index(
            "ix_escalation_from_open",
            "from_team_id",
            "raised_at",
            "id",
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index(
            "ix_escalation_to_open",
            "to_team_id",
            "raised_at",
            "id",
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[PrimaryKey]
    ticket_id: Mapped[int] = mapped_column(BigKey, ForeignKey("ticket.id", ondelete="CASCADE"))
    from_team_id: Mapped[int] = mapped_column(BigKey, ForeignKey("team.id"))
    from_agent_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("agent.id"))
    to_team_id: Mapped[int] = mapped_column(BigKey, ForeignKey("team.id"))
    question: Mapped[str] = mapped_column(Text)
    handover: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    state: Mapped[EscalationState] = mapped_column(
        word(EscalationState), default=EscalationState.OPEN
    )
    raised_at: Mapped[datetime] = mapped_column(Instant, default=now)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    ended_by_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("agent.id"))
    answer: Mapped[str | None] = mapped_column(Text)
    # Until when the level has agreed to answer, and when it has said that there will be news.
    agreed_until: Mapped[datetime | None] = mapped_column(Instant)
    news_on: Mapped[datetime | None] = mapped_column(Instant)
    # The article that answers it, when that is all there was to say (the wiki's own name for it).
    article_slug: Mapped[str | None] = mapped_column(String(200))
    missing: Mapped[list[str]] = mapped_column(JSON, default=list)

    from_team: Mapped[Team] = relationship(foreign_keys=[from_team_id])
    from_agent: Mapped[Agent | None] = relationship(foreign_keys=[from_agent_id])
    to_team: Mapped[Team] = relationship(foreign_keys=[to_team_id])
