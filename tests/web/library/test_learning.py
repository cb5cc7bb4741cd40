"""Pages by which the wiki learns: votes, searches, the vocabulary, corrections sent to all."""

from __future__ import annotations

from knowledge.articles import publishing, writing
from knowledge.articles.writing import Words
from knowledge.search import asked, index
from support.kernel import db
from support.kernel.time import today
from support.tickets.given import Given
from support.tickets.replying import ReplyDraft, agent_replies
from tests.cast import again
from tests.factories import a_ticket
from tests.web.conftest import Site
from tests.web.library.conftest import PHOTO, SECRET

SHELF = "/agent/connaissances"
WRITING = f"{SHELF}/redaction"


def test_a_reader_says_that_it_did_not_help(site: Site, shelf) -> None:
    reader = site.anyone()
    assert "vous a-t-elle aidé" in reader.get(f"/aide/{PHOTO}").text
    sent = {"utile": "non", "pourquoi": "unclear", "mots": "Quel code ?"}
    answer = reader.send(f"/aide/{PHOTO}/avis", sent, follow_redirects=True)
    assert "Merci" in answer.text
    page = site.as_("editor").get(f"{SHELF}/{PHOTO}").text
    for words in ("0 ont été aidés", "1 ne l’a pas été", "pas compris", "Quel code ?"):
        assert words in page
    assert "Quel code ?" not in site.as_("teleadviser").get(f"{SHELF}/{PHOTO}").text


def test_nobody_votes_on_what_they_may_not_read(site: Site, shelf) -> None:
    assert site.anyone().send(f"/aide/{SECRET}/avis", {"utile": "oui"}).status_code == 404


def test_searches_are_counted_with_what_was_opened(site: Site, shelf) -> None:
    reader = site.anyone()
    page = reader.get("/aide?q=photo").text
    assert f"/aide/{PHOTO}?pour=photo" in page
    reader.get(f"/aide/{PHOTO}?pour=photo")
    reader.get("/aide?q=regroupement")
    reader.get("/aide?q=regroupement")
    with db.transaction():
        found = asked.unanswered(today())
        assert [(one.words, one.empty) for one in found] == [("regroupement", 2)]
    gaps = site.as_("editor").get(f"{SHELF}/manques").text
    assert "regroupement" in gaps
    assert "manque=searched:regroupement" in gaps


def test_the_vocabulary_is_kept_on_a_page(site: Site, shelf) -> None:
    editor, path = site.as_("editor"), f"{WRITING}/vocabulaire"
    wrong = editor.send(path, {"phrases": "seul", "kind": "synonyms", "near": "same"})
    assert (wrong.status_code, "au moins deux mots" in wrong.text) == (422, True)
    sent = {"phrases": "gabelle = photo", "kind": "synonyms", "near": "same"}
    assert editor.send(path, sent).status_code == 303
    index.node().keep_up()
    assert PHOTO in site.anyone().get("/aide?q=gabelle").text
    page = editor.get(path).text
    entry = page.partition(f'action="{path}/')[2].partition("/retraits")[0]
    assert editor.send(f"{path}/{entry}/retraits").status_code == 303
    assert editor.send(f"{path}/{entry}/retraits").status_code == 404


def test_one_correction_for_all(site: Site, shelf) -> None:
    editor, article = site.as_("editor"), shelf[PHOTO]
    with db.transaction():
        cast = site.cast
        ticket = a_ticket(cast)
        draft = ReplyDraft("Voici.", message_id="<a@x>", articles=[Given(article.id, 1)])
        agent_replies(ticket, draft, by=again(cast.teleadviser))
        found = again(article)
        secret = "::: directions\nZorglub.\n:::"
        words = Words("Photo refusée", "", f"Le code sert deux fois.\n\n{secret}")
        writing.revise(found, words, based_on=1, by=again(cast.editor))
        publishing.publish(found, by=again(cast.editor))
    page = editor.get(f"{WRITING}/{article.id}/modifier").text
    assert "1 demande a reçu un texte différent" in page
    path = f"{WRITING}/{article.id}/rappels"
    assert "<ins>" in editor.get(path).text
    empty = editor.send(path, {"fr": " ", "ar": "لا"})
    assert (empty.status_code, "لا" in empty.text) == (422, True)
    assert editor.send(path, {"fr": "Le code sert deux fois."}).status_code == 303
    supervisor = site.as_("supervisor")
    reviews = supervisor.get(f"{SHELF}/relectures").text
    number = reviews.partition(f"{SHELF}/relectures/rappels/")[2].partition('"')[0]
    page = supervisor.get(f"{SHELF}/relectures/rappels/{number}").text
    assert "Envoyer à 1 personne" in page
    assert "Zorglub" not in page
    sent = supervisor.send(f"{SHELF}/relectures/rappels/{number}/envois", follow_redirects=True)
    assert "La correction part vers 1 personne" in sent.text
    assert supervisor.send(f"{SHELF}/relectures/rappels/{number}/envois").status_code == 409


def test_an_article_is_proposed_from_an_answer(site: Site, shelf) -> None:
    with db.transaction():
        ticket = a_ticket(site.cast, subject="Où est ma carte, Awa ?")
        draft = ReplyDraft("Bonjour Awa,\n\nElle arrive au 06 12 34 56 78.", message_id="<p@x>")
        agent_replies(ticket, draft, by=again(site.cast.teleadviser))
        address = f"/agent/tickets/{ticket.reference}"
        silent = f"/agent/tickets/{a_ticket(site.cast).reference}/fiches/nouvelle"
    agent = site.as_("teleadviser")
    assert "Répondez d’abord" in agent.get(silent, follow_redirects=True).text
    assert "Proposer une fiche" in agent.get(address).text
    page = agent.get(f"{address}/fiches/nouvelle").text
    assert "Elle arrive au …" in page
    assert "Awa" not in page.partition("<textarea")[2].partition("</textarea>")[0]
    empty = agent.send(f"{address}/fiches", {"title": "Ma carte", "body": " "})
    assert (empty.status_code, "Ma carte" in empty.text) == (422, True)
    sent = {"title": "Où est ma carte ?", "body": "Elle arrive."}
    assert agent.send(f"{address}/fiches", sent).status_code == 303
    assert "Où est ma carte ?" in site.as_("editor").get(f"{WRITING}?etat=draft").text
