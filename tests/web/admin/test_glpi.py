"""The bridge's own page, the door where GLPI knocks, and the team that works there."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import select

from escalation.glpi import linking, settings
from escalation.glpi.settings import Mode, Settings
from escalation.models import ChainStep
from escalation.raising import HandoverDraft, escalate
from support.kernel import db
from support.outbox.models import OutboxRow, OutboxState
from support.people.models import Agent, Team, TeamKind
from tests.cast import again
from tests.factories import GIVEN, a_ticket
from tests.servers.glpi import signed
from tests.web.conftest import Site

PATH = "/agent/administration/glpi"
SECRET = "webhook-secret"


@pytest.fixture
def set_up() -> Iterator[Settings]:
    made = Settings(url="https://glpi.example", mode=Mode.ON, webhook_secret=SECRET)
    settings.configure(made)
    yield made
    settings.configure(None)


def a_level_there(site: Site) -> int:
    """A ticket that waits to leave for a team that works in GLPI."""
    with db.transaction():
        team = again(site.cast.teams["asylum"])
        team.bridge = linking.BRIDGE
        db.session().add(ChainStep(from_kind=TeamKind.CONTACT_CENTRE, to_team=team, position=9))
        ticket = a_ticket(site.cast, again(site.cast.awa))
        draft = HandoverDraft("Pourquoi Awa Traoré ne peut-elle pas déposer ?", GIVEN)
        escalate(ticket, team, draft, by=again(site.cast.teleadviser))
        return ticket.id


def test_without_a_glpi_it_says_how_to_have_one(site: Site) -> None:
    page = site.as_("admin").get(PATH).text
    assert "RELAIS_GLPI_URL" in page
    assert "Aucune." in page
    assert "Arrêter tout échange" not in page


def test_it_shows_exactly_what_would_leave(site: Site, set_up: Settings) -> None:
    a_level_there(site)
    page = site.as_("admin").get(PATH).text
    assert "https://glpi.example" in page
    assert "Pourquoi [nom] [nom] ne peut-elle pas déposer ?" in page
    assert "Motif other" in page


def test_the_switch_stops_and_starts_again(site: Site, set_up: Settings) -> None:
    admin = site.as_("admin")
    assert admin.send(f"{PATH}/pauses", {"confirme": "oui"}).status_code == 303
    page = admin.get(PATH).text
    assert "Arrêté par Thomas Wagner" in page
    with db.transaction():
        assert linking.notice() == 0
    admin.send(f"{PATH}/reprises", {"confirme": "oui"})
    assert "Arrêter tout échange avec GLPI" in admin.get(PATH).text


def test_what_was_given_up_leads_to_why(site: Site, set_up: Settings) -> None:
    with db.transaction():
        row = OutboxRow(topic=linking.PUSH, payload={"ticket_id": 1}, state=OutboxState.GIVEN_UP)
        row.last_error = "GLPI: Refused 400 ERROR_GLPI_ADD"
        db.session().add(row)
        linking.bridge().problem = "NotLetIn: 401 ERROR_GLPI_LOGIN_USER_TOKEN"
    admin = site.as_("admin")
    page = admin.get(PATH).text
    assert "1 échange abandonné" in page
    assert "GLPI refuse notre identifiant" in page
    assert (
        "GLPI refuse cette demande pour de bon." in admin.get("/agent/administration/envois").text
    )


def test_a_team_is_set_to_work_there(site: Site) -> None:
    admin = site.as_("admin")
    team_id = site.cast.teams["sdst"].id
    where = f"/agent/administration/equipes/{team_id}"
    both = {"bridge": "y", "mailbox": "sdst@example.org"}
    refused = admin.send(where, both)
    assert refused.status_code == 422
    assert "par courriel ou dans GLPI, pas les deux" in refused.text
    assert admin.send(where, {"bridge": "y"}).status_code == 303
    with db.transaction(write=False):
        assert db.session().get(Team, team_id).bridge == "glpi"  # type: ignore[union-attr]
        agent = db.session().scalar(select(Agent).where(Agent.team_id == team_id, Agent.by_mail))
        assert agent is not None
        assert (agent.email, agent.active) == ("sdst@glpi.invalid", True)
    assert "checked" in admin.get(where).text
    assert "dans GLPI" in admin.get("/agent/administration/equipes").text
    admin.send(where, {})
    with db.transaction(write=False):
        assert db.session().get(Team, team_id).bridge is None  # type: ignore[union-attr]


def test_the_door_where_glpi_knocks(site: Site, set_up: Settings) -> None:
    knocking = site.anyone()
    body = b'{"item": {"id": 5, "status": {"id": 2}}, "event": "update"}'
    assert knocking.post("/api/glpi", data=body).status_code == 403
    wrong = knocking.post("/api/glpi", data=body, headers=signed(body, "autre"))
    assert wrong.status_code == 403
    right = signed(body, SECRET)
    assert knocking.post("/api/glpi", data=body, headers=right).status_code == 202
    assert knocking.post("/api/glpi", data=body, headers=right).status_code == 200
    with db.transaction(write=False):
        (row,) = db.session().scalars(select(OutboxRow).where(OutboxRow.topic == linking.PULL))
        assert row.payload["remote_id"] == 5
    assert knocking.get("/api/glpi?crc_token=faux").status_code == 403
    from escalation.glpi.events import CHALLENGE, sign

    crc = sign(set_up, CHALLENGE)
    answer = knocking.get(f"/api/glpi?crc_token={crc}")
    assert (answer.status_code, answer.text) == (200, sign(set_up, crc))


def test_without_a_glpi_the_door_is_shut(site: Site) -> None:
    body = b"{}"
    shut = site.anyone().post("/api/glpi", data=body, headers=signed(body, SECRET))
    assert shut.status_code == 403
