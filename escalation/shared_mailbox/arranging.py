"""Setting that a team works by mail: its mailbox, who may answer for it, how long it has."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from escalation.glpi.linking import BRIDGE
from escalation.models import Escalation
from support.kernel import db
from support.kernel.errors import Invalid, NotVisible, Problem
from support.people.models import Agent, Role, Team, TeamKind
from support.people.normalising import email_address
from support.people.permissions import Permission, require

ROLES = {
    TeamKind.PROJECT_DIRECTORATE: Role.PROJECT_AGENT,
    TeamKind.BUSINESS_DIRECTORATE: Role.BUSINESS_AGENT,
}
MOST_HOURS = 400
_DOMAIN = re.compile(r"@[a-z0-9-]+(\.[a-z0-9-]+)+")
_NO_PASSWORD = "!"  # no hash of anything: nobody signs in with it


@dataclass(frozen=True)
class Arrangement:
    """As typed: ``delegates`` one a line, ``hours`` in working hours; "" for none. ``bridge``:
    whether the team works in GLPI.
    """

    mailbox: str = ""
    delegates: str = ""
    hours: str = ""
    bridge: bool = False


def one_team(team_id: int, *, by: Agent) -> Team:
    """Raises NotVisible ``team.unknown``."""
    require(by, Permission.ADMINISTER)
    team = db.session().get(Team, team_id)
    if team is None:
        raise NotVisible.of("team.unknown")
    return team


def can_work_by_mail(team: Team) -> bool:
    return team.kind in ROLES


def arrange(team: Team, typed: Arrangement, *, by: Agent) -> None:
    """Raises Invalid with a problem for each wrong field: ``email.invalid`` (``mailbox``),
    ``mailbox.staff`` when an account has that address, ``mailbox.delegate`` (``delegates``, with
    ``words``), ``field.number`` (``hours``), ``team.two_ways`` (``bridge``) with a mailbox too,
    ``team.still_there`` (``bridge``) while hand-overs wait for an answer from there.
    """
    require(by, Permission.ADMINISTER)
    problems: list[Problem] = []
    mailbox = _address(typed.mailbox, team, problems) if can_work_by_mail(team) else None
    delegates = _delegates(typed.delegates, problems)
    hours = _hours(typed.hours, problems)
    bridge = typed.bridge and can_work_by_mail(team)
    if bridge and mailbox:
        problems.append(Problem("team.two_ways", "bridge"))
    if team.bridge and not bridge and _has_some(team):
        problems.append(Problem("team.still_there", "bridge"))
    if problems:
        raise Invalid(*problems)
    team.mailbox, team.agreed_hours = mailbox, hours
    team.delegates = list(delegates) if mailbox else None
    team.bridge = BRIDGE if bridge else None
    _keep_agent(team)
    db.session().flush()


def _address(typed: str, team: Team, problems: list[Problem]) -> str | None:
    if not typed.strip():
        return None
    try:
        address = email_address(typed)
    except Invalid:
        problems.append(Problem("email.invalid", "mailbox"))
        return None
    taken = select(Agent.id).where(
        Agent.email == address, Agent.by_mail.is_(False) | (Agent.team_id != team.id)
    )
    if db.session().scalar(taken) is not None:
        problems.append(Problem("mailbox.staff", "mailbox"))
    return address


def _delegates(typed: str, problems: list[Problem]) -> Sequence[str]:
    found: dict[str, None] = {}
    for word in re.split(r"[\s,;]+", typed.strip().lower()):
        if not word:
            continue
        try:
            found[word if _DOMAIN.fullmatch(word) else email_address(word)] = None
        except Invalid:
            problems.append(Problem("mailbox.delegate", "delegates", {"words": word[:80]}))
    return list(found)


def _hours(typed: str, problems: list[Problem]) -> int | None:
    if not typed.strip():
        return None
    if typed.strip().isascii() and typed.strip().isdigit() and 0 < int(typed) <= MOST_HOURS:
        return int(typed)
    problems.append(Problem("field.number", "hours", {"most": MOST_HOURS}))
    return None


def _has_some(team: Team) -> bool:
    """Whether hand-overs wait for an answer from there: it must still find its way back."""
    waiting = select(Escalation.id).where(
        Escalation.to_team_id == team.id, Escalation.ended_at.is_(None)
    )
    return db.session().scalar(waiting.limit(1)) is not None


def _keep_agent(team: Team) -> None:
    """The account by which the mailbox, or the other help desk, acts, as long as it does."""
    session = db.session()
    agent = session.scalar(select(Agent).where(Agent.team_id == team.id, Agent.by_mail))
    address = team.mailbox or (f"{team.code}@{team.bridge}.invalid" if team.bridge else None)
    if address is None:
        if agent is not None:
            agent.active = False
        return
    if agent is None:
        agent = Agent(by_mail=True, team=team, role=ROLES[team.kind], given_name="",
                      password_hash=_NO_PASSWORD)  # fmt: skip
        session.add(agent)
    agent.email, agent.family_name, agent.active = address, team.label[:80], True
