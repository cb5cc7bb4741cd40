"""How a whole team signs to the public, when safety asks for less than its agents would say."""

from __future__ import annotations

from support.kernel import db
from support.kernel.errors import NotVisible
from support.people.models import Agent, SignaturePolicy, Team
from support.people.permissions import Permission, require


def team_signs(team_id: int, policy: SignaturePolicy | None, *, by: Agent) -> Team:
    """None leaves it to each agent. Raises NotVisible ``team.unknown``."""
    require(by, Permission.ADMINISTER)
    team = db.session().get(Team, team_id)
    if team is None:
        raise NotVisible.of("team.unknown")
    team.signature_policy = policy
    db.session().flush()
    return team
