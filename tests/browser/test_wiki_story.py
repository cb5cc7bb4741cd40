"""An article from the first word to the correction of what was answered with it; in Arabic too."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Visitor, running
from tests.browser.product import Web
from tests.browser.test_pages import problems_of

TITLE = "Recevoir son code de retrait"
SHELF = "/agent/connaissances"
PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def written(editor: Page) -> None:
    editor.goto(f"{SHELF}/redaction/nouvelle")
    editor.locator("#title").fill(TITLE)
    editor.locator("#body").fill(
        "Le code de retrait arrive en deux jours.\n\n::: agents\nNe le donnez pas.\n:::"
    )
    expect(editor.locator("#apercu")).to_contain_text("Ne le donnez pas")
    editor.locator("#lecteur").select_option("public")
    expect(editor.locator("#apercu")).not_to_contain_text("Ne le donnez pas")
    pictured(editor)
    editor.get_by_label("Tout le monde, dans l’aide publique").check()
    assert problems_of(editor) == []
    editor.get_by_role("button", name="Enregistrer le brouillon").click()
    at_the_end(editor)
    editor.get_by_role("button", name="Demander une relecture", exact=True).click()
    expect(editor.get_by_role("status").first).to_contain_text("Relecture demandée")


def pictured(editor: Page) -> None:
    """A picture goes where the cursor is, its words ready to be typed over."""
    editor.locator("#body").evaluate("area => area.setSelectionRange(41, 41)")
    file = {"name": "Écran.png", "mimeType": "image/png", "buffer": PICTURE}
    editor.locator("#files").set_input_files([file])
    expect(editor.locator("#body")).to_have_value(
        re.compile(r"deux jours\.\n\n!\[ecran\]\(fichier:ecran\.png\)\n\n::: agents")
    )
    editor.keyboard.insert_text("Le code à six chiffres")
    seen(editor.get_by_alt_text("Le code à six chiffres"))


def at_the_end(editor: Page) -> None:
    """Where it goes while nobody has put the cursor anywhere; not kept."""
    editor.wait_for_url("**/modifier")
    file = {"name": "autre.png", "mimeType": "image/png", "buffer": PICTURE + b"2"}
    editor.locator("#files").set_input_files([file])
    expect(editor.locator("#body")).to_have_value(
        re.compile(r"^Le code[\s\S]*:::\s+!\[autre\]\(fichier:autre\.png\)\s*$")
    )
    editor.reload()


def seen(picture: Locator) -> None:
    expect(picture).to_have_js_property("naturalWidth", 1)


def approved(reader: Page) -> None:
    reader.goto(SHELF)
    reader.get_by_role("link", name=re.compile("^À relire")).click()
    reader.get_by_role("link", name=TITLE).click()
    expect(reader.get_by_role("button", name="Approuver et publier")).to_be_visible()
    seen(reader.get_by_alt_text("Le code à six chiffres"))
    assert problems_of(reader) == []
    reader.get_by_role("button", name="Approuver et publier").click()
    expect(reader.get_by_role("status").first).to_contain_text("Approuvée et publiée")


def found_and_sent(agent: Page) -> str:
    agent.goto(SHELF)
    agent.get_by_label("Chercher dans les fiches").press_sequentially("code retrai")
    agent.get_by_role("link", name=TITLE).click()
    expect(agent.locator("article")).to_contain_text("Ne le donnez pas")
    seen(agent.get_by_alt_text("Le code à six chiffres"))
    agent.goto("/agent/tickets?vue=team")
    agent.locator("tbody a").first.click()
    agent.wait_for_url(re.compile(r"/agent/tickets/\d{4}-"))
    ticket = agent.url.partition("?")[0]
    agent.goto(f"{ticket}?fiche=recevoir-son-code-de-retrait#repondre")
    reply = agent.locator("#reponse")
    expect(reply).to_have_value(re.compile("deux jours"))
    expect(reply).not_to_have_value(re.compile("Ne le donnez pas"))
    agent.get_by_role("button", name=re.compile("^Envoyer à")).click()
    expect(agent.get_by_text("Le code de retrait arrive en deux jours").first).to_be_visible()
    return ticket


def corrected(editor: Page, sender: Page) -> None:
    editor.locator("#body").fill("Le code de retrait arrive en **cinq** jours.")
    editor.locator("#comment").fill("Le délai a changé")
    editor.get_by_role("button", name="Enregistrer et publier sans relecture").click()
    editor.get_by_role("link", name="Corriger ce qui a été répondu").click()
    expect(editor.get_by_label("Ce que les personnes liront")).to_be_visible()
    assert problems_of(editor) == []
    editor.get_by_label("Ce que les personnes liront").fill("Comptez cinq jours, et non deux.")
    editor.get_by_role("button", name="Faire relire la correction").click()
    sender.goto(f"{SHELF}/relectures")
    sender.get_by_role("link", name=TITLE).click()
    expect(sender.get_by_role("button", name="Envoyer à 1 personne")).to_be_visible()
    assert problems_of(sender) == []
    sender.get_by_role("button", name="Envoyer à 1 personne").click()
    expect(sender.get_by_role("status").first).to_contain_text("part vers 1 personne")


def test_written_read_found_sent_and_corrected(visit: Callable[..., Visitor]) -> None:
    with running(Web(plant="question")) as web:
        editor = visit(web).sign_in("redaction@demo.relais")
        written(editor)
        sender = visit(web).sign_in("superviseur@demo.relais")
        approved(sender)
        reader = visit(web).open("/aide/recevoir-son-code-de-retrait")
        seen(reader.get_by_alt_text("Le code à six chiffres"))
        agent = visit(web).sign_in("conseiller@demo.relais")
        ticket = found_and_sent(agent)
        editor.reload()
        corrected(editor, sender)
        agent.goto(ticket)
        told = agent.get_by_text("une fiche citée a changé")
        for _ in range(20):
            if told.count():
                break
            agent.wait_for_timeout(500)
            agent.reload()
        expect(told.first).to_be_attached()
        agent.close()  # its page asks for calls until the end


def test_the_help_centre_in_arabic_on_a_telephone(
    demonstration: Web, visit: Callable[..., Visitor]
) -> None:
    page = visit(demonstration, width=390, height=844).open("/aide?lang=ar")
    assert problems_of(page, widths=(390,)) == []
    page.get_by_role("searchbox").first.fill("كلمة المرور")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="لا أستطيع الدخول إلى حسابي").click()
    article = page.locator("article")
    expect(article).to_have_attribute("dir", "rtl")
    expect(article).to_contain_text("الخطوات")
    assert problems_of(page, widths=(390,)) == []
    page.set_viewport_size({"width": 390, "height": 844})
    page.get_by_role("button", name="نعم").click()
    expect(page.get_by_role("status")).to_contain_text("شكرًا")
    page.get_by_role("link", name="Français", exact=True).last.click()
    expect(page.locator("article")).to_contain_text("identifiant")


def test_a_result_opens_at_the_words_that_were_found(
    demonstration: Web, visit: Callable[..., Visitor]
) -> None:
    page = visit(demonstration, width=390, height=500).open("/aide?q=indésirables")
    result = page.locator(".hits a").first
    words = result.evaluate("a => a.closest('li').querySelector('mark').textContent")
    result.click()
    expect(page.locator("article")).to_contain_text(words)
    page.wait_for_function("scrollY > 0")
    # Where the browser went is where the words are.
    assert page.evaluate(
        """words => [...document.querySelectorAll("article :is(p, li, td)")].some(e => {
          const box = e.getBoundingClientRect();
          return e.textContent.includes(words) && box.bottom > 0 && box.top < innerHeight;
        })""",
        words,
    )
