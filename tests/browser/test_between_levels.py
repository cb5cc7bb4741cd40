"""Nobody asks twice: what is missing comes from the person, news from above, and both are used."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from playwright.sync_api import Page, expect

from tests.browser.conftest import Visitor
from tests.browser.product import Web
from tests.browser.test_call import begin, call
from tests.browser.test_pages import problems_of

PHONE = "0639987788"
TRIED = "Deux navigateurs, et le téléphone d’une amie."
NEWS = "L’éditeur a trouvé la cause : correction mardi."


def a_tuesday() -> str:
    day = (datetime.now(UTC) + timedelta(days=8)).date()
    return (day + timedelta(days=(1 - day.weekday()) % 7)).isoformat()


def ask_the_person(page: Page) -> None:
    page.get_by_role("link", name="Transmettre").click()
    page.get_by_text("Demander à la personne juste ce qui manque").click()
    assert problems_of(page) == []
    page.get_by_role("button", name="Demander à la personne").click()
    expect(page.get_by_role("status").first).to_contain_text("ces seules questions")


def answer_on_the_follow_page(page: Page, reference: str) -> None:
    page.goto("/suivi?lang=fr")
    page.get_by_label(re.compile("référence", re.I)).fill(reference)
    page.get_by_label(re.compile("téléphone", re.I)).fill(PHONE)
    page.locator("main button[type=submit]").click()
    expect(page.get_by_role("heading", name="Ce que nous vous demandons")).to_be_visible()
    assert problems_of(page) == []
    page.get_by_label("Qu’avez-vous déjà essayé ?").fill(TRIED)
    page.get_by_role("button", name="Envoyer mes réponses").click()
    expect(page.get_by_role("status").first).to_contain_text("bien arrivées")
    expect(page.get_by_role("heading", name="Ce que nous vous demandons")).to_have_count(0)


def hand_over(page: Page) -> None:
    page.get_by_role("link", name="Transmettre").click()
    expect(page.get_by_label("Ce qui a déjà été essayé")).to_have_value(TRIED)
    page.get_by_label("Ce que vous demandez").fill("Pourquoi le mot de passe est-il refusé ?")
    for field in page.locator("form[data-draft] [required]").all():
        if field.is_visible() and not field.input_value():
            field.fill("2027-01-15" if field.get_attribute("type") == "date" else "Rien de plus.")
    page.get_by_role("button", name="Transmettre à").click()
    expect(page.get_by_role("status").first).to_contain_text("Transmis à DP ANEF")


def keep_with_news(page: Page) -> None:
    page.get_by_label("Votre réponse au niveau précédent").fill(NEWS)
    page.get_by_text("Il faut plus de temps").click()
    page.get_by_label("Prochaines nouvelles avant la fin du").fill(a_tuesday())
    page.get_by_role("button", name="Garder et donner ces nouvelles").click()
    expect(page.get_by_role("status").first).to_contain_text("lit vos nouvelles")


def test_from_an_incomplete_hand_over_to_news_for_the_person(
    centre: Web, visit: Callable[..., Visitor]
) -> None:
    adviser = begin(visit, centre)
    call(adviser, PHONE, "Marchetti", "Control+s")
    expect(adviser.get_by_role("status").first).to_contain_text("Le ticket reste ouvert.")
    ticket, reference = adviser.url, adviser.locator("h1 .ref").inner_text()
    ask_the_person(adviser)

    person = visit(centre, width=390)
    answer_on_the_follow_page(person.page, reference)

    adviser.goto(ticket)
    hand_over(adviser)

    above = visit(centre).sign_in("dp@demo.relais")
    above.goto(ticket)
    keep_with_news(above)

    adviser.goto(ticket)
    adviser.get_by_role("link", name="Reprendre dans la réponse à la personne").click()
    expect(adviser.locator("#reponse")).to_have_value(NEWS)
    expect(adviser.locator("main")).to_contain_text("prochaines nouvelles avant la fin du")
