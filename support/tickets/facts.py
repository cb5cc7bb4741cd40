"""What is known of a ticket besides its words: each fact with who said so, and when."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String, Text, select
from sqlalchemy.orm import Mapped, mapped_column

from support.kernel import db
from support.kernel.db import Base, BigKey, word
from support.kernel.time import Instant, now
from support.tickets.authors import Author, agent_of
from support.tickets.models import Ticket


class SaidBy(StrEnum):
    PERSON = "person"
    AGENT = "agent"  # who read it on a screen or a document


class AccountStatus(StrEnum):
    """What a person reads on their account, in our own list: the wording there changes."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    UNDER_REVIEW = "under_review"
    SUPPLEMENT_REQUESTED = "supplement_requested"
    COMPLETED_BY_USER = "completed_by_user"
    ADMISSIBLE = "admissible"
    INTERVIEW_SCHEDULED = "interview_scheduled"
    FAVOURABLE_DECISION = "favourable_decision"
    UNFAVOURABLE_DECISION = "unfavourable_decision"
    CARD_IN_PRODUCTION = "card_in_production"
    CARD_READY = "card_ready"
    CARD_DELIVERED = "card_delivered"
    CLOSED_WITHOUT_ACTION = "closed_without_action"
    UNKNOWN = "unknown"


class TicketFact(Base):
    """One thing known: its code and value (a date as ISO, a choice as its code, or words).

    The latest that was said stands; what was sent stays in ``received`` as it came.
    """

    __tablename__ = "ticket_fact"

    ticket_id: Mapped[int] = mapped_column(
        BigKey, ForeignKey("ticket.id", ondelete="CASCADE"), primary_key=True
    )
    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[str] = mapped_column(Text)
    said_by: Mapped[SaidBy] = mapped_column(word(SaidBy))
    said_at: Mapped[datetime] = mapped_column(Instant, default=now)

    @property
    def day(self) -> date | None:
        """The value as a day; None when it is none."""
        try:
            return date.fromisoformat(self.value)
        except ValueError:
            return None


def note_facts(ticket: Ticket, said: Mapping[str, str], *, by: Author) -> None:
    """Keep what was said of the ticket; empty values say nothing."""
    known = facts_of(ticket)
    who = SaidBy.AGENT if agent_of(by) else SaidBy.PERSON
    for code, value in said.items():
        if not value.strip():
            continue
        fact = known.get(code)
        if fact is None:
            fact = TicketFact(ticket_id=ticket.id, code=code)
            db.session().add(fact)
        fact.value, fact.said_by, fact.said_at = value.strip(), who, now()
    db.session().flush()


def facts_of(ticket: Ticket) -> dict[str, TicketFact]:
    """By code: one query."""
    query = select(TicketFact).where(TicketFact.ticket_id == ticket.id).order_by(TicketFact.code)
    return {fact.code: fact for fact in db.session().scalars(query)}
