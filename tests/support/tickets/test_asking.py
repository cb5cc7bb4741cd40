"""Staff on the side of the requester: what they read, add to, and never see."""

from __future__ import annotations

import pytest

from support.kernel.errors import Forbidden, Invalid, NotVisible
from support.tickets.asking import add_words, open_reports, speaks_for_requester
from support.tickets.closing import close
from support.tickets.journal import Words
from support.tickets.models import ClosedHow, State
from support.tickets.noting import add_note
from support.tickets.thread import read_thread, reads_internal
from support.tickets.timeline import EntryKind
from support.tickets.visibility import one_visible
from tests.factories import a_report, a_ticket, climb, counted


@pytest.fixture
def colleague(cast, db_session):
    """A second referent of the Loire."""
    stranger = cast.stranger_referent
    stranger.team = cast.teams["referents_42"]
    db_session.flush()
    return stranger


def test_colleagues_of_a_site_see_and_add_to_its_reports(cast, db_session, colleague):
    ticket = a_report(cast)
    assert one_visible(ticket.reference, colleague).id == ticket.id
    entry = add_words(ticket, Words("Chez nous aussi."), by=colleague)
    assert entry.kind is EntryKind.MESSAGE
    assert entry.author_agent_id == colleague.id
    assert ticket.chasers == 1


def test_other_sites_never_see_them(cast, db_session):
    ticket = a_report(cast)
    for stranger in (cast.stranger_referent, cast.natali, cast.pan):
        assert not speaks_for_requester(stranger, ticket)
        with pytest.raises(NotVisible):
            one_visible(ticket.reference, stranger)
        with pytest.raises(Forbidden):
            add_words(ticket, Words("Moi"), by=stranger)


def test_those_who_answer_do_not_speak_for_the_requester(cast, db_session):
    report, request = a_report(cast), a_ticket(cast)
    for agent in (cast.dp, cast.admin, cast.teleadviser):
        for ticket in (report, request):
            with pytest.raises(Forbidden) as refusal:
                add_words(ticket, Words("Moi"), by=agent)
            assert refusal.value.code == "message.not_yours"


def test_a_help_point_adds_to_what_it_opened_itself(cast, db_session):
    mine = a_ticket(cast, by=cast.pan)
    add_words(mine, Words("La personne est revenue."), by=cast.pan)
    assert not speaks_for_requester(cast.pan_colleague, mine)
    with pytest.raises(NotVisible):
        one_visible(mine.reference, cast.pan_colleague)


def test_an_empty_message_is_refused(cast, db_session):
    with pytest.raises(Invalid) as refusal:
        add_words(a_report(cast), Words("  "), by=cast.referent)
    assert refusal.value.code == "message.empty"


def test_a_message_reopens_a_closed_report(cast, db_session):
    ticket = a_report(cast)
    close(ticket, ClosedHow.ANSWERED, by=cast.dp)
    add_words(ticket, Words("Le défaut est revenu."), by=cast.referent)
    assert ticket.state is State.REOPENED
    assert ticket.team_id == cast.teams["dp"].id


def test_requesters_on_the_staff_read_no_internal_word(cast, db_session):
    report, visit = a_report(cast), a_ticket(cast, by=cast.pan, reason="account.blocked")
    add_note(report, "Défaut connu, n'en rien dire.", by=cast.dp)
    climb(report, "sdst", cast, by=cast.dp)
    add_note(visit, "Personne déjà vue.", by=cast.teleadviser)
    climb(visit, "dp", cast, by=cast.teleadviser)
    for ticket, asker in ((report, cast.referent), (visit, cast.pan)):
        assert not reads_internal(ticket, asker)
        assert {e.kind for e in read_thread(ticket, by=asker)} == {EntryKind.MESSAGE}
    kinds = {e.kind for e in read_thread(report, by=cast.dp)}
    assert {EntryKind.NOTE, EntryKind.EXCHANGE, EntryKind.EVENT} <= kinds


def test_open_reports_are_those_of_the_site_on_that_reason(cast, db_session, colleague):
    mine = a_report(cast)
    theirs = a_report(cast, colleague, reason="work.authorisation")
    a_report(cast, cast.natali)
    closed = a_report(cast)
    close(closed, ClosedHow.ANSWERED, by=cast.dp)
    assert [t.id for t in open_reports(cast.referent)] == [theirs.id, mine.id]
    found = open_reports(cast.referent, cast.reasons["work.authorisation"])
    assert [t.id for t in found] == [theirs.id]


def test_open_reports_are_one_query(cast, db_session):
    for _ in range(5):
        a_report(cast)
    db_session.expire_all()
    agent = cast.referent
    _ = agent.team_id
    with counted() as sql:
        assert [t.team.label for t in open_reports(agent)] == ["DP ANEF"] * 5
    assert len(sql) == 1


def test_only_referents_ask_for_them(cast, db_session):
    with pytest.raises(Forbidden):
        open_reports(cast.pan)
