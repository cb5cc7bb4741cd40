"""A call by the keyboard alone, for a person who is talking."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.conftest import Visitor
from tests.browser.product import Web

Visit = Callable[..., Visitor]


def focused(page: Page) -> Locator:
    return page.locator(":focus")


def begin(visit: Visit, web: Web) -> Page:
    """From anywhere, one letter."""
    page = visit(web).sign_in("conseillere@demo.relais")
    page.keyboard.press("c")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Appel en cours")
    expect(focused(page)).to_have_attribute("name", "appelant")
    return page


def somebody_new(page: Page, number: str, name: str) -> None:
    keys = page.keyboard
    keys.type(number)
    keys.press("Enter")
    expect(focused(page)).to_have_attribute("name", "family_name")
    keys.type(name)
    keys.press("Enter")
    expect(page.get_by_role("textbox", name="Téléphone", exact=True)).to_have_value(
        re.compile(r"06 ?39 ?98")
    )
    for _field in range(6):
        if focused(page).get_attribute("id") == "motif":
            break
        keys.press("Enter")
    expect(focused(page)).to_have_attribute("id", "motif")


def reason(page: Page, words: str) -> None:
    page.keyboard.type(words)
    page.keyboard.press("Enter")  # takes the first of the list
    expect(page.get_by_role("combobox", name="Motif")).not_to_have_value("")
    page.keyboard.press("Enter")


def note(page: Page, text: str) -> None:
    for _field in range(3):
        if focused(page).get_attribute("name") == "note":
            break
        page.keyboard.press("Enter")
    expect(focused(page)).to_have_attribute("name", "note")
    page.keyboard.type(text)


def call(page: Page, number: str, name: str, ending: str) -> None:
    somebody_new(page, number, name)
    reason(page, "mot de passe")
    note(page, "Ne reçoit pas le courriel de réinitialisation. Vérifié ensemble les indésirables.")
    expect(page.locator("#fiches a").first).to_be_visible()
    expect(page.locator("[data-started-at]")).to_have_text(re.compile(r"\d\d:\d\d"))
    page.keyboard.press(ending)


def test_a_new_caller_is_answered_at_first_contact(centre: Web, visit: Visit) -> None:
    page = begin(visit, centre)
    call(page, "0639981234", "Ndiaye", "Control+Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Appel noté")
    expect(page.get_by_role("main")).to_contain_text("répondu au premier contact")
    expect(page.get_by_role("main")).to_contain_text(re.compile(r"Appel de 0 min \d\d s"))
    # The next call is one key away.
    expect(focused(page)).to_have_text("Appel suivant")
    page.keyboard.press("Enter")
    expect(focused(page)).to_have_attribute("name", "appelant")


def test_who_types_faster_than_the_page_arrives_loses_nothing(centre: Web, visit: Visit) -> None:
    page = visit(centre).sign_in("conseillere@demo.relais")
    held: list[Route] = []
    page.route(re.compile(r"/js/call\.js"), lambda route: held.append(route))
    page.goto("/agent/appels/nouveau", wait_until="commit")
    expect(focused(page)).to_have_attribute("name", "appelant")
    page.keyboard.type("0639981111")
    page.keyboard.press("Enter")
    assert held, "the page is still arriving"
    held.pop().continue_()
    expect(focused(page)).to_have_attribute("name", "family_name")
    expect(page.get_by_role("textbox", name="Téléphone", exact=True)).to_have_value(
        re.compile(r"06 ?39 ?98 ?11")
    )


def test_a_call_about_an_open_ticket_is_a_follow_up(centre: Web, visit: Visit) -> None:
    page = begin(visit, centre)
    call(page, "0639985678", "Karimova", "Control+s")
    expect(page.get_by_role("status").first).to_contain_text("Le ticket reste ouvert.")
    reference = page.locator("h1 .ref").inner_text()

    page.keyboard.press("Escape")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Mes tickets")
    page.keyboard.press("c")
    expect(focused(page)).to_have_attribute("name", "appelant")
    page.keyboard.type("0639985678")
    page.keyboard.press("Enter")  # the first caller found
    expect(page.locator("#appelant-choisi")).to_have_text("Karimova")
    expect(focused(page)).to_have_attribute("name", "ticket")
    expect(page.locator("#appelants")).to_contain_text("1 ticket ouvert")
    page.keyboard.press("Enter")  # about this ticket: nothing to qualify
    expect(focused(page)).to_have_attribute("name", "note")
    expect(page.get_by_role("combobox", name="Motif")).to_be_hidden()
    page.keyboard.type("Rappelle : toujours rien reçu.")
    page.keyboard.press("Control+s")
    expect(page.locator("h1 .ref")).to_have_text(reference)
    expect(page.locator(".entry-call")).to_have_count(2)
