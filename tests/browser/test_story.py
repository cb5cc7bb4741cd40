"""The story of one question, from the mail that asks it to the answer and beyond.

A person writes; the teleadviser cannot answer and hands over; the question climbs two levels,
comes back down and is answered by mail; the person writes again and follows it all on a page.
Real IMAP, real SMTP, PostgreSQL, Redis, the web server and the worker in their processes.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Visitor
from tests.browser.mails import Correspondent, link_in, text_of
from tests.browser.product import Web
from tests.servers.process import wait_until

SUBJECT = "Attestation de prolongation toujours absente"
ARTICLE = "L'attestation de prolongation d'instruction"
NUMBER = "4209123456"  # of the dossier

# What the levels say to each other. None of it may ever leave the house.
NOTE = "Ton agacé au téléphone hier, rester factuel."
QUESTION = "Pourquoi l'attestation n'est-elle pas générée pour ce dossier ?"
STATUS = "Statut figé : instruction terminée, décision non prise."
TO_BUSINESS = "Le moteur bloque la génération ; quelle consigne donner au centre ?"
DECREE = "Bascule manuelle demandée au bureau des habilitations, lot 7."
DOWN = "Le lot 7 passe lundi ; dire que l'attestation arrive sous trois jours ouvrés."
INTERNAL = (NOTE, QUESTION, STATUS, TO_BUSINESS, DECREE, DOWN)
INTERNAL_WORDS = ("lot 7", "habilitations", "SDST", "DP ANEF", "Montaigu", "Sarrazin", "agacé",
                  "escalad", "niveau 2", "niveau 3")  # fmt: skip

pytestmark = pytest.mark.mail


def reload_until(page: Page, wanted: Locator) -> None:
    """What comes by mail comes when it comes: the page is looked at again until it is there.

    Opened anew rather than reloaded: Chromium refuses to reload a page that is being replaced.
    """
    page.wait_for_load_state()
    here = page.url.partition("#")[0]

    def there() -> bool:
        page.goto(here)
        return wanted.count() > 0

    wait_until(there, f"{wanted} on {here}")


def open_from(page: Page, view: str) -> None:
    """Into the queue as one does, by the rail, then into the row of our ticket."""
    page.goto("/agent/")
    rail = page.get_by_role("navigation", name="Vues et rubriques")
    rail.get_by_role("link", name=view).click()
    reload_until(page, page.get_by_role("link", name=SUBJECT))
    page.get_by_role("link", name=SUBJECT).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(SUBJECT)


def take(page: Page) -> None:
    page.get_by_role("button", name="Prendre").click()
    expect(page.get_by_role("status").first).to_contain_text("Ce ticket est à vous.")


def path_on(page: Page) -> Locator:
    return page.get_by_role("list", name="Parcours de la demande")


def here_on(page: Page) -> Locator:
    return path_on(page).locator("[aria-current=step]")


def answer_below(page: Page, text: str) -> None:
    page.get_by_label("Votre réponse au niveau précédent").fill(text)
    page.get_by_role("button", name="Envoyer la réponse au niveau précédent").click()
    expect(page.get_by_role("status").first).to_contain_text("Rendu à")


def qualify(page: Page) -> None:
    """The mail said nothing of its reason: the agent says it, in the words of the catalogue."""
    motif = page.get_by_role("combobox", name="Motif")
    motif.fill("attestation non delivree")
    motif.press("Enter")
    step = page.get_by_role("combobox", name="Démarche")
    step.fill("etudiant")
    step.press("Enter")
    page.get_by_label("Numéro de dossier").fill(NUMBER)
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_role("status").first).to_contain_text("Motif enregistré.")
    expect(page.get_by_role("complementary")).to_contain_text("non délivrée")


def search_beside(page: Page, words: str) -> Locator:
    """The wiki, searched in the column beside the ticket as one types."""
    page.get_by_role("searchbox", name="Chercher dans les articles").press_sequentially(words)
    found = page.locator("#articles-trouves").get_by_role("listitem").filter(has_text=ARTICLE)
    expect(found).to_be_visible()
    return found


def hand_over(page: Page, watch: Visitor) -> None:
    """Refused while it tells the next level too little, with all that was typed still there."""
    page.get_by_role("link", name="Transmettre").click()
    page.get_by_label("Ce que la personne lit").fill(STATUS)
    watch.watch.expect(422)
    page.get_by_role("button", name="Transmettre à").click()
    summary = page.get_by_role("group", name="points sont à corriger")
    expect(summary).to_be_focused()
    expect(page).to_have_title(re.compile("^Erreur"))
    summary.get_by_role("link").first.click()
    expect(page.get_by_label("Ce que vous demandez")).to_be_focused()
    expect(page.get_by_label("Ce que la personne lit")).to_have_value(STATUS)
    expect(page.get_by_label("Numéro de demande ou de dossier")).to_have_value(NUMBER)

    page.get_by_label("Ce que vous demandez").fill(QUESTION)
    page.get_by_label("Date de fin du document de séjour").fill("2026-11-30")
    page.get_by_label("Dates utiles").fill("Déposé le 2 septembre")
    page.get_by_role("button", name="Transmettre à").click()
    expect(page.get_by_role("status").first).to_contain_text("Transmis à DP ANEF")


def test_a_question_climbs_three_levels_and_is_answered(
    product: Web, visit: Callable[..., Visitor], amina: Correspondent
) -> None:
    hugo, olivier, claire = visit(product), visit(product), visit(product)
    hugo.sign_in("conseiller@demo.relais")

    # A mail arrives: kept, filed, acknowledged, and in the queue of the centre.
    asked = amina.write(
        SUBJECT,
        "Bonjour,\n\nMon titre expire le 30 novembre et je n'ai pas d'attestation.\n\nAmina\n",
    )
    open_from(hugo.page, "Sans responsable")
    wait_until(lambda: amina.mailbox.count() == 0, "the mail has left the mailbox")
    expect(hugo.page.get_by_text("Mon titre expire le 30 novembre")).to_be_visible()
    receipt = amina.wait_for(lambda m: m["In-Reply-To"] == asked["Message-ID"], "a receipt")
    reference = re.search(r"\[#(\d{4}-\d{4}-\d{4})\]", receipt["Subject"])
    assert reference, receipt["Subject"]
    assert reference[1] in hugo.page.url
    assert "n’est pas un dépôt de dossier" in text_of(receipt)
    follow = link_in(receipt)

    # The teleadviser takes it, says what it is about, looks it up, and cannot answer.
    take(hugo.page)
    qualify(hugo.page)
    search_beside(hugo.page, "attestation prolongation")
    hugo.page.get_by_role("tab", name="Note interne").click()
    hugo.page.get_by_label("Votre note interne").fill(NOTE)
    hugo.page.get_by_role("button", name="Ajouter la note interne").click()
    expect(hugo.page.locator(".entry-note")).to_contain_text(NOTE)
    hand_over(hugo.page, hugo)
    expect(here_on(hugo.page)).to_contain_text(re.compile(r"DP ANEF.*depuis 0 min", re.S))
    told = amina.wait_for(lambda m: "spécialistes" in text_of(m), "word that it was passed on")
    assert "même référence, " + reference[1] in text_of(told)

    # Level 2 cannot either, and passes up without typing again what is known.
    olivier.sign_in("dp@demo.relais")
    open_from(olivier.page, "À l’équipe")
    expect(olivier.page.locator(".entry-exchange")).to_contain_text(STATUS)
    take(olivier.page)
    olivier.page.get_by_role("link", name="Transmettre").click()
    expect(olivier.page.get_by_label("Ce que la personne lit")).to_have_value(STATUS)
    olivier.page.get_by_label("Ce que vous demandez").fill(TO_BUSINESS)
    olivier.page.get_by_role("button", name="Transmettre à").click()
    expect(here_on(olivier.page)).to_contain_text("SDST")
    hugo.page.reload()
    expect(here_on(hugo.page)).to_contain_text(re.compile(r"SDST.*depuis", re.S))

    # Level 3 answers level 2, which answers level 1. Each sees where it is and since when.
    claire.sign_in("sdst@demo.relais")
    open_from(claire.page, "À l’équipe")
    take(claire.page)
    answer_below(claire.page, DECREE)
    open_from(olivier.page, "Revenus")
    expect(here_on(olivier.page)).to_contain_text("DP ANEF")
    hugo.page.reload()
    expect(here_on(hugo.page)).to_contain_text("DP ANEF")
    answer_below(olivier.page, DOWN)

    # Back at level 1: an article goes into the reply in one action, and the mail leaves.
    open_from(hugo.page, "Revenus")
    expect(here_on(hugo.page)).to_contain_text("CCC")
    box = hugo.page.get_by_label("Votre réponse", exact=True)
    box.fill("Bonjour Amina Benali,\n\nVotre attestation arrive sous trois jours ouvrés.\n\n")
    search_beside(hugo.page, "attestation prolongation").get_by_role("link", name="Insérer").click()
    expect(box).to_have_value(re.compile("arrive sous trois jours ouvrés.*/aide/attestation", re.S))
    hugo.page.get_by_label("Après l’envoi").select_option(label="puis clore")
    hugo.page.get_by_role("button", name="Envoyer à Amina Benali").click()
    expect(hugo.page.get_by_role("status").first).to_contain_text("Ticket clos.")
    answer = amina.wait_for(lambda m: "trois jours ouvrés" in text_of(m), "the answer")
    assert answer["Subject"] == f"Re: [#{reference[1]}] {SUBJECT}"
    assert answer["In-Reply-To"] == asked["Message-ID"]
    assert asked["Message-ID"] in answer["References"]
    signature = text_of(answer).partition("\n-- \n")[2]
    for line in ("Hugo Lambert", "Téléconseiller", "Centre de contact citoyens", "0 806 001 620"):
        assert line in signature

    # The person answers that mail: the same ticket is open again, and it is the only one.
    amina.write(f"Re: {answer['Subject']}", "Toujours rien ce matin.\n", to=answer)
    reload_until(hugo.page, hugo.page.locator(".strip", has_text="rouvert"))
    expect(hugo.page.get_by_text("Toujours rien ce matin.")).to_be_visible()
    amina.wait_for(lambda m: "elle est rouverte" in text_of(m), "word that it is open again")
    hugo.page.goto("/agent/tickets?vue=all")
    expect(hugo.page.get_by_role("link", name=SUBJECT)).to_have_count(1)

    # On the page of the link, from the first mail: plain words, and nothing internal.
    public = visit(product, width=390, height=844)
    page = public.open(follow)
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "Un conseiller s’occupe de votre demande."
    )
    for words in ("Mon titre expire le 30 novembre", "trois jours ouvrés", "Toujours rien"):
        expect(page.get_by_role("main")).to_contain_text(words)
    said = page.content() + "".join(text_of(mail) + mail["Subject"] for mail in amina.received)
    leaked = [words for words in (*INTERNAL, *INTERNAL_WORDS) if words in said]
    assert leaked == []
    assert len({mail["Message-ID"] for mail in amina.received}) == len(amina.received) == 4
