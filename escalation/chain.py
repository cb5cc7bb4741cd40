"""Who is next: the teams to which a ticket may climb from where it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import or_, select

from escalation import absences
from escalation.models import Absence, ChainStep, Requester
from support.kernel import db
from support.people.models import Agent, SiteKind, Team
from support.tickets.models import Ticket


@dataclass(frozen=True)
class Way:
    """A team to climb to. ``instead_of``: the absent one that it stands in for; ``absent``: why it
    is not the usual way, or who of it is on call.
    """

    team: Team
    instead_of: Team | None = None
    absent: Absence | None = None

    @property
    def on_call(self) -> Agent | None:
        return self.absent.on_call if self.absent is not None and not self.instead_of else None


def next_teams(ticket: Ticket) -> Sequence[Team]:
    """The proposed team first, then the others that are allowed; empty at the top."""
    return [way.team for way in ways(ticket)]


def ways(ticket: Ticket) -> Sequence[Way]:
    """As :func:`next_teams`, with who stands in for whom today.

    A team that is away is replaced by its deputy; without one it comes last, unless one of its
    agents is on call. It stays allowed in every case: what waits for it alone must reach it.
    """
    teams, away = _fitting(ticket)
    first: list[Way] = []
    last: list[Way] = []
    for team in teams:
        absent = away.get(team.id)
        if absent is None or absent.on_call is not None:
            first.append(Way(team, absent=absent))
            continue
        if absent.deputy is not None and absent.deputy_id != ticket.team_id:
            first.append(Way(absent.deputy, instead_of=team, absent=absent))
        last.append(Way(team, absent=absent))
    found: dict[int, Way] = {}
    for way in (*first, *last):
        found.setdefault(way.team.id, way)
    return list(found.values())


def _fitting(ticket: Ticket) -> tuple[list[Team], dict[int, Absence]]:
    """The teams of the steps that fit, in their order, and which of them are away: one query."""
    steps = db.session().execute(
        select(ChainStep, Absence)
        .outerjoin(Absence, absences.of_today(ChainStep.to_team_id))
        .where(
            ChainStep.from_kind == ticket.team.kind,
            or_(ChainStep.field.is_(None), ChainStep.field == ticket.field),
            or_(ChainStep.nature.is_(None), ChainStep.nature == ticket.reason.nature),
            or_(ChainStep.requester.is_(None), ChainStep.requester == requester_of(ticket)),
        )
        .order_by(ChainStep.position, ChainStep.id, Absence.starts_on, Absence.id)
    )
    teams: dict[int, Team] = {}
    away: dict[int, Absence] = {}
    for step, absence in steps.unique():
        teams.setdefault(step.to_team_id, step.to_team)
        if absence is not None:  # of two, the one that began last
            away[step.to_team_id] = absence
    return list(teams.values()), away


def requester_of(ticket: Ticket) -> Requester:
    agent = ticket.requester_agent
    if agent is None:
        return Requester.PERSON
    site = agent.team.site
    platform = site is not None and site.kind is SiteKind.NATURALISATION_PLATFORM
    return Requester.PLATFORM if platform else Requester.REFERENT
