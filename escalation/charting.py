"""Changing the chain: what that would have done to last month's tickets first, then the change."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import product
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.orm import aliased

from escalation.models import ChainStep, Requester
from support.catalogue.models import ContactReason, Field, Nature
from support.kernel import db
from support.kernel.errors import Invalid, NotVisible, Problem
from support.kernel.time import now
from support.people.models import Agent, Site, SiteKind, Team, TeamKind
from support.people.permissions import Permission, require
from support.tickets.models import Ticket

LOOKED_BACK = timedelta(days=30)
FROM = (
    TeamKind.CONTACT_CENTRE,
    TeamKind.HELP_POINT,
    TeamKind.PROJECT_DIRECTORATE,
    TeamKind.BUSINESS_DIRECTORATE,
)
TO = (TeamKind.PROJECT_DIRECTORATE, TeamKind.BUSINESS_DIRECTORATE)


@dataclass(frozen=True)
class Arrow:
    """One step of a chain that is only thought of. ``id`` None: it is not there yet."""

    from_kind: TeamKind
    to_team_id: int
    field: Field | None = None
    nature: Nature | None = None
    requester: Requester | None = None
    position: int = 0
    id: int | None = None

    @classmethod
    def of(cls, step: ChainStep) -> Arrow:
        return cls(
            step.from_kind, step.to_team_id, step.field, step.nature, step.requester,
            step.position, step.id,
        )  # fmt: skip

    @property
    def same(self) -> tuple[Any, ...]:
        return (self.from_kind, self.to_team_id, self.field, self.nature, self.requester)


@dataclass(frozen=True)
class Question:
    """What decides the way: where it is asked first, of what, by whom."""

    asked: TeamKind
    field: Field
    nature: Nature
    requester: Requester


@dataclass(frozen=True)
class Change:
    """So many tickets of last month would have been proposed another way. Teams, lowest first."""

    reason: str
    requester: Requester
    count: int
    before: Sequence[str]
    after: Sequence[str]


@dataclass(frozen=True)
class Rehearsal:
    """``total``: tickets looked at. ``stuck``: those of them that would have no way up at all,
    and have one today.
    """

    total: int
    changed: int
    stuck: int
    changes: Sequence[Change]


def climb(
    arrows: Sequence[Arrow], kinds: dict[int, TeamKind], question: Question
) -> tuple[int, ...]:
    """The teams that are proposed one after the other, to the top. Raises Invalid ``chain.loop``
    when they come round again.
    """
    here = question.asked
    path: list[int] = []
    while True:
        fitting = [a for a in arrows if a.from_kind is here and _fits(a, question)]
        if not fitting:
            return tuple(path)
        best = min(fitting, key=lambda a: (a.position, a.id or 10**9))
        if best.to_team_id in path:
            raise Invalid.of("chain.loop", "to")
        path.append(best.to_team_id)
        here = kinds[best.to_team_id]


def _fits(arrow: Arrow, question: Question) -> bool:
    return (
        arrow.field in (None, question.field)
        and arrow.nature in (None, question.nature)
        and arrow.requester in (None, question.requester)
    )


def with_change(arrow: Arrow | None, instead_of: int | None, *, by: Agent) -> list[Arrow]:
    """The chain as it would be: with ``arrow`` in the place of the step ``instead_of``; None adds,
    or removes. Raises Invalid: ``chain.from``, ``chain.to``, ``chain.itself``, ``chain.twice``,
    ``chain.loop``; NotVisible ``chain.unknown``.
    """
    require(by, Permission.ADMINISTER)
    there = arrows()
    if instead_of is not None and instead_of not in {one.id for one in there}:
        raise NotVisible.of("chain.unknown")
    kept = [one for one in there if one.id != instead_of]
    if arrow is None:
        return kept
    teams = {team.id: team for team in db.session().scalars(select(Team).where(Team.kind.in_(TO)))}
    problems: list[Problem] = []
    if arrow.from_kind not in FROM:
        problems.append(Problem("chain.from", "from"))
    to = teams.get(arrow.to_team_id)
    if to is None:
        problems.append(Problem("chain.to", "to"))
    elif arrow.same in {one.same for one in kept}:
        problems.append(Problem("chain.twice", "to"))
    if problems:
        raise Invalid(*problems)
    planned = [*kept, replace(arrow, id=instead_of)]
    _refuse_loops(planned, {one.id: one.kind for one in teams.values()})
    return planned


def _refuse_loops(planned: Sequence[Arrow], kinds: dict[int, TeamKind]) -> None:
    for asked, field, nature, requester in product(FROM, Field, Nature, Requester):
        climb(planned, kinds, Question(asked, field, nature, requester))


def arrows() -> list[Arrow]:
    return [Arrow.of(step) for step in db.session().scalars(select(ChainStep)).unique()]


def apply(arrow: Arrow | None, instead_of: int | None, *, by: Agent) -> None:
    """Make the change. Raises as :func:`with_change`."""
    with_change(arrow, instead_of, by=by)
    session = db.session()
    step = session.get(ChainStep, instead_of) if instead_of is not None else None
    if arrow is None:
        session.delete(step)
    else:
        step = step or ChainStep()
        step.from_kind, step.to_team_id = arrow.from_kind, arrow.to_team_id
        step.field, step.nature = arrow.field, arrow.nature
        step.requester, step.position = arrow.requester, arrow.position
        session.add(step)
    session.flush()


def rehearse(planned: Sequence[Arrow], *, by: Agent) -> Rehearsal:
    """What the chain as planned would have proposed for the tickets of the last thirty days,
    beside what the present one does. Two queries, whatever their number.
    """
    require(by, Permission.ADMINISTER)
    teams = {team.id: team for team in db.session().scalars(select(Team))}
    kinds = {team.id: team.kind for team in teams.values()}
    present, changes, total, stuck = arrows(), [], 0, 0
    for reason, question, count in _last_month():
        total += count
        before, after = climb(present, kinds, question), climb(planned, kinds, question)
        if before != after:
            stuck += count if before and not after else 0
            named = [[teams[one].label for one in path] for path in (before, after)]
            changes.append(Change(reason, question.requester, count, *named))
    changes.sort(key=lambda one: -one.count)
    return Rehearsal(total, sum(one.count for one in changes), stuck, changes)


def _last_month() -> Iterable[tuple[str, Question, int]]:
    home, asking = aliased(Team), aliased(Team)
    who = case(
        (Ticket.person_id.is_not(None), Requester.PERSON.value),
        (Site.kind == SiteKind.NATURALISATION_PLATFORM, Requester.PLATFORM.value),
        else_=Requester.REFERENT.value,
    )
    groups = (home.kind, Ticket.field, Ticket.reason_id, who)
    counted = (
        select(*groups, func.count())
        .join(home, home.id == Ticket.home_team_id)
        .outerjoin(Agent, Agent.id == Ticket.requester_agent_id)
        .outerjoin(asking, asking.id == Agent.team_id)
        .outerjoin(Site, Site.id == asking.site_id)
        .where(Ticket.created_at >= now() - LOOKED_BACK)
        .group_by(*groups)
    )
    session = db.session()
    reasons = {one.id: one for one in session.scalars(select(ContactReason))}
    for kind, field, reason_id, requester, count in session.execute(counted):
        reason = reasons[reason_id]
        question = Question(kind, field, reason.nature, Requester(requester))
        yield reason.label, question, count
