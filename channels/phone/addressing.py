"""Whom a call is for: agents by extension, address or name; a team by its queue or number."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, or_, select

from channels.phone.events import Event
from channels.phone.numbers import read_number
from support.kernel import db
from support.people.models import Agent, Team, TeamKind
from support.people.normalising import fold


def agents_named(names: Sequence[str]) -> list[Agent]:
    """Agents in service that ``names`` mean: an extension, an e-mail address or a whole name.

    A name that two agents bear means neither.
    """
    wanted = [name for name in names if name]
    if not wanted:
        return []
    lowered = [name.lower() for name in wanted]
    shorts = {read_number(name).short for name in wanted} - {""}
    full = func.lower(Agent.given_name + " " + Agent.family_name)
    back = func.lower(Agent.family_name + " " + Agent.given_name)
    query = select(Agent).where(
        Agent.active,
        or_(
            Agent.extension.in_([*wanted, *shorts]),
            Agent.email.in_(lowered),
            full.in_(lowered),
            back.in_(lowered),
        ),
    )
    found = db.session().scalars(query.order_by(Agent.id)).unique().all()
    return [agent for name in wanted for agent in _meant(name, found)]


def _meant(name: str, agents: Sequence[Agent]) -> list[Agent]:
    places = {name, read_number(name).short} - {""}
    sure = [a for a in agents if a.extension in places or a.email == name.lower()]
    if sure:
        return sure
    named = [a for a in agents if fold(name) in (fold(a.full_name), fold(_turned(a)))]
    return named if len(named) == 1 else []


def _turned(agent: Agent) -> str:
    return f"{agent.family_name} {agent.given_name}"


def team_called(event: Event) -> Team | None:
    """The team of the queue, or the one whose number was dialled."""
    teams = db.session().scalars(select(Team).order_by(Team.id)).all()
    if event.queue:
        queue = fold(event.queue)
        named = [t for t in teams if queue in (fold(t.code), fold(t.label), fold(t.public_label))]
        if named:
            return named[0]
    for text in (event.queue, event.called.sent):
        number = read_number(text).e164
        of_number = [t for t in teams if number and read_number(t.phone).e164 == number]
        # One number for the whole centre is nobody's in particular.
        if len(of_number) == 1:
            return of_number[0]
    return None


def is_ours(team: Team | None) -> bool:
    """Whether a missed call of that team is the contact centre's to call back."""
    return team is None or team.kind is TeamKind.CONTACT_CENTRE
