"""Planting reference data: what an installation needs before its first ticket.

Rows are known by their code. One that exists is left as it is, since an administrator may
have changed it; a new version of the files only adds what is new.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from escalation.models import ChainStep, Requester
from escalation.releases.models import ReleaseBlock, ReleaseOpening
from escalation.transfers.models import OutsideService
from support.catalogue.models import (
    ContactReason,
    Field,
    Nature,
    Priority,
    Procedure,
    Silence,
    Situation,
)
from support.clocks.models import Calendar
from support.help_sessions.models import AppointmentReason
from support.kernel import db
from support.people.models import Site, SiteKind, Team, TeamKind
from web.seeds import reading
from web.seeds.reading import Organisation, Row


@dataclass(frozen=True)
class Planted:
    """How many rows were added."""

    calendars: int
    procedures: int
    reasons: int
    situations: int
    teams: int
    chain_steps: int
    releases: int = 0
    services: int = 0

    @property
    def total(self) -> int:
        catalogue = self.procedures + self.reasons + self.situations
        chain = self.teams + self.chain_steps + self.releases + self.services
        return self.calendars + catalogue + chain


def seed() -> Planted:
    """Add the calendars, the catalogue and, on a first start, the teams and their chain.

    Call it inside ``db.transaction()``; running it again adds nothing. An installation that
    has teams of its own keeps them: the organisation is planted on an empty one only.
    """
    catalogue = reading.read_catalogue()
    calendars = plant_calendars(reading.read_calendars())
    procedures = plant_procedures(catalogue.procedures)
    reasons = plant_reasons(catalogue.reasons)
    situations = plant_situations(catalogue.situations)
    releases = plant_releases(reading.read_releases())
    services = plant_outside(reading.read_outside())
    _plant(AppointmentReason, reading.read_appointments())
    teams = steps = 0
    if db.session().scalar(select(Team.id).limit(1)) is None:
        organisation = reading.read_organisation()
        teams = plant_teams(organisation)
        steps = plant_chain(organisation.chain)
    return Planted(calendars, procedures, reasons, situations, teams, steps, releases, services)


def plant_calendars(rows: Iterable[Row]) -> int:
    return _plant(Calendar, ({**row, "closures": list(row["closures"])} for row in rows))


def plant_procedures(rows: Iterable[Row]) -> int:
    return _plant(
        Procedure,
        (
            {**row, "field": Field(row["field"]), "position": position}
            for position, row in enumerate(rows)
        ),
    )


def plant_reasons(rows: Sequence[Row]) -> int:
    _fill_questions(rows)
    return _plant(
        ContactReason,
        (
            {
                **row,
                "field": Field(row["field"]) if row["field"] else None,
                "nature": Nature(row["nature"]),
                "priority": Priority(row["priority"]),
                "silence_means": Silence(row["silence_means"]) if "silence_means" in row else None,
                "position": position,
            }
            for position, row in enumerate(rows)
        ),
    )


def plant_situations(rows: Iterable[Row]) -> int:
    return _plant(Situation, ({**row, "position": n} for n, row in enumerate(rows)))


def plant_outside(rows: Sequence[Row]) -> int:
    """The authorities to which a request may be passed on."""
    return _plant(
        OutsideService, ({**row, "position": position} for position, row in enumerate(rows))
    )


def plant_releases(rows: Sequence[Row]) -> int:
    """The families of procedures already put on line, with the départements that came first."""
    session = db.session()
    known = set(session.scalars(select(ReleaseBlock.code)))
    new = [row for row in rows if row["code"] not in known]
    for position, row in enumerate(new):
        block = ReleaseBlock(
            code=row["code"],
            title=row["title"],
            procedures=list(row["procedures"]),
            planned_on=row["planned"],
            opened_on=row["opened"],
            trained_on=row.get("trained") or row["opened"],
            position=position,
        )
        session.add(block)
        session.flush()
        session.add_all(
            ReleaseOpening(block_id=block.id, department=code, planned_on=day, opened_on=day)
            for code, day in row.get("pilots", {}).items()
        )
    session.flush()
    return len(new)


def _fill_questions(rows: Sequence[Row]) -> None:
    """Reasons planted before there were questions get theirs; those that have some keep them."""
    asked = {row["code"]: row.get("questions") for row in rows}
    without = select(ContactReason).where(ContactReason.questions.is_(None))
    for reason in db.session().scalars(without):
        reason.questions = asked.get(reason.code)


def plant_teams(organisation: Organisation) -> int:
    """The sites, then the teams; returns how many teams were added."""
    _plant(Site, ({**row, "kind": SiteKind(row["kind"])} for row in organisation.sites))
    sites = {site.code: site for site in db.session().scalars(select(Site))}
    return _plant(Team, (_team(row, sites) for row in organisation.teams))


def plant_chain(rows: Sequence[Row]) -> int:
    """The arrows of the chain that are not there yet. Raises KeyError for an unknown team."""
    session = db.session()
    teams = {team.code: team.id for team in session.scalars(select(Team))}
    known = {_arrow(step) for step in session.scalars(_ALL_STEPS)}
    added = 0
    for row in rows:
        step = ChainStep(
            from_kind=TeamKind(row["from"]),
            field=Field(row["field"]) if row["field"] else None,
            nature=Nature(row["nature"]) if row["nature"] else None,
            requester=Requester(row["requester"]) if row.get("requester") else None,
            to_team_id=teams[row["to"]],
            position=row["position"],
        )
        # Looked for here and not left to the constraint: to it, two empty fields differ.
        if _arrow(step) not in known:
            session.add(step)
            added += 1
    session.flush()
    return added


def _team(row: Row, sites: dict[str, Site]) -> dict[str, Any]:
    site = sites[row["site"]] if row.get("site") else None
    kind = TeamKind(row["kind"])
    usual = "contact_centre" if kind is TeamKind.CONTACT_CENTRE else "standard"
    return {
        "code": row["code"],
        "kind": kind,
        "label": row["label"],
        "public_label": row["public_label"],
        "level": row["level"],
        "site": site,
        "calendar_code": row.get("calendar") or usual,
        "address": row.get("address") or (site.address if site else ""),
        "phone": row.get("phone") or (site.phone if site else ""),
        "email": row.get("email") or (site.email if site else ""),
    }


def _plant(model: Any, rows: Iterable[Row]) -> int:
    """Add the rows whose code is not there yet, with the columns that the model has."""
    session = db.session()
    known = set(session.scalars(select(model.code)))
    columns = set(model.__mapper__.attrs.keys())
    new = [row for row in rows if row["code"] not in known]
    session.add_all(model(**{k: v for k, v in row.items() if k in columns}) for row in new)
    session.flush()
    return len(new)


def _arrow(step: ChainStep) -> tuple[Any, ...]:
    return (step.from_kind, step.field, step.nature, step.requester, step.to_team_id)


_ALL_STEPS = select(ChainStep)
