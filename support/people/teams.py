"""Making a team: a new level of the chain, a site's referents, a help point."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sqlalchemy import select

from support.kernel import db
from support.kernel.errors import Invalid, Problem
from support.people.models import Agent, Team, TeamKind
from support.people.normalising import fold
from support.people.permissions import Permission, require

LEVELS = {
    TeamKind.CONTACT_CENTRE: 1,
    TeamKind.SITE_REFERENTS: 0,
    TeamKind.HELP_POINT: 1,
    TeamKind.PROJECT_DIRECTORATE: 2,
    TeamKind.BUSINESS_DIRECTORATE: 3,
}
LONGEST = 120


@dataclass(frozen=True)
class TeamDraft:
    """``public_label``: as the public reads it; empty for the same as ``label``."""

    label: str
    kind: str
    public_label: str = ""
    calendar_code: str = "standard"


def make_team(draft: TeamDraft, *, by: Agent) -> Team:
    """Raises Invalid: ``team.unnamed``, ``team.named_twice`` (``label``), ``field.choice``
    (``kind``).
    """
    require(by, Permission.ADMINISTER)
    session, label = db.session(), draft.label.strip()[:LONGEST]
    problems: list[Problem] = []
    if not label:
        problems.append(Problem("team.unnamed", "label"))
    elif session.scalar(select(Team.id).where(Team.label == label)) is not None:
        problems.append(Problem("team.named_twice", "label"))
    if draft.kind not in {kind.value for kind in LEVELS}:
        problems.append(Problem("field.choice", "kind"))
    if problems:
        raise Invalid(*problems)
    kind = TeamKind(draft.kind)
    made = Team(
        code=_free_code(label),
        kind=kind,
        label=label,
        public_label=draft.public_label.strip()[:160] or label,
        level=LEVELS[kind],
        calendar_code=draft.calendar_code,
    )
    session.add(made)
    session.flush()
    return made


def _free_code(label: str) -> str:
    """« support-technique », « support-technique-2 »: stable, for files and programmes."""
    root = re.sub(r"[^a-z0-9]+", "-", fold(label)).strip("-")[:34] or "equipe"
    taken = set(db.session().scalars(select(Team.code).where(Team.code.startswith(root))))
    number, code = 1, root
    while code in taken:
        number += 1
        code = f"{root}-{number}"
    return code
