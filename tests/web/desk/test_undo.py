"""« Annuler »: for some seconds a reply may be taken back, and its words are in the box again."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from support.kernel import db
from support.kernel.time import now
from support.tickets import following
from support.tickets.models import State, Ticket
from support.tickets.references import shown
from support.tickets.timeline import ArticleUse, Delivery, DeliveryState, Entry, EntryKind
from tests.cast import again
from tests.factories import a_ticket, an_article
from tests.web.conftest import Browser, Site


@pytest.fixture
def ticket(site: Site, monkeypatch: pytest.MonkeyPatch) -> Ticket:
    monkeypatch.setattr(site.app.config["SETTINGS"], "undo_seconds", 15)
    with db.transaction():
        return a_ticket(site.cast)


def address(ticket: Ticket, action: str = "") -> str:
    return f"/agent/tickets/{shown(ticket.reference)}{action}"


def reply(agent: Browser, ticket: Ticket, text: str = "Voici.", **more: object) -> int:
    fields = {"text": text, "then": "close", **more}
    assert agent.send(address(ticket, "/reponses"), fields).status_code == 302
    with db.transaction() as session:
        return (
            session.scalars(
                select(Entry.id).where(Entry.kind == EntryKind.REPLY).order_by(Entry.id.desc())
            ).first()
            or 0
        )


def undo(agent: Browser, ticket: Ticket, entry_id: int) -> str:
    answer = agent.send(address(ticket, f"/reponses/{entry_id}/annulations"))
    assert answer.status_code == 302
    return agent.get(answer.headers["Location"]).text


def test_a_reply_taken_back_is_whole_in_its_box_again(site: Site, ticket: Ticket) -> None:
    with db.transaction():
        mark = f"{an_article(site.cast).id}:1"
    agent = site.as_("teleadviser")
    entry_id = reply(agent, ticket, "Selon la fiche…", then="wait", articles=mark,
                     files=(io.BytesIO(b"contenu"), "notice.pdf"))  # fmt: skip
    page = agent.get(address(ticket)).text
    assert re.search(r"Votre réponse part dans.*?data-seconds-left=\"1[45]\"", page, re.S)
    assert "Annuler" in page
    assert "on attend alors la personne" in page
    page = undo(agent, ticket, entry_id)
    assert "rien n’est parti" in page
    assert "Selon la fiche…</textarea>" in page
    assert f'name="articles" value="{mark}"' in page
    assert "notice.pdf" in page
    assert '<option value="wait" selected>' in page
    assert re.search(r"entry-withdrawn.*?Réponse annulée avant son départ", page, re.S)
    assert "Votre réponse part dans" not in page
    with db.transaction():
        assert again(ticket).state is State.NEW
    # Sent again from the box, with all that was in it.
    fields = {
        name: re.findall(rf'name="{name}" value="([^"]+)"', page) for name in ("kept", "seen")
    }
    reply(agent, ticket, "Mieux dit.", articles=mark, kept=fields["kept"], seen=fields["seen"][0])
    with db.transaction() as session:
        uses = session.scalars(select(ArticleUse.entry_id)).all()
        states = session.scalars(select(Delivery.state).join(Entry).where(
            Entry.kind == EntryKind.REPLY).order_by(Entry.id)).all()  # fmt: skip
    assert len(uses) == 2
    assert states == [DeliveryState.WITHDRAWN, DeliveryState.WAITING]


def test_too_late_is_said_and_a_second_click_changes_nothing(site: Site, ticket: Ticket) -> None:
    agent = site.as_("teleadviser")
    entry_id = reply(agent, ticket, "Première")
    undo(agent, ticket, entry_id)
    assert "Première</textarea>" in undo(agent, ticket, entry_id)
    later = reply(agent, ticket, "Seconde")
    with time_machine.travel(now() + timedelta(seconds=30), tick=True):
        assert "Trop tard : la réponse est déjà partie." in undo(agent, ticket, later)
        assert "Votre réponse part dans" not in agent.get(address(ticket)).text


def test_others_see_it_leave_and_only_the_supervisor_stops_it(site: Site, ticket: Ticket) -> None:
    entry_id = reply(site.as_("teleadviser"), ticket)
    colleague, supervisor = site.as_("colleague"), site.as_("supervisor")
    assert "/annulations" not in colleague.get(address(ticket)).text
    assert "Seul l’auteur" in undo(colleague, ticket, entry_id)
    page = supervisor.get(address(ticket)).text
    assert "La réponse de Hugo Lambert part dans" in page
    assert "Voici.</textarea>" in undo(supervisor, ticket, entry_id)


def test_the_follow_page_says_nothing_of_it_before_it_leaves(site: Site, ticket: Ticket) -> None:
    entry_id = reply(site.as_("teleadviser"), ticket, "SECRET pour quinze secondes")
    link = f"/suivi/{following.follow_token(ticket)}"
    page = site.anyone().get(link).text
    assert "SECRET" not in page
    assert "Nous vous avons répondu" not in page
    assert "promise le" in page
    with time_machine.travel(now() + timedelta(seconds=30), tick=True):
        assert "SECRET" in site.anyone().get(link).text
    undo(site.as_("teleadviser"), ticket, entry_id)
    with time_machine.travel(now() + timedelta(seconds=30), tick=True):
        assert "SECRET" not in site.anyone().get(link).text


def test_the_part_of_the_page_that_tells_what_became_of_it(site: Site, ticket: Ticket) -> None:
    agent = site.as_("teleadviser")
    entry_id = reply(agent, ticket)
    part = address(ticket, f"/reponses/{entry_id}/remise")
    assert "part dans quelques secondes" in agent.get(part).text
    assert "hx-get" in agent.get(part).text
    with db.transaction() as session:
        delivery = session.scalars(select(Delivery).where(Delivery.entry_id == entry_id)).one()
        delivery.state, delivery.sent_at = DeliveryState.SENT, now()
    assert "envoyé à awa@example.org" in agent.get(part).text
    assert "hx-get" not in agent.get(part).text
    assert (
        site.as_("teleadviser").get(address(ticket, "/reponses/999999/remise")).status_code == 404
    )
