"""The public form on a telephone: nothing is lost, nothing is doubled, and it works bare."""

from __future__ import annotations

import re
from collections.abc import Callable
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visitor
from tests.browser.mails import link_in
from tests.browser.product import Web
from tests.browser.test_pages import AXE, RULES, SCAN
from tests.servers.process import wait_until

PHONE = {"width": 390, "height": 844}
REFERENCE = re.compile(r"\d{4}-\d{4}-\d{4}")
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 200
TEXT = "Le bouton « Continuer » reste gris après la photo, depuis mardi."
REASON = "Ma photo ou mon code e-photo est refusé"

Visit = Callable[..., Visitor]


def go_on(page: Page) -> None:
    page.locator("main .button-primary").click()


def to_the_words(page: Page, *, script: bool) -> None:
    """The situation, or a word when there are scripts; the reason; the articles that may answer."""
    if script:
        box = page.get_by_role("combobox", name="Ou cherchez avec vos mots")
        box.fill("photo refusee")
        page.get_by_role("option", name=REASON).click()
        expect(box).to_have_value(REASON)
    else:
        page.get_by_role("radio", name="Une pièce, une photo ou un timbre").check()
    go_on(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Précisez")
    chosen = page.get_by_role("radio", name=REASON)
    expect(chosen).to_be_checked(checked=script)
    chosen.check()
    go_on(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Peut-être la réponse")
    go_on(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Racontez")


def the_words(page: Page, folder: Path) -> None:
    """Two files, sent one after the other because the text was forgotten at first."""
    (folder / "écran 1.png").write_bytes(PNG)
    (folder / "lettre.pdf").write_bytes(b"%PDF-1.4 rien")
    page.get_by_label("Photos de l’écran").set_input_files(folder / "écran 1.png")
    go_on(page)
    expect(page.get_by_role("group", name="point est à corriger")).to_be_visible()
    expect(page.locator(".kept-files").first).to_contain_text("écran 1.png")
    page.get_by_label("Que se passe-t-il ?").fill(TEXT)
    page.get_by_label("Photos de l’écran").set_input_files(folder / "lettre.pdf")
    go_on(page)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Vous joindre")


def who_i_am(page: Page, address: str, number: str) -> None:
    """An address mistyped: all that was typed on the three pages is still there."""
    page.get_by_label("Nom de famille").fill("Ибрагимова")
    page.get_by_label("Adresse électronique").fill("sans-arobase")
    page.get_by_label("Numéro étranger").fill("991234")
    page.get_by_role("button", name="Envoyer ma demande").click()
    expect(page.get_by_role("group", name="2 points sont à corriger")).to_be_visible()
    expect(page.get_by_label("Nom de famille")).to_have_value("Ибрагимова")
    expect(page.get_by_label("Adresse électronique")).to_have_value("sans-arobase")
    page.get_by_role("button", name="Retour").click()
    expect(page.get_by_label("Que se passe-t-il ?")).to_have_value(TEXT)
    expect(page.locator(".kept-files li:has(input)")).to_have_count(2)
    go_on(page)
    page.get_by_label("Adresse électronique").fill(address)
    page.get_by_label("Numéro étranger").fill(number)


def mails_to(web: Web, address: str) -> list[EmailMessage]:
    """Without a mail server, mails are written as files."""
    read = (
        message_from_bytes(path.read_bytes(), policy=policy.default)
        for path in sorted(web.sent.glob("*.eml"))
    )
    return [mail for mail in read if address in (mail["To"] or "")]


def tickets_of(visit: Visit, web: Web, name: str) -> int:
    agent = visit(web)
    page = agent.sign_in("superviseur@demo.relais")
    page.goto("/agent/tickets?vue=all")
    return page.get_by_role("row").filter(has_text=name).count()


@pytest.mark.parametrize("script", [True, False], ids=["with scripts", "without scripts"])
def test_a_request_by_the_form(centre: Web, visit: Visit, tmp_path: Path, script: bool) -> None:
    address = f"ibragimova.{'avec' if script else 'sans'}@example.org"
    person = visit(centre, **PHONE, java_script_enabled=script)
    person.watch.expect(422)
    page = person.open("/contact")
    to_the_words(page, script=script)
    the_words(page, tmp_path)
    who_i_am(page, address, "9912345678" if script else "9912345679")
    page.get_by_role("button", name="Envoyer ma demande").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Votre demande est enregistrée")
    reference = REFERENCE.search(page.locator(".reference-number").inner_text())
    assert reference
    expect(page.get_by_role("main")).to_contain_text("Nous vous répondrons le")
    wait_until(lambda: bool(mails_to(centre, address)), "a receipt by mail")
    (receipt,) = mails_to(centre, address)
    assert f"[#{reference[0]}]" in receipt["Subject"]

    page.get_by_role("link", name="Suivre ma demande").click()
    here = page.url
    expect(page.get_by_role("heading", level=1)).to_have_text("Nous avons bien reçu votre demande.")
    expect(page.get_by_role("main")).to_contain_text(TEXT)
    expect(page.get_by_role("main")).to_contain_text("lettre.pdf")
    picture = page.get_by_role("link", name="écran 1.png").get_attribute("href")
    assert page.request.get(picture or "").body() == PNG
    page.goto(link_in(receipt))
    expect(page.get_by_role("main")).to_contain_text(reference[0])

    # And by the reference with the address, for those who have lost the link.
    page.goto("/suivi")
    page.get_by_label("Référence").fill(reference[0].replace("-", " "))
    page.get_by_label("Adresse électronique ou téléphone").fill(address.upper())
    page.get_by_role("button", name="Voir ma demande").click()
    expect(page).to_have_url(here)


def test_words_that_are_not_in_the_list_lead_on(centre: Web, visit: Visit) -> None:
    person = visit(centre, **PHONE)
    person.watch.expect(422)
    page = person.open("/contact")
    box = page.get_by_role("combobox", name="Ou cherchez avec vos mots")
    box.fill("fotto")  # photo, as some write it
    expect(page.get_by_role("option", name=REASON)).to_be_visible()
    box.fill("xylophone")
    expect(page.get_by_role("option")).to_have_text("Autre : je décris mon problème")
    box.blur()
    go_on(page)
    expect(box).to_have_value("xylophone")
    expect(page.locator(".combobox-unread").first).to_contain_text("« xylophone »")
    expect(page.get_by_role("group", name="est à corriger")).to_contain_text("Votre situation :")
    box.click()
    box.fill("xylophone")
    page.get_by_role("option", name="Autre : je décris").click()
    go_on(page)
    expect(page.get_by_role("radio", name="Ma question est différente")).to_be_checked()


ARABIC = "الزر «Continuer» رمادي منذ الثلاثاء"
# What a screen puts into the clipboard, or a hand drops: a file without a place on the disk.
GIVE = """(target, [kind, name]) => {
  const held = new DataTransfer();
  // The mark of a picture in PNG, by whose bytes it is taken.
  const mark = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
  held.items.add(new File([mark, "x".repeat(292)], name, {type: "image/png"}));
  const more = {bubbles: true, cancelable: true};
  const event = kind === "paste"
    ? new ClipboardEvent("paste", {...more, clipboardData: held})
    : new DragEvent("drop", {...more, dataTransfer: held});
  target.dispatchEvent(event);
}"""


def sound(page: Page) -> None:
    """Right to left, nothing wider than the telephone, nothing that the scan finds wrong."""
    assert page.locator("html").get_attribute("dir") == "rtl"
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.evaluate(AXE)
    assert page.evaluate(SCAN, RULES) == [], page.url


def test_the_whole_form_in_arabic_on_a_telephone(centre: Web, visit: Visit) -> None:
    person = visit(centre, **PHONE, has_touch=True)
    page = person.open("/")
    page.get_by_role("link", name="العربية").click()
    sound(page)
    page.get_by_role("main").get_by_role("link", name="اتصل بنا").click()
    sound(page)
    page.get_by_role("radio", name="الاستمارة على الإنترنت متوقفة").check()
    go_on(page)
    sound(page)
    page.get_by_role("radio", name="الاستمارة متوقفة أو تعرض خطأ").check()
    go_on(page)
    sound(page)
    page.locator(".answer summary").first.click()
    expect(page.locator(".answer .disclosure-body").first).to_be_visible()
    go_on(page)
    page.get_by_label("ما الذي يحدث؟").fill(ARABIC)
    page.locator("[data-upload]").evaluate(GIVE, ["drop", "écran.png"])
    page.get_by_label("ما الذي يحدث؟").evaluate(GIVE, ["paste", "image.png"])
    page.locator("[data-upload]").evaluate(GIVE, ["drop", "trop.png"])
    page.get_by_role("button", name="إزالة trop.png").click()
    expect(page.locator("[data-upload-list] li")).to_have_count(2)
    page.get_by_label("في أي يوم ينتهي").fill("2026-12-31")
    sound(page)
    go_on(page)
    sound(page)
    page.get_by_label("اسم العائلة").fill("إبراهيم")
    page.get_by_label("البريد الإلكتروني").fill("ibrahim.ar@example.org")
    go_on(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("تم تسجيل طلبك")
    sound(page)
    page.get_by_role("link", name="متابعة طلبي").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("وصلنا طلبك.")
    expect(page.get_by_role("main")).to_contain_text(ARABIC)
    for name in ("écran.png", "capture-1.png"):
        expect(page.get_by_role("link", name=name)).to_be_visible()
    sound(page)
    page.get_by_role("button", name="حُلّت المشكلة، شكرًا").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("شكرًا: أُغلق طلبك")
    sound(page)


def test_a_draft_survives_on_the_device_alone(centre: Web, visit: Visit) -> None:
    person = visit(centre, **PHONE)
    page = person.open("/contact?motif=account.login")
    page.get_by_label("Que se passe-t-il ?").fill(TEXT)
    page.get_by_label("Adresse électronique de votre compte").fill("secret@example.org")
    kept = page.evaluate("localStorage.getItem('relais.brouillon')")
    assert TEXT in kept
    assert "secret@" not in kept
    page.goto("/contact")
    page.get_by_role("button", name="Reprendre votre brouillon").click()
    expect(page.get_by_label("Que se passe-t-il ?")).to_have_value(TEXT)
    go_on(page)
    page.get_by_label("Nom de famille").fill("Brouillon")
    page.get_by_label("Adresse électronique").fill("brouillon@example.org")
    go_on(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Votre demande est enregistrée")
    assert page.evaluate("localStorage.getItem('relais.brouillon')") is None


def test_a_double_click_makes_one_ticket(centre: Web, visit: Visit) -> None:
    # Without scripts, so that only the server can tell the second one from the first.
    person = visit(centre, **PHONE, java_script_enabled=False)
    page = person.open("/contact")
    to_the_words(page, script=False)
    page.get_by_label("Que se passe-t-il ?").fill(TEXT)
    go_on(page)
    page.get_by_label("Nom de famille").fill("Doublet")
    page.get_by_label("Adresse électronique").fill("doublet@example.org")
    twice = page.context.new_page()
    form = page.locator("form[action='/contact']").locator("input, select, textarea").all()
    values = [(f.get_attribute("name") or "", f.input_value()) for f in form]
    page.get_by_role("button", name="Envoyer ma demande").dblclick()
    page.wait_for_url("**/contact/merci/**")
    again = twice.request.post("/contact", form=dict(values) | {"aller": "envoyer"})
    assert again.url == page.url
    assert tickets_of(visit, centre, "Doublet") == 1


def test_the_form_is_small(centre: Web, visit: Visit) -> None:
    """60 kB in all, compressed, for people on a slow telephone."""
    person = visit(centre, **PHONE)
    sizes: dict[str, int] = {}
    person.context.on(
        "requestfinished",
        lambda request: sizes.__setitem__(
            request.url, request.sizes()["responseBodySize"]
        ),
    )  # fmt: skip
    person.page.goto("/contact", wait_until="networkidle")
    assert len(sizes) > 5
    assert sum(sizes.values()) < 60 * 1024, sizes
