"""From a situation to a reason, to the articles that may answer, to what that reason needs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from html import unescape
from typing import Any

import pytest
import time_machine
from sqlalchemy import select

from escalation import handover
from knowledge.articles import helping, publishing, writing
from knowledge.articles.models import Audience
from knowledge.articles.writing import About
from knowledge.articles.writing import Words as ArticleWords
from knowledge.search import index
from support.catalogue.models import Priority
from support.intake.models import Received
from support.kernel import db
from support.tickets.facts import SaidBy, facts_of
from support.tickets.models import Ticket
from support.tickets.timeline import Entry, EntryKind
from tests.cast import again
from tests.factories import counted
from tests.web.citizen.test_contact import GOOD
from tests.web.conftest import Browser, Site

MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')


class Visit:
    """A browser without scripts: each answer is typed into the form that the page shows."""

    def __init__(self, site: Site) -> None:
        self.browser: Browser = site.anyone()
        self.page = self.browser.get("/contact")

    def press(self, button: str, **typed: str) -> Any:
        hidden = dict(HIDDEN.findall(self.page.text.partition('id="demande"')[2]))
        self.page = self.browser.send("/contact", {**hidden, **typed, "aller": button})
        return self.page

    def go_on(self, **typed: str) -> str:
        step = re.search(
            r'class="button button-primary" name="aller" value="([^"]+)"', self.page.text
        )
        assert step
        text: str = self.press(step[1], **typed).text
        return text


def article_on(site: Site, reason: str) -> int:
    with db.transaction():
        editor = again(site.cast.editor)
        about = About(audience=Audience.PUBLIC, reasons=[reason])
        words = ArticleWords("Se reconnecter", "Trois gestes.", "Demandez un nouveau mot de passe.")
        article = writing.draft("se-reconnecter", words, about, by=editor)
        publishing.publish(article, by=editor)
    index.follow()
    return article.id


def to_the_articles(visit: Visit) -> str:
    visit.go_on(situation="stuck")
    return visit.go_on(reason="account.blocked")


def test_the_whole_way_asks_only_what_the_reason_needs(site: Site) -> None:
    number = article_on(site, "account.blocked")
    with time_machine.travel(MONDAY, tick=False):
        visit = Visit(site)
        assert "Étape 1 sur 5" in visit.page.text
        assert "Plus précisément" in visit.go_on(situation="stuck")
        page = visit.go_on(reason="account.blocked")
        assert "Étape 3 sur 5" in page
        assert "Demandez un nouveau mot de passe." in page  # read in place
        page = visit.go_on()
        assert set(re.findall(r'name="(q-[a-z_]+)"', page)) == {
            "q-exact_message", "q-browser", "q-expiry_date", "q-department",
        }  # fmt: skip
        visit.go_on(text="Bloquée", **{"q-expiry_date": "2026-11-20", "q-department": "69003"})
        assert visit.page.status_code == 200
        assert "Étape 5 sur 5" in visit.page.text
        visit.go_on(**{name: GOOD[name] for name in ("family_name", "email")})
    assert visit.page.status_code == 303
    with db.transaction() as session:
        ticket = session.scalars(select(Ticket)).one()
        known = facts_of(ticket)
        assert {code: fact.value for code, fact in known.items()} == {
            "expiry_date": "2026-11-20",
            "department": "69",
        }
        assert known["expiry_date"].said_by is SaidBy.PERSON
        assert ticket.department == "69"
        assert ticket.priority is Priority.URGENT
        assert ticket.priority_reasons == [{"code": "document_expires", "on": "2026-11-20"}]
        assert ticket.person is not None
        assert ticket.person.document_expires_on is not None
        assert ticket.person.document_expires_on.date() == date(2026, 11, 20)
        assert handover.prefilled(ticket)["expiry_date"] == "20/11/2026"
        (count,) = helping.counts_of(number)
        assert (count.shown, count.solved, count.continued) == (1, 0, 1)


def test_an_article_that_was_enough_is_counted_and_nothing_else_kept(site: Site) -> None:
    number = article_on(site, "account.blocked")
    visit = Visit(site)
    to_the_articles(visit)
    to_the_articles_again = visit.press("etape-3")
    assert to_the_articles_again.status_code == 200
    answer = visit.press(f"regle-{number}")
    assert answer.headers["Location"] == "/contact/regle"
    assert "Tant mieux" in visit.browser.get("/contact/regle").text
    with db.transaction() as session:
        assert session.scalars(select(Ticket)).all() == []
        (count,) = helping.counts_of(number)
        assert (count.shown, count.solved, count.continued) == (1, 1, 0)


def test_without_an_article_the_page_is_left_out(site: Site) -> None:
    visit = Visit(site)
    assert "Étape 3 sur 4" in to_the_articles(visit)
    assert "Plus précisément" in visit.press("etape-2").text


def test_from_an_article_only_what_is_left_is_asked(site: Site) -> None:
    page = site.anyone().get("/contact?motif=account.blocked").text
    assert "Étape 1 sur 2" in page
    assert "q-exact_message" in page


def test_found_by_words_the_reason_is_chosen_already(site: Site) -> None:
    visit = Visit(site)
    page = visit.go_on(cherche="account.blocked")
    assert re.search(r'value="account.blocked"[^>]* checked', page)


@pytest.mark.parametrize(
    ("question", "typed", "words"),
    [
        ("expiry_date", "le mois prochain", "jour, mois, année"),
        ("expiry_date", "2026-02-31", "jour, mois, année"),
        ("department", "Rhône", "numéro du département"),
        ("exact_message", "x" * 2001, "Au plus 2000 caractères"),
    ],
)
def test_a_wrong_answer_is_said_beside_its_question(
    site: Site, question: str, typed: str, words: str
) -> None:
    fields: Mapping[str, str] = {**GOOD, f"q-{question}": typed, "cle": question}
    answer = site.anyone().send("/contact", fields)
    assert answer.status_code == 422
    assert words in answer.text
    assert f'id="q-{question}-error"' in answer.text
    assert typed in answer.text


def test_a_situation_must_be_said(site: Site) -> None:
    visit = Visit(site)
    assert "Choisissez la phrase la plus proche" in visit.go_on()
    assert visit.page.status_code == 422


def test_another_language_is_chosen_without_losing_a_word(site: Site) -> None:
    visit = Visit(site)
    to_the_articles(visit)
    hidden = dict(HIDDEN.findall(visit.page.text.partition('id="demande"')[2]))
    answer = visit.browser.send("/contact", {**hidden, "text": "Bloquée", "lang": "ar"})
    assert 'lang="ar" dir="rtl"' in answer.text
    assert 'name="language" value="ar"' in answer.text
    assert "Bloquée" in answer.text


def test_the_device_is_filled_in_and_may_be_changed(site: Site) -> None:
    agent = "Mozilla/5.0 (Linux; Android 14; K) Chrome/131.0.0.0 Mobile Safari/537.36"
    address = "/contact?motif=account.blocked"
    page = site.anyone().get(address, headers={"User-Agent": agent}).text
    assert 'value="Chrome 131, Android"' in page


@pytest.mark.parametrize("way", ["", "?motif=account.blocked"])
def test_a_page_of_the_form_costs_few_queries(site: Site, way: str) -> None:
    browser = site.anyone()
    browser.get("/contact")
    with counted() as sql:
        browser.get(f"/contact{way}")
    assert len(sql) <= 3


def test_the_third_page_costs_few_queries(site: Site) -> None:
    article_on(site, "account.blocked")
    visit = Visit(site)
    to_the_articles(visit)
    with counted() as sql:
        visit.press("etape-3")
    assert len(sql) <= 12


def told_of(reference_page: str) -> list[str]:
    return re.findall(r"a eu sous les yeux : (« [^<\n]+ »)", reference_page)


def test_the_agent_knows_what_was_read_before(site: Site) -> None:
    article_on(site, "account.blocked")
    person = site.anyone()
    read = person.get("/aide/se-reconnecter").text
    way = re.search(r'href="(/contact\?fiche=se-reconnecter[^"]*)"', read)
    assert way
    page = person.get(unescape(way[1])).text
    hidden = dict(HIDDEN.findall(page.partition('id="demande"')[2]))
    assert hidden["fiche"] == "se-reconnecter"
    sent = person.send(
        "/contact", {**hidden, **GOOD, "cle": "venu-d-une-fiche", "aller": "envoyer"}
    )
    assert sent.status_code == 303
    with db.transaction() as session:
        ticket = session.scalars(select(Ticket)).one()
        reference = ticket.reference
        message = session.scalars(select(Received)).one().entry_id
        assert message is not None
        assert session.get_one(Entry, message).kind is EntryKind.MESSAGE
    page = site.as_("admin").get(f"/agent/tickets/{reference}").text
    assert told_of(page) == ["« Se reconnecter »"]


def test_what_the_form_showed_is_told_as_well_and_only_what_exists(site: Site) -> None:
    article_on(site, "account.blocked")
    visit = Visit(site)
    to_the_articles(visit)
    visit.press("etape-4")
    visit.press("etape-5", text=GOOD["text"])
    mine = {name: value for name, value in GOOD.items() if name not in ("reason", "cle")}
    visit.press("envoyer", **mine, fiche="inventee\x00")
    with db.transaction() as session:
        reference = session.scalars(select(Ticket)).one().reference
    page = site.as_("admin").get(f"/agent/tickets/{reference}").text
    assert told_of(page) == ["« Se reconnecter »"]
