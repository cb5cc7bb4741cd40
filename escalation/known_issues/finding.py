"""Known issues: lists, and those that a ticket or a report may be about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Case, ColumnElement, ScalarSelect, and_, case, func, or_, select
from sqlalchemy.orm import joinedload

from escalation.known_issues.models import LIVE, IssueFollower, IssueTicket, KnownIssue
from support.catalogue.models import ContactReason, Procedure
from support.kernel import db
from support.people.models import Agent
from support.tickets.models import Ticket
from support.tickets.visibility import visible_to

PAGE = 50
LIKELY = 5
SHOWN = 3  # to everybody at once


@dataclass(frozen=True)
class Row:
    issue: KnownIssue
    tickets: int
    followers: int


def read_issues(*, live: bool = True, before: int | None = None) -> Sequence[Row]:
    """Those that are open (or that have ended), the latest first, with their counts: one query.

    One more than a page when there are more; ``before``: the number of the last one seen.
    """
    tickets = _count(IssueTicket)
    followers = _count(IssueFollower)
    query = select(KnownIssue, tickets, followers).options(
        joinedload(KnownIssue.reason), joinedload(KnownIssue.procedure)
    )
    query = query.where(KnownIssue.state.in_(LIVE) if live else KnownIssue.state.not_in(LIVE))
    if before is not None:
        query = query.where(KnownIssue.id < before)
    rows = db.session().execute(query.order_by(KnownIssue.id.desc()).limit(PAGE + 1))
    return [Row(*row) for row in rows]


def shown_publicly() -> Sequence[tuple[str, datetime]]:
    """What everybody is told at present, and since when: the latest changed first, no more than
    three, so that they are read.
    """
    query = (
        select(KnownIssue.public_words, KnownIssue.created_at)
        .where(KnownIssue.state.in_(LIVE), KnownIssue.shown_publicly)
        .order_by(KnownIssue.updated_at.desc(), KnownIssue.id.desc())
        .limit(SHOWN)
    )
    return [(words, since) for words, since in db.session().execute(query)]


def counts_of(issue: KnownIssue) -> tuple[int, int, int]:
    """Tickets, followers, and dossiers that the followers have counted."""
    session = db.session()
    tickets = session.scalar(select(_count(IssueTicket, issue.id)))
    row = session.execute(
        select(func.count(), func.coalesce(func.sum(IssueFollower.affected), 0)).where(
            IssueFollower.issue_id == issue.id
        )
    ).one()
    return tickets or 0, row[0], row[1]


def tickets_of(issue: KnownIssue, agent: Agent, limit: int = PAGE) -> Sequence[Ticket]:
    """Its latest tickets that ``agent`` may see."""
    query = (
        select(Ticket)
        .join(IssueTicket, IssueTicket.ticket_id == Ticket.id)
        .where(IssueTicket.issue_id == issue.id, visible_to(agent))
        .options(joinedload(Ticket.team, innerjoin=True), joinedload(Ticket.reason, innerjoin=True))
        .order_by(IssueTicket.id.desc())
        .limit(limit)
    )
    return db.session().scalars(query).unique().all()


def followers_of(issue: KnownIssue) -> Sequence[IssueFollower]:
    query = (
        select(IssueFollower)
        .where(IssueFollower.issue_id == issue.id)
        .options(joinedload(IssueFollower.agent).joinedload(Agent.team))
        .order_by(IssueFollower.id)
        .limit(PAGE * 4)
    )
    return db.session().scalars(query).unique().all()


def beside(ticket: Ticket) -> tuple[Sequence[KnownIssue], Sequence[KnownIssue]]:
    """Those that the ticket is about, and those that it may be about: one query."""
    tied = (
        select(IssueTicket.id)
        .where(IssueTicket.issue_id == KnownIssue.id, IssueTicket.ticket_id == ticket.id)
        .exists()
    )
    fits = _fits(ticket.reason, ticket.procedure)
    query = select(KnownIssue, tied).where(or_(tied, fits) if ticket.is_open else tied)
    rows = db.session().execute(
        query.order_by(
            tied.desc(), _best(ticket.reason, ticket.procedure), KnownIssue.id.desc()
        ).limit(LIKELY * 2)
    )
    found = [(row[0], row[1]) for row in rows]
    return [i for i, is_tied in found if is_tied], [i for i, is_tied in found if not is_tied]


def likely(
    reason: ContactReason | None, procedure: Procedure | None, limit: int = LIKELY
) -> Sequence[KnownIssue]:
    """What somebody who asks this may have run into, the best fit first: one query.

    Incidents of no particular reason concern everybody; an issue of another procedure nobody.
    """
    query = select(KnownIssue).where(_fits(reason, procedure))
    best = _best(reason, procedure)
    return db.session().scalars(query.order_by(best, KnownIssue.id.desc()).limit(limit)).all()


def _fits(reason: ContactReason | None, procedure: Procedure | None) -> ColumnElement[bool]:
    """Live, of this reason and procedure or of none in particular, and of one of the two unless
    it is of neither."""
    whose: list[ColumnElement[bool]] = [KnownIssue.state.in_(LIVE)]
    if procedure is not None:
        whose.append(
            or_(KnownIssue.procedure_id.is_(None), KnownIssue.procedure_id == procedure.id)
        )
    else:
        whose.append(or_(KnownIssue.procedure_id.is_(None), KnownIssue.reason_id.is_not(None)))
    if reason is not None:
        whose.append(or_(KnownIssue.reason_id.is_(None), KnownIssue.reason_id == reason.id))
    else:
        whose.append(or_(KnownIssue.reason_id.is_(None), KnownIssue.procedure_id.is_not(None)))
    return and_(*whose)


def _best(reason: ContactReason | None, procedure: Procedure | None) -> Case[int]:
    same_reason = KnownIssue.reason_id == (reason.id if reason else None)
    same_procedure = KnownIssue.procedure_id == (procedure.id if procedure else None)
    return case((same_reason, 0), (same_procedure, 1), else_=2)


def _count(
    what: type[IssueTicket] | type[IssueFollower], issue_id: int | None = None
) -> ScalarSelect[int]:
    whose = KnownIssue.id if issue_id is None else issue_id
    counted = select(func.count()).select_from(what).where(what.issue_id == whose)
    return counted.correlate(KnownIssue).scalar_subquery()
