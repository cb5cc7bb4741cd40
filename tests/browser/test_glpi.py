"""A referent reports once; the programme team hands it over to a level that works in GLPI; what is
written there comes back, and the answer reaches the referent.

The web server and the worker in their processes, beside a GLPI that behaves as documented.
"""

from __future__ import annotations

import re
import urllib.request
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from escalation.glpi.markup import to_text
from tests.browser.conftest import Visitor, running
from tests.browser.product import Web
from tests.browser.test_pages import problems_of
from tests.browser.test_story import here_on, reload_until, take
from tests.servers.glpi import APP_TOKEN, USER_TOKEN, GlpiServer
from tests.servers.process import wait_until

SECRET = "a secret of the browser tests"
SUBJECT = "Le bouton « Valider » ne répond plus depuis ce matin"
QUESTION = "Le bouton ne répond plus pour tout le site : incident connu ?"
ASKED = "Sur quel navigateur ?"
ANSWER = "Corrigé dans la version de ce soir."
REPLY = "Bonjour, c’est corrigé dans la version de ce soir."


@pytest.fixture
def glpi() -> Iterator[GlpiServer]:
    with GlpiServer() as server:
        yield server


@pytest.fixture
def bridged(glpi: GlpiServer) -> Iterator[Web]:
    settings = {
        "RELAIS_GLPI_URL": glpi.url,
        "RELAIS_GLPI_APP_TOKEN": APP_TOKEN,
        "RELAIS_GLPI_USER_TOKEN": USER_TOKEN,
        "RELAIS_GLPI_WEBHOOK_SECRET": SECRET,
        "RELAIS_GLPI_EVERY": "3600",  # it tells by itself
    }
    with running(Web(settings)) as web:
        yield web


def make_the_level(page: Page) -> None:
    page.goto("/agent/administration/equipes")
    page.get_by_role("link", name="Nouvelle équipe").click()
    page.get_by_label("Nom", exact=True).fill("Support technique")
    page.get_by_label("Sorte").select_option("business_directorate")
    page.get_by_role("button", name="Créer l’équipe").click()
    page.get_by_label("Travaille dans GLPI").check()
    assert problems_of(page) == []
    page.get_by_role("button", name="Enregistrer").click()


def lead_there(page: Page) -> None:
    page.goto("/agent/administration/chaine")
    page.get_by_role("link", name="Ajouter une étape").click()
    page.get_by_label("Qui transmet").select_option("project_directorate")
    page.get_by_label("Qui demande").select_option("referent")
    page.get_by_label("À qui").select_option(label="Support technique")
    page.get_by_role("textbox", name="Rang").fill("20")
    page.get_by_role("button", name="Essayer sur les tickets du mois").click()
    expect(page.get_by_role("main")).to_contain_text("n’aurait pris un autre chemin")
    assert problems_of(page) == []
    page.get_by_role("button", name="Changer la chaîne").click()
    expect(page.get_by_role("table")).to_contain_text("Support technique")


def report(page: Page) -> None:
    page.goto("/agent/signalements/nouveau")
    motif = page.get_by_role("combobox", name="Motif")
    motif.fill("bouton")
    motif.press("Enter")
    page.get_by_label("Ce qui se passe").fill(f"{SUBJECT}. Tout le site est touché.")
    for field in page.locator("form [required]").all():
        if field.is_visible() and not field.input_value():
            field.fill("Rien ne se passe.")
    page.get_by_role("button", name="Envoyer le signalement").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(SUBJECT)


def hand_over(page: Page, question: str) -> None:
    page.get_by_role("link", name="Transmettre").click()
    page.get_by_role("radio", name="Support technique").check()
    page.get_by_label("Ce que vous demandez").fill(question)
    for field in page.locator("form[data-draft] [required]").all():
        if field.is_visible() and not field.input_value():
            field.fill("Rien de plus.")
    page.get_by_role("button", name="Transmettre", exact=True).click()
    expect(page.get_by_role("status").first).to_contain_text("Transmis à Support technique")


def tell(web: Web, server: GlpiServer, number: int) -> None:
    """As GLPI's own queue sends it."""
    body, headers = server.event(number, SECRET)
    request = urllib.request.Request(f"{web.url}/api/glpi", data=body, headers=headers)
    with urllib.request.urlopen(request, timeout=10) as answer:
        assert answer.status == 202


def test_a_bug_goes_to_glpi_and_its_answer_comes_back(
    bridged: Web, glpi: GlpiServer, visit: Callable[..., Visitor]
) -> None:
    admin = visit(bridged).sign_in("admin@demo.relais")
    make_the_level(admin)
    lead_there(admin)
    sandrine = visit(bridged).sign_in("referent@demo.relais")
    report(sandrine)

    olivier = visit(bridged).sign_in("dp@demo.relais")
    olivier.goto(sandrine.url)
    take(olivier)
    hand_over(olivier, QUESTION)
    wait_until(lambda: len(glpi.tickets) == 1, "the ticket is in GLPI")
    (number,) = glpi.tickets
    assert QUESTION in to_text(glpi.tickets[number]["content"])
    reload_until(olivier, olivier.get_by_text(f"ouvert dans GLPI sous le n° {number}"))
    expect(here_on(olivier)).to_contain_text("Support technique")

    # They ask something: it comes back with their words, goes again, and is answered.
    glpi.follow_up(number, f"<p>{ASKED}</p>")
    glpi.set_status(number, 4)
    tell(bridged, glpi, number)
    reload_until(olivier, olivier.get_by_text(ASKED))
    expect(here_on(olivier)).to_contain_text("DP ANEF")
    expect(olivier.get_by_text("Lucas Berger").first).to_be_visible()
    hand_over(olivier, "Firefox 128 sur tous les postes du site.")
    wait_until(lambda: glpi.tickets[number]["status"] == 2, "it is open again in GLPI")
    glpi.solve(number, f"<p>{ANSWER}</p>")
    tell(bridged, glpi, number)
    reload_until(olivier, olivier.get_by_text(ANSWER))
    assert problems_of(olivier) == []

    olivier.get_by_label("Votre réponse", exact=True).fill(REPLY)
    olivier.get_by_label("Après l’envoi").select_option(label="puis clore")
    olivier.get_by_role("button", name=re.compile("^Envoyer à")).click()
    expect(olivier.get_by_role("status").first).to_contain_text("Ticket clos.")
    sandrine.goto(sandrine.url)
    expect(sandrine.get_by_role("main")).to_contain_text(REPLY)
    expect(sandrine.get_by_role("main")).not_to_contain_text(ASKED)
    assert len(glpi.tickets) == 1
    admin.goto("/agent/administration/glpi")
    expect(admin.get_by_role("main")).to_contain_text("en service")
    assert problems_of(admin) == []
