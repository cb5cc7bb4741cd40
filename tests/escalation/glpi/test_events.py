"""What GLPI tells by itself: only with its signature, once, and in any order."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import func, select

from escalation.glpi import events
from escalation.glpi.models import GlpiEvent
from escalation.glpi.settings import Settings
from support.kernel import db
from support.kernel.errors import Forbidden
from support.tickets.timeline import EntryKind
from tests.escalation.glpi.conftest import SECRET, Bridge, settle
from tests.servers.glpi import GlpiServer, signed


def told(glpi: Settings, body: bytes, headers: dict[str, str]) -> bool:
    with db.transaction():
        return events.take_in(glpi, body, headers["X-GLPI-timestamp"], headers["X-GLPI-signature"])


def test_an_event_has_its_ticket_read_again(
    bridge: Bridge, glpi: Settings, server: GlpiServer
) -> None:
    bridge.hand_over()
    settle()
    number = bridge.remote()["id"]
    first = server.event(number, SECRET)
    server.follow_up(number, "Vu.")
    second = server.event(number, SECRET)
    assert told(glpi, *second) is True
    assert told(glpi, *second) is False  # sent again by its queue
    assert told(glpi, *first) is True  # out of order
    settle()
    with db.transaction(write=False):
        words = [e.text for e in bridge.entries(EntryKind.EXCHANGE) if e.data["move"] == "glpi"]
        assert words == ["Vu."]
        assert db.session().scalar(select(func.count()).select_from(GlpiEvent)) == 2
        assert all(one.done_at for one in db.session().scalars(select(GlpiEvent)))


@pytest.mark.parametrize("what", ["signature", "body", "timestamp", "none"])
def test_a_wrong_signature_is_refused(bridge: Bridge, glpi: Settings, what: str) -> None:
    body = b'{"item": {"id": 5, "status": {"id": 2}}, "event": "update"}'
    headers = signed(body, "autre" if what == "signature" else SECRET)
    if what == "timestamp":
        headers["X-GLPI-timestamp"] = "1764000001"
    if what == "none":
        headers["X-GLPI-signature"] = ""
    with pytest.raises(Forbidden):
        told(glpi, body + b" " if what == "body" else body, headers)


def test_without_a_secret_nobody_is_believed(bridge: Bridge, glpi: Settings) -> None:
    from dataclasses import replace

    open_to_all = replace(glpi, webhook_secret="")
    body = b"{}"
    with pytest.raises(Forbidden):
        told(open_to_all, body, signed(body, ""))
    with pytest.raises(Forbidden):
        events.answer_challenge(open_to_all, events.sign(open_to_all, events.CHALLENGE))


def test_the_challenge(bridge: Bridge, glpi: Settings) -> None:
    crc = events.sign(glpi, "validate_cra_challenge")
    assert events.answer_challenge(glpi, crc) == events.sign(glpi, crc)
    with pytest.raises(Forbidden):
        events.answer_challenge(glpi, "autre chose")


@pytest.mark.parametrize(
    ("said", "ticket"),
    [
        ({"item": {"id": 5, "status": {"id": 2}}}, 5),
        ({"item": {"id": 8, "content": "x"}, "parent_item": {"id": 5, "name": "t"}}, 5),
        ({"item": {"id": 8, "itemtype": "Ticket", "items_id": 5}}, 5),
        ({"item": {"id": 8, "tickets_id": 5, "status": 1}}, 5),
        ({"item": {"id": 8, "content": "x"}}, None),
        ({"item": "x"}, None),
        ({}, None),
        ([], None),
    ],
)
def test_which_ticket_it_is_about(said: Any, ticket: int | None) -> None:
    read = said if isinstance(said, dict) else {}
    assert events.ticket_of(json.loads(json.dumps(read))) == ticket


def test_what_is_no_json_is_kept_all_the_same(bridge: Bridge, glpi: Settings) -> None:
    body = b"\xff\xfe pas du JSON"
    assert told(glpi, body, signed(body, SECRET)) is True
    with db.transaction(write=False):
        (kept,) = db.session().scalars(select(GlpiEvent))
        assert (kept.remote_id, "pas du JSON" in kept.body) == (None, True)
