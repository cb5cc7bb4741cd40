"""Planting reference data: complete, once, and never over what an administrator changed."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import func, select

from escalation.chain import next_teams
from escalation.handover import ITEMS
from escalation.models import ChainStep
from support.catalogue.models import ContactReason, Field, Nature, Procedure
from support.clocks.calendars import hours_of
from support.clocks.models import Calendar
from support.people.models import Role, Site, Team, TeamKind
from support.tickets.models import Ticket
from web.demo.reading import read_demo_organisation
from web.seeds import reading, seeding


@pytest.fixture
def seeded(db_session):
    seeding.seed()
    return db_session


def count(session, model) -> int:
    return session.scalar(select(func.count()).select_from(model))


def test_a_first_start_has_calendars_catalogue_teams_and_chain(db_session):
    planted = seeding.seed()
    catalogue = reading.read_catalogue()
    assert planted.reasons == count(db_session, ContactReason) == len(catalogue.reasons) == 40
    assert planted.procedures == count(db_session, Procedure) == len(catalogue.procedures) == 27
    assert planted.calendars == count(db_session, Calendar) == 2
    assert planted.teams == count(db_session, Team) == 8
    assert planted.chain_steps == count(db_session, ChainStep) == 8


def test_planting_again_adds_nothing(seeded):
    assert seeding.seed().total == 0
    assert count(seeded, ChainStep) == 8


def test_what_an_administrator_changed_stays(seeded):
    reason = seeded.scalars(select(ContactReason).where(ContactReason.code == "other")).one()
    reason.label, reason.answer_hours = "Divers", 12
    team = seeded.scalars(select(Team).where(Team.code == "dp")).one()
    team.label = "Soutien"
    seeded.flush()
    seeding.seed()
    assert (reason.label, reason.answer_hours, team.label) == ("Divers", 12, "Soutien")


def test_a_reason_added_to_the_files_is_added_to_the_rows(seeded):
    row = dict(reading.read_catalogue().reasons[0], code="account.moved")
    assert seeding.plant_reasons([*reading.read_catalogue().reasons, row]) == 1


def test_no_legal_effect_of_silence_is_planted(seeded):
    """Law is what an operator's lawyer says: nothing that is planted computes any."""
    for reason in seeded.scalars(select(ContactReason)):
        assert (reason.silence_means, reason.silence_months) == (None, None), reason.code


def test_an_installation_with_teams_of_its_own_gets_no_others(db_session):
    db_session.add(
        Team(code="mine", kind=TeamKind.CONTACT_CENTRE, label="À nous", public_label="À nous")
    )
    db_session.flush()
    planted = seeding.seed()
    assert (planted.teams, planted.chain_steps) == (0, 0)
    assert count(db_session, Team) == 1


def test_reasons_ask_only_for_items_that_a_handover_knows(seeded):
    for reason in seeded.scalars(select(ContactReason)):
        assert {item["code"] for item in reason.handover} <= set(ITEMS), reason.code
        assert reason.answer_hours > 0


@pytest.mark.parametrize(
    ("kind", "field", "expected"),
    [
        ("contact_centre", "residence", ["dp"]),
        ("contact_centre", "work", ["dp"]),
        ("contact_centre", "asylum", ["dp"]),
        ("contact_centre", "nationality", ["sdanf", "dp"]),
        ("project_directorate", "residence", ["sdst"]),
        ("project_directorate", "work", ["sdst"]),
        ("project_directorate", "nationality", ["sdanf"]),
        ("project_directorate", "asylum", ["asile"]),
        ("business_directorate", "residence", []),
    ],
)
def test_the_chain_leads_from_the_centre_to_the_directorates(seeded, kind, field, expected):
    team = seeded.scalars(select(Team).where(Team.kind == TeamKind(kind)).limit(1)).one()
    reason = ContactReason(nature=Nature.BUSINESS)
    ticket = Ticket(team=team, field=Field(field), reason=reason)
    with seeded.no_autoflush:
        assert [to.code for to in next_teams(ticket)] == expected
    seeded.expunge_all()


def test_the_centre_works_eight_hours_a_day(seeded):
    centre = seeded.scalars(select(Team).where(Team.kind == TeamKind.CONTACT_CENTRE)).one()
    assert centre.calendar_code == "contact_centre"
    weekly = hours_of("contact_centre").weekly
    for day in range(5):
        opens, closes = weekly[day][0][0], weekly[day][-1][1]
        assert closes.hour - opens.hour == 8
    assert set(weekly) == set(range(5))


def test_a_team_has_the_address_of_its_site(db_session):
    organisation = read_demo_organisation()
    seeding.plant_teams(replace(organisation, agents=()))
    team = db_session.scalars(select(Team).where(Team.code == "referents-42")).one()
    site = db_session.scalars(select(Site).where(Site.code == "pref-42")).one()
    assert (team.site, team.phone, team.address) == (site, site.phone, site.address)
    assert team.email == "referents42@demo.relais"


def test_the_roles_of_the_files_are_roles_of_the_rule_book():
    assert {Role(row["role"]) for row in read_demo_organisation().agents} == set(Role)
