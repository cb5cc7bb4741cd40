"""Preparing, holding and closing the meeting: one next meeting, decisions with owner and date."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import aliased, joinedload

from escalation.reviews import agenda
from escalation.reviews.models import MeetingState, ReviewItem, ReviewMeeting, Why
from support.kernel import db
from support.kernel.errors import Conflict, Invalid, NotVisible, Problem, broken_constraint
from support.kernel.time import now
from support.people.models import Agent, Role
from support.people.permissions import PERMISSIONS, Permission, require
from support.tickets.journal import note_event
from support.tickets.models import Ticket
from support.tickets.references import PARIS
from support.tickets.visibility import PAGE, hold

EVERY = timedelta(days=14)
LONGEST = 2_000
PAGE_SIZE = 30


def next_meeting(*, by: Agent) -> ReviewMeeting | None:
    """The one that is prepared or being held."""
    require(by, Permission.REVIEW)
    return db.session().scalar(select(ReviewMeeting).where(ReviewMeeting.closed_at.is_(None)))


def last_meeting() -> ReviewMeeting | None:
    query = select(ReviewMeeting).where(ReviewMeeting.closed_at.is_not(None))
    return db.session().scalar(query.order_by(ReviewMeeting.id.desc()).limit(1))


def past_meetings(*, by: Agent, before: int | None = None) -> Sequence[ReviewMeeting]:
    require(by, Permission.REVIEW)
    query = select(ReviewMeeting).where(ReviewMeeting.closed_at.is_not(None))
    if before is not None:
        query = query.where(ReviewMeeting.id < before)
    return db.session().scalars(query.order_by(ReviewMeeting.id.desc()).limit(PAGE_SIZE + 1)).all()


def prepare(held_on: date | None, *, by: Agent) -> ReviewMeeting:
    """Set the day of the next meeting and let its agenda build itself.

    Raises Invalid ``day.missing`` or ``day.past``; Conflict ``review.there`` when one is prepared
    already.
    """
    require(by, Permission.REVIEW)
    wrong = _wrong_day(held_on, "held_on")
    if wrong or held_on is None:
        raise Invalid(*wrong)
    if next_meeting(by=by) is not None:
        raise Conflict.of("review.there")
    meeting = ReviewMeeting(held_on=held_on)
    try:
        with db.session().begin_nested():
            db.session().add(meeting)
    except IntegrityError as error:  # somebody else is preparing it at this instant
        names = ("uq_review_meeting_next", "review_meeting.current")
        code = broken_constraint(error, dict.fromkeys(names, "review.there"))
        if code is None:
            raise
        raise Conflict.of(code) from error
    db.session().add_all(agenda.as_items(agenda.points(last_meeting()), meeting))
    db.session().flush()
    return meeting


def refresh(meeting: ReviewMeeting, *, by: Agent) -> int:
    """What has come up since the agenda was built; nothing that stands on it is taken away.

    Returns how many points were added. Raises Conflict ``review.closed``.
    """
    require(by, Permission.REVIEW)
    _require_not_closed(meeting)
    known = items_of(meeting)
    spoken = {(i.ticket_id, i.issue_id) for i in known if i.ticket_id or i.issue_id}
    titles = {i.title for i in known}
    fresh = [
        point for point in agenda.points(last_meeting())
        if (point.ticket_id, point.issue_id) not in spoken and point.title not in titles
    ]  # fmt: skip
    items = agenda.as_items(fresh, meeting)
    for number, item in enumerate(items):
        item.position = len(known) + number
    db.session().add_all(items)
    db.session().flush()
    return len(items)


def items_of(meeting: ReviewMeeting) -> Sequence[ReviewItem]:
    query = (
        select(ReviewItem)
        .where(ReviewItem.meeting_id == meeting.id)
        .options(joinedload(ReviewItem.ticket), joinedload(ReviewItem.owner))
        .order_by(ReviewItem.position, ReviewItem.id)
    )
    return db.session().scalars(query).unique().all()


def one_meeting(meeting_id: int, *, by: Agent, lock: bool = False) -> ReviewMeeting:
    """Raises NotVisible ``review.unknown``."""
    require(by, Permission.REVIEW)
    query = select(ReviewMeeting).where(ReviewMeeting.id == meeting_id)
    found = db.session().scalar(query.with_for_update() if lock else query)
    if found is None:
        raise NotVisible.of("review.unknown")
    return found


def one_item(meeting: ReviewMeeting, item_id: int) -> ReviewItem:
    """Raises NotVisible ``review.unknown``."""
    found = db.session().get(ReviewItem, item_id)
    if found is None or found.meeting_id != meeting.id:
        raise NotVisible.of("review.unknown")
    return found


def add_point(meeting: ReviewMeeting, title: str, *, by: Agent) -> ReviewItem:
    """Raises Invalid ``review.title``, Conflict ``review.closed``."""
    require(by, Permission.REVIEW)
    _require_not_closed(meeting)
    if not 3 <= len(title.strip()) <= 250:
        raise Invalid.of("review.title", "title")
    last = max((item.position for item in items_of(meeting)), default=-1)
    item = ReviewItem(meeting_id=meeting.id, position=last + 1, why=Why.ADDED, title=title.strip())
    db.session().add(item)
    db.session().flush()
    return item


def move(meeting: ReviewMeeting, item: ReviewItem, *, up: bool, by: Agent) -> None:
    """One place up or down. Raises Conflict ``review.closed``."""
    require(by, Permission.REVIEW)
    _require_not_closed(meeting)
    items = list(items_of(meeting))
    here = items.index(item)
    there = here - 1 if up else here + 1
    if 0 <= there < len(items):
        items[here], items[there] = items[there], items[here]
    for number, one in enumerate(items):
        one.position = number
    db.session().flush()


def drop(meeting: ReviewMeeting, item: ReviewItem, *, by: Agent) -> None:
    """Not to be spoken of, now or next time. Raises Conflict ``review.closed``."""
    require(by, Permission.REVIEW)
    _require_not_closed(meeting)
    item.dropped_at = None if item.dropped_at else now()


def begin(meeting: ReviewMeeting, *, by: Agent) -> None:
    require(by, Permission.REVIEW)
    _require_not_closed(meeting)
    if meeting.state is MeetingState.PREPARED:
        meeting.state, meeting.opened_at = MeetingState.OPEN, now()


def decide(
    item: ReviewItem, decision: str, owner_id: int | None, due_on: date | None, *, by: Agent
) -> None:
    """What was decided, who does it, by when: it is written on its ticket as well.

    Raises Invalid with a problem for each wrong field; Conflict ``review.closed``.
    """
    require(by, Permission.REVIEW)
    _require_not_closed(item.meeting)
    problems = []
    if not 3 <= len(decision.strip()) <= LONGEST:
        problems.append(Problem("review.decision", "decision"))
    owner = db.session().get(Agent, owner_id) if owner_id else None
    if owner is None or not owner.active:
        problems.append(Problem("review.owner", "owner"))
    problems += _wrong_day(due_on, "due_on")
    if problems:
        raise Invalid(*problems)
    item.decision, item.owner, item.due_on = decision.strip(), owner, due_on
    item.decided_at = now()
    if item.ticket_id is not None and owner is not None and due_on is not None:
        ticket = db.session().get_one(Ticket, item.ticket_id, options=PAGE)
        hold(ticket)
        facts = {"decision": item.decision, "owner": owner.full_name, "due": due_on.isoformat()}
        note_event(ticket, "review_decided", by=by, **facts)


def done(item: ReviewItem, *, by: Agent) -> None:
    """Its owner, or whoever leads the meeting, says that it is done; again, that it is not."""
    require(by, Permission.REVIEW)
    if item.decided_at is None:
        raise Conflict.of("review.undecided")
    item.done_at = None if item.done_at else now()


def close(meeting: ReviewMeeting, participants: str, *, by: Agent) -> None:
    """The minutes are what it says now. What was not done comes first next time.

    Raises Conflict ``review.closed``, Invalid ``review.participants``.
    """
    require(by, Permission.REVIEW)
    _require_not_closed(meeting)
    if len(participants.strip()) < 3:
        raise Invalid.of("review.participants", "participants")
    meeting.participants = participants.strip()[:LONGEST]
    meeting.state, meeting.closed_at = MeetingState.CLOSED, now()
    meeting.opened_at = meeting.opened_at or now()


def tasks_of(agent: Agent) -> Sequence[ReviewItem]:
    """What the agent was given to do and has not done, the most urgent first.

    What was carried over is named once, as it stands now.
    """
    later = aliased(ReviewItem)
    query = (
        select(ReviewItem)
        .where(
            ReviewItem.owner_id == agent.id,
            ReviewItem.decided_at.is_not(None),
            ReviewItem.done_at.is_(None),
            ReviewItem.dropped_at.is_(None),
            ~select(later.id).where(later.carried_from_id == ReviewItem.id).exists(),
        )
        .options(joinedload(ReviewItem.ticket), joinedload(ReviewItem.meeting))
        .order_by(ReviewItem.due_on, ReviewItem.id)
        .limit(PAGE_SIZE)
    )
    return db.session().scalars(query).unique().all()


def possible_owners() -> Sequence[Agent]:
    roles: list[Role] = [role for role, may in PERMISSIONS.items() if Permission.REVIEW in may]
    query = select(Agent).where(
        Agent.role.in_(roles), Agent.active.is_(True), Agent.by_mail.is_(False)
    )
    return db.session().scalars(query.order_by(Agent.family_name, Agent.given_name)).all()


def _wrong_day(day: date | None, field: str) -> list[Problem]:
    if day is None:
        return [Problem("day.missing", field)]
    return [Problem("day.past", field)] if day < now().astimezone(PARIS).date() else []


def _require_not_closed(meeting: ReviewMeeting) -> None:
    if meeting.closed_at is not None:
        raise Conflict.of("review.closed")
