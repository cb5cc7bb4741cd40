"""What is known and what was announced in the demonstration."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from escalation.announcements import publishing
from escalation.announcements.models import AnnouncementKind
from escalation.announcements.publishing import Audience, Draft
from escalation.known_issues import recording
from escalation.known_issues.models import IssueKind, IssueState, KnownIssue
from escalation.known_issues.recording import IssueDraft
from escalation.releases import preparing
from escalation.releases.models import DocumentKind
from escalation.releases.preparing import BlockDraft, DocumentDraft
from support.catalogue.models import ContactReason, Procedure
from support.kernel import db, files
from support.kernel.time import as_of
from support.people import notices
from support.people.models import Agent
from support.tickets.journal import FileDraft
from support.tickets.models import Ticket
from web.demo.printing import document

WRITER = "dp@demo.relais"


def inform(
    news: Mapping[str, Any], agents: Mapping[str, Agent], tickets: Sequence[Ticket], today: datetime
) -> None:
    """``news``: what the file says; see ``data/news.yaml``."""
    for row in news["issues"]:
        with as_of(today - timedelta(days=row["ago"])):
            issue = _record(row, agents)
        # Today: what was said on the tickets since must stay before it.
        _tie(issue, tickets, row["tickets"], by=agents[WRITER])
    for number, row in enumerate(news["announcements"]):
        with as_of(today - timedelta(days=row["ago"])):
            _announce(row, number, agents)
    _prepare(news["release"], agents[WRITER], today)


def _prepare(row: Mapping[str, Any], writer: Agent, today: datetime) -> None:
    """A release in the making: late for some of it, as they are."""
    day = today.date()
    draft = BlockDraft(
        row["title"],
        row["procedures"],
        planned_on=day + timedelta(days=row["opens_in"]),
        note=row["note"],
    )
    block = preparing.save_block(None, draft, by=writer)
    for department, days in row["pilots"].items():
        opens = day + timedelta(days=days)
        preparing.set_opening(block, department, opens, None, by=writer)
    for one in row["documents"]:
        document_id = None
        for number, note in enumerate(one["versions"]):
            stored = files.store().put(document(number))
            file = FileDraft(f"{one['kind']}.pdf", "application/pdf", stored.key, stored.size)
            kind = DocumentKind(one["kind"])
            made = DocumentDraft(kind, one["title"], file, note, document_id)
            document_id = preparing.add_version(block, made, by=writer).document_id


def _record(row: Mapping[str, Any], agents: Mapping[str, Agent]) -> KnownIssue:
    writer, session = agents[WRITER], db.session()
    reason = session.scalar(select(ContactReason).where(ContactReason.code == row["reason"]))
    procedure = session.scalar(select(Procedure).where(Procedure.code == row["procedure"]))
    draft = IssueDraft(
        row["title"], row["details"], row["workaround"], row["public_words"],
        IssueKind(row["kind"]), reason, procedure, row.get("shown", False),
    )  # fmt: skip
    issue = recording.record(draft, by=writer)
    issue.state = IssueState(row["state"]) if row["state"] != "fixed" else issue.state
    for email, affected in row["followers"].items():
        recording.follow(issue, affected, by=agents[email])
    if row["state"] == "fixed":
        issue.state, issue.ending = IssueState.FIXED, row["ending"]
        issue.ended_at, issue.round = issue.updated_at, 1
    return issue


def _tie(issue: KnownIssue, tickets: Sequence[Ticket], most: int, *, by: Agent) -> None:
    touched = (t for t in tickets if t.is_open and t.reason_id == issue.reason_id)
    for ticket in list(touched)[:most]:
        recording.link(issue, ticket, by=by)


def _announce(row: Mapping[str, Any], number: int, agents: Mapping[str, Agent]) -> None:
    audience = Audience(row["roles"], row.get("departments", ()), row.get("procedures", ()))
    kind = AnnouncementKind(row["kind"])
    draft = Draft(kind, row["title"], row["body"], audience, False, f"demonstration-{number}")
    made = publishing.publish(draft, by=agents[WRITER])
    for email in row["read_by"]:
        notices.read(agents[email], publishing.KIND, made.id)
