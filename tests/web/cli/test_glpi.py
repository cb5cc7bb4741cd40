"""``relais glpi``, and its line in ``relais check``."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from escalation.glpi import settings
from support.kernel import db
from support.tickets.models import State, Ticket
from tests.servers.glpi import APP_TOKEN, REFERENT, USER_TOKEN, GlpiServer
from web.cli import main


@pytest.fixture
def server() -> Iterator[GlpiServer]:
    with GlpiServer() as running:
        yield running
    settings.configure(None)


@pytest.fixture(autouse=True)
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, server: GlpiServer) -> None:
    monkeypatch.setenv("RELAIS_DATA_DIR", str(tmp_path / "var"))
    monkeypatch.setenv("RELAIS_DATABASE_URL", "")
    monkeypatch.setenv("RELAIS_GLPI_URL", server.url)
    monkeypatch.setenv("RELAIS_GLPI_APP_TOKEN", APP_TOKEN)
    monkeypatch.setenv("RELAIS_GLPI_USER_TOKEN", USER_TOKEN)
    monkeypatch.chdir(tmp_path)
    assert CliRunner().invoke(main, ["db", "upgrade"]).exit_code == 0


def glpi(*words: str) -> Result:
    return CliRunner().invoke(main, ["glpi", *words])


def lines(done: Result) -> list[dict[str, Any]]:
    assert done.exit_code == 0, done.output
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_check_says_who_we_are_there(server: GlpiServer) -> None:
    assert lines(glpi("check")) == [{"url": server.url, "version": "v1", "signed_in_as": "relais"}]
    assert "glpi        ok" in CliRunner().invoke(main, ["check"]).stdout


def test_a_wrong_token_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RELAIS_GLPI_USER_TOKEN", "faux")
    assert glpi("check").exit_code == 1
    done = CliRunner().invoke(main, ["check"])
    assert done.exit_code == 1
    assert "look at the RELAIS_GLPI_ tokens" in done.stdout


def test_wrong_settings_are_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    maps = tmp_path / "maps.yaml"
    maps.write_text("statuses: {5: fini}\n")
    monkeypatch.setenv("RELAIS_GLPI_MAPS", str(maps))
    done = glpi("check")
    assert done.exit_code == 2
    assert "maps.yaml" in done.output
    maps.write_text("categories: {other: 7}\nstatuses: {9: answered}\n")
    monkeypatch.setenv("RELAIS_GLPI_USER_TOKEN", "")
    done = glpi("check")
    assert done.exit_code == 2
    assert "RELAIS_GLPI_USER_TOKEN" in done.output


def test_import_keeps_the_history_and_goes_on_where_it_stopped(server: GlpiServer) -> None:
    first = server.open_ticket("Ancien", "<p>Bonjour</p>", by=REFERENT)
    server.follow_up(first, "Encore moi", by=REFERENT)
    server.solve(first, "Fait")
    second = server.open_ticket("Récent", "<p>Aide</p>", by=REFERENT)
    server.open_ticket("[Relais 2611-0000-0000] à nous", "x", externalid="Relais 2611-0000-0000")
    dry = lines(glpi("import", "--dry-run"))
    assert [one["what"] for one in dry] == ["would be taken", "would be taken", "ours"]
    taken = lines(glpi("import", "--limit", "1"))
    assert [(one["glpi"], one["what"]) for one in taken] == [(first, "taken")]
    again = lines(glpi("import"))
    assert [one["what"] for one in again] == ["here already", "taken", "ours"]
    with db.transaction(write=False):
        tickets = db.session().scalars(select(Ticket).order_by(Ticket.id)).all()
        assert [(one.subject, one.state) for one in tickets] == [
            ("Ancien", State.CLOSED), ("Récent", State.NEW),
        ]  # fmt: skip
    still_open = lines(glpi("import", "--open-only"))
    assert [(one["glpi"], one["what"]) for one in still_open[:1]] == [(second, "here already")]
    assert [one["what"] for one in still_open] == ["here already", "ours"]


def test_when_it_stops_answering_the_rest_waits(server: GlpiServer) -> None:
    server.open_ticket("Un", "x")
    server.fail("GET .*/ITILFollowup", 503, times=5)
    done = glpi("import")
    assert done.exit_code == 75
    server.faults.clear()
    assert [one["what"] for one in lines(glpi("import"))] == ["taken"]


def test_plan_and_poll_say_nothing_when_there_is_nothing() -> None:
    assert lines(glpi("plan")) == []
    assert lines(glpi("poll")) == [{"read": 0}]


def test_without_a_glpi_it_says_what_to_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RELAIS_GLPI_URL", "")
    done = glpi("poll")
    assert done.exit_code == 1
    assert "RELAIS_GLPI_URL" in done.output
