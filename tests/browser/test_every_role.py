"""The roles that the other stories do not follow: a naturalisation platform, the directorate that
answers it, a help point, a supervisor. Each finds its own question and its own answer.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.conftest import Visitor
from tests.browser.product import Web
from tests.browser.test_pages import problems_of
from tests.browser.test_story import answer_below, here_on, take

DECREE = "La date du décret manque dans l’onglet Décision"
ABOVE = "Le décret paraît le 12, la date suit le lendemain."
REPLY = "Bonjour, la date paraîtra le 13."
BLOCKED = "La page du téléservice reste blanche après le paiement"
TOLD = "Bonjour, le paiement est bien arrivé : recommencez ce soir."


def fill_what_is_required(page: Page) -> None:
    for field in page.locator("form[data-draft] [required]").all():
        if field.is_visible() and not field.input_value():
            field.fill("2027-01-15" if field.get_attribute("type") == "date" else "Rien de plus.")


def choose_reason(page: Page, words: str) -> None:
    motif = page.get_by_role("combobox", name="Motif")
    motif.fill(words)
    motif.press("Enter")


def answer_and_close(page: Page, text: str, told: str = "Ticket clos.") -> None:
    page.get_by_label("Votre réponse", exact=True).fill(text)
    page.get_by_label("Après l’envoi").select_option(label="puis clore")
    page.get_by_role("button", name=re.compile("^Envoyer à")).click()
    expect(page.get_by_role("status").first).to_contain_text(told)


def test_a_platform_is_answered_through_two_levels(
    centre: Web, visit: Callable[..., Visitor]
) -> None:
    yann = visit(centre).sign_in("natali@demo.relais")
    yann.goto("/agent/signalements/nouveau")
    choose_reason(yann, "décret")
    yann.get_by_label("Ce qui se passe").fill(f"{DECREE}. Trois dossiers.")
    fill_what_is_required(yann)
    yann.get_by_role("button", name="Envoyer le signalement").click()
    expect(yann.get_by_role("heading", level=1)).to_contain_text(DECREE)

    olivier = visit(centre).sign_in("dp@demo.relais")
    olivier.goto(yann.url)
    take(olivier)
    olivier.get_by_role("link", name="Transmettre").click()
    expect(olivier.get_by_text("SDANF").first).to_be_visible()
    olivier.get_by_label("Ce que vous demandez").fill("Quand la date paraît-elle ?")
    fill_what_is_required(olivier)
    olivier.get_by_role("button", name=re.compile("^Transmettre à")).click()
    expect(here_on(olivier)).to_contain_text("SDANF")

    philippe = visit(centre).sign_in("sdanf@demo.relais")
    philippe.goto("/agent/escalades")
    philippe.get_by_role("link", name=re.compile(DECREE)).first.click()
    take(philippe)
    answer_below(philippe, ABOVE)

    olivier.goto(yann.url)
    expect(olivier.get_by_role("main")).to_contain_text(ABOVE)
    answer_and_close(olivier, REPLY)
    yann.goto(yann.url)
    expect(yann.get_by_role("main")).to_contain_text(REPLY)
    expect(yann.get_by_role("main")).not_to_contain_text(ABOVE)
    assert problems_of(yann) == []


def test_a_help_point_asks_for_its_visitor_and_reads_the_answer(
    centre: Web, visit: Callable[..., Visitor]
) -> None:
    farida = visit(centre).sign_in("pan@demo.relais")
    farida.goto("/agent/tickets/nouveau")
    farida.get_by_label("Chercher la personne").press_sequentially("Keïta")
    farida.get_by_role("radio", name=re.compile("nouvelle personne", re.I)).check()
    farida.get_by_text("Identité d’une nouvelle personne").click()
    farida.get_by_label("Prénom").fill("Moussa")
    farida.get_by_label("Nom de famille").fill("Keïta")
    farida.get_by_role("textbox", name="Téléphone").fill("06 39 98 44 21")
    choose_reason(farida, "paiement")
    farida.get_by_label("Ce qui se passe").fill(f"{BLOCKED}.")
    fill_what_is_required(farida)
    farida.get_by_role("button", name="Ouvrir le ticket").click()
    expect(farida.get_by_role("heading", level=1)).to_contain_text(BLOCKED)

    martine = visit(centre).sign_in("superviseur@demo.relais")
    martine.goto(farida.url)
    take(martine)
    # No address: the agent is told to call, and the person reads it on their page.
    answer_and_close(martine, TOLD, "n’a pas d’adresse électronique : appelez")
    farida.goto("/agent/tickets?vue=closed")
    farida.get_by_role("link", name=re.compile(BLOCKED)).click()
    expect(farida.get_by_role("main")).to_contain_text(TOLD)
    assert problems_of(farida) == []
