"""The cast: a small organisation, one agent of each kind, a few persons, some reasons.

``cast`` is inside the transaction of ``db_session``; ``real_cast`` is committed, for tests that
open their own transactions: there, take each object again with ``again(obj)``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from escalation.models import ChainStep
from support.catalogue.models import (
    ContactReason,
    Field,
    Nature,
    Priority,
    Procedure,
    Situation,
)
from support.clocks.models import Calendar
from support.kernel import db
from support.people.identifying import Identity, recognise_or_create_all
from support.people.models import Agent, Person, Role, Site, SiteKind, Team, TeamKind

T = TypeVar("T")

PASSWORD = "correct horse battery"
# Of PASSWORD, made with little work so that a test which verifies it takes no time.
PASSWORD_HASH = (
    "$argon2id$v=19$m=8,t=1,p=1$cmVsYWlzLXRlc3Qtc2FsdA$MZ9ssw46dCxsDSHgvZyCxmOJotXnsyM6Qp/Bm24RGwk"
)

SITES = {
    "pref_42": (SiteKind.PREFECTURE, "Préfecture de la Loire", "42"),
    "pref_93": (SiteKind.PREFECTURE, "Préfecture de la Seine-Saint-Denis", "93"),
    "natali_44": (SiteKind.NATURALISATION_PLATFORM, "Plateforme de Nantes", "44"),
    "pan_42": (SiteKind.HELP_POINT, "Point d'accès numérique de Saint-Étienne", "42"),
}

# code: (kind, label, level, site, calendar)
TEAMS: Mapping[str, tuple[TeamKind, str, int, str | None, str]] = {
    "ccc_a": (TeamKind.CONTACT_CENTRE, "CCC, équipe A", 1, None, "centre"),
    "ccc_b": (TeamKind.CONTACT_CENTRE, "CCC, équipe B", 1, None, "centre"),
    "dp": (TeamKind.PROJECT_DIRECTORATE, "DP ANEF", 2, None, "office"),
    "sdst": (TeamKind.BUSINESS_DIRECTORATE, "SDST", 3, None, "office"),
    "sdanf": (TeamKind.BUSINESS_DIRECTORATE, "SDANF", 3, None, "office"),
    "asylum": (TeamKind.BUSINESS_DIRECTORATE, "Direction de l'asile", 3, None, "office"),
    "referents_42": (TeamKind.SITE_REFERENTS, "Référents de la Loire", 1, "pref_42", "office"),
    "referents_93": (TeamKind.SITE_REFERENTS, "Référents de la Seine", 1, "pref_93", "office"),
    "natali": (TeamKind.SITE_REFERENTS, "Référents NATALI", 1, "natali_44", "office"),
    "help_point": (TeamKind.HELP_POINT, "PAN de Saint-Étienne", 1, "pan_42", "office"),
    "editorial": (TeamKind.EDITORIAL, "Rédaction", 1, None, "office"),
    "steering": (TeamKind.STEERING, "Pilotage", 1, None, "office"),
    "administration": (TeamKind.ADMINISTRATION, "Administration", 1, None, "office"),
}

AGENTS = {
    "teleadviser": ("Hugo", "Lambert", Role.TELEADVISER, "ccc_a"),
    "colleague": ("Camille", "Gobert", Role.TELEADVISER, "ccc_a"),
    "other_team": ("Nadège", "Rousselin", Role.TELEADVISER, "ccc_b"),
    "supervisor": ("Martine", "Devos", Role.SUPERVISOR, "ccc_a"),
    "dp": ("Olivier", "Sarrazin", Role.PROJECT_AGENT, "dp"),
    "dp_colleague": ("Nathalie", "Brun", Role.PROJECT_AGENT, "dp"),
    "sdst": ("Claire", "Montaigu", Role.BUSINESS_AGENT, "sdst"),
    "sdanf": ("Philippe", "Ansel", Role.BUSINESS_AGENT, "sdanf"),
    "asylum": ("Solène", "Kerbrat", Role.BUSINESS_AGENT, "asylum"),
    "referent": ("Sandrine", "Peyrard", Role.SITE_REFERENT, "referents_42"),
    "stranger_referent": ("Djamel", "Ferrand", Role.SITE_REFERENT, "referents_93"),
    "natali": ("Yann", "Guilloux", Role.SITE_REFERENT, "natali"),
    "pan": ("Farida", "Benyahia", Role.HELP_POINT_AGENT, "help_point"),
    "pan_colleague": ("Lucie", "Bonnin", Role.HELP_POINT_AGENT, "help_point"),
    "editor": ("Étienne", "Marchal", Role.KNOWLEDGE_EDITOR, "editorial"),
    "steering": ("Isabelle", "Courtin", Role.STEERING_READER, "steering"),
    "admin": ("Thomas", "Wagner", Role.ADMINISTRATOR, "administration"),
}

# Persons' tickets climb centre, project, business; nationality goes straight to the SDANF.
# (from kind, field, nature, to team, position)
CHAIN = (
    (TeamKind.CONTACT_CENTRE, Field.NATIONALITY, None, "sdanf", 0),
    (TeamKind.CONTACT_CENTRE, None, None, "dp", 1),
    (TeamKind.HELP_POINT, None, None, "dp", 0),
    (TeamKind.PROJECT_DIRECTORATE, Field.RESIDENCE, None, "sdst", 0),
    (TeamKind.PROJECT_DIRECTORATE, Field.WORK, None, "sdst", 0),
    (TeamKind.PROJECT_DIRECTORATE, Field.NATIONALITY, None, "sdanf", 0),
    (TeamKind.PROJECT_DIRECTORATE, Field.ASYLUM, None, "asylum", 0),
)

NEEDS = [
    {"code": "exact_message", "required": True},
    {"code": "step_reached", "required": True},
    {"code": "browser", "required": False},
]
# code: (field, nature, priority, hours, handover)
REASONS: Mapping[str, tuple[Field | None, Nature, Priority, int, list[dict[str, Any]]]] = {
    "other": (None, Nature.INFORMATION, Priority.NORMAL, 40, []),
    "account.blocked": (None, Nature.FUNCTIONAL, Priority.HIGH, 16, NEEDS),
    "renewal.business": (Field.RESIDENCE, Nature.BUSINESS, Priority.NORMAL, 40, NEEDS[:1]),
    "work.authorisation": (Field.WORK, Nature.BUSINESS, Priority.NORMAL, 40, []),
    "nationality.decree": (Field.NATIONALITY, Nature.BUSINESS, Priority.NORMAL, 80, []),
    "asylum.redirect": (Field.ASYLUM, Nature.INFORMATION, Priority.URGENT, 8, []),
}

PROCEDURES = {
    "student": Field.RESIDENCE,
    "work_permit": Field.WORK,
    "naturalisation": Field.NATIONALITY,
    "asylum_request": Field.ASYLUM,
}

PERSONS = {
    "awa": Identity("Awa", "Traoré", "awa@example.org", "+33639980001", "7503012345"),
    # Same telephone as Awa: one family.
    "binta": Identity("Binta", "Traoré", "binta@example.org", "+33639980001"),
    "chen": Identity("Wei", "Chen", None, "+33639980003"),
    "dmytro": Identity("Dmytro", "Kovalenko", "dmytro@example.org", None, None, "uk"),
    "nobody": Identity("Sans", "Adresse"),
}


@dataclass
class Cast:
    """Everybody by the names above: ``cast.teleadviser``, ``cast.teams["dp"]``, ``cast.awa``."""

    sites: dict[str, Site]
    teams: dict[str, Team]
    agents: dict[str, Agent]
    persons: dict[str, Person]
    reasons: dict[str, ContactReason]
    procedures: dict[str, Procedure]

    def __getattr__(self, name: str) -> Any:
        for group in (self.__dict__.get("agents", {}), self.__dict__.get("persons", {})):
            if name in group:
                return group[name]
        raise AttributeError(name)


@pytest.fixture
def cast(db_session: Session) -> Cast:
    return make_cast(db_session)


@pytest.fixture
def real_cast(real_db: Engine) -> Cast:
    with db.transaction() as session:
        return make_cast(session)


def again(obj: T) -> T:
    """The same row in the current transaction's session."""
    found = db.session().get(type(obj), obj.id)  # type: ignore[attr-defined]
    assert found is not None
    return found


def make_cast(session: Session) -> Cast:
    sites = {
        code: Site(code=code, kind=kind, name=name, department=department)
        for code, (kind, name, department) in SITES.items()
    }
    teams = {code: _team(code, sites) for code in TEAMS}
    agents = {name: _agent(name, teams) for name in AGENTS}
    reasons = {code: _reason(code) for code in REASONS}
    procedures = {
        code: Procedure(code=code, label=code, plain_label=code, family="test", field=field)
        for code, field in PROCEDURES.items()
    }
    for group in (sites, teams, agents, reasons, procedures):
        session.add_all(group.values())
    session.add_all(_calendars())
    session.add(Situation(code="stuck", label="Je suis bloqué", reasons=list(REASONS)))
    session.add_all(_step(*step, teams) for step in CHAIN)
    session.flush()
    persons = _persons(session)
    return Cast(sites, teams, agents, persons, reasons, procedures)


def _persons(session: Session) -> dict[str, Person]:
    """All at once, which writes them past the session: read back, to be changed by tests."""
    made = recognise_or_create_all(list(PERSONS.values()))
    numbers = [person.id for person in made]
    read = {one.id: one for one in session.scalars(select(Person).where(Person.id.in_(numbers)))}
    return {name: read[number] for name, number in zip(PERSONS, numbers, strict=True)}


def _team(code: str, sites: Mapping[str, Site]) -> Team:
    kind, label, level, site, calendar = TEAMS[code]
    return Team(
        code=code,
        kind=kind,
        label=label,
        public_label=f"le service {label}",
        level=level,
        site=sites[site] if site else None,
        calendar_code=calendar,
        email=f"{code}@demo.relais",
    )


def _agent(name: str, teams: Mapping[str, Team]) -> Agent:
    given, family, role, team = AGENTS[name]
    return Agent(
        email=f"{name}@demo.relais",
        given_name=given,
        family_name=family,
        role=role,
        team=teams[team],
        password_hash=PASSWORD_HASH,
    )


def _reason(code: str) -> ContactReason:
    field, nature, priority, hours, handover = REASONS[code]
    return ContactReason(
        code=code,
        label=f"Motif {code}",
        plain_label=f"Mon motif {code}",
        group="test",
        field=field,
        nature=nature,
        priority=priority,
        answer_hours=hours,
        handover=handover,
        questions=["exact_message", "browser", "expiry_date", "department"],
    )


def _calendars() -> list[Calendar]:
    centre = {str(day): [["08:00", "18:00"]] for day in range(5)}
    office = {str(day): [["09:00", "12:30"], ["13:30", "17:00"]] for day in range(5)}
    return [
        Calendar(code="centre", label="Centre", weekly=centre, closures=[]),
        Calendar(code="office", label="Bureaux", weekly=office, closures=[]),
    ]


def _step(
    from_kind: TeamKind,
    field: Field | None,
    nature: Nature | None,
    to: str,
    position: int,
    teams: Mapping[str, Team],
) -> ChainStep:
    return ChainStep(
        from_kind=from_kind, field=field, nature=nature, to_team=teams[to], position=position
    )
