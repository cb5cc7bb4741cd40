"""Help points on a working day: the proof as PDF, the right door, a workshop; and the public."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from playwright.sync_api import expect

from tests.browser.conftest import Visitor
from tests.browser.product import Web
from tests.browser.test_pages import problems_of

Visit = Callable[..., Visitor]
PARIS = ZoneInfo("Europe/Paris")
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 200


def test_the_proof_of_steps(demonstration: Web, visit: Visit) -> None:
    page = visit(demonstration).sign_in("pan@demo.relais")
    page.goto("/agent/rendez-vous/preuves")
    assert problems_of(page) == []
    row = page.get_by_role("row", name=re.compile("Démarches en cours"))
    row.get_by_role("link").first.click()
    expect(page.get_by_role("heading", name="Ce qui a été fait")).to_be_visible()
    before = page.locator(".proofs > li").count()
    assert before >= 4  # what was written, and the visit that Relais knows
    page.get_by_text("Ajouter une démarche").click()
    page.get_by_label("Message exact, ou ce qui s’est passé").fill("Erreur 500 à l’étape 4")
    page.get_by_label("Capture d’écran").set_input_files(
        {"name": "ecran.png", "mimeType": "image/png", "buffer": PNG}
    )
    page.keyboard.press("Control+Enter")
    expect(page.locator(".proofs > li")).to_have_count(before + 1)
    expect(page.get_by_role("link", name="ecran.png")).to_be_visible()
    address = page.get_by_role("link", name="Relevé à remettre").get_attribute("href")
    pdf = page.request.get(f"{demonstration.url}{address}")
    assert pdf.headers["content-type"] == "application/pdf"
    assert pdf.body().startswith(b"%PDF-")
    page.get_by_label("Un autre mode de dépôt est demandé à la préfecture").check()
    page.get_by_role("button", name="Noter", exact=True).click()
    expect(page.get_by_text("Demandé à la préfecture")).to_be_visible()
    assert problems_of(page) == []


def test_the_right_door_by_the_keyboard(demonstration: Web, visit: Visit) -> None:
    page = visit(demonstration).sign_in("pan@demo.relais")
    page.goto("/agent/rendez-vous/orienter")
    page.get_by_label("Une autre démarche").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("France services").first).to_be_visible()
    assert problems_of(page) == []
    page.get_by_role("button", name="Orienter").click()
    expect(page.locator(".slip")).to_contain_text("France services")
    assert problems_of(page) == []


def test_a_workshop(demonstration: Web, visit: Visit) -> None:
    page = visit(demonstration).sign_in("pan@demo.relais")
    page.goto("/agent/rendez-vous/ateliers")
    page.get_by_text("Ouvrir un atelier").click()
    page.get_by_label("Nom de l’atelier").fill("Créer son compte")
    page.get_by_label("Motif").select_option(index=1)
    day = datetime.now(PARIS).date() + timedelta(days=9)
    page.get_by_label("Jour").fill(day.isoformat())
    page.get_by_label("Personnes au plus").fill("8")
    page.get_by_label("De", exact=True).fill("18:00")
    page.get_by_label("À", exact=True).fill("19:00")
    page.get_by_role("button", name="Ouvrir l’atelier").click()
    expect(page.get_by_text("8 places libres")).to_be_visible()
    page.keyboard.press("n")
    expect(page.locator(":focus")).to_have_attribute("name", "q")
    page.keyboard.type("Mariame Sylla")
    page.keyboard.press("Enter")
    expect(page.locator(":focus")).to_have_attribute("name", "phone")
    page.keyboard.type("0639981377")
    page.keyboard.press("Enter")
    expect(page.locator(":focus")).to_have_attribute("value", "reserver")
    assert problems_of(page) == []
    page.get_by_role("button", name=re.compile("^Réserver")).click()
    expect(page.get_by_role("heading", name="À lire à la personne")).to_be_visible()
    page.goto("/agent/rendez-vous/ateliers")
    page.get_by_role("link", name="Créer son compte", exact=True).click()
    expect(page.get_by_role("main")).to_contain_text("Mariame Sylla")
    assert problems_of(page) == []


def test_the_pages_beside_the_day(demonstration: Web, visit: Visit) -> None:
    page = visit(demonstration).sign_in("pan@demo.relais")
    for path in ("", "/rappels", "/chiffres", "/calendrier", "/attente", "/preuves?clos=1"):
        page.goto(f"/agent/rendez-vous{path}")
        assert problems_of(page) == [], path
    admin = visit(demonstration).sign_in("admin@demo.relais")
    admin.goto("/agent/administration/annuaires")
    assert problems_of(admin) == []


def test_the_public_books_in_arabic_on_a_telephone(demonstration: Web, visit: Visit) -> None:
    page = visit(demonstration, width=390, height=844).open("/rendez-vous?lang=ar")
    assert page.locator("html").get_attribute("dir") == "rtl"
    assert problems_of(page) == []
    page.set_viewport_size({"width": 390, "height": 844})
    # Another need first: led to its door, then back to what this place is for.
    page.locator("[name=motif]").select_option(value="autre-status")
    page.locator("button[value=dates]").click()
    expect(page.get_by_text("مركز الاتصال يجيبكم")).to_be_visible()
    page.locator("[name=motif]").select_option(index=1)
    page.locator("button[value=dates]").click()
    page.locator("input[name=place]").first.check()
    page.locator("[name=given_name]").fill("ليلى")
    page.locator("[name=family_name]").fill("بن صالح")
    page.locator("[name=phone]").fill("06 39 98 13 78")
    assert problems_of(page) == []
    page.locator("form button[type=submit]").last.click()
    page.wait_for_url(re.compile("/rendez-vous/.+"))
    expect(page.get_by_role("main")).to_contain_text(re.compile(r"\d{4}-\d{4}"))
    assert problems_of(page) == []
