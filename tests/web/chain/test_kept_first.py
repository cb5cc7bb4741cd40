"""What staff write on a page is kept before it is understood, and repaired by the outbox."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select

from channels.pages import adding, requesting
from support.intake.models import Outcome, Received
from support.kernel import db
from support.outbox.models import OutboxRow
from support.tickets.models import Ticket
from support.tickets.references import shown
from support.tickets.timeline import Entry
from tests.factories import a_report
from tests.web.conftest import Site
from web.wiring import handlers

REPORT = {"cle": "r", "reason": "account.blocked", "text": "Le dépôt échoue à l’étape 3.", "vu": ""}
VISIT = {
    "cle": "v",
    "reason": "account.blocked",
    "text": "Ne peut plus se connecter.",
    "person": "nouvelle",
    "family_name": "Okafor",
    "phone": "06 39 98 00 71",
    "channel": "letter",
}


def fail(*_args: object, **_more: object) -> None:
    raise RuntimeError("the disk is away")


def kept() -> list[Received]:
    with db.transaction() as session:
        return list(session.scalars(select(Received).order_by(Received.id)))


def understand_later() -> None:
    """As the worker does, twice over."""
    with db.transaction() as session:
        rows = session.scalars(select(OutboxRow).where(OutboxRow.topic == "intake.received"))
        payloads = [row.payload for row in rows]
    for payload in payloads * 2:
        handlers()["intake.received"](payload)


def tickets() -> int:
    with db.transaction() as session:
        return session.scalar(select(func.count()).select_from(Ticket)) or 0


@pytest.mark.parametrize(
    ("who", "where", "fields"),
    [
        ("referent", "/agent/signalements/nouveau", REPORT),
        ("pan", "/agent/tickets/nouveau", VISIT),
        ("teleadviser", "/agent/tickets/nouveau", VISIT),
    ],
)
def test_a_request_that_fails_halfway_is_opened_later(
    site: Site, monkeypatch: pytest.MonkeyPatch, who: str, where: str, fields: dict[str, Any]
) -> None:
    browser = site.as_(who)
    monkeypatch.setitem(site.app.config, "PROPAGATE_EXCEPTIONS", False)
    monkeypatch.setattr(requesting, "open_ticket", fail)
    assert browser.send(where, fields).status_code == 500
    assert tickets() == 0
    monkeypatch.undo()
    understand_later()
    assert tickets() == 1
    assert [one.outcome for one in kept()] == [Outcome.CREATED]
    assert browser.send(where, fields).status_code == 303  # the same page, sent again
    assert tickets() == 1
    assert browser.send(where, {**fields, "text": "Autre chose.", "vu": fields["reason"]})
    assert tickets() == 2


def test_a_message_that_fails_halfway_is_added_later(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    with db.transaction():
        report = a_report(site.cast)
    browser = site.as_("referent")
    where = f"/agent/tickets/{shown(report.reference)}/messages"
    monkeypatch.setitem(site.app.config, "PROPAGATE_EXCEPTIONS", False)
    monkeypatch.setattr(adding, "add_words", fail)
    assert browser.send(where, {"text": "Un cas de plus", "cle": "m"}).status_code == 500
    monkeypatch.undo()
    understand_later()
    for _double_click in range(2):
        assert browser.send(where, {"text": "Un cas de plus", "cle": "m"}).status_code == 303
    assert browser.send(where, {"text": "Et un autre", "cle": "m"}).status_code == 303
    with db.transaction() as session:
        said = select(Entry.text).where(
            Entry.ticket_id == report.id, Entry.received_id.is_not(None)
        )
        assert session.scalars(said.order_by(Entry.id)).all() == ["Un cas de plus", "Et un autre"]
