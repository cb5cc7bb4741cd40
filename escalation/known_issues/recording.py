"""Saying what is known of an issue, tying tickets to it, and ending it with word to all."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import delete, select

from escalation.known_issues.models import (
    IssueFollower,
    IssueKind,
    IssueState,
    IssueTicket,
    KnownIssue,
)
from support.catalogue.models import ContactReason, Procedure
from support.kernel import db
from support.kernel.errors import Conflict, Invalid, NotVisible, Problem
from support.kernel.time import now
from support.outbox.publishing import publish
from support.people import notices
from support.people.models import Agent
from support.people.notices import Told
from support.people.permissions import Permission, require
from support.tickets.journal import note_event
from support.tickets.models import Ticket

NOTICE = "known_issue"
TITLE = 160
LONGEST = 5_000


@dataclass(frozen=True)
class IssueDraft:
    """As typed. ``public_words`` may be told to a person as they are; ``shown_publicly``: they
    are also read on top of the public help while the issue is live.
    """

    title: str
    details: str = ""
    workaround: str = ""
    public_words: str = ""
    kind: IssueKind = IssueKind.BUG
    reason: ContactReason | None = None
    procedure: Procedure | None = None
    shown_publicly: bool = False


def record(draft: IssueDraft, *, by: Agent) -> KnownIssue:
    """Raises Invalid with a problem for each wrong field."""
    require(by, Permission.TRACK_ISSUES)
    _check(draft)
    issue = KnownIssue(opened_by_id=by.id, **_columns(draft))
    db.session().add(issue)
    db.session().flush()
    return issue


def revise(
    issue: KnownIssue, draft: IssueDraft, state: IssueState, news: str, *, by: Agent
) -> None:
    """Change what is known. ``news``: what its followers are told of it, "" for nothing.

    Raises as :func:`record`; Conflict ``issue.ended``. Ending it is :func:`end`.
    """
    require(by, Permission.TRACK_ISSUES)
    if not issue.is_live:
        raise Conflict.of("issue.ended")
    _check(draft)
    for name, value in _columns(draft).items():
        setattr(issue, name, value)
    if state in (IssueState.OPEN, IssueState.BEING_FIXED):
        issue.state = state
    issue.updated_at = now()
    if news.strip():
        _tell_followers(issue, news.strip(), once=f"news:{issue.updated_at.timestamp():.6f}")


def end(issue: KnownIssue, how: IssueState, words: str, *, close: bool, by: Agent) -> int:
    """It is mended, or will stay as it is: everybody who asked is told ``words``, once.

    ``close``: their tickets are closed with it; an answer to that opens them again. Returns how
    many tickets will be told. Raises Conflict ``issue.ended``, Invalid ``issue.words_missing``.
    """
    require(by, Permission.TRACK_ISSUES)
    if not issue.is_live:
        raise Conflict.of("issue.ended")
    if len(words.strip()) < 10:
        raise Invalid.of("issue.words_missing", "words")
    if how not in (IssueState.FIXED, IssueState.KEPT):
        raise Invalid.of("field.choice", "how")
    issue.state, issue.ending = how, words.strip()[:LONGEST]
    issue.ended_at = issue.updated_at = now()
    issue.round += 1
    tickets = (
        db.session()
        .scalars(select(IssueTicket.ticket_id).where(IssueTicket.issue_id == issue.id))
        .all()
    )
    for ticket_id in tickets:
        publish(
            "issue.ended",
            key=f"issue:{issue.id}:{issue.round}:{ticket_id}",
            issue_id=issue.id,
            ticket_id=ticket_id,
            round=issue.round,
            close=close,
        )
    _tell_followers(issue, words.strip(), once=f"ended:{issue.round}")
    return len(tickets)


def reopen(issue: KnownIssue, *, by: Agent) -> None:
    """It has come back. Raises Conflict ``issue.live``."""
    require(by, Permission.TRACK_ISSUES)
    if issue.is_live:
        raise Conflict.of("issue.live")
    issue.state, issue.ended_at, issue.updated_at = IssueState.OPEN, None, now()


def link(issue: KnownIssue, ticket: Ticket, *, by: Agent) -> bool:
    """The ticket is about this issue. The caller holds it. Returns whether that is new."""
    require(by, Permission.NOTE)
    if _tie(issue, ticket) is not None:
        return False
    db.session().add(IssueTicket(issue_id=issue.id, ticket_id=ticket.id, linked_by_id=by.id))
    issue.updated_at = now()
    note_event(ticket, "issue_linked", by=by, issue_id=issue.id, title=issue.title)
    return True


def unlink(issue: KnownIssue, ticket: Ticket, *, by: Agent) -> None:
    require(by, Permission.NOTE)
    tie = _tie(issue, ticket)
    if tie is not None:
        db.session().delete(tie)
        note_event(ticket, "issue_unlinked", by=by, issue_id=issue.id, title=issue.title)


def _tie(issue: KnownIssue, ticket: Ticket) -> IssueTicket | None:
    return db.session().scalar(
        select(IssueTicket).where(
            IssueTicket.issue_id == issue.id, IssueTicket.ticket_id == ticket.id
        )
    )


def follow(issue: KnownIssue, affected: int, *, by: Agent) -> None:
    """« The same thing here »: ``by`` hears of it. Again, it changes the number of dossiers."""
    require(by, Permission.READ_STAFF_ARTICLES)
    known = db.session().scalar(
        select(IssueFollower).where(
            IssueFollower.issue_id == issue.id, IssueFollower.agent_id == by.id
        )
    )
    if known is None:
        known = IssueFollower(issue_id=issue.id, agent_id=by.id)
        db.session().add(known)
    known.affected = affected
    db.session().flush()


def unfollow(issue: KnownIssue, *, by: Agent) -> None:
    db.session().execute(
        delete(IssueFollower).where(
            IssueFollower.issue_id == issue.id, IssueFollower.agent_id == by.id
        )
    )


def one_issue(issue_id: int, *, by: Agent, lock: bool = False) -> KnownIssue:
    """Raises NotVisible ``issue.unknown``."""
    require(by, Permission.READ_STAFF_ARTICLES)
    query = select(KnownIssue).where(KnownIssue.id == issue_id)
    found = db.session().scalar(query.with_for_update() if lock else query)
    if found is None:
        raise NotVisible.of("issue.unknown")
    return found


def _check(draft: IssueDraft) -> None:
    problems = []
    if len(draft.title.strip()) < 5:
        problems.append(Problem("issue.title", "title"))
    for name, most in (
        ("title", TITLE),
        ("details", LONGEST),
        ("workaround", LONGEST),
        ("public_words", LONGEST),
    ):
        if len(getattr(draft, name)) > most:
            problems.append(Problem("field.too_long", name, {"most": most}))
    if draft.shown_publicly and not draft.public_words.strip():
        problems.append(Problem("issue.nothing_to_show", "public_words"))
    if problems:
        raise Invalid(*problems)


def _columns(draft: IssueDraft) -> dict[str, object]:
    return {
        "title": draft.title.strip(),
        "details": draft.details.strip(),
        "workaround": draft.workaround.strip(),
        "public_words": draft.public_words.strip(),
        "kind": draft.kind,
        "shown_publicly": draft.shown_publicly,
        "reason_id": draft.reason.id if draft.reason else None,
        "procedure_id": draft.procedure.id if draft.procedure else None,
    }


def _tell_followers(issue: KnownIssue, words: str, *, once: str) -> None:
    followers = db.session().scalars(
        select(Agent)
        .join(IssueFollower, IssueFollower.agent_id == Agent.id)
        .where(IssueFollower.issue_id == issue.id, Agent.active.is_(True))
    )
    told = Told(
        kind=NOTICE,
        about_id=issue.id,
        once=f"issue:{issue.id}:{once}",
        subject=issue.title,
        text=words,
        path=f"/agent/anomalies/{issue.id}",
    )
    notices.tell(followers.all(), told, by_mail=True)
