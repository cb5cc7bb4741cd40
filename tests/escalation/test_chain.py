"""Who is next, and what they must not have to ask again."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import product

import pytest

from escalation.chain import next_teams
from escalation.handover import ITEMS, items_for, prefilled, problems
from escalation.models import ChainStep
from support.catalogue.models import ContactReason, Field, Nature
from support.people.models import TeamKind
from tests.factories import a_report, a_ticket, climb

QUESTION = "Que répondre à cette personne ?"


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        ("other", ["dp"]),
        ("renewal.business", ["dp"]),
        ("work.authorisation", ["dp"]),
        ("nationality.decree", ["sdanf", "dp"]),  # straight to its directorate, or the usual way
        ("asylum.redirect", ["dp"]),
    ],
)
def test_from_the_centre(cast, reason, expected):
    teams = next_teams(a_ticket(cast, reason=reason))
    assert [team.code for team in teams] == expected


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        ("renewal.business", ["sdst"]),
        ("work.authorisation", ["sdst"]),
        ("nationality.decree", ["sdanf"]),
        ("asylum.redirect", ["asylum"]),
    ],
)
def test_from_the_project_directorate(cast, reason, expected):
    ticket = a_ticket(cast, reason=reason)
    climb(ticket, "dp", cast, by=cast.teleadviser)
    assert [team.code for team in next_teams(ticket)] == expected
    assert [team.code for team in next_teams(a_report(cast, reason=reason))] == expected


def test_nothing_is_above_the_top(cast):
    ticket = a_ticket(cast, reason="nationality.decree")
    climb(ticket, "sdanf", cast, by=cast.teleadviser)
    assert next_teams(ticket) == []


def test_a_step_may_be_for_some_questions_only(cast, db_session):
    step = ChainStep(
        from_kind=TeamKind.CONTACT_CENTRE,
        nature=Nature.COMPLAINT,
        to_team=cast.teams["sdst"],
        position=-1,
    )
    db_session.add(step)
    db_session.flush()
    ticket = a_ticket(cast)
    assert [team.code for team in next_teams(ticket)] == ["dp"]
    ticket.reason.nature = Nature.COMPLAINT
    assert [team.code for team in next_teams(ticket)] == ["sdst", "dp"]


def test_a_team_is_proposed_once(cast, db_session):
    for field in (Field.RESIDENCE, None):
        db_session.add(
            ChainStep(
                from_kind=TeamKind.CONTACT_CENTRE,
                field=field,
                nature=Nature.INFORMATION,
                to_team=cast.teams["dp"],
                position=5,
            )
        )
    db_session.flush()
    assert [team.code for team in next_teams(a_ticket(cast))] == ["dp"]


def a_reason(*items: tuple[str, bool]) -> ContactReason:
    return ContactReason(handover=[{"code": code, "required": need} for code, need in items])


def test_required_items_are_asked_first():
    reason = a_reason(("browser", False), ("exact_message", True), ("dates", True))
    asked = [(item.code, item.required) for item in items_for(reason)]
    assert asked == [
        ("exact_message", True),
        ("dates", True),
        ("browser", False),
        ("tried", False),
    ]
    assert [item.required for item in items_for(a_reason(("tried", True)))] == [True]


@pytest.mark.parametrize(
    ("question", "given", "missing"),
    [
        (QUESTION, {"exact_message": "Erreur 500", "step_reached": "2"}, []),
        (QUESTION, {"exact_message": "Erreur 500"}, ["step_reached"]),
        (QUESTION, {"exact_message": " \n", "step_reached": ""}, ["exact_message", "step_reached"]),
        ("", {}, ["question", "exact_message", "step_reached"]),
        ("  ?        ", {"exact_message": "x", "step_reached": "y"}, ["question"]),
        (QUESTION, {"browser": "Firefox"}, ["exact_message", "step_reached"]),
    ],
)
def test_every_missing_item_is_named(cast, question, given, missing):
    found = problems(cast.reasons["account.blocked"], question, given)
    assert [problem.field for problem in found] == missing
    codes = {problem.field: problem.code for problem in found}
    assert codes.pop("question", "handover.question_missing") == "handover.question_missing"
    assert set(codes.values()) <= {"handover.item_missing"}


def test_nobody_types_again_what_is_known(cast):
    ticket = a_ticket(cast, dossier_number="D-123")
    cast.awa.document_expires_on = datetime(2026, 12, 1, tzinfo=UTC)
    assert prefilled(ticket) == {
        "dossier_number": "D-123",
        "account_email": "awa@example.org",
        "expiry_date": "01/12/2026",
    }
    assert prefilled(a_ticket(cast, cast.chen)) == {}
    assert prefilled(a_report(cast)) == {}


def test_what_is_prefilled_is_an_item(cast):
    cast.awa.document_expires_on = datetime(2026, 12, 1, tzinfo=UTC)
    assert set(prefilled(a_ticket(cast, dossier_number="D"))) <= set(ITEMS)


@pytest.mark.parametrize(("kind", "field"), product(TeamKind, Field))
def test_the_chain_never_leads_back_down(cast, db_session, kind, field):
    from sqlalchemy import select

    for step in db_session.scalars(select(ChainStep).where(ChainStep.from_kind == kind)):
        below = [team.level for team in cast.teams.values() if team.kind is kind]
        assert step.to_team.level > max(below)
