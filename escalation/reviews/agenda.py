"""The agenda that builds itself: what was not done first, then what the levels have left open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from escalation.known_issues.models import LIVE, IssueTicket, KnownIssue
from escalation.models import Escalation, EscalationState
from escalation.reviews.models import ReviewItem, ReviewMeeting, Why
from support.catalogue.models import ContactReason
from support.clocks.models import Clock, ClockKind
from support.kernel import db
from support.kernel.time import now
from support.tickets.models import Ticket
from support.tickets.references import PARIS, shown

MOST = 8  # of each kind: what is more waits, and shows next time if it is still there
SINCE = timedelta(days=15)
GROWING = 3  # tickets since the last meeting
POINTLESS = 2  # hand-overs of one reason that an article answers


@dataclass(frozen=True)
class Point:
    """One thing to speak of. ``fact``: the figure that puts it there, in French."""

    why: Why
    title: str
    fact: str
    ticket_id: int | None = None
    issue_id: int | None = None
    carried_from: ReviewItem | None = None


def points(before: ReviewMeeting | None) -> list[Point]:
    """Everything that the meeting after ``before`` has to speak of, in its order: six queries.

    A ticket stands once, under the first reason that puts it there.
    """
    since = before.held_at() if before is not None else now() - SINCE
    found: list[Point] = [*_carried(before)]
    spoken: set[int | None] = {point.ticket_id for point in found if point.ticket_id}
    for part in (_broken(since), _oldest(), _returned()):
        for point in part:
            if point.ticket_id not in spoken:
                spoken.add(point.ticket_id)
                found.append(point)
    carried = {point.issue_id for point in found if point.issue_id}
    found += [point for point in _growing(since) if point.issue_id not in carried]
    return [*found, *_articles(since)]


def _carried(before: ReviewMeeting | None) -> list[Point]:
    """Decided and not done, or not reached at all."""
    if before is None:
        return []
    query = (
        select(ReviewItem)
        .where(
            ReviewItem.meeting_id == before.id,
            ReviewItem.done_at.is_(None),
            ReviewItem.dropped_at.is_(None),
        )
        .order_by(ReviewItem.position, ReviewItem.id)
    )
    return [
        Point(Why.CARRIED, item.title, _left(item), item.ticket_id, item.issue_id, item)
        for item in db.session().scalars(query)
    ]


def _left(item: ReviewItem) -> str:
    if item.decided_at is None:
        return "pas vu la dernière fois"
    due = f", pour le {item.due_on:%d/%m/%Y}" if item.due_on else ""
    return f"décidé{due} : {item.decision}"[:250]


def _broken(since: datetime) -> list[Point]:
    """Promises to persons that broke since then, of tickets that are still open."""
    query = (
        select(Ticket, Clock.breached_at)
        .join(Clock, Clock.ticket_id == Ticket.id)
        .where(
            Ticket.is_open.is_(True),
            Clock.kind == ClockKind.ANSWER,
            Clock.breached_at >= since,
        )
        .order_by(Clock.breached_at, Ticket.id)
        .limit(MOST)
    )
    return [
        _of_ticket(Why.BROKEN, row[0], f"promesse dépassée le {_day(row[1])}")
        for row in db.session().execute(query)
    ]


def _oldest() -> list[Point]:
    """With a higher level for the longest time."""
    query = (
        select(Ticket, Escalation.raised_at)
        .join(Escalation, Escalation.ticket_id == Ticket.id)
        .where(Escalation.ended_at.is_(None), Escalation.to_team_id == Ticket.team_id)
        .order_by(Escalation.raised_at, Escalation.id)
        .limit(MOST)
    )
    return [
        _of_ticket(Why.OLDEST, row[0], f"chez {row[0].team.label} depuis le {_day(row[1])}")
        for row in db.session().execute(query)
    ]


def _returned() -> list[Point]:
    """Open tickets that came back twice or more for want of something."""
    times = func.count(Escalation.id)
    query = (
        select(Ticket, times)
        .join(Escalation, Escalation.ticket_id == Ticket.id)
        .where(Ticket.is_open.is_(True), Escalation.state == EscalationState.RETURNED)
        .group_by(Ticket.id)
        .having(times >= 2)
        .order_by(times.desc(), Ticket.id)
        .limit(MOST)
    )
    return [
        _of_ticket(Why.RETURNED, row[0], f"rendu {row[1]} fois faute d’éléments")
        for row in db.session().execute(query)
    ]


def _growing(since: datetime) -> list[Point]:
    count = func.count(IssueTicket.id)
    query = (
        select(KnownIssue, count)
        .join(IssueTicket, IssueTicket.issue_id == KnownIssue.id)
        .where(KnownIssue.state.in_(LIVE), IssueTicket.linked_at >= since)
        .group_by(KnownIssue.id)
        .having(count >= GROWING)
        .order_by(count.desc(), KnownIssue.id)
        .limit(MOST)
    )
    return [
        Point(Why.GROWING, row[0].title, f"{row[1]} tickets de plus", issue_id=row[0].id)
        for row in db.session().execute(query)
    ]


def _articles(since: datetime) -> list[Point]:
    """Reasons handed over although an article answers: it is not found, or not understood."""
    count = func.count(Escalation.id)
    query = (
        select(ContactReason.label, count)
        .join(Ticket, Ticket.reason_id == ContactReason.id)
        .join(Escalation, Escalation.ticket_id == Ticket.id)
        .where(Escalation.state == EscalationState.POINTLESS, Escalation.ended_at >= since)
        .group_by(ContactReason.id, ContactReason.label)
        .having(count >= POINTLESS)
        .order_by(count.desc(), ContactReason.label)
        .limit(MOST)
    )
    return [
        Point(Why.ARTICLE, row[0], f"{row[1]} transmissions qu’un article réglait")
        for row in db.session().execute(query)
    ]


def _day(instant: datetime) -> str:
    return f"{instant.astimezone(PARIS):%d/%m/%Y}"


def _of_ticket(why: Why, ticket: Ticket, fact: str) -> Point:
    """Named by its reference and reason: what a person wrote is not read out to a meeting."""
    title = f"{shown(ticket.reference)} · {ticket.reason.label}"
    return Point(why, title[:250], fact[:250], ticket_id=ticket.id)


def as_items(found: Sequence[Point], meeting: ReviewMeeting) -> list[ReviewItem]:
    return [_as_item(point, number, meeting) for number, point in enumerate(found)]


def _as_item(point: Point, position: int, meeting: ReviewMeeting) -> ReviewItem:
    """What was decided before goes along: until another decision it is the one that holds."""
    item = ReviewItem(
        meeting_id=meeting.id,
        position=position,
        why=point.why,
        title=point.title,
        fact=point.fact,
        ticket_id=point.ticket_id,
        issue_id=point.issue_id,
    )
    before = point.carried_from
    if before is not None:
        item.carried_from_id, item.decision = before.id, before.decision
        item.owner_id, item.due_on, item.decided_at = (
            before.owner_id, before.due_on, before.decided_at,
        )  # fmt: skip
    return item
