"""Everybody and everything that the stories of the demonstration refer to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from random import Random

from sqlalchemy import select

from knowledge.articles.models import Article, Audience, Revision
from support.catalogue.models import ContactReason, Procedure
from support.clocks.calendar import WorkingHours
from support.kernel import db
from support.people.models import Agent, Person, Team
from web.demo.attaching import Drawer
from web.demo.reading import BadThread


@dataclass(frozen=True)
class Leaflet:
    """An article as a reply refers to it. ``public``: whether the person may read it."""

    id: int
    revision: int
    slug: str
    title: str
    public: bool


@dataclass
class Company:
    """Rows by their code or address. ``public_url``: without a slash at its end."""

    agents: Mapping[str, Agent]
    persons: Sequence[Person]
    leaflets: Mapping[str, Leaflet]
    public_url: str
    office_hours: WorkingHours
    drawer: Drawer = field(default_factory=Drawer)
    teams: Mapping[str, Team] = field(init=False)
    reasons: Mapping[str, ContactReason] = field(init=False)
    procedures: Mapping[str, Procedure] = field(init=False)

    def __post_init__(self) -> None:
        session = db.session()
        self.teams = {row.code: row for row in session.scalars(select(Team))}
        self.reasons = {row.code: row for row in session.scalars(select(ContactReason))}
        self.procedures = {row.code: row for row in session.scalars(select(Procedure))}

    def leaflet(self, slug: str) -> Leaflet:
        """Raises BadThread when there is no such article."""
        if slug not in self.leaflets:
            raise BadThread(f"no published article {slug}")
        return self.leaflets[slug]

    def someone_of(self, team: Team, rng: Random) -> Agent:
        """An agent of ``team``: mostly the one whose account the visitor opens, listed first."""
        members = [agent for agent in self.agents.values() if agent.team_id == team.id]
        return members[0] if rng.random() < 0.5 else rng.choice(members)


def leaflets() -> Mapping[str, Leaflet]:
    """The published articles, by slug."""
    published = select(Article, Revision.title).join(
        Revision,
        (Revision.article_id == Article.id) & (Revision.number == Article.published_number),
    )
    return {
        article.slug: Leaflet(
            article.id,
            article.published_number or 1,
            article.slug,
            title,
            article.audience is Audience.PUBLIC,
        )
        for article, title in db.session().execute(published)
    }
