"""A GLPI, a team that works in it, and the worker's two hands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
from sqlalchemy import Connection, select

from escalation.glpi import linking, pulling, pushing, settings
from escalation.glpi.models import GlpiTicket
from escalation.glpi.reaching import reach
from escalation.glpi.settings import Maps, Settings
from escalation.models import ChainStep
from escalation.raising import HandoverDraft, escalate
from escalation.shared_mailbox import arranging
from escalation.shared_mailbox.arranging import Arrangement
from support.kernel import db
from support.outbox.draining import Handler, drain
from support.people.models import Team, TeamKind
from support.tickets.journal import FileDraft
from support.tickets.models import Ticket
from support.tickets.timeline import Entry, EntryKind
from support.tickets.visibility import PAGE
from tests.cast import Cast, again, make_cast
from tests.factories import GIVEN, a_ticket
from tests.servers import glpi as contract
from tests.servers.glpi import GlpiServer

QUESTION = "Le bouton « Suivant » ne répond plus pour Awa Traoré, awa@example.org."
SECRET = "webhook-secret"


@pytest.fixture
def server() -> Iterator[GlpiServer]:
    with GlpiServer() as running:
        yield running


@pytest.fixture
def glpi(database: str, server: GlpiServer) -> Iterator[Settings]:
    """The settings in force: by the first interface on one database, by the second on the other,
    so that every test meets both of each and runs twice, not four times.
    """
    made = settings_for(server, "v1" if database == "sqlite" else "v2")
    settings.configure(made)
    yield made
    reach(made).close()
    settings.configure(None)


def settings_for(server: GlpiServer, version: str, **more: Any) -> Settings:
    return Settings(
        url=server.url,
        version=version,
        app_token=contract.APP_TOKEN,
        user_token=contract.USER_TOKEN,
        client_id=contract.CLIENT_ID,
        client_secret=contract.CLIENT_SECRET,
        username="relais",
        password="secret",
        webhook_secret=SECRET,
        timeout=0.6,
        maps=Maps(categories={"account.blocked": 9}, groups={"support": 4}),
        **more,
    )


def change(before: Settings, **more: Any) -> Settings:
    after = replace(before, **more)
    settings.configure(after)
    return after


@dataclass
class Bridge:
    """``support``: the team that works in GLPI; ``ticket``: one that DP ANEF has in hand."""

    cast: Cast
    server: GlpiServer
    support: Team
    ticket_id: int

    def hand_over(self, question: str = QUESTION, *files: FileDraft) -> None:
        with db.transaction():
            to = again(self.support)
            escalate(self.ticket(), to, HandoverDraft(question, GIVEN, files), by=self.dp())

    def dp(self) -> Any:
        return again(self.cast.dp)

    def ticket(self) -> Ticket:
        found = db.session().get(Ticket, self.ticket_id, options=PAGE)
        assert found is not None
        return found

    def link(self) -> GlpiTicket:
        found = db.session().get(GlpiTicket, self.ticket_id, populate_existing=True)
        assert found is not None
        return found

    def entries(self, *kinds: EntryKind) -> list[Entry]:
        query = select(Entry).where(Entry.ticket_id == self.ticket_id).order_by(Entry.id)
        found = db.session().scalars(query).all()
        return [one for one in found if not kinds or one.kind in kinds]

    def events(self, name: str) -> list[Entry]:
        return [one for one in self.entries(EntryKind.EVENT) if one.event == name]

    def remote(self) -> dict[str, Any]:
        (made,) = self.server.tickets.values()
        return made


@pytest.fixture
def bridge(doors_db: Connection, glpi: Settings, server: GlpiServer) -> Bridge:
    with db.transaction() as session:
        cast = make_cast(session)
        support = Team(
            code="support", kind=TeamKind.BUSINESS_DIRECTORATE, label="Support technique",
            public_label="le support technique", level=3, calendar_code="office",
        )  # fmt: skip
        session.add(support)
        session.flush()
        arranging.arrange(support, Arrangement(bridge=True), by=cast.admin)
        step = ChainStep(from_kind=TeamKind.PROJECT_DIRECTORATE, to_team=support, position=5)
        session.add(step)
        ticket = a_ticket(cast, cast.awa, reason="account.blocked")
        escalate(ticket, cast.teams["dp"], HandoverDraft(QUESTION, GIVEN), by=cast.teleadviser)
        return Bridge(cast, server, support, ticket.id)


def work(limit: int = 50) -> int:
    """What a worker does, once: notice, deliver what is due."""
    with db.transaction():
        linking.notice()
    return drain(Handlers(), limit=limit)


class Handlers(dict[str, Handler]):
    """GLPI's; whatever else the outbox holds is done as if by somebody else."""

    def get(self, topic: str, default: Any = None) -> Any:
        ours = {linking.PUSH: pushing.push, linking.PULL: pulling.pull}
        return ours.get(topic, lambda payload: None)


def settle() -> None:
    """Until nothing is left to do."""
    for _ in range(10):
        if work() == 0:
            return
    raise AssertionError("it never comes to rest: an echo?")
