"""The agents' shelf: staff articles among the others, and what may go into a reply."""

from __future__ import annotations

import pytest

from knowledge.articles import sharing
from knowledge.articles.models import Audience
from support.kernel import db
from support.tickets.references import shown
from support.tickets.timeline import ArticleUse
from tests.cast import again
from tests.factories import a_ticket, counted
from tests.web.conftest import Site
from tests.web.library.conftest import DRAFT, PHOTO, SECRET, SECRET_WORD

SHELF = "/agent/connaissances"


@pytest.fixture
def reference(site: Site) -> str:
    with db.transaction():
        return shown(a_ticket(site.cast, again(site.cast.awa), reason="account.blocked").reference)


def test_agents_find_staff_articles_with_their_badge(site: Site, shelf) -> None:
    page = site.as_("teleadviser").get(SHELF).text
    assert SECRET_WORD in page
    assert "agents</span>" in page
    assert DRAFT not in page


def test_search_as_one_types_gives_a_fragment(site: Site, shelf) -> None:
    part = site.as_("teleadviser").get(f"{SHELF}/resultats", query_string={"q": "phot"}).text
    assert "<html" not in part
    assert "<mark>" in part
    assert SECRET in part


@pytest.mark.parametrize("question", ["", "🙂", "\x00", "a" * 5000, "'\" ) OR 1=1", "xyzzy"])
def test_any_question_gets_a_list(site: Site, shelf, question: str) -> None:
    agent = site.as_("teleadviser")
    for more in ({}, {"appel": "1"}):
        asked = {"q": question, **more}
        answer = agent.get(f"{SHELF}/resultats", query_string=asked)
        assert answer.status_code == 200


@pytest.mark.parametrize("who", ["steering"])
def test_who_reads_no_staff_articles_reads_no_shelf(site: Site, shelf, who: str) -> None:
    agent = site.as_(who)
    for path in ("", "/resultats?q=photo", f"/{SECRET}", f"/{PHOTO}/passage"):
        answer = agent.get(SHELF + path)
        assert answer.status_code == 403
        assert SECRET_WORD not in answer.text


def test_strangers_must_sign_in(site: Site, shelf) -> None:
    for path in ("", f"/{SECRET}", f"/{PHOTO}/passage", "/redaction"):
        assert site.anyone().get(SHELF + path).status_code == 302


def test_article_of_the_staff(site: Site, shelf) -> None:
    page = site.as_("teleadviser").get(f"{SHELF}/{SECRET}").text
    assert "ne dites rien" in page
    assert "<dd>agents</dd>" in page
    assert "Insérer dans une réponse" not in page


def test_links_between_articles_stay_on_the_shelf(site: Site, shelf) -> None:
    page = site.as_("teleadviser").get(f"{SHELF}/changer-d-adresse").text
    assert f'href="{SHELF}/photo-refusee"' in page
    assert "<script>alert" not in page


def test_passage_of_a_public_article(site: Site, shelf) -> None:
    found = site.as_("teleadviser").get(f"{SHELF}/{PHOTO}/passage").json
    assert found["title"] == "Photo refusée"
    assert found["mark"] == f"{shelf[PHOTO].id}:1:0"
    assert "1. Recommencer" in found["text"]
    assert found["text"].rstrip().endswith(f"http://localhost/aide/{PHOTO}")


def test_a_passage_has_whole_addresses(site: Site, shelf) -> None:
    text = site.as_("teleadviser").get(f"{SHELF}/changer-d-adresse/passage").json["text"]
    assert f"http://localhost/aide/{PHOTO}" in text


@pytest.mark.parametrize("slug", [SECRET, DRAFT, "jamais-ecrit"])
def test_only_what_is_public_goes_out(site: Site, shelf, slug: str) -> None:
    answer = site.as_("teleadviser").get(f"{SHELF}/{slug}/passage")
    assert answer.status_code == 404
    assert "ne dites rien" not in answer.text


def test_beside_a_ticket_public_articles_can_be_inserted(site: Site, shelf, reference) -> None:
    part = site.as_("teleadviser").get(f"{SHELF}/resultats?q=photo&ticket={reference}").text
    assert f'data-insert="{SHELF}/{PHOTO}/passage"' in part
    assert f"/agent/tickets/{reference}?fiche={PHOTO}#repondre" in part
    assert SECRET in part
    assert f"{SHELF}/{SECRET}/passage" not in part


def test_no_insertion_for_who_may_not_reply(site: Site, shelf, reference) -> None:
    part = site.as_("admin").get(f"{SHELF}/resultats?q=photo&ticket={reference}").text
    assert PHOTO in part
    assert "data-insert" not in part


def test_beside_a_ticket_without_words_its_reason_speaks(site: Site, shelf, reference) -> None:
    part = site.as_("teleadviser").get(f"{SHELF}/resultats?q=&ticket={reference}").text
    assert PHOTO in part


def test_beside_a_ticket_that_one_may_not_see(site: Site, shelf, reference) -> None:
    answer = site.as_("stranger_referent").get(f"{SHELF}/resultats?q=photo&ticket={reference}")
    assert answer.status_code == 404
    assert PHOTO not in answer.text


def test_beside_a_call_each_article_can_be_noted(site: Site, shelf) -> None:
    part = site.as_("teleadviser").get(f"{SHELF}/resultats?q=photo&appel=1").text
    assert f'data-mark="{shelf[PHOTO].id}:1"' in part
    assert f"http://localhost/aide/{PHOTO}" in part
    # A note is internal: it may point to what only agents read, at the agents' address.
    assert f"{SHELF}/{SECRET})" in part
    assert f"/aide/{SECRET}" not in part


def test_from_an_article_to_the_reply(site: Site, shelf, reference) -> None:
    agent = site.as_("teleadviser")
    answer = agent.get(f"{SHELF}/{PHOTO}/insertion?ticket= {reference}")
    assert answer.location == f"/agent/tickets/{reference}?fiche={PHOTO}#repondre"
    wrong = agent.get(f"{SHELF}/{PHOTO}/insertion?ticket=1234", follow_redirects=True)
    assert "Aucun ticket à cette référence" in wrong.text


def test_inserted_without_a_script(site: Site, shelf, reference) -> None:
    page = site.as_("teleadviser").get(f"/agent/tickets/{reference}?fiche={PHOTO}").text
    assert f'name="articles" value="{shelf[PHOTO].id}:1:0"' in page
    assert "1. Recommencer" in page


def test_queries_do_not_grow_with_the_articles(site: Site, shelf, write) -> None:
    agent = site.as_("teleadviser")
    for address in (SHELF, f"{SHELF}?q=photo", f"{SHELF}/resultats?q=photo&appel=1"):
        agent.get(address)
        with counted() as before:
            agent.get(address)
        for n in range(10):
            slug = f"fiche-{n}-{abs(hash(address))}"
            write(slug, f"Photo {n}", "photo\n", procedures=["student"], audience=Audience.STAFF)
        agent.get(address)
        with counted() as after:
            agent.get(address)
        assert abs(len(after) - len(before)) <= 1
        assert len(after) <= 16, after


def test_editors_read_why_a_result_was_found(site: Site, shelf) -> None:
    """Where each word stands and what it counted for; a word that is nowhere is said to be."""
    part = site.as_("editor").get(f"{SHELF}/resultats", query_string={"q": "photo xyzzy"}).text
    assert "Pourquoi ce résultat" in part
    assert "titre" in part
    assert "part de la question couverte" in part
    of_agents = site.as_("teleadviser").get(f"{SHELF}/resultats", query_string={"q": "photo"}).text
    assert "<mark>" in of_agents
    assert "Pourquoi ce résultat" not in of_agents


def test_a_reply_remembers_the_blocks_that_its_words_had_seen(site: Site, shelf, reference) -> None:
    with db.transaction():
        sharing.create("droit", "50 €", by=again(site.cast.editor))
        seen = sharing.last_change()
    mark = site.as_("teleadviser").get(f"{SHELF}/{PHOTO}/passage").json["mark"]
    with db.transaction():
        sharing.create("delai", "Deux mois", by=again(site.cast.editor))
    site.as_("teleadviser").send(
        f"/agent/tickets/{reference}/reponses", {"text": "Voici.", "articles": mark}
    )
    with db.transaction() as session:
        used = session.query(ArticleUse).one()
        assert (used.revision, used.blocks) == (1, seen)
