"""Staff on the side of the requester: referents of one site, an agent at a counter.

They follow the ticket as the requester does: they read what the requester reads and may add to
it; what the levels say among themselves stays closed to them (``thread.reads_internal``).
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from support.catalogue.models import ContactReason
from support.kernel import db
from support.kernel.errors import Forbidden
from support.people.models import Agent
from support.people.permissions import Permission, Scope, may, require, scope_of
from support.tickets.journal import Words
from support.tickets.models import Ticket
from support.tickets.replying import person_replies
from support.tickets.timeline import Entry

SHOWN = 10


def speaks_for_requester(agent: Agent, ticket: Ticket) -> bool:
    """Whether ``agent`` asks by this ticket: for their site, or for a person they received."""
    if ticket.requester_agent is not None:
        own_site = ticket.requester_agent.team_id == agent.team_id
        return own_site and may(agent, Permission.REPORT_ISSUES)
    return scope_of(agent) is Scope.OWN and ticket.opened_by_id == agent.id


def add_words(ticket: Ticket, words: Words, *, by: Agent) -> Entry:
    """Add to what was asked; a closed ticket is reopened, as when the requester writes.

    Raises Forbidden ``message.not_yours``, Invalid ``message.empty``.
    """
    if not speaks_for_requester(by, ticket):
        raise Forbidden.of("message.not_yours")
    return person_replies(ticket, words, by=by)


def open_reports(agent: Agent, reason: ContactReason | None = None) -> Sequence[Ticket]:
    """Open tickets asked by colleagues of the agent's own site, newest first: one query."""
    require(agent, Permission.REPORT_ISSUES)
    colleagues = select(Agent.id).where(Agent.team_id == agent.team_id)
    query = (
        select(Ticket)
        .where(Ticket.requester_agent_id.in_(colleagues), Ticket.is_open.is_(True))
        .options(
            joinedload(Ticket.reason, innerjoin=True),
            joinedload(Ticket.team, innerjoin=True),
            joinedload(Ticket.requester_agent),
        )
        .order_by(Ticket.id.desc())
        .limit(SHOWN)
    )
    if reason is not None:
        query = query.where(Ticket.reason_id == reason.id)
    return db.session().scalars(query).unique().all()
