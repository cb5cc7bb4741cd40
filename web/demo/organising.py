"""The demonstration's sites, teams and staff accounts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from escalation.shared_mailbox.arranging import Arrangement, arrange
from support.kernel import db
from support.people.models import Agent, Role, SignaturePolicy, Team
from support.people.passwords import set_password
from web.demo.accounts import PASSWORD
from web.seeds import seeding
from web.seeds.reading import Organisation, Row


def organise(organisation: Organisation) -> Mapping[str, Agent]:
    """Plant the organisation on top of the reference one; returns the agents by address."""
    _take_over_reference(organisation)
    seeding.plant_teams(organisation)
    seeding.plant_chain(organisation.chain)
    agents = _hire(organisation)
    _reach_by_mail(organisation, agents["admin@demo.relais"])
    return agents


def _reach_by_mail(organisation: Organisation, admin: Agent) -> None:
    """The directorates that work by a shared mailbox."""
    teams = {team.code: team for team in db.session().scalars(select(Team))}
    for row in organisation.teams:
        if row.get("mailbox"):
            delegates = "\n".join(row.get("delegates") or ())
            arrange(teams[row["code"]], Arrangement(row["mailbox"], delegates), by=admin)


def _take_over_reference(organisation: Organisation) -> None:
    """Let the reference teams become the demonstration's: one centre becomes its first team."""
    session = db.session()
    rows = {row["code"]: row for row in organisation.teams}
    first_centre = next(r for r in organisation.teams if r["kind"] == "contact_centre")
    for team in session.scalars(select(Team)):
        row = first_centre if team.code == "ccc" else rows.get(team.code)
        if row is not None:
            team.code, team.label, team.public_label = (
                row["code"],
                row["label"],
                row["public_label"],
            )
            team.address, team.phone = row.get("address") or "", row.get("phone") or ""
            team.email = row.get("email") or ""
    session.flush()


def _hire(organisation: Organisation) -> Mapping[str, Agent]:
    session = db.session()
    teams = {team.code: team for team in session.scalars(select(Team))}
    # One password, hashed once: hashing is slow on purpose.
    model = Agent()
    set_password(model, PASSWORD)
    agents = {
        row["email"]: Agent(
            **_agent(row), team=teams[row["team"]], password_hash=model.password_hash
        )
        for row in organisation.agents
    }
    session.add_all(agents.values())
    session.flush()
    return agents


def _agent(row: Row) -> dict[str, Any]:
    return {
        "email": row["email"],
        "given_name": row["given_name"],
        "family_name": row["family_name"],
        "title": row["title"],
        "role": Role(row["role"]),
        "signature_policy": SignaturePolicy(row.get("signature_policy", "named")),
        "pseudonym": row.get("pseudonym"),
        "pseudonym_reason": row.get("pseudonym_reason"),
    }
