"""One verb opens a ticket, whatever door it came through."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from support.catalogue.models import Field, Priority
from support.clocks import running
from support.intake.models import Channel
from support.kernel.errors import Forbidden, Invalid
from support.outbox.models import OutboxRow
from support.tickets import opening
from support.tickets.journal import Words
from support.tickets.models import State, Ticket
from support.tickets.opening import TicketDraft, open_ticket
from support.tickets.references import read_reference
from support.tickets.timeline import Entry, EntryKind
from tests.factories import a_file, a_report, a_ticket

MONDAY = datetime(2026, 11, 16, 8, tzinfo=UTC)  # nine o'clock in Paris


def entries(ticket, session) -> list[Entry]:
    query = select(Entry).where(Entry.ticket_id == ticket.id).order_by(Entry.id)
    return list(session.scalars(query))


def letters(session) -> list[dict]:
    rows = session.scalars(select(OutboxRow).where(OutboxRow.topic == "notice.send"))
    return [row.payload for row in rows]


@pytest.mark.parametrize("channel", Channel)
def test_any_channel_opens_the_same_ticket(cast, db_session, channel):
    ticket = a_ticket(cast, channel=channel, text="Bonjour")
    db_session.expire_all()
    assert read_reference(ticket.reference) == ticket.reference
    assert (ticket.state, ticket.is_open, ticket.channel) == (State.NEW, True, channel)
    assert (ticket.person, ticket.requester_agent) == (cast.awa, None)
    assert (ticket.team, ticket.home_team, ticket.level) == (
        cast.teams["ccc_a"],
        cast.teams["ccc_a"],
        1,
    )
    opened, message = entries(ticket, db_session)
    assert (opened.event, opened.data["channel"]) == ("opened", channel.value)
    assert (message.kind, message.text) == (EntryKind.MESSAGE, "Bonjour")
    assert message.author_person is cast.awa
    assert ticket.last_entry_id == message.id


def test_the_promise_is_the_reasons_delay_in_the_teams_hours(cast, db_session):
    with time_machine.travel(MONDAY, tick=False):
        ticket = a_ticket(cast, reason="account.blocked")
        report = a_report(cast)
    # Sixteen hours: the centre opens ten a day, the project directorate seven.
    assert ticket.promised_at == MONDAY + timedelta(days=1, hours=6)
    assert ticket.sort_due == ticket.promised_at == running.live(ticket.id).deadline
    assert report.promised_at == datetime(2026, 11, 23, 14, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("reason", "procedure", "field", "priority"),
    [
        ("other", None, Field.RESIDENCE, Priority.NORMAL),
        ("other", "naturalisation", Field.NATIONALITY, Priority.NORMAL),
        ("account.blocked", "work_permit", Field.WORK, Priority.HIGH),
        ("asylum.redirect", None, Field.ASYLUM, Priority.URGENT),
        ("asylum.redirect", "student", Field.ASYLUM, Priority.URGENT),  # the reason decides
    ],
)
def test_the_field_comes_from_the_reason_or_else_the_procedure(
    cast, reason, procedure, field, priority
):
    ticket = a_ticket(cast, reason=reason, procedure=procedure)
    assert (ticket.field, ticket.priority) == (field, priority)


def test_a_subject_is_kept_short_and_never_empty(cast):
    assert a_ticket(cast, subject="  ").subject == "Motif other"
    assert len(a_ticket(cast, subject="é" * 999).subject) == 250


@pytest.mark.parametrize("text", ["", "  \n\t"])
def test_nothing_said_opens_nothing(cast, db_session, text):
    with pytest.raises(Invalid) as refused:
        a_ticket(cast, text=text)
    assert (refused.value.code, refused.value.problems[0].field) == ("ticket.empty", "text")
    assert db_session.scalars(select(Ticket)).all() == []


def test_a_file_says_something(cast, db_session):
    ticket = a_ticket(cast, text="", files=[a_file(filename="x" * 300), a_file(filename="")])
    names = [file.filename for file in entries(ticket, db_session)[-1].attachments]
    assert [len(name) for name in names] == [255, 7]


def test_the_person_is_told_once_unless_it_is_a_robot(cast, db_session):
    told = a_ticket(cast)
    a_ticket(cast, acknowledge=False)
    assert letters(db_session) == [{"ticket_id": told.id, "letter": "acknowledgement"}]


def test_without_a_team_the_centre_shares_the_arrivals(cast):
    teams = [a_ticket(cast, team=None).team.code for _ in range(40)]
    assert set(teams) == {"ccc_a", "ccc_b"}
    assert 8 <= teams.count("ccc_a") <= 32


def test_a_referents_report_goes_to_the_project_directorate(cast):
    report = a_report(cast)
    assert (report.team, report.home_team) == (cast.teams["dp"], cast.teams["dp"])
    assert (report.requester_agent, report.person, report.level) == (cast.referent, None, 2)
    assert report.requester_name == "Sandrine Peyrard"


def test_whoever_opens_it_for_their_own_team_has_it(cast):
    mine = a_ticket(cast, by=cast.teleadviser, channel=Channel.PHONE)
    assert (mine.owner, mine.home_owner) == (cast.teleadviser, cast.teleadviser)
    assert mine.opened_by_id == cast.teleadviser.id
    for_others = a_ticket(cast, by=cast.pan)
    assert (for_others.owner, for_others.opened_by_id) == (None, cast.pan.id)
    assert a_ticket(cast).opened_by_id is None


@pytest.mark.parametrize(
    ("agent", "for_persons", "as_referent"),
    [
        ("teleadviser", True, False),
        ("supervisor", True, False),
        ("pan", True, False),
        ("referent", False, True),
        ("natali", False, True),
        ("dp", False, False),
        ("sdst", False, False),
        ("editor", False, False),
        ("steering", False, False),
        ("admin", False, False),
    ],
)
def test_who_may_open(cast, agent, for_persons, as_referent):
    by = cast.agents[agent]
    for allowed, attempt in (
        (for_persons, lambda: a_ticket(cast, by=by)),
        (as_referent, lambda: a_report(cast, by)),
    ):
        if allowed:
            assert attempt().opened_by_id == by.id
        else:
            with pytest.raises(Forbidden):
                attempt()


def test_a_disabled_agent_opens_nothing(cast):
    cast.teleadviser.active = False
    with pytest.raises(Forbidden):
        a_ticket(cast, by=cast.teleadviser)


@pytest.mark.parametrize("requesters", [("awa", "referent"), (None, None)])
def test_the_database_wants_exactly_one_requester(cast, db_session, requesters):
    person, agent = requesters
    draft = TicketDraft(
        "x",
        Words("x"),
        cast.reasons["other"],
        Channel.FORM,
        person=person and cast.persons[person],
        requester_agent=agent and cast.agents[agent],
    )
    with pytest.raises(IntegrityError), db_session.begin_nested():
        open_ticket(draft, by=cast.awa if not agent else cast.referent)


def test_a_reference_that_is_taken_is_drawn_again(cast, monkeypatch):
    first = a_ticket(cast).reference
    drawn = iter([first, first, opening.new_reference(MONDAY)])
    monkeypatch.setattr(opening, "new_reference", lambda _at: next(drawn))
    second = a_ticket(cast)
    assert second.reference != first
    assert second.person is cast.awa


def test_drawing_ends(cast, monkeypatch):
    taken = a_ticket(cast).reference
    monkeypatch.setattr(opening, "new_reference", lambda _at: taken)
    with pytest.raises(RuntimeError, match="no free reference"):
        a_ticket(cast)


def test_what_came_earlier_is_remembered(cast):
    friday = MONDAY - timedelta(days=3)
    assert a_ticket(cast, first_received_at=friday).first_received_at == friday


def test_each_ticket_has_a_secret_of_its_own(cast):
    assert a_ticket(cast).follow_salt != a_ticket(cast).follow_salt
