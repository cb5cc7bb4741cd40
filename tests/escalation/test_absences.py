"""A level that is away: its deputy, who is on call, or the next best way."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from escalation import absences
from escalation.absences import AbsenceDraft
from escalation.chain import next_teams, ways
from escalation.models import ChainStep
from escalation.raising import HandoverDraft, escalate
from support.kernel.errors import Forbidden, Invalid, NotVisible
from support.kernel.time import now
from support.people.models import TeamKind
from tests.factories import GIVEN, QUESTION, a_ticket, counted


def today() -> date:
    return now().astimezone(absences.PARIS).date()


def away(cast, team: str, **more):
    draft = AbsenceDraft(today(), today() + timedelta(days=3), **more)
    return absences.note(cast.teams[team], draft, by=cast.admin)


def codes(ticket) -> list[str]:
    return [team.code for team in next_teams(ticket)]


def test_the_deputy_is_proposed_and_the_absent_one_stays_allowed(cast):
    away(cast, "sdanf", deputy_id=cast.teams["sdst"].id, note="Congés")
    ticket = a_ticket(cast, reason="nationality.decree")
    assert codes(ticket) == ["sdst", "dp", "sdanf"]
    assert ways(ticket)[0].instead_of.code == "sdanf"
    escalate(ticket, cast.teams["sdst"], HandoverDraft(QUESTION, GIVEN), by=cast.teleadviser)
    assert ticket.team.code == "sdst"


def test_who_is_on_call_gets_it(cast):
    away(cast, "sdanf", on_call_id=cast.sdanf.id)
    ticket = a_ticket(cast, reason="nationality.decree")
    assert codes(ticket) == ["sdanf", "dp"]
    escalate(ticket, cast.teams["sdanf"], HandoverDraft(QUESTION, GIVEN), by=cast.teleadviser)
    assert (ticket.team.code, ticket.owner_id) == ("sdanf", cast.sdanf.id)


def test_without_either_the_next_best_way_comes_first(cast):
    away(cast, "sdanf")
    ticket = a_ticket(cast, reason="nationality.decree")
    assert codes(ticket) == ["dp", "sdanf"]
    escalate(ticket, cast.teams["sdanf"], HandoverDraft(QUESTION, GIVEN), by=cast.teleadviser)
    assert ticket.owner_id is None  # only what waits for it alone need go there


def test_the_only_way_up_stays_one(cast):
    away(cast, "dp")
    assert codes(a_ticket(cast)) == ["dp"]


def test_a_deputy_that_has_it_already_is_not_its_own_next_level(cast, db_session):
    away(cast, "sdst", deputy_id=cast.teams["dp"].id)
    ticket = a_ticket(cast, reason="renewal.business")
    escalate(ticket, cast.teams["dp"], HandoverDraft(QUESTION, GIVEN), by=cast.teleadviser)
    assert codes(ticket) == ["sdst"]


def test_before_and_after_nothing_changes(cast):
    day = today()
    for begins, ends in ((day + timedelta(days=1), day + timedelta(days=2)), (day, day)):
        made = absences.note(cast.teams["sdanf"], AbsenceDraft(begins, ends), by=cast.admin)
        expected = ["dp", "sdanf"] if begins == day else ["sdanf", "dp"]
        assert codes(a_ticket(cast, reason="nationality.decree")) == expected
        absences.forget(cast.teams["sdanf"], made.id, by=cast.admin)
    assert absences.coming(cast.teams["sdanf"]) == []


def test_it_costs_no_query(cast, db_session):
    ticket = a_ticket(cast, reason="nationality.decree")
    sizes = []
    for _ in range(2):
        with counted() as sql:
            next_teams(ticket)
        sizes.append(len(sql))
        away(cast, "sdanf", deputy_id=cast.teams["sdst"].id)
    assert sizes == [1, 1]


@pytest.mark.parametrize(
    ("draft", "field"),
    [
        ({"starts_on": None}, "starts_on"),
        ({"starts_on": 2, "ends_on": 1}, "ends_on"),
        ({"starts_on": -9, "ends_on": -1}, "ends_on"),
        ({"starts_on": 0, "ends_on": 900}, "ends_on"),
        ({"starts_on": 0, "deputy_id": 10**6}, "deputy"),
        ({"starts_on": 0, "on_call_id": 10**6}, "on_call"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(cast, draft, field):
    days = {
        name: today() + timedelta(days=value)
        if name.endswith("_on") and value is not None
        else value
        for name, value in draft.items()
    }
    with pytest.raises(Invalid) as refused:
        absences.note(cast.teams["sdst"], AbsenceDraft(**days), by=cast.admin)
    assert field in {problem.field for problem in refused.value.problems}


def test_neither_itself_nor_a_stranger_stands_in(cast):
    team = cast.teams["sdst"]
    for more in ({"deputy_id": team.id}, {"on_call_id": cast.dp.id},
                 {"deputy_id": cast.teams["steering"].id * 10**4}):  # fmt: skip
        with pytest.raises(Invalid):
            absences.note(team, AbsenceDraft(today(), **more), by=cast.admin)
    with pytest.raises(Forbidden):
        absences.note(team, AbsenceDraft(today()), by=cast.dp)
    with pytest.raises(NotVisible):
        absences.forget(team, 10**6, by=cast.admin)


def test_a_way_may_be_for_some_who_ask_only(cast, db_session):
    from escalation.models import Requester
    from tests.factories import a_report

    db_session.add_all(
        ChainStep(
            from_kind=TeamKind.PROJECT_DIRECTORATE, requester=who, to_team=cast.teams[to],
            position=-1,
        )
        for who, to in ((Requester.PLATFORM, "sdanf"), (Requester.REFERENT, "asylum"))
    )  # fmt: skip
    db_session.flush()
    assert codes(a_report(cast, reason="renewal.business"))[0] == "asylum"
    platform = a_report(cast, reason="renewal.business", by=cast.natali)
    assert codes(platform)[0] == "sdanf"
    ticket = a_ticket(cast, reason="renewal.business")
    escalate(ticket, cast.teams["dp"], HandoverDraft(QUESTION, GIVEN), by=cast.teleadviser)
    assert codes(ticket) == ["sdst"]
