"""What stands beside a ticket: the path through the levels, the person, their other tickets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from escalation.models import Escalation
from support.kernel import db
from support.people.models import Agent, Team
from support.people.permissions import Permission, may
from support.tickets import followers, following_up, linking
from support.tickets.models import Link, Ticket
from support.tickets.timeline import Entry
from support.tickets.visibility import visible_to
from web.filters import ago, instant

OTHERS = 8


def level_path(
    ticket: Ticket, raised: Sequence[Escalation], following: Sequence[Team]
) -> list[dict[str, Any]]:
    """The levels it has come through, where it is and since when, and who would be next.

    ``raised``: all its hand-overs, come back or not; ``following``: the next teams of the chain.
    A team that has had it stays on the path, in the order of the levels.
    """
    had = {team.id: team for team in (ticket.home_team, *(e.to_team for e in raised))}
    teams = sorted(had.values(), key=lambda team: team.level)  # stable: as they had it
    path: list[dict[str, Any]] = []
    for team in teams:
        here = team.id == ticket.team_id
        path.append(_step(team, "current" if here else "past"))
        if here:
            path[-1] |= {
                "since": _("depuis %(time)s", time=ago(ticket.team_since)),
                "iso": ticket.team_since.isoformat(),
                "exact": instant(ticket.team_since),
            }
    if ticket.is_open:
        path += [_step(team, "future") for team in following[:1] if team.id not in had]
    return path


def _step(team: Team, state: str) -> dict[str, Any]:
    """« SDST » on the path, the whole name on hover."""
    return {"label": team.label.partition(",")[0], "name": team.label, "state": state}


def other_tickets(ticket: Ticket, agent: Agent) -> Sequence[Ticket]:
    """The requester's other tickets that the agent may see, open ones first."""
    whose = (
        Ticket.person_id == ticket.person_id
        if ticket.person_id is not None
        else Ticket.requester_agent_id == ticket.requester_agent_id
    )
    return (
        db.session()
        .scalars(
            select(Ticket)
            .where(whose, Ticket.id != ticket.id, visible_to(agent))
            .options(joinedload(Ticket.reason, innerjoin=True))
            .order_by(Ticket.is_open.desc(), Ticket.id.desc())
            .limit(OTHERS)
        )
        .all()
    )


def belonging(
    ticket: Ticket, thread: Sequence[Entry], agent: Agent, others: Sequence[Ticket]
) -> dict[str, Any]:
    """Who and what else belongs to a ticket, or may: three queries.

    ``earlier``: the ticket of which this one may be the follow-up, ``wrote``: when it was written
    to. ``gathers``: whether the agent
    may say so.
    """
    links, following = linking.links_of(ticket, by=agent), followers.followers_of(ticket)
    earlier, wrote = following_up.earlier_matter(ticket, others, links) or (None, None)
    return {
        "linked": [one for one in links if one.kind is not Link.APART],
        "earlier": earlier,
        "wrote": wrote,
        "followers": following,
        "named": followers.named_in(thread, ticket, following),
        "gathers": may(agent, Permission.REPLY) and followers.may_change(ticket, agent),
    }


def masked(number: str) -> str:
    """A foreigner number with its middle hidden: shown in full only when asked for."""
    return f"{number[:2]}•••••{number[-3:]}"
