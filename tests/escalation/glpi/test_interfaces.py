"""The two interfaces, verb by verb: against the contract server always, and against a real GLPI
when RELAIS_TEST_GLPI_URL (with RELAIS_TEST_GLPI_VERSION, …_APP_TOKEN, …_USER_TOKEN,
…_CLIENT_ID, …_CLIENT_SECRET, …_USERNAME, …_PASSWORD) names one where tickets may be made.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta
from uuid import uuid4

import httpx
import pytest

from escalation.glpi import calling
from escalation.glpi.markup import to_text
from escalation.glpi.port import (
    Glpi,
    Gone,
    ItemKind,
    NotLetIn,
    Refused,
    TicketToMake,
    Unreachable,
)
from escalation.glpi.reaching import VERSIONS
from escalation.glpi.settings import Settings
from support.kernel.time import now
from tests.escalation.glpi.conftest import settings_for
from tests.servers.glpi import ZONE, GlpiServer

REAL = os.environ.get("RELAIS_TEST_GLPI_URL", "")


def real_settings() -> Settings:
    names = ("app_token", "user_token", "client_id", "client_secret", "username", "password")
    given = {name: os.environ.get(f"RELAIS_TEST_GLPI_{name.upper()}", "") for name in names}
    version = os.environ.get("RELAIS_TEST_GLPI_VERSION", "v1")
    return Settings(url=REAL.rstrip("/"), version=version, **given)


@pytest.fixture(params=["v1", "v2", *(["real"] if REAL else [])])
def spoken(request: pytest.FixtureRequest, server: GlpiServer) -> Iterator[Glpi]:
    server.clock = now().astimezone(ZONE).replace(microsecond=0)
    asked = request.param
    settings = real_settings() if asked == "real" else settings_for(server, asked)
    client = VERSIONS[settings.version](settings)
    yield client
    client.close()


def a_ticket_to_make() -> TicketToMake:
    name = f"Relais {uuid4().hex[:12]}"
    return TicketToMake(name, "Essai du pont", "<p>Bonjour &lt;toi&gt;</p>", urgency=4, kind=1)


def test_a_ticket_from_its_making_to_its_end(spoken: Glpi) -> None:
    assert spoken.check()
    made = a_ticket_to_make()
    assert spoken.find(made.external_id) is None
    number = spoken.create(made)
    assert spoken.find(made.external_id) == number
    there = spoken.ticket(number)
    assert made.external_id in there.title
    assert to_text(there.html) == "Bonjour <toi>"
    follow_up = spoken.add_followup(number, "<p>Un mot</p>", private=True)
    (item,) = [one for one in spoken.timeline(number) if one.kind is ItemKind.FOLLOWUP]
    assert (item.id, item.private, to_text(item.html)) == (follow_up, True, "Un mot")
    spoken.set_status(number, 4)
    assert spoken.ticket(number).status == 4
    changed = [one.id for one in spoken.changed_since(now() - timedelta(hours=1))]
    assert number in changed
    if spoken.takes_files():
        document = spoken.add_file(number, "note.txt", "text/plain", b"trace")
        (item,) = [one for one in spoken.timeline(number) if one.kind is ItemKind.DOCUMENT]
        assert (item.id, item.filename) == (document, "note.txt")
        assert spoken.file(document, 100) == b"trace"
        assert spoken.file(document, 2) is None
    else:
        with pytest.raises(Refused):
            spoken.add_file(number, "note.txt", "text/plain", b"trace")


def test_what_is_not_there_is_gone(spoken: Glpi) -> None:
    with pytest.raises(Gone):
        spoken.ticket(999_999_999)
    assert spoken.user(999_999_999) is None


def test_each_failure_is_told_apart(server: GlpiServer) -> None:
    spoken = VERSIONS["v1"](settings_for(server, "v1"))
    for status, kind in (
        (500, Unreachable),
        (503, Unreachable),
        (429, Unreachable),
        (403, NotLetIn),
        (302, NotLetIn),
        (404, Gone),
        (400, Refused),
        (422, Refused),
    ):
        server.fail(r"GET .*/Ticket/\d+$", status)
        with pytest.raises(kind):
            spoken.ticket(1)
    server.fail(r"GET .*/Ticket/\d+$", 200, body="<html>maintenance</html>")
    with pytest.raises(Unreachable, match="no JSON"):
        spoken.ticket(1)


@pytest.mark.parametrize("version", ["v1", "v2"])
def test_an_address_where_nobody_answers(version: str, server: GlpiServer) -> None:
    settings = Settings(url="http://127.0.0.1:9", version=version, client_id="x", timeout=1)
    with pytest.raises(Unreachable):
        VERSIONS[version](settings).check()


def test_a_session_lost_twice_is_a_refusal_not_a_loop(server: GlpiServer) -> None:
    spoken = VERSIONS["v1"](settings_for(server, "v1"))
    server.fail(r"getFullSession", 401, times=9, body=["ERROR_SESSION_TOKEN_INVALID", ""])
    with pytest.raises(NotLetIn):
        spoken.check()
    assert server.count("initSession") <= 3


def test_what_it_says_is_not_repeated_whole() -> None:
    answer = httpx.Response(400, json=["ERROR_GLPI_ADD", "awa@example.org existe déjà"])
    assert "awa" not in str(calling.refused(answer))
