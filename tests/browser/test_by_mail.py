"""A directorate that has no account: it is asked by mail, and answers by mail or on a page.

Real IMAP, real SMTP, PostgreSQL, Redis, the web server and the worker in their processes.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visitor
from tests.browser.mails import Correspondent, text_of
from tests.browser.product import Web
from tests.browser.test_between_levels import a_tuesday
from tests.browser.test_pages import problems_of
from tests.browser.test_story import open_from, reload_until, take
from tests.servers.fixtures import Mailbox
from tests.servers.smtp import SmtpServer

BOX = "boite-sdanf@interieur.example"
DELEGATE = "paul.lenoir@sdanf.example"
SUBJECT = "Attestation de prolongation toujours absente"
QUESTION = "Le décret est-il signé, et quand la personne le saura-t-elle ?"
NEWS = "Demandé au bureau des décrets, retour mardi."
ANSWER = "Le décret paraît le 12 : dire à la personne de garder son récépissé."

pytestmark = pytest.mark.mail


def set_mailbox(page: Page) -> None:
    page.goto("/agent/administration/equipes")
    page.get_by_role("link", name=re.compile("^SDANF")).click()
    page.get_by_label("Boîte partagée").fill(BOX)
    page.get_by_label("Qui peut répondre pour elle").fill(DELEGATE)
    assert problems_of(page) == []
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_role("main")).to_contain_text(f"par courriel : {BOX}")


def hand_over(page: Page) -> None:
    motif = page.get_by_role("combobox", name="Motif")
    motif.fill("naturalisation decret")
    motif.press("Enter")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_role("status").first).to_contain_text("Motif enregistré.")
    page.get_by_role("link", name="Transmettre").click()
    page.get_by_label("Ce que vous demandez").fill(QUESTION)
    for field in page.locator("form[data-draft] [required]").all():
        if field.is_visible() and not field.input_value():
            field.fill("2027-01-15" if field.get_attribute("type") == "date" else "Rien de plus.")
    page.get_by_role("button", name=re.compile("^Transmettre")).click()
    expect(page.get_by_role("status").first).to_contain_text("Transmis à SDANF")


def test_a_directorate_answers_by_mail(
    product: Web,
    visit: Callable[..., Visitor],
    amina: Correspondent,
    mailbox: Mailbox,
    smtp_server: SmtpServer,
) -> None:
    set_mailbox(visit(product).sign_in("admin@demo.relais"))
    hugo = visit(product).sign_in("conseiller@demo.relais")
    amina.write(SUBJECT, "Bonjour,\n\nOù en est ma naturalisation ?\n\nAmina\n")
    open_from(hugo, "Sans responsable")
    take(hugo)
    hand_over(hugo)

    # Everything arrives in the shared mailbox; its link opens without an account, on a telephone.
    sdanf = Correspondent("Paul Lenoir", BOX, mailbox, smtp_server)
    asked = sdanf.wait_for(lambda m: QUESTION in text_of(m), "the question")
    assert "Où en est ma naturalisation ?" in text_of(asked)
    link = re.search(r"https?://\S+/niveaux/\S+", text_of(asked))
    assert link
    page = visit(product, width=390, height=844).open(link[0])
    expect(page.get_by_role("heading", name="La question de CCC")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("Où en est ma naturalisation ?")
    assert problems_of(page) == []
    page.get_by_label("Votre nom et votre fonction").fill("Paul Lenoir, bureau des décrets")
    page.get_by_label("peut répondre").fill(NEWS)
    page.get_by_text("Il faut plus de temps").click()
    page.get_by_label("Prochaines nouvelles avant la fin du").fill(a_tuesday())
    page.get_by_role("button", name="Garder et donner ces nouvelles").click()
    expect(page.get_by_role("main")).to_contain_text("La demande reste chez vous.")
    hugo.reload()
    expect(hugo.locator(".entry-exchange").last).to_contain_text(NEWS)
    expect(hugo.locator(".entry-exchange").last).to_contain_text("Paul Lenoir")

    # The answer comes from a delegate, by mail, and is ready to be reworded and sent.
    delegate = Correspondent("Paul Lenoir", DELEGATE, mailbox, smtp_server)
    delegate.write(f"RE: {asked['Subject']}", f"{ANSWER}\n", to=asked)
    reload_until(hugo, hugo.locator(".entry-exchange", has_text=ANSWER))
    expect(hugo.locator("main")).to_contain_text(f"par courriel, de {DELEGATE}")
    hugo.get_by_role("link", name="Reprendre dans la réponse à la personne").last.click()
    expect(hugo.locator("#reponse")).to_have_value(ANSWER)
    hugo.locator("#reponse").fill("Bonjour,\n\nVotre décret paraît le 12.\n")
    hugo.get_by_role("button", name="Envoyer à Amina Benali").click()
    told = amina.wait_for(lambda m: "paraît le 12" in text_of(m), "the answer")
    assert "récépissé" not in text_of(told)
    for words in (QUESTION, NEWS, "SDANF", DELEGATE, BOX):
        assert not [mail for mail in amina.received if words in text_of(mail)], words
    page.goto(link[0])
    expect(page.get_by_role("heading", level=1)).to_contain_text("n’attend plus votre réponse")
    expect(page.get_by_role("main")).not_to_contain_text("Amina")
