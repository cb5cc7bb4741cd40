"""What a person adds on the follow page is kept before anything else, and bounded."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select

from channels.pages import adding
from support.intake.models import Channel, Outcome, Received
from support.kernel import db
from support.kernel.time import now
from support.tickets import following
from support.tickets.beside import goes_on_from
from support.tickets.closing import close
from support.tickets.journal import Words
from support.tickets.models import ClosedHow, State, Ticket
from support.tickets.replying import person_replies
from support.tickets.timeline import Attachment, Entry, EntryKind
from tests.cast import again
from tests.factories import a_ticket
from tests.web.conftest import Site
from web.wiring import handlers

MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)


@pytest.fixture
def ticket(site: Site) -> Ticket:
    with db.transaction():
        return a_ticket(site.cast, text="Ma question à moi")


def link(ticket: Ticket) -> str:
    return f"/suivi/{following.follow_token(ticket)}"


def texts(ticket: Ticket) -> list[str]:
    with db.transaction() as session:
        said = select(Entry.text).where(
            Entry.ticket_id == ticket.id, Entry.kind == EntryKind.MESSAGE
        )
        return list(session.scalars(said.order_by(Entry.id)))


def test_other_words_under_the_same_key_are_another_message(site: Site, ticket: Ticket) -> None:
    browser = site.anyone()
    for text in ("Un", "Deux", "Deux", "Un"):
        sent = browser.send(f"{link(ticket)}/messages", {"text": text, "cle": "k"})
        assert sent.status_code == 303
    assert texts(ticket) == ["Ma question à moi", "Un", "Deux"]


def test_an_error_after_the_words_are_kept_loses_nothing(
    site: Site, ticket: Ticket, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_args: object, **_more: object) -> None:
        raise RuntimeError("the disk is away")

    monkeypatch.setitem(site.app.config, "PROPAGATE_EXCEPTIONS", False)
    monkeypatch.setattr(adding, "person_replies", fail)
    sent = site.anyone().send(
        f"{link(ticket)}/messages",
        {"text": "À ne pas perdre", "files": (io.BytesIO(b"\x89PNG\r\n\x1a\n"), "écran.png")},
        content_type="multipart/form-data",
    )
    assert sent.status_code == 500
    monkeypatch.undo()
    with db.transaction() as session:
        received = session.scalars(select(Received).where(Received.channel == Channel.FOLLOW)).one()
        assert received.outcome is None
    for _twice in range(2):
        handlers()["intake.received"]({"received_id": received.id, "channel": "follow"})
    assert texts(ticket) == ["Ma question à moi", "À ne pas perdre"]
    with db.transaction() as session:
        assert session.scalars(select(Attachment.filename)).all() == ["écran.png"]
        assert session.get_one(Received, received.id).outcome is Outcome.APPENDED


def test_too_long_a_message_is_refused_with_its_text(site: Site, ticket: Ticket) -> None:
    long = "a" * 20_001
    answer = site.anyone().send(f"{link(ticket)}/messages", {"text": long})
    assert answer.status_code == 422
    assert "Au plus 20000 caractères" in answer.text
    assert long in answer.text


def test_so_many_messages_an_hour_then_a_time_to_try_again(site: Site, ticket: Ticket) -> None:
    browser, where = site.anyone(), f"{link(ticket)}/messages"
    with time_machine.travel(MONDAY, tick=False) as clock:
        for number in range(20):
            assert browser.send(where, {"text": f"message {number}"}).status_code == 303
        clock.shift(600)
        refused = browser.send(where, {"text": "le vingt et unième"})
        assert refused.status_code == 429
        assert "dans 51 minutes" in refused.text
        assert "le vingt et unième" in refused.text
        assert len(texts(ticket)) == 21
        clock.shift(51 * 60)
        assert browser.send(where, {"text": "le vingt et unième"}).status_code == 303


def test_a_long_thread_is_read_page_by_page(site: Site, ticket: Ticket) -> None:
    with db.transaction():
        held = again(ticket)
        assert held.person is not None
        for number in range(60):
            person_replies(held, Words(f"numéro {number:02}"), by=held.person)
        older = following.public_view(held).older
    newest = site.anyone().get(link(ticket)).text
    assert "numéro 59" in newest
    assert "numéro 10" in newest
    assert "numéro 09" not in newest
    assert f"avant={older}" in newest
    before = site.anyone().get(f"{link(ticket)}?avant={older}").text
    assert "numéro 09" in before
    assert "Ma question à moi" in before
    assert "numéro 10" not in before
    assert "plus anciens" not in before


def test_a_good_file_stays_when_one_beside_it_is_too_large(site: Site, ticket: Ticket) -> None:
    where, most = f"{link(ticket)}/messages", site.app.config["SETTINGS"].largest_upload
    site.app.config["SETTINGS"].largest_upload = 10
    try:
        heavy, light = (io.BytesIO(b"x" * 11), "gros.pdf"), (io.BytesIO(b"%PDF-1.4"), "petit.pdf")
        fields = {"text": "Voici", "files": [heavy, light]}
        answer = site.anyone().send(where, fields, content_type="multipart/form-data")
    finally:
        site.app.config["SETTINGS"].largest_upload = most
    assert answer.status_code == 422
    assert "gros.pdf" in answer.text
    kept = re.findall(r'name="kept" value="([^"]+)"', answer.text)
    assert site.anyone().send(where, {"text": "Voici", "kept": kept[0]}).status_code == 303
    with db.transaction() as session:
        assert session.scalars(select(Attachment.filename)).all() == ["petit.pdf"]


def test_on_a_request_closed_long_ago_a_linked_one_is_opened(site: Site, ticket: Ticket) -> None:
    with db.transaction():
        close(again(ticket), ClosedHow.ANSWERED, by=again(site.cast.teleadviser))
        site_link = link(ticket)
    with time_machine.travel(now() + timedelta(days=31), tick=True):
        assert "nouvelle demande sera ouverte" in site.anyone().get(site_link).get_data(
            as_text=True
        )
        sent = site.anyone().send(
            f"{site_link}/messages", {"text": "Et maintenant ?", "cle": "k", "manque": "1"}
        )
        doubled = site.anyone().send(
            f"{site_link}/messages", {"text": "Et maintenant ?", "cle": "k", "manque": "1"}
        )
    assert sent.status_code == doubled.status_code == 303
    assert sent.headers["Location"] == doubled.headers["Location"] != site_link
    with db.transaction(write=False) as session:
        old = again(ticket)
        fresh = session.scalars(select(Ticket).order_by(Ticket.id.desc())).first()
        assert fresh is not None
        assert sent.headers["Location"].endswith(following.follow_token(fresh))
        assert (old.state, fresh.state, fresh.channel) == (State.CLOSED, State.NEW, Channel.FOLLOW)
        assert (fresh.person_id, fresh.reason_id) == (old.person_id, old.reason_id)
        assert goes_on_from(fresh) == old.reference
    assert texts(ticket) == ["Ma question à moi"]
    assert texts(fresh) == ["Et maintenant ?"]
