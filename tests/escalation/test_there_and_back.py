"""Up and down again: nothing is lost on the way, and it comes back through the same people."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select

from escalation.models import EscalationState
from escalation.raising import HandoverDraft, escalate
from escalation.reading import all_escalations, open_escalations
from escalation.returning import active, answer, ask_missing
from support.clocks import running
from support.clocks.models import Clock
from support.kernel.errors import Conflict, DomainError, Forbidden, Invalid
from support.tickets import first_words
from support.tickets.assigning import assign, take
from support.tickets.closing import close
from support.tickets.filing import Outcome, file
from support.tickets.journal import Words
from support.tickets.models import ClosedHow, Follower, State
from support.tickets.replying import agent_replies, person_replies
from support.tickets.thread import read_thread
from support.tickets.timeline import Attachment, Entry, EntryKind
from tests.factories import (
    GIVEN,
    QUESTION,
    a_file,
    a_mail,
    a_reply,
    a_report,
    a_ticket,
    climb,
)
from tests.support.tickets.test_person_replies import words

MONDAY = datetime(2026, 11, 16, 8, tzinfo=UTC)


@pytest.fixture
def clock():
    with time_machine.travel(MONDAY, tick=False) as traveller:
        yield traveller


def owned(ticket):
    return ticket.team.code, ticket.owner, ticket.state


def test_a_persons_ticket_goes_from_one_to_three_and_back(cast, clock, db_session):
    ticket = a_ticket(cast, reason="renewal.business", files=[a_file(b"from the person")])
    db_session.add(Follower(ticket_id=ticket.id, address="lawyer@example.org"))
    promised, reference = ticket.promised_at, ticket.reference
    first_clock = running.live(ticket.id)
    take(ticket, by=cast.teleadviser)

    clock.shift(timedelta(minutes=10))
    climb(ticket, "dp", cast, by=cast.teleadviser)
    assert owned(ticket) == ("dp", None, State.ESCALATED)
    take(ticket, by=cast.dp)
    assert owned(ticket) == ("dp", cast.dp, State.ESCALATED)

    clock.shift(timedelta(minutes=10))
    climb(ticket, "sdst", cast, by=cast.dp)
    assert owned(ticket) == ("sdst", None, State.ESCALATED)
    assert [e.to_team.code for e in open_escalations(ticket)] == ["dp", "sdst"]
    assert ticket.team_since == MONDAY + timedelta(minutes=20)

    clock.shift(timedelta(minutes=10))
    said = Words("  Il faut refaire la demande. ", files=[a_file(b"the note")])
    answer(ticket, said, by=cast.sdst)
    assert owned(ticket) == ("dp", cast.dp, State.RETURNED)
    assert ticket.level == 2

    answer(ticket, "Refaire la demande, étape 2.", by=cast.dp)
    assert owned(ticket) == ("ccc_a", cast.teleadviser, State.RETURNED)
    assert (ticket.level, ticket.home_owner) == (1, cast.teleadviser)
    assert open_escalations(ticket) == []

    # Nothing of the ticket was lost, doubled or replaced on the way.
    assert ticket.reference == reference
    assert (ticket.person, ticket.promised_at) == (cast.awa, promised)
    assert running.live(ticket.id) is first_clock
    live = select(Clock).where(Clock.stopped_at.is_(None), Clock.kind.not_in(first_words.BOTH))
    assert db_session.scalars(live).all() == [first_clock]
    assert ticket.sort_due == promised
    files = [file.filename for file in db_session.scalars(select(Attachment))]
    assert len(files) == 2
    followers = db_session.scalars(select(Follower.address)).all()
    assert followers == ["lawyer@example.org"]

    # The requester is always reachable, and reaches us.
    sent = agent_replies(ticket, a_reply("Refaites la demande."), by=cast.teleadviser)
    assert sent.delivery.address == "awa@example.org"
    assert ticket.state is State.IN_PROGRESS
    assert file(a_mail(threads=[sent.message_id])).outcome is Outcome.APPENDED
    close(ticket, ClosedHow.ANSWERED, by=cast.teleadviser)
    person_replies(ticket, words(), by=cast.awa)
    assert owned(ticket) == ("ccc_a", cast.teleadviser, State.REOPENED)


def test_the_way_is_written_down_for_those_inside(cast):
    ticket = a_ticket(cast)
    climb(ticket, "dp", cast, by=cast.teleadviser)
    climb(ticket, "sdst", cast, by=cast.dp)
    answer(ticket, "Refaire.", by=cast.sdst)
    ask_missing(ticket, ["visa_number"], "Lequel ?", by=cast.dp)
    exchanges = [e for e in read_thread(ticket, by=cast.sdst) if e.kind is EntryKind.EXCHANGE]
    said = [(e.data["move"], e.data["from"], e.data["to"], e.text) for e in exchanges]
    assert said[2:] == [
        ("answered", "SDST", "DP ANEF", "Refaire."),
        ("returned", "DP ANEF", "CCC, équipe A", "Lequel ?"),
    ]
    assert exchanges[3].data["missing"] == ["visa_number"]
    ended = all_escalations(ticket)
    assert [(e.state, e.answer, e.missing) for e in ended] == [
        (EscalationState.RETURNED, None, ["visa_number"]),
        (EscalationState.ANSWERED, "Refaire.", []),
    ]
    assert [e.ended_by_id for e in ended] == [cast.dp.id, cast.sdst.id]
    assert all(e.ended_at is not None for e in ended)


def test_again_and_again(cast):
    ticket = a_ticket(cast)
    for turn in range(1, 4):
        climb(ticket, "dp", cast, by=cast.teleadviser)
        climb(ticket, "sdst", cast, by=cast.dp)
        answer(ticket, "Encore.", by=cast.sdst)
        climb(ticket, "sdst", cast, by=cast.dp)  # not enough: up once more
        answer(ticket, "Enfin.", by=cast.sdst)
        answer(ticket, "Voilà.", by=cast.dp)
        assert len(all_escalations(ticket)) == 3 * turn
        assert open_escalations(ticket) == []
        assert ticket.team is cast.teams["ccc_a"]


def test_a_referents_report_goes_from_two_to_three_and_back(cast):
    report = a_report(cast)
    take(report, by=cast.dp)
    promised = report.promised_at
    climb(report, "sdst", cast, by=cast.dp)
    assert owned(report) == ("sdst", None, State.ESCALATED)
    answer(report, "C'est corrigé.", by=cast.sdst)
    assert owned(report) == ("dp", cast.dp, State.RETURNED)
    assert (report.requester_agent, report.promised_at) == (cast.referent, promised)
    sent = agent_replies(report, a_reply(), by=cast.dp)
    assert sent.delivery.address == cast.referent.email
    close(report, ClosedHow.ANSWERED, by=cast.dp)


def test_nationality_goes_straight_up_and_straight_back(cast):
    ticket = a_ticket(cast, reason="nationality.decree")
    take(ticket, by=cast.other_team)
    climb(ticket, "sdanf", cast, by=cast.other_team)
    answer(ticket, "Le décret est signé.", by=cast.sdanf)
    assert owned(ticket) == ("ccc_a", cast.other_team, State.RETURNED)


def test_news_from_the_front_while_it_is_half_way_down_leaves_it_whole(cast):
    ticket = a_ticket(cast)
    climb(ticket, "dp", cast, by=cast.teleadviser)
    climb(ticket, "sdst", cast, by=cast.dp)
    answer(ticket, "Refaire.", by=cast.sdst)
    agent_replies(ticket, a_reply("Nous y travaillons."), by=cast.teleadviser)
    person_replies(ticket, words(), by=cast.awa)
    assert ticket.state is State.RETURNED
    answer(ticket, "Voilà.", by=cast.dp)
    assert owned(ticket) == ("ccc_a", cast.teleadviser, State.RETURNED)


def test_it_comes_back_to_the_team_when_its_agent_has_left(cast):
    ticket = a_ticket(cast)
    climb(ticket, "dp", cast, by=cast.teleadviser)
    climb(ticket, "sdst", cast, by=cast.dp)
    cast.dp.active = cast.teleadviser.active = False
    answer(ticket, "Refaire.", by=cast.sdst)
    assert owned(ticket) == ("dp", None, State.RETURNED)
    answer(ticket, "Refaire.", by=cast.dp_colleague)
    assert owned(ticket) == ("ccc_a", None, State.RETURNED)
    assert ticket.home_owner is None


def test_it_comes_back_to_the_team_when_its_agent_works_elsewhere_now(cast):
    ticket = a_ticket(cast)
    climb(ticket, "dp", cast, by=cast.teleadviser)
    cast.teleadviser.team = cast.teams["dp"]
    cast.teleadviser.team_id = cast.teams["dp"].id
    answer(ticket, "Refaire.", by=cast.dp)
    assert owned(ticket) == ("ccc_a", None, State.RETURNED)


@pytest.mark.parametrize("text", ["", " \n"])
def test_an_empty_answer_is_refused(cast, text):
    ticket = a_ticket(cast)
    climb(ticket, "dp", cast, by=cast.teleadviser)
    with pytest.raises(Invalid, match=r"answer\.empty"):
        answer(ticket, text, by=cast.dp)


@pytest.mark.parametrize("missing", [[], ["nothing known"], [""]])
def test_asking_for_nothing_is_refused(cast, missing):
    ticket = a_ticket(cast)
    climb(ticket, "dp", cast, by=cast.teleadviser)
    with pytest.raises(Invalid) as refused:
        ask_missing(ticket, missing, "Il manque quelque chose", by=cast.dp)
    assert (refused.value.code, refused.value.problems[0].field) == ("missing.none", "missing")


def test_what_is_missing_is_named_once_and_by_known_names(cast):
    ticket = a_ticket(cast)
    climb(ticket, "dp", cast, by=cast.teleadviser)
    named = ["visa_number", "browser", "visa_number", "made up"]
    returned = ask_missing(ticket, named, "", by=cast.dp)
    assert (returned.state, returned.missing) == (
        EscalationState.RETURNED,
        ["visa_number", "browser"],
    )
    assert owned(ticket) == ("ccc_a", cast.teleadviser, State.RETURNED)
    given = {**GIVEN, "visa_number": "F123", "browser": "Firefox"}
    assert escalate(ticket, cast.teams["dp"], HandoverDraft(QUESTION, given), by=cast.teleadviser)


RETURNS = {
    "answer": lambda ticket, by: answer(ticket, "Voilà.", by=by),
    "ask": lambda ticket, by: ask_missing(ticket, ["dates"], "", by=by),
    "look": active,
}


@pytest.mark.parametrize("verb", RETURNS)
@pytest.mark.parametrize(
    ("agent", "code"),
    [
        ("teleadviser", "permission.missing"),
        ("supervisor", "permission.missing"),
        ("referent", "permission.missing"),
        ("admin", "permission.missing"),
        ("sdst", "return.not_yours"),
        ("sdanf", "return.not_yours"),
    ],
)
def test_only_the_level_that_has_it_returns_it(cast, verb, agent, code):
    ticket = a_ticket(cast)
    climb(ticket, "dp", cast, by=cast.teleadviser)
    with pytest.raises((Forbidden, Conflict)) as refused:
        RETURNS[verb](ticket, cast.agents[agent])
    assert refused.value.code == code
    assert owned(ticket) == ("dp", None, State.ESCALATED)


@pytest.mark.parametrize("verb", RETURNS)
def test_what_was_not_handed_over_is_not_returned(cast, verb):
    with pytest.raises(Conflict, match=r"return\.not_here"):
        RETURNS[verb](a_report(cast), cast.dp)


def test_answering_twice_is_refused(cast):
    ticket = a_ticket(cast)
    climb(ticket, "dp", cast, by=cast.teleadviser)
    answer(ticket, "Voilà.", by=cast.dp)
    with pytest.raises(DomainError):
        answer(ticket, "Voilà encore.", by=cast.dp)


def test_a_refusal_leaves_nothing_behind(cast, db_session):
    ticket = a_ticket(cast)
    raised = climb(ticket, "dp", cast, by=cast.teleadviser)
    before = len(db_session.scalars(select(Entry)).all())
    for attempt in RETURNS.values():
        with pytest.raises(DomainError):
            attempt(ticket, cast.sdst)
    db_session.flush()
    db_session.refresh(raised)
    assert (raised.answer, raised.missing, raised.ended_at) == (None, [], None)
    assert len(db_session.scalars(select(Entry)).all()) == before


def test_work_is_dealt_out_at_every_level(cast):
    ticket = a_ticket(cast)
    climb(ticket, "dp", cast, by=cast.teleadviser)
    assign(ticket, cast.dp_colleague, by=cast.dp)
    climb(ticket, "sdst", cast, by=cast.dp_colleague)
    answer(ticket, "Voilà.", by=cast.sdst)
    assert ticket.owner is cast.dp_colleague
