"""One bug, many tickets: tied once, told once to each, closed with it, and open again if not."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from escalation.known_issues import finding, recording, telling
from escalation.known_issues.models import IssueKind, IssueState, KnownIssue
from escalation.known_issues.recording import IssueDraft
from support.kernel import message_ids
from support.kernel.errors import Conflict, Forbidden, Invalid
from support.outbox.models import OutboxRow
from support.people.notices import StaffNotice
from support.tickets.closing import close
from support.tickets.journal import Words
from support.tickets.models import ClosedHow, State
from support.tickets.replying import person_replies
from support.tickets.timeline import Entry
from tests.factories import a_message_id, a_report, a_ticket, climb, counted

WORDS = "Le dépôt fonctionne de nouveau : reprenez votre demande."


@pytest.fixture(autouse=True)
def post():
    message_ids.configure(a_message_id)


def an_issue(cast, title="La page 3 reste blanche", **more) -> KnownIssue:
    return recording.record(IssueDraft(title, **more), by=cast.dp)


def published(session, topic) -> list[dict]:
    query = select(OutboxRow.payload).where(OutboxRow.topic == topic).order_by(OutboxRow.id)
    return list(session.scalars(query))


def tell_all(session) -> None:
    for payload in published(session, "issue.ended"):
        telling.tell_ticket(payload)


def events(session, ticket, name) -> list[Entry]:
    query = select(Entry).where(Entry.ticket_id == ticket.id, Entry.event == name)
    return list(session.scalars(query.order_by(Entry.id)))


def test_it_is_recorded_by_those_who_may(cast, db_session):
    issue = an_issue(cast, workaround="Prendre Firefox.", reason=cast.reasons["account.blocked"])
    assert (issue.state, issue.reason.code) == (IssueState.OPEN, "account.blocked")
    with pytest.raises(Forbidden):
        recording.record(IssueDraft("Autre chose"), by=cast.teleadviser)
    with pytest.raises(Invalid) as refused:
        recording.record(IssueDraft(" a ", details="x" * 6000), by=cast.dp)
    assert [p.code for p in refused.value.problems] == ["issue.title", "field.too_long"]


def test_a_ticket_is_tied_once(cast, db_session):
    issue, ticket = an_issue(cast), a_ticket(cast)
    assert recording.link(issue, ticket, by=cast.teleadviser)
    assert not recording.link(issue, ticket, by=cast.teleadviser)
    assert len(events(db_session, ticket, "issue_linked")) == 1
    assert finding.beside(ticket)[0] == [issue]
    recording.unlink(issue, ticket, by=cast.teleadviser)
    recording.unlink(issue, ticket, by=cast.teleadviser)
    assert len(events(db_session, ticket, "issue_unlinked")) == 1


def test_what_a_ticket_may_be_about(cast, db_session):
    student, work = cast.procedures["student"], cast.procedures["work_permit"]
    blocked, other = cast.reasons["account.blocked"], cast.reasons["other"]
    of_reason = an_issue(cast, "Mot de passe refusé", reason=blocked)
    of_both = an_issue(cast, "Étudiants bloqués", reason=blocked, procedure=student)
    of_procedure = an_issue(cast, "Page étudiants", procedure=student)
    everywhere = an_issue(cast, "Panne générale", kind=IssueKind.INCIDENT)
    elsewhere = an_issue(cast, "Autorisation de travail", procedure=work)
    ended = an_issue(cast, "Réparée", reason=blocked)
    recording.end(ended, IssueState.FIXED, WORDS, close=False, by=cast.dp)
    assert finding.likely(blocked, student) == [of_both, of_reason, of_procedure, everywhere]
    assert finding.likely(other, student) == [of_procedure, everywhere]
    assert finding.likely(blocked, None) == [of_both, of_reason, everywhere]
    assert elsewhere not in finding.likely(None, student)
    ticket = a_ticket(cast, reason="account.blocked", procedure="student")
    recording.link(of_reason, ticket, by=cast.teleadviser)
    recording.link(ended, ticket, by=cast.teleadviser)
    db_session.flush()
    with counted(db_session) as sql:
        tied, fits = finding.beside(ticket)
    assert (set(tied), fits) == ({of_reason, ended}, [of_both, of_procedure, everywhere])
    assert len(sql) == 1


def test_its_end_is_told_once_to_each_and_closes_their_tickets(cast, db_session):
    issue = an_issue(cast)
    here, above, report = a_ticket(cast), a_ticket(cast, cast.binta), a_report(cast)
    climb(above, "dp", cast, by=cast.teleadviser)
    for ticket in (here, above, report):
        recording.link(issue, ticket, by=cast.dp)
    with pytest.raises(Invalid, match=r"issue\.words_missing"):
        recording.end(issue, IssueState.FIXED, "ok", close=True, by=cast.dp)
    assert recording.end(issue, IssueState.FIXED, WORDS, close=True, by=cast.dp) == 3
    tell_all(db_session)
    tell_all(db_session)  # twice is once
    for ticket in (here, above, report):
        assert (ticket.state, ticket.closed_how) == (State.CLOSED, ClosedHow.ANSWERED)
        (told,) = events(db_session, ticket, "issue_ended")
        assert told.data["explanation"] == WORDS
        assert ticket.team_id == ticket.home_team_id
    letters = [p for p in published(db_session, "notice.send") if p["letter"] == telling.LETTER]
    assert sorted(p["ticket_id"] for p in letters) == sorted([here.id, above.id, report.id])
    person_replies(here, Words("Toujours pas."), by=cast.awa)
    assert here.state is State.REOPENED
    with pytest.raises(Conflict, match=r"issue\.ended"):
        recording.end(issue, IssueState.FIXED, WORDS, close=True, by=cast.dp)


def test_who_was_answered_meanwhile_is_told_as_well(cast, db_session):
    issue, ticket = an_issue(cast), a_ticket(cast)
    recording.link(issue, ticket, by=cast.teleadviser)
    close(ticket, ClosedHow.ANSWERED, by=cast.teleadviser)  # « we will tell you when it is mended »
    recording.end(issue, IssueState.FIXED, WORDS, close=True, by=cast.dp)
    tell_all(db_session)
    tell_all(db_session)
    assert len(events(db_session, ticket, "issue_ended")) == 1
    letters = [p for p in published(db_session, "notice.send") if p["letter"] == telling.LETTER]
    assert [p["ticket_id"] for p in letters] == [ticket.id]
    assert ticket.state is State.CLOSED


def test_without_closing_tickets_stay_and_a_second_end_is_told_again(cast, db_session):
    issue, ticket = an_issue(cast), a_ticket(cast)
    recording.link(issue, ticket, by=cast.dp)
    recording.end(issue, IssueState.FIXED, WORDS, close=False, by=cast.dp)
    tell_all(db_session)
    assert ticket.is_open
    recording.reopen(issue, by=cast.dp)
    with pytest.raises(Conflict, match=r"issue\.live"):
        recording.reopen(issue, by=cast.dp)
    recording.end(issue, IssueState.KEPT, "Cela restera ainsi.", close=False, by=cast.dp)
    tell_all(db_session)
    assert [e.data["fixed"] for e in events(db_session, ticket, "issue_ended")] == [True, False]


def test_who_follows_hears_of_news_and_of_the_end_by_mail(cast, db_session):
    issue = an_issue(cast)
    recording.follow(issue, 4, by=cast.referent)
    recording.follow(issue, 7, by=cast.referent)  # counted again
    recording.follow(issue, 0, by=cast.natali)
    recording.unfollow(issue, by=cast.natali)
    assert finding.counts_of(issue) == (0, 1, 7)
    draft = IssueDraft(issue.title)
    recording.revise(issue, draft, IssueState.BEING_FIXED, "", by=cast.dp)
    recording.revise(issue, draft, IssueState.BEING_FIXED, "Correction mardi.", by=cast.dp)
    recording.end(issue, IssueState.FIXED, WORDS, close=True, by=cast.dp)
    told = db_session.scalars(select(StaffNotice).order_by(StaffNotice.id)).all()
    assert [(n.agent_id, n.text) for n in told] == [
        (cast.referent.id, "Correction mardi."), (cast.referent.id, WORDS),
    ]  # fmt: skip
    assert [p["notice_id"] for p in published(db_session, "staff.mail")] == [n.id for n in told]
    assert all(n.message_id and n.path == f"/agent/anomalies/{issue.id}" for n in told)
    with pytest.raises(Conflict, match=r"issue\.ended"):
        recording.revise(issue, draft, IssueState.OPEN, "", by=cast.dp)


def test_the_list_counts_in_one_query(cast, db_session):
    for n in range(3):
        issue = an_issue(cast, f"Anomalie numéro {n}")
        for _ticket in range(n):
            recording.link(issue, a_ticket(cast), by=cast.dp)
    db_session.flush()
    with counted(db_session) as sql:
        rows = finding.read_issues()
    assert [(row.tickets, row.followers) for row in rows] == [(2, 0), (1, 0), (0, 0)]
    assert len(sql) == 1
    assert [row.issue.title for row in finding.read_issues(before=rows[0].issue.id)] == [
        "Anomalie numéro 1", "Anomalie numéro 0",
    ]  # fmt: skip
    assert finding.read_issues(live=False) == []
