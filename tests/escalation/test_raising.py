"""Handing over: who, to whom, with what; and calling back."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from escalation.models import Escalation, EscalationState
from escalation.raising import HandoverDraft, escalate, withdraw
from escalation.reading import all_escalations, open_escalations
from support.kernel import db
from support.kernel.errors import Conflict, DomainError, Forbidden, Invalid
from support.outbox.models import OutboxRow
from support.tickets.assigning import take
from support.tickets.closing import close
from support.tickets.models import ClosedHow, State
from support.tickets.timeline import Entry, EntryKind
from support.tickets.visibility import one_visible
from support.tickets.waiting import wait_for_person
from tests.cast import again
from tests.factories import GIVEN, QUESTION, a_report, a_ticket, climb


def draft(question: str = QUESTION, **given: str) -> HandoverDraft:
    return HandoverDraft(question, given or GIVEN)


def letters(session) -> list[str]:
    rows = session.scalars(select(OutboxRow).where(OutboxRow.topic == "notice.send"))
    return [row.payload["letter"] for row in rows]


def test_the_same_ticket_climbs(cast, db_session):
    ticket = a_ticket(cast, reason="account.blocked")
    take(ticket, by=cast.teleadviser)
    given = draft(f"  {QUESTION} ", exact_message=" Erreur 500 ", step_reached="2", sauce="secret")
    raised = escalate(ticket, cast.teams["dp"], given, by=cast.teleadviser)
    assert (ticket.state, ticket.team, ticket.level, ticket.owner) == (
        State.ESCALATED,
        cast.teams["dp"],
        2,
        None,
    )
    assert (ticket.home_team, ticket.home_owner) == (cast.teams["ccc_a"], cast.teleadviser)
    assert (raised.from_team, raised.from_agent, raised.to_team) == (
        cast.teams["ccc_a"],
        cast.teleadviser,
        cast.teams["dp"],
    )
    # What is no item of a hand-over is not kept.
    assert raised.handover == {"exact_message": "Erreur 500", "step_reached": "2"}
    assert (raised.question, raised.state) == (QUESTION, EscalationState.OPEN)
    assert open_escalations(ticket) == [raised]
    exchange = db_session.scalars(select(Entry).where(Entry.kind == EntryKind.EXCHANGE)).one()
    assert (exchange.text, exchange.author_agent) == (QUESTION, cast.teleadviser)
    assert exchange.data == {
        "escalation_id": raised.id,
        "move": "raised",
        "from": "CCC, équipe A",
        "to": "DP ANEF",
        "handover": raised.handover,
    }


def test_an_empty_hand_over_names_all_that_is_missing(cast, db_session):
    ticket = a_ticket(cast, reason="account.blocked")
    before = ticket.last_entry_id
    with pytest.raises(Invalid) as refused:
        escalate(ticket, cast.teams["dp"], HandoverDraft(" "), by=cast.teleadviser)
    assert [(problem.code, problem.field) for problem in refused.value.problems] == [
        ("handover.question_missing", "question"),
        ("handover.item_missing", "exact_message"),
        ("handover.item_missing", "step_reached"),
    ]
    assert (ticket.state, ticket.team, ticket.last_entry_id) == (
        State.NEW,
        cast.teams["ccc_a"],
        before,
    )
    assert db_session.scalars(select(Escalation)).all() == []


# reason of the ticket, who, to whom, refusal
CASES = {
    "the centre to the project": ("other", "teleadviser", "dp", None),
    "the centre's other team": ("other", "other_team", "dp", None),
    "the supervisor": ("other", "supervisor", "dp", None),
    "nationality straight up": ("nationality.decree", "teleadviser", "sdanf", None),
    "nationality the usual way": ("nationality.decree", "teleadviser", "dp", None),
    "residence to nationality": ("renewal.business", "teleadviser", "sdanf", "escalate.not_next"),
    "over a level": ("renewal.business", "teleadviser", "sdst", "escalate.not_next"),
    "to oneself": ("other", "teleadviser", "ccc_a", "escalate.not_next"),
    "to the other team": ("other", "teleadviser", "ccc_b", "escalate.not_next"),
    "to a help point": ("other", "teleadviser", "help_point", "escalate.not_next"),
    "somebody else's": ("other", "dp", "sdst", "escalate.not_yours"),
    "a referent": ("other", "referent", "dp", "permission.missing"),
    "a help point": ("other", "pan", "dp", "permission.missing"),
    "steering": ("other", "steering", "dp", "permission.missing"),
    "the administrator": ("other", "admin", "dp", "permission.missing"),
}


@pytest.mark.parametrize("case", CASES)
def test_who_hands_over_to_whom(cast, case):
    reason, by, to, refusal = CASES[case]
    ticket = a_ticket(cast, reason=reason)
    if refusal is None:
        assert climb(ticket, to, cast, by=cast.agents[by]).to_team is cast.teams[to]
        return
    with pytest.raises((Conflict, Forbidden)) as refused:
        climb(ticket, to, cast, by=cast.agents[by])
    assert refused.value.code == refusal
    assert ticket.team is cast.teams["ccc_a"]


def test_a_closed_ticket_does_not_climb(cast):
    ticket = a_ticket(cast)
    close(ticket, ClosedHow.ANSWERED, by=cast.teleadviser)
    with pytest.raises(Conflict, match=r"ticket\.move_refused"), db.session().begin_nested():
        climb(ticket, "dp", cast, by=cast.teleadviser)


def test_the_level_above_does_not_have_it_any_more_once_it_is_higher(cast):
    ticket = a_ticket(cast)
    climb(ticket, "dp", cast, by=cast.teleadviser)
    climb(ticket, "sdst", cast, by=cast.dp)
    for agent in (cast.teleadviser, cast.dp):
        with pytest.raises(Forbidden, match=r"escalate\.not_yours"):
            climb(ticket, "dp", cast, by=agent)


def test_the_promise_runs_on_when_a_waiting_ticket_climbs(cast):
    ticket = a_ticket(cast)
    wait_for_person(ticket, by=cast.teleadviser)
    climb(ticket, "dp", cast, by=cast.teleadviser)
    assert ticket.sort_due == ticket.promised_at


def test_the_person_is_told_once_that_it_was_passed_on(cast, db_session):
    ticket = a_ticket(cast)
    climb(ticket, "dp", cast, by=cast.teleadviser)
    climb(ticket, "sdst", cast, by=cast.dp)
    assert letters(db_session).count("passed_on") == 1


def test_a_second_climb_is_the_same_news_until_the_ticket_is_reopened(cast, db_session):
    ticket = a_ticket(cast)
    climb(ticket, "dp", cast, by=cast.teleadviser)
    withdraw(ticket, by=cast.teleadviser)
    climb(ticket, "dp", cast, by=cast.teleadviser)
    withdraw(ticket, by=cast.teleadviser)
    ticket.reopenings += 1
    climb(ticket, "dp", cast, by=cast.teleadviser)
    first, second, later = (
        row.payload["about"]
        for row in db_session.scalars(select(OutboxRow).where(OutboxRow.topic == "notice.send"))
        if row.payload["letter"] == "passed_on"
    )
    assert first == second != later


def test_the_database_refuses_two_open_hand_overs_to_one_team(cast, db_session):
    ticket = a_ticket(cast)
    raised = climb(ticket, "dp", cast, by=cast.teleadviser)
    twin = Escalation(
        ticket_id=ticket.id,
        from_team=raised.from_team,
        to_team=raised.to_team,
        question=QUESTION,
    )
    with pytest.raises(IntegrityError), db_session.begin_nested():
        db_session.add(twin)


@pytest.mark.parametrize("way", [("dp",), ("dp", "sdst")])
def test_calling_it_back(cast, way):
    ticket = a_ticket(cast)
    take(ticket, by=cast.teleadviser)
    by = cast.teleadviser
    for to in way:
        climb(ticket, to, cast, by=by)
        by = cast.agents[to]
    withdraw(ticket, by=cast.colleague)
    assert (ticket.state, ticket.team, ticket.owner) == (
        State.IN_PROGRESS,
        cast.teams["ccc_a"],
        cast.teleadviser,
    )
    assert open_escalations(ticket) == []
    ended = all_escalations(ticket)
    assert {e.state for e in ended} == {EscalationState.WITHDRAWN}
    assert {e.ended_by_id for e in ended} == {cast.colleague.id}
    assert climb(ticket, "dp", cast, by=cast.colleague)


def test_calling_back_what_has_come_half_way_down(cast):
    from escalation.returning import answer

    ticket = a_ticket(cast)
    climb(ticket, "dp", cast, by=cast.teleadviser)
    climb(ticket, "sdst", cast, by=cast.dp)
    answer(ticket, "Refaire.", by=cast.sdst)
    withdraw(ticket, by=cast.teleadviser)
    assert (ticket.state, ticket.team) == (State.IN_PROGRESS, cast.teams["ccc_a"])
    states = [escalation.state for escalation in all_escalations(ticket)]
    assert states == [EscalationState.WITHDRAWN, EscalationState.ANSWERED]


@pytest.mark.parametrize(
    ("agent", "code"),
    [
        ("dp", "escalate.not_yours"),
        ("sdst", "escalate.not_yours"),
        ("referent", "permission.missing"),
        ("admin", "permission.missing"),
    ],
)
def test_only_the_team_that_answers_calls_back(cast, agent, code):
    ticket = a_ticket(cast)
    climb(ticket, "dp", cast, by=cast.teleadviser)
    with pytest.raises(DomainError) as refused:
        withdraw(ticket, by=cast.agents[agent])
    assert refused.value.code == code


def test_what_is_at_home_is_not_called_back(cast):
    with pytest.raises(Conflict, match=r"escalate\.not_away"):
        withdraw(a_ticket(cast), by=cast.teleadviser)


def test_whose_agent_has_left_comes_back_to_the_team(cast):
    ticket = a_ticket(cast)
    take(ticket, by=cast.teleadviser)
    climb(ticket, "dp", cast, by=cast.teleadviser)
    cast.teleadviser.active = False
    withdraw(ticket, by=cast.colleague)
    assert (ticket.owner, ticket.home_owner) == (None, None)


def test_a_referents_report_climbs_from_the_project_directorate(cast):
    report = a_report(cast)
    climb(report, "sdst", cast, by=cast.dp)
    assert (report.team, report.home_team, report.level) == (
        cast.teams["sdst"],
        cast.teams["dp"],
        3,
    )
    withdraw(report, by=cast.dp_colleague)
    assert report.team is cast.teams["dp"]


def test_of_two_who_hand_over_at_once_one_does(real_cast):
    from tests.support.tickets.test_replying import a_ticket_again

    with db.transaction():
        reference = a_ticket_again(real_cast).reference
    outcomes, together = [], threading.Barrier(2)

    def hand_over(name: str) -> None:
        together.wait()
        try:
            with db.transaction():
                agent = again(real_cast.agents[name])
                held = one_visible(reference, agent, lock=True)
                escalate(held, again(real_cast.teams["dp"]), draft(), by=agent)
            outcomes.append("raised")
        except DomainError as error:
            outcomes.append(error.code)

    threads = [threading.Thread(target=hand_over, args=(n,)) for n in ("teleadviser", "colleague")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["escalate.not_yours", "raised"]
