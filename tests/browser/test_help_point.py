"""A help point: its calendar, the Tuesday call by the keyboard alone, the day at the counter."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta

from playwright.sync_api import Page, expect

from tests.browser.conftest import Visitor
from tests.browser.product import Web
from tests.browser.test_pages import problems_of

Visit = Callable[..., Visitor]
MOST_KEYS = 12  # beyond what is typed for the person


class Hands:
    """Counts the keys that are struck."""

    def __init__(self, page: Page) -> None:
        self.page, self.struck = page, 0

    def type(self, words: str) -> None:
        self.page.keyboard.type(words)
        self.struck += len(words)

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)
        self.struck += 1


def set_up(page: Page) -> None:
    """The agent's own place, on one page."""
    page.goto("/agent/rendez-vous")
    page.get_by_role("button", name=re.compile("^Ouvrir : ")).click()
    for day in ("Lundi", "Mardi", "Mercredi", "Jeudi", "Vendredi"):
        page.get_by_label(f"{day} : on reçoit").fill("9h-12h, 13:30-16:30")
    page.get_by_label("Mardi : on prend les appels").fill("10h-11h30")
    page.get_by_label("Guichets", exact=True).fill("Guichet 1\nGuichet 2")
    page.get_by_label("Rendez-vous par semaine").fill("16")
    page.get_by_label("dont réservés au téléphone").fill("4")
    page.get_by_role("button", name="Enregistrer le calendrier").click()
    expect(page.get_by_role("status").first).to_contain_text("Calendrier enregistré")


def focused(page: Page, name: str) -> None:
    expect(page.locator(":focus")).to_have_attribute("name", name)


def call(page: Page, name: str, number: str, reason: str) -> int:
    """Give somebody new the nearest place; how many keys beyond their name and number."""
    hands = Hands(page)
    focused(page, "q")
    page.keyboard.type(name)
    hands.press("Enter")
    focused(page, "phone")
    page.keyboard.type(number)
    hands.press("Enter")
    expect(page.locator(":focus")).to_have_attribute("id", "motif")
    hands.type(reason)
    hands.press("Enter")
    focused(page, "place")
    expect(page.locator("#places")).to_contain_text("À lire : apportez")
    hands.press("Enter")
    expect(page.get_by_role("heading", name="À lire à la personne")).to_be_visible()
    return hands.struck


def test_from_the_calendar_to_the_counter(centre: Web, visit: Visit) -> None:
    page = visit(centre).sign_in("pan@demo.relais")
    set_up(page)
    page.goto("/agent/rendez-vous")
    page.keyboard.press("n")
    assert call(page, "Salimata Keita", "0639981301", "compte") <= MOST_KEYS
    assert problems_of(page) == []
    code = page.locator(".code").inner_text()
    page.keyboard.press("p")
    expect(page.locator(".slip")).to_contain_text(code)
    expect(page.locator(".slip")).to_contain_text("Salimata Keita")

    # Known from now on: found by name, moved to another place of the week with the keyboard.
    page.go_back()
    page.keyboard.press("d")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Déplacer")
    page.locator("#places input[name=place]").nth(1).check()
    page.get_by_role("button", name="Réserver").click()
    expect(page.get_by_role("heading", name="À lire à la personne")).to_be_visible()
    assert page.locator(".code").inner_text() != code

    tomorrow = (datetime.now() + timedelta(days=1)).date()
    for path in ("semaine", f"?jour={tomorrow}", "calendrier", "nouveau?motif=account"):
        page.goto(f"/agent/rendez-vous/{path}".replace("/?", "?"))
        assert problems_of(page) == [], path

    # Somebody comes without an appointment, and is received.
    page.goto("/agent/rendez-vous/nouveau?motif=blocked")
    page.get_by_label("Numéro, nom ou numéro étranger").fill("0639981302")
    page.get_by_label("Numéro, nom ou numéro étranger").press("Enter")
    page.get_by_label("Nom de famille").fill("Camara")
    page.get_by_role("button", name="Recevoir maintenant").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Camara")
    page.goto("/agent/rendez-vous")
    # One key on the row where one is.
    page.get_by_role("link", name="Camara").focus()
    page.keyboard.press("f")
    expect(page.get_by_role("status").first).to_contain_text("Camara : Reçu")
    page.get_by_role("link", name="Cacher les noms").click()
    expect(page.get_by_role("main")).not_to_contain_text("Camara")


def test_without_a_script(centre: Web, visit: Visit) -> None:
    """Every step is a button of the form: slower, and it works."""
    page = visit(centre, java_script_enabled=False).sign_in("pan86@demo.relais")
    set_up(page)
    page.goto("/agent/rendez-vous/nouveau")
    page.get_by_label("Numéro, nom ou numéro étranger").fill("Aboubacar Traoré")
    page.get_by_role("button", name="Chercher", exact=True).click()
    page.get_by_label("Nom de famille").fill("Traoré")
    page.get_by_label("Téléphone", exact=True).fill("06 39 98 13 03")
    page.get_by_label("Motif").select_option(label="Envoyer un complément demandé")
    page.get_by_role("button", name="Voir les places").first.click()
    expect(page.get_by_label("Nom de famille")).to_have_value("Traoré")
    page.get_by_role("button", name=re.compile("^Réserver")).click()
    expect(page.get_by_role("heading", name="À lire à la personne")).to_be_visible()
