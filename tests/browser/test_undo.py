"""Second thoughts about a reply, and one that its reader's server refuses."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visitor, running
from tests.browser.product import Web
from tests.browser.test_pages import problems_of
from tests.browser.test_story import reload_until
from tests.servers.smtp import SmtpServer

pytestmark = pytest.mark.mail


@pytest.fixture
def product(smtp_server: SmtpServer) -> Iterator[Web]:
    settings = {"RELAIS_SMTP_URL": smtp_server.url, "RELAIS_UNDO_SECONDS": "5"}
    with running(Web(settings, plant="question")) as web:
        yield web


def reply(page: Page, text: str, then: str = "stay") -> None:
    page.get_by_label("Votre réponse", exact=True).fill(text)
    page.locator("select[name=then]").select_option(then)
    page.get_by_role("button", name="Envoyer à").click()


def test_a_reply_is_taken_back_then_sent_and_a_refused_one_is_read(
    product: Web, smtp_server: SmtpServer, visit: Callable[..., Visitor]
) -> None:
    page = visit(product).sign_in("conseillere@demo.relais")
    page.goto("/agent/tickets?vue=all")
    page.get_by_role("link", name="Attestation absente").click()
    reply(page, "Trop vite répondu.", "close")
    undo = page.locator(".undo")
    expect(undo).to_contain_text("Votre réponse part dans")
    undo.get_by_role("button", name="Annuler").click()
    box = page.get_by_label("Votre réponse", exact=True)
    expect(box).to_have_value("Trop vite répondu.")
    expect(page.locator(".entry-withdrawn")).to_be_visible()
    expect(page.locator("select[name=then]")).to_have_value("close")
    assert problems_of(page) == []
    reply(page, "Mieux répondu.")
    expect(undo).to_contain_text("Votre réponse part dans")
    # The page says by itself what has become of it.
    expect(undo).to_contain_text("envoyé à amina.benali@example.org", timeout=40_000)
    (mail,) = smtp_server.messages
    assert b"Mieux r" in mail.data
    assert b"Trop vite" not in mail.data

    smtp_server.set_reply("rcpt", 550, "5.1.1 User unknown")
    reply(page, "Encore une précision.")
    refused = page.get_by_text("non remis à amina.benali@example.org : cette boîte n’existe pas")
    reload_until(page, refused)
    expect(page.get_by_role("link", name="Écrire à une autre adresse")).to_be_visible()
    page.get_by_text("ce que le serveur a répondu").click()
    expect(page.get_by_text("550 5.1.1 User unknown")).to_be_visible()
    assert problems_of(page) == []
    page.set_viewport_size({"width": 1280, "height": 900})
    page.get_by_role("link", name="Réponses non remises").click()
    page.get_by_role("link", name="Attestation absente").click()
    page.get_by_role("button", name="La personne a été jointe").click()
    expect(page.get_by_text("la personne a été jointe autrement")).to_be_visible()
    reply(page, "Un dernier mot.")
    expect(undo).to_contain_text("Votre réponse part dans")
    assert problems_of(page) == []
